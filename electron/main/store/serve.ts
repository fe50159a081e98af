import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { asFailure } from '../../../src/domain/failure.ts'
import { log } from '../../log/log.ts'
import { databaseFailure } from './open-file.ts'

const said = log('database')
const call = z.object({ id: z.number(), method: z.string(), args: z.array(z.unknown()) })
const calls = z.array(call)

type Reply = { id: number } & (
  | { ok: true; value?: unknown }
  | { ok: false; code: string; message: string }
)

/** Serves a database to `openDatabaseWorker`. SQLite is synchronous; a slow query must not hold up windows and links. */
export const serveDatabase = (
  open: (file: string) => Record<string, (...args: never[]) => unknown>,
): void => {
  if (!parentPort) throw new Error('This file is a worker.')
  const port = parentPort
  const { file } = z.object({ file: z.string() }).parse(workerData)
  const refusal = (id: number, method: string, error: unknown): Reply => {
    const failure = databaseFailure(error) ?? asFailure(error)
    const { code, message } = failure
    // Only its code goes back: what caused it stays here.
    said.warn(`${method} failed`, failure)
    return { id, ok: false, code, message }
  }
  try {
    const database = open(file)
    const answer = ({ id, method, args }: z.infer<typeof call>): Reply => {
      try {
        const run = Object.hasOwn(database, method) ? database[method] : undefined
        if (!run) throw new Error(`no method ${method}`)
        return { id, ok: true, value: run(...(args as never[])) }
      } catch (error) {
        return refusal(id, method, error)
      }
    }
    port.postMessage([{ id: 0, ok: true }])
    port.on('message', (message: unknown) => {
      const asked = calls.parse(message)
      port.postMessage(asked.map(answer))
      if (asked.some(({ method }) => method === 'close')) port.close()
    })
  } catch (error) {
    port.postMessage([refusal(0, 'open', error)])
  }
}
