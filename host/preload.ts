import { readFileSync } from 'node:fs'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { cloneCodec } from './clone.ts'
import { electronInPage } from './in-page.ts'

export type Answer = { error: string } | { result: unknown }
/** Of what a frame asks, both ways as text (clone.ts). */
export type Invoke = (frame: Frame, channel: string, args: unknown) => Promise<Answer>

/** Electron says at once where a file lies; here Chromium is asked on the way, and knows as much: '' of a page's own. */
const fileToken = 'host-file:'
const pathOfFile = async (page: Page, index: number): Promise<string> => {
  const session = await page.context().newCDPSession(page)
  try {
    const { result } = await session.send('Runtime.evaluate', {
      expression: `window.hostFiles[${index}]`,
    })
    const { objectId } = result
    return objectId ? (await session.send('DOM.getFileInfo', { objectId })).path : ''
  } finally {
    await session.detach()
  }
}
const withPaths = async (page: Page, value: unknown): Promise<unknown> => {
  if (typeof value === 'string' && value.startsWith(fileToken))
    return pathOfFile(page, Number(value.slice(fileToken.length)))
  if (Array.isArray(value)) return Promise.all(value.map((each) => withPaths(page, each)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(async ([key, each]) => [
    key,
    await withPaths(page, each),
  ])
  return Object.fromEntries(await Promise.all(entries))
}

/** The preload, run in every page with a `require('electron')` of its own; of a view in its frames, too. */
const preloadScript = (file: string, inFrames: boolean): string => `
  if (${inFrames} || window === top && !window.hostHear) {
    const { electron, hear } = (${electronInPage})((${cloneCodec})(), ${JSON.stringify(fileToken)})
    if (!${inFrames}) window.hostHear = hear
    const module = { exports: {} }
    new Function('require', 'module', 'exports', ${JSON.stringify(readFileSync(file, 'utf8'))})(
      (name) => { if (name === 'electron') return electron; throw new Error('module not found: ' + name) }, module, module.exports)
  }`

/** Electron's isolated worlds keep it from pages; here a page that looks for it has it, and main must refuse it. */
export const exposeChannel = (context: BrowserContext, invoke: Invoke): Promise<unknown> =>
  context.exposeBinding('hostInvoke', async ({ frame, page }, channel: string, args: unknown) =>
    invoke(
      frame,
      channel,
      JSON.stringify(args).includes(fileToken) ? await withPaths(page, args) : args,
    ),
  )

export const addPreload = (page: Page, file: string, inFrames = false): Promise<unknown> =>
  page.addInitScript({ content: preloadScript(file, inFrames) })
