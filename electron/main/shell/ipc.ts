import { ipcMain } from 'electron'
import type { IpcAnswer } from '../../../src/contract/ipc.ts'
import { type Channel, type Handler, requests } from '../../../src/contract/table.ts'
import { asFailure, Failure, type FailureCode } from '../../../src/domain/failure.ts'
import type { LogLevel } from '../../../src/log/record.ts'
import { log, loggedOncePerCode } from '../../log/log.ts'

export type Handlers = { [C in Channel]: Handler<C> }

const said = log('request')
/** A page that asks so once may ask so for ever. */
const turnedAway = loggedOncePerCode('request', 'A request was refused')

const refuse = (
  code: 'ipc.unknown-channel' | 'ipc.wrong-sender' | 'ipc.bad-arguments' | 'ipc.bad-result',
  message: string,
): IpcAnswer => ({ ok: false, code, message })
/** Of whoever is not known, nothing is written down but that they were there. */
const turnAway = (code: 'ipc.unknown-channel' | 'ipc.wrong-sender', message: string): IpcAnswer => {
  turnedAway(new Failure(code, message))
  return refuse(code, message)
}

/** What is nobody's fault is told for whoever reads on from there; what can only be ours, loudly. */
const levelOf = (code: FailureCode): LogLevel =>
  code === 'internal' ? 'error' : code === 'sync.cancelled' ? 'info' : 'warn'

/** The one Electron channel behind the contract table. Each request is checked before anyone sees it. */
export const serveRequests = (handlers: Handlers, appOrigin: string): void => {
  ipcMain.handle(
    'atelier:request',
    async (event, channel: unknown, argument: unknown): Promise<IpcAnswer> => {
      const frame = event.senderFrame
      if (!frame || frame.parent !== null || frame.origin !== appOrigin)
        return turnAway('ipc.wrong-sender', 'Requests come from the application’s own window only.')
      if (typeof channel !== 'string' || !Object.hasOwn(requests, channel))
        return turnAway('ipc.unknown-channel', 'There is no such request.')
      const name = channel as Channel
      const parsed = requests[name].argument.safeParse(argument ?? undefined)
      if (!parsed.success) {
        said.warn(
          name,
          new Failure('ipc.bad-arguments', 'Not of its form', { cause: parsed.error }),
        )
        return refuse('ipc.bad-arguments', `The argument of ${name} is not of its form.`)
      }
      try {
        const handler = handlers[name] as (argument: unknown) => Promise<unknown>
        const result = requests[name].result.safeParse(await handler(parsed.data))
        if (result.success) return { ok: true, value: result.data }
        said.error(name, new Failure('ipc.bad-result', 'Not of its form', { cause: result.error }))
        return refuse('ipc.bad-result', `The result of ${name} is not of its form.`)
      } catch (error) {
        const { code, message } = asFailure(error)
        said[levelOf(code)](name, error)
        return { ok: false, code, message }
      }
    },
  )
}
