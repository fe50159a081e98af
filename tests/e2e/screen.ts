import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page, TestInfo } from '@playwright/test'
import type axe from 'axe-core'
import { expect } from './application.ts'
import { cutOff } from './cut-off.ts'

const themes = ['light', 'dark'] as const
/** A window of the usual width, the narrowest one, and the usual one at twice the size. */
const sizes = [
  { name: '1280', width: 1280, height: 820 },
  { name: '720', width: 720, height: 640 },
  { name: '200', width: 640, height: 410 },
] as const
/** Where pictures of every screen in all sizes and both themes are wanted; see README. */
const gallery = process.env.ATELIER_SCREENSHOTS
const isSplitter = ({ html }: { html: string }): boolean => html.includes('role="separator"')

/** Shorter than what `axe.source` is, which takes longer to hand over than to run. */
const axeScript = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

/** What axe finds on the page, of everything or of colours. Previews are no part of it: their pages are the team's. */
const violationsOf = async (page: Page, isOfColoursAlone: boolean) => {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeScript)
  return page.evaluate(async (ofColours) => {
    const { axe: here } = window as unknown as { axe: typeof axe }
    const values = here
      .getRules(['cat.color'])
      .map(({ ruleId }) => ruleId)
      // Of the highest level, which nobody claims.
      .filter((id) => id !== 'color-contrast-enhanced')
    const { violations } = await here.run({
      resultTypes: ['violations' as const],
      ...(ofColours ? { runOnly: { type: 'rule' as const, values } } : {}),
    })
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) }))
  }, isOfColoursAlone)
}

/** All that rules go by which do not look at colours. */
const formOf = (page: Page): Promise<string> =>
  // biome-ignore lint/performance/useDomNodeTextContent: what a theme hides is part of it.
  page.evaluate(() => document.documentElement.outerHTML + document.body.innerText)

/** Colours that are still fading have a contrast of their own; a window that nobody looks at fades for ever. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish()
  })

const checkThemes = async (page: Page, screen: string, path: string): Promise<void> => {
  let checked: string | null = null
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    await settle(page)
    const form = await formOf(page)
    const told = (await violationsOf(page, form === checked))
      // A splitter stands between two landmarks, and so in neither.
      .filter(({ id, nodes }) => id !== 'region' || !nodes.every(isSplitter))
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    checked = form
    if (gallery || told.length > 0) await page.screenshot({ path: `${path}-${theme}.png` })
    expect.soft(told, `${screen}, ${theme}`).toEqual([])
  }
}

/** What is on the screen: nothing of it cut off in any size, nothing for axe to find in either theme. */
export const checkScreen = async (page: Page, screen: string, info: TestInfo): Promise<void> => {
  const before = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }))
  if (gallery) await mkdir(gallery, { recursive: true })
  for (const { name, ...size } of sizes) {
    await page.setViewportSize(size)
    await page.waitForTimeout(100)
    expect.soft(await page.evaluate(cutOff), `${screen} at ${name}`).toEqual([])
    if (gallery) await checkThemes(page, `${screen} at ${name}`, join(gallery, `${screen}-${name}`))
  }
  await page.setViewportSize(before)
  if (!gallery) await checkThemes(page, screen, info.outputPath(screen))
}
