import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { asFailure, Failure, failureCode } from '../../../src/domain/failure.ts'
import { log } from '../../log/log.ts'

/** The methods of a database behind a worker, as promises. */
export type Remotely<D> = {
  [M in keyof D]: D[M] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

const replies = z.array(
  z.discriminatedUnion('ok', [
    z.object({ id: z.number(), ok: z.literal(true), value: z.unknown().optional() }),
    z.object({
      id: z.number(),
      ok: z.literal(false),
      code: failureCode.catch('internal'),
      message: z.string(),
    }),
  ]),
)

/**
 * Room for what is soon garbage: rows in passing. By itself a worker takes a hundred megabytes for it. With as much as
 * it may have V8 lets a heap grow to four times what is alive before it looks, with this to less than twice.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 1024 }

export const openDatabaseWorker = async <D extends object>(
  file: string,
  worker: URL,
): Promise<Remotely<D>> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const thread = new Worker(worker, {
    workerData: { file },
    resourceLimits,
  })
  const waiting = new Map<
    number,
    { done: (value: unknown) => void; fail: (error: Failure) => void }
  >()
  let last = 0
  let gone = false
  const closed = () => new Failure('disk.unreadable', 'The cache has closed.')
  // What is asked in one turn goes together: to wake the other thread costs more than most of what it is asked.
  let calls: { id: number; method: string; args: unknown[] }[] = []
  const post = (): void => {
    const asked = calls
    calls = []
    if (gone) return
    try {
      thread.postMessage(asked)
    } catch (error) {
      for (const { id } of asked) {
        waiting.get(id)?.fail(asFailure(error))
        waiting.delete(id)
      }
    }
  }
  const send = (method: string, args: unknown[]): Promise<unknown> =>
    new Promise((done, fail) => {
      // A thread that has ended answers nothing, and nobody should wait for it.
      if (gone) return fail(closed())
      last += 1
      waiting.set(last, { done, fail })
      if (calls.length === 0) setImmediate(post)
      calls.push({ id: last, method, args })
    })
  const opened = new Promise((done, fail) => waiting.set(0, { done, fail }))
  thread.on('message', (message: unknown) => {
    for (const answer of replies.parse(message)) {
      const waiter = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.ok) waiter?.done(answer.value)
      else waiter?.fail(new Failure(answer.code, answer.message))
    }
  })
  thread.on('exit', () => {
    gone = true
    for (const { fail } of waiting.values()) fail(closed())
    waiting.clear()
  })
  thread.on('error', (error) => log('worker').error('A database’s worker ended', error))
  await opened
  return new Proxy({} as Remotely<D>, {
    // `then` is asked for by await; the cache is no promise.
    get: (_target, method) =>
      typeof method === 'string' && method !== 'then'
        ? (...args: unknown[]) => send(method, args)
        : undefined,
  })
}
