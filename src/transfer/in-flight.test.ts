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
  const news: PreemptionSignal = {
    ...neverPreempt,
    get isThere() {
      return isThere
    },
    // Who asks when it is there already has not asked before it came.
    race: (work) => (isThere ? work : Promise.race([work, comes])),
  }
  return {
    news,
    tell: () => {
      isThere = true
      tell()
    },
  }
}

it('what was left is joined, not begun again, and its end is told once', async () => {
  const carrying = new InFlightTransfers()
  const { scene, work } = openWork()
  const { news, tell } = openTold()
  const first = carrying.join('a', signal, news, work)
  tell()
  expect(await first).toBe('left')
  expect(carrying.size).toBe(1)
  const second = carrying.join('a', signal, neverPreempt, work)
  scene.end()
  expect(await second).toBe('done')
  expect([scene.begun, carrying.size]).toEqual([1, 0])
})

it('what ended between two passes is taken, whether there is news or not; a failure too', async () => {
  for (const isFailure of [false, true]) {
    const carrying = new InFlightTransfers()
    const { scene, work } = openWork()
    const { news, tell } = openTold()
    const first = carrying.join('a', signal, news, work)
    tell()
    await first
    if (isFailure) scene.fail(new Error('cut'))
    else scene.end()
    await new Promise((resolve) => setImmediate(resolve))
    const second = carrying.join('a', signal, news, work)
    if (isFailure) await expect(second).rejects.toThrow('cut')
    else expect(await second).toBe('done')
    expect([scene.begun, carrying.size]).toEqual([1, 0])
  }
})

it('nothing begins while there is news', async () => {
  const carrying = new InFlightTransfers()
  const { scene, work } = openWork()
  const { news, tell } = openTold()
  tell()
  expect(await carrying.join('a', signal, news, work)).toBe('left')
  expect([scene.begun, carrying.size]).toEqual([0, 0])
})

it('what nobody wants any more ends, and what ends all ends it', async () => {
  const carrying = new InFlightTransfers()
  const [one, two] = [openWork(), openWork()]
  const { news, tell } = openTold()
  const all = new AbortController()
  const both = [
    carrying.join('one', all.signal, news, one.work),
    carrying.join('two', all.signal, news, two.work),
  ]
  tell()
  expect(await Promise.all(both)).toEqual(['left', 'left'])
  await carrying.keepOnly(new Set(['two']))
  expect([one.scene.isAborted, two.scene.isAborted, carrying.size]).toEqual([true, false, 1])
  all.abort()
  await carrying.end()
  expect([two.scene.isAborted, carrying.size]).toEqual([true, 0])
  await expect(carrying.join('one', all.signal, neverPreempt, one.work)).rejects.toMatchObject({
    code: 'sync.cancelled',
  })
})
