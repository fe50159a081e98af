import { join } from 'node:path'
import { utilityProcess } from 'electron'
import { z } from 'zod'
import { Failure } from '../../../src/domain/failure.ts'
import { logRecord } from '../../../src/log/record.ts'
import { reasonOf } from '../../../src/updates/copy-exit.ts'
import { log, passOn } from '../../log/log.ts'

const said = log('backend')
const logMessage = z.object({ type: z.literal('log'), record: logRecord })

/** Milliseconds that somebody has to end who was told to. */
const endMs = 8_000
/** Milliseconds without a word of who starts in order to make a copy, or makes one. */
export const copySilenceMs = 10 * 60_000

const notCopied = (exitCode: number): Failure =>
  new Failure(reasonOf(exitCode), 'The database on this computer was not copied.')

/** The embedded backend in a process of its own; it takes PostgreSQL down with itself. */
export const startBackendProcess = (
  settings: { folder: string; demo: boolean; origin: string },
  identitySecret: string,
) => {
  const child = utilityProcess.fork(
    join(import.meta.dirname, 'backend.js'),
    [JSON.stringify(settings)],
    { serviceName: 'Atelier backend', stdio: 'inherit' },
  )
  // By message: arguments and environment can be read by every process of this person.
  child.postMessage({ type: 'identity', secret: identitySecret })
  let running = true
  let stopping = false
  child.on('message', (message) => {
    const { data } = logMessage.safeParse(message)
    if (data) passOn(data.record)
  })
  child.once('exit', (code) => {
    running = false
    if (stopping) said.info('The backend has stopped')
    else said.error(`The backend ended by itself, with ${code}`)
  })
  return {
    onMessage: (listener: (message: unknown) => void): void => {
      child.on('message', listener)
    },
    onExit: (listener: () => void): void => {
      child.once('exit', listener)
    },
    /** By message, as the secret above. */
    supplyMasterKey: (key: string): void => child.postMessage({ type: 'masterKey', key }),
    ping: (): void => child.postMessage({ type: 'ping' }),
    allowCallback: (port: number | null): void => child.postMessage({ type: 'callback', port }),
    /** `copy`: with a copy of the database, which takes its time; rejects where there is none. */
    stop: (copy = false): Promise<void> =>
      new Promise((done, fail) => {
        if (!running) return copy ? fail(notCopied(0)) : done()
        stopping = true
        let isSilent = false
        let timer: NodeJS.Timeout | undefined
        const giveUp = (): void => {
          if (copy) {
            said.error('Nothing more was heard of the copy of the database')
            isSilent = true
            // One that hangs on its disk may not even end.
            timer = setTimeout(() => fail(notCopied(0)), endMs)
          }
          child.kill()
        }
        const wait = (): void => {
          if (isSilent) return
          clearTimeout(timer)
          timer = setTimeout(giveUp, copy ? copySilenceMs : endMs)
        }
        wait()
        if (copy) child.on('message', wait)
        child.once('exit', (code) => {
          clearTimeout(timer)
          if (copy && (isSilent || code !== 0)) fail(notCopied(code))
          else done()
        })
        child.postMessage({ type: 'stop', copy })
      }),
  }
}
