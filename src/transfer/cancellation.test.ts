import { expect, it } from 'vitest'
import { Failure } from '../domain/failure.ts'
import { CancellationRegistry } from './cancellation.ts'

/** Goes on until it is told to end. */
const endless = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new Failure('sync.cancelled', 'Cancelled.'))),
  )
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Failure ? error.code : error),
  )

it('stops one, and the others go on until all are stopped', async () => {
  const cancellations = new CancellationRegistry()
  const all = new AbortController()
  const one = codeOf(cancellations.during('one', all.signal, endless))
  const other = codeOf(cancellations.during('other', all.signal, endless))
  expect(cancellations.stop('one')).toBe(true)
  expect(await one).toBe('sync.stopped')
  expect(cancellations.stop('one')).toBe(false)
  all.abort()
  expect(await other).toBe('sync.cancelled')
})

it('what came to its end was not stopped', async () => {
  const cancellations = new CancellationRegistry()
  const never = new AbortController().signal
  const done = cancellations.during('one', never, async () => {
    cancellations.stop('one')
    return 'done'
  })
  expect(await done).toBe('done')
  const failed = cancellations.during('one', never, () =>
    Promise.reject(new Failure('disk.full', 'Full.')),
  )
  expect(await codeOf(failed)).toBe('disk.full')
  expect(cancellations.stop('one')).toBe(false)
})
