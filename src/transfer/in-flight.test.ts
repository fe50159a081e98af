import { expect, it } from 'vitest'
import { InFlightTransfers } from './in-flight.ts'
import { neverPreempt, type PreemptionSignal } from './preemption.ts'

const { signal } = new AbortController()
/** Work that ends when it is told to, or with its signal. */
const openWork = () => {
  const scene = { begun: 0, end: () => {}, fail: (_error: unknown) => {}, isAborted: false }
  const work = (own: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      scene.begun += 1
      scene.end = resolve
      scene.fail = reject
      own.addEventListener('abort', () => {
        scene.isAborted = true
        reject(new Error('aborted'))
      })
    })
  return { scene, work }
}
/** News that is there when it is said to be. */
const openTold = () => {
  let tell = (): void => {}
  const comes = new Promise<null>((resolve) => {
    tell = () => resolve(null)
  })
  let isThere = false
  const preemption: PreemptionSignal = {
    ...neverPreempt,
    get isRaised() {
      return isThere
    },
    // Who asks when it is there already has not asked before it came.
    race: (work) => (isThere ? work : Promise.race([work, comes])),
  }
  return {
    preemption,
    tell: () => {
      isThere = true
      tell()
    },
  }
}

it('what was left is joined, not begun again, and its end is told once', async () => {
  const inFlight = new InFlightTransfers()
  const { scene, work } = openWork()
  const { preemption, tell } = openTold()
  const first = inFlight.join('a', signal, preemption, work)
  tell()
  expect(await first).toBe('preempted')
  expect(inFlight.size).toBe(1)
  const second = inFlight.join('a', signal, neverPreempt, work)
  scene.end()
  expect(await second).toBe('done')
  expect([scene.begun, inFlight.size]).toEqual([1, 0])
})

it('what ended between two passes is taken, whether there is news or not; a failure too', async () => {
  for (const isFailure of [false, true]) {
    const inFlight = new InFlightTransfers()
    const { scene, work } = openWork()
    const { preemption, tell } = openTold()
    const first = inFlight.join('a', signal, preemption, work)
    tell()
    await first
    if (isFailure) scene.fail(new Error('cut'))
    else scene.end()
    await new Promise((resolve) => setImmediate(resolve))
    const second = inFlight.join('a', signal, preemption, work)
    if (isFailure) await expect(second).rejects.toThrow('cut')
    else expect(await second).toBe('done')
    expect([scene.begun, inFlight.size]).toEqual([1, 0])
  }
})

it('nothing begins while there is news', async () => {
  const inFlight = new InFlightTransfers()
  const { scene, work } = openWork()
  const { preemption, tell } = openTold()
  tell()
  expect(await inFlight.join('a', signal, preemption, work)).toBe('preempted')
  expect([scene.begun, inFlight.size]).toEqual([0, 0])
})

it('what nobody wants any more ends, and what ends all ends it', async () => {
  const inFlight = new InFlightTransfers()
  const [one, two] = [openWork(), openWork()]
  const { preemption, tell } = openTold()
  const all = new AbortController()
  const both = [
    inFlight.join('one', all.signal, preemption, one.work),
    inFlight.join('two', all.signal, preemption, two.work),
  ]
  tell()
  expect(await Promise.all(both)).toEqual(['preempted', 'preempted'])
  await inFlight.keepOnly(new Set(['two']))
  expect([one.scene.isAborted, two.scene.isAborted, inFlight.size]).toEqual([true, false, 1])
  all.abort()
  await inFlight.end()
  expect([two.scene.isAborted, inFlight.size]).toEqual([true, 0])
  await expect(inFlight.join('one', all.signal, neverPreempt, one.work)).rejects.toMatchObject({
    code: 'sync.cancelled',
  })
})
