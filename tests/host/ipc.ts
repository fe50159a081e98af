import type { Frame } from 'playwright-core'
import { toCustom } from './browser.ts'
import { rewriteAnswer } from './contents.ts'

type Handler = (event: Electron.IpcMainInvokeEvent, ...args: never[]) => unknown
const handlers = new Map<string, Handler>()
export const ipcMain = {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`)
    if (typeof handler !== 'function')
      throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`)
    handlers.set(channel, handler)
  },
}

/** What a frame asks; answered with its handler's result. */
export const invoke = async (frame: Frame, channel: string, args: unknown[]): Promise<unknown> => {
  const handler = handlers.get(channel)
  if (!handler) throw new Error(`No handler registered for '${channel}'`)
  const origin = toCustom(URL.canParse(frame.url()) ? new URL(frame.url()).origin : 'null')
  const event = { senderFrame: { parent: frame.parentFrame(), origin } }
  return rewriteAnswer(
    await handler(event as unknown as Electron.IpcMainInvokeEvent, ...(args as never[])),
  )
}
