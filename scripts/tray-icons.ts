import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { chromiumHere } from '../host/browser.ts'
import { root } from './run.ts'

/**
 * The pictures of the icon in the tray, drawn anew: `node scripts/tray-icons.ts`. Each state has a shape of its own,
 * since a menu bar shows shapes alone; `template` is that one, black on nothing, which macOS colours by itself.
 */
const folder = join(root, 'electron/main/presence/icons')
/** Pixels at a scale of one. */
const size = 16

const mark = (isTemplate: boolean): string => {
  const [right, left, bar] = isTemplate
    ? ['#000', '#000', '#000']
    : ['#5b6ee1', '#8c9af0', '#39414f']
  return `<path d="M13.2 3.5h5.4L28.5 28h-6.6z" fill="${right}"/>
    <path d="M13.2 3.5h5.4L10.4 28H3.5z" fill="${left}" opacity="${isTemplate ? 0.6 : 1}"/>
    <path d="M10.9 19.2h8l1.8 4.6H9.3z" fill="${bar}"/>`
}
/** In the corner, over what is cut out around it. */
const badges: Record<string, (isTemplate: boolean) => string> = {
  'up-to-date': () => '',
  'signed-out': () => '',
  offline: () => '',
  syncing: (isTemplate) =>
    `<circle cx="23.5" cy="23.5" r="5.4" fill="none" stroke="${isTemplate ? '#000' : '#2f7de1'}" stroke-width="3.4" stroke-dasharray="25 9" transform="rotate(-60 23.5 23.5)"/>`,
  paused: (isTemplate) => {
    const colour = isTemplate ? '#000' : '#8a8f98'
    return `<rect x="18" y="16.5" width="4" height="14" rx="1" fill="${colour}"/><rect x="25" y="16.5" width="4" height="14" rx="1" fill="${colour}"/>`
  },
  // The sign in it is cut out, for a template's colours count for nothing.
  'needs-you': (isTemplate) =>
    `<mask id="n"><rect width="32" height="32" fill="#fff"/><rect x="22.1" y="18.4" width="2.8" height="6.4" rx="1.2" fill="#000"/><circle cx="23.5" cy="27.3" r="1.6" fill="#000"/></mask><circle cx="23.5" cy="23.5" r="8" mask="url(#n)" fill="${isTemplate ? '#000' : '#d9480f'}"/>`,
}
const picture = (state: string, isTemplate: boolean): string => {
  const badge = badges[state]?.(isTemplate) ?? ''
  const isDim = state === 'offline' || state === 'signed-out'
  const slash =
    state === 'offline'
      ? `<path d="M5 29 29 5" stroke="${isTemplate ? '#000' : '#8a8f98'}" stroke-width="3" stroke-linecap="round"/>`
      : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="100%" height="100%">
    <mask id="m"><rect width="32" height="32" fill="#fff"/>${badge ? '<circle cx="23.5" cy="23.5" r="10" fill="#000"/>' : ''}</mask>
    <g mask="url(#m)" opacity="${isDim ? 0.5 : 1}">${mark(isTemplate)}</g>${slash}${badge}</svg>`
}

const executablePath = chromiumHere()
if (!executablePath) throw new Error('Chromium is not here.')
const browser = await chromium.launch({ executablePath })
const page = await browser.newPage()
for (const state of Object.keys(badges))
  for (const isTemplate of [false, true])
    for (const scale of [1, 2]) {
      await page.setViewportSize({ width: size * scale, height: size * scale })
      await page.setContent(
        `<style>body{margin:0;overflow:hidden}</style>${picture(state, isTemplate)}`,
      )
      const png = await page.screenshot({ omitBackground: true })
      await writeFile(join(folder, `${state}${isTemplate ? '-template' : ''}@${scale}x.png`), png)
    }
await browser.close()
