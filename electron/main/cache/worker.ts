import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { asFailure } from '../../../src/contract/failure.ts'
import { databaseFailure, openDatabase } from './database.ts'

/** SQLite is synchronous; a slow query must not hold up windows and links. */
const { file } = z.object({ file: z.string() }).parse(workerData)
const call = z.object({ id: z.number(), method: z.string(), args: z.array(z.unknown()) })
if (!parentPort) throw new Error('This file is a worker.')
const port = parentPort

try {
  const database: Record<string, (...args: never[]) => unknown> = openDatabase(file)
  port.postMessage({ id: 0, ok: true })
  port.on('message', (message: unknown) => {
    const { id, method, args } = call.parse(message)
    try {
      const run = Object.hasOwn(database, method) ? database[method] : undefined
      if (!run) throw new Error(`no method ${method}`)
      port.postMessage({ id, ok: true, value: run(...(args as never[])) })
      if (method === 'close') port.close()
    } catch (error) {
      const { code, message } = databaseFailure(error) ?? asFailure(error)
      port.postMessage({ id, ok: false, code, message })
    }
  })
} catch (error) {
  const { code, message } = databaseFailure(error) ?? asFailure(error)
  port.postMessage({ id: 0, ok: false, code, message })
}
