import { expect, it } from 'vitest'
import { Failure } from '../domain/failure.ts'
import { CancellationRegistry } from './cancellation.ts'
import { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { InFlightTransfers } from './in-flight.ts'
import { neverPreempt } from './preemption.ts'
import { resumeWhileAdvancing, runTransfer, type Transfer } from './transfer.ts'

const openPass = () => {
  const limiter = new ConcurrencyLimiter()
  const scene = { isClosed: false, abort: new AbortController() }
  const pass = {
    inFlight: new InFlightTransfers(),
    cancellations: new CancellationRegistry(),
    runLimited: <T>(bytes: number, work: () => Promise<T>, signal: AbortSignal): Promise<T> =>
      limiter.run(bytes, work, signal),
    preemption: neverPreempt,
    signal: scene.abort.signal,
    isClosed: () => scene.isClosed,
  }
  return { pass, scene }
}
const openTransfer = (move: Transfer['move']) => {
  const heard: (number | string)[] = []
  const transfer: Transfer = {
    key: 'up abc',
    name: 'a.txt',
    bytes: 10,
    move,
    moved: (bytesDone) => heard.push(bytesDone),
    failed: ({ code }) => void heard.push(code),
  }
  return { transfer, heard }
}
/** Moves half, and the rest when it is let. */
const openHalves = () => {
  const { promise: rest, resolve: letGo } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  let count = 0
  const move: Transfer['move'] = async (signal, moved) => {
    count += 1
    moved(5)
    begin()
    await Promise.race([
      rest,
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new Failure('sync.cancelled', 'Cancelled.'))),
      ),
    ]).finally(() => moved(10))
  }
  return { move, begun, letGo, count: () => count }
}

it('moves the same bytes once, however many passes want them', async () => {
  const { pass } = openPass()
  const { move, begun, letGo, count } = openHalves()
  const { transfer, heard } = openTransfer(move)
  const first = runTransfer(transfer, pass)
  await begun
  const second = runTransfer(transfer, pass)
  letGo()
  expect(await Promise.all([first, second])).toEqual(['done', 'done'])
  expect([count(), heard]).toEqual([1, [5, 10]])
})

it('one that its person stops says so, and nothing of it is told any more', async () => {
  const { pass } = openPass()
  const { move, begun } = openHalves()
  const { transfer, heard } = openTransfer(move)
  const ended = runTransfer(transfer, pass)
  await begun
  expect(pass.cancellations.stop('a.txt')).toBe(true)
  await expect(ended).rejects.toMatchObject({ code: 'sync.stopped' })
  expect(heard).toEqual([5, 'sync.stopped'])
})

it('the end of the pass ends it, and is no word of its person', async () => {
  const { pass, scene } = openPass()
  const { move, begun } = openHalves()
  const { transfer, heard } = openTransfer(move)
  const ended = runTransfer(transfer, pass)
  await begun
  scene.abort.abort()
  await expect(ended).rejects.toMatchObject({ code: 'sync.cancelled' })
  expect(heard).toEqual([5, 'sync.cancelled'])
})

it('what has waited for its turn does not begin when something failed for all', async () => {
  const { pass, scene } = openPass()
  const { move, count } = openHalves()
  const { transfer, heard } = openTransfer(move)
  scene.isClosed = true
  await expect(runTransfer(transfer, pass)).rejects.toMatchObject({ code: 'sync.cancelled' })
  expect([count(), heard]).toEqual([0, []])
})

it('a cut is resumed for as long as there is more each time', async () => {
  const reaches = [3, 7, 7]
  let reached = 0
  let tries = 0
  const cut = async (): Promise<void> => {
    reached = reaches[tries] ?? 0
    tries += 1
    throw new Failure('network.offline', 'Cut.')
  }
  await expect(resumeWhileAdvancing(cut, () => reached)).rejects.toMatchObject({
    code: 'network.offline',
  })
  expect(tries).toBe(3)
})

it('what is no cut is not tried again', async () => {
  let tries = 0
  const full = async (): Promise<void> => {
    tries += 1
    throw new Failure('disk.full', 'Full.')
  }
  await expect(resumeWhileAdvancing(full, () => tries)).rejects.toMatchObject({ code: 'disk.full' })
  expect(tries).toBe(1)
})
