import type { Frame } from 'playwright-core'
import { toCustom } from './addresses.ts'
import { cloneCodec } from './clone.ts'
import { documentOf, ownerOf, rewriteAnswer } from './contents.ts'
import type { Answer } from './preload.ts'

type Handler = (event: Electron.IpcMainInvokeEvent, ...args: never[]) => unknown
const { encode, decode } = cloneCodec()
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

const originOf = (frame: Frame): string =>
  toCustom(URL.canParse(frame.url()) ? new URL(frame.url()).origin : 'null')
const frameMain = (frame: Frame): object => ({
  parent: frame.parentFrame() && frameMain(frame.parentFrame() as Frame),
  origin: originOf(frame),
  url: toCustom(frame.url()),
})
/** Whose page has gone elsewhere since has no frame any more. */
const eventOf = (frame: Frame): object => {
  const document = documentOf(frame)
  const asked = frameMain(frame)
  return {
    sender: ownerOf(frame),
    get senderFrame() {
      return frame.isDetached() || documentOf(frame) !== document ? null : asked
    },
  }
}

/** What a frame asks; answered with its handler's result, or with its error's name and message and nothing else. */
export const invoke = async (frame: Frame, channel: string, args: unknown): Promise<Answer> => {
  const event = eventOf(frame)
  try {
    const handler = handlers.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    const given = decode(args) as never[]
    const result = await handler(event as Electron.IpcMainInvokeEvent, ...given)
    return { result: encode(rewriteAnswer(result)) }
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error)
    return { error: String(error) }
  }
}
