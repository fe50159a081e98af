import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { asFailure } from '../../../src/contract/failure.ts'
import { databaseFailure } from './database.ts'

const call = z.object({ id: z.number(), method: z.string(), args: z.array(z.unknown()) })

/** Serves a database to `openDatabaseWorker`. SQLite is synchronous; a slow query must not hold up windows and links. */
export const serveDatabase = (
  open: (file: string) => Record<string, (...args: never[]) => unknown>,
): void => {
  if (!parentPort) throw new Error('This file is a worker.')
  const port = parentPort
  const { file } = z.object({ file: z.string() }).parse(workerData)
  const refuse = (id: number, error: unknown): void => {
    const { code, message } = databaseFailure(error) ?? asFailure(error)
    port.postMessage({ id, ok: false, code, message })
  }
  try {
    const database = open(file)
    port.postMessage({ id: 0, ok: true })
    port.on('message', (message: unknown) => {
      const { id, method, args } = call.parse(message)
      try {
        const run = Object.hasOwn(database, method) ? database[method] : undefined
        if (!run) throw new Error(`no method ${method}`)
        port.postMessage({ id, ok: true, value: run(...(args as never[])) })
        if (method === 'close') port.close()
      } catch (error) {
        refuse(id, error)
      }
    })
  } catch (error) {
    refuse(0, error)
  }
}
