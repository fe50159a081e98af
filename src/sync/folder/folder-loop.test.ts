import { expect, it } from 'vitest'
import { nothingLeftOut } from '../../contract/folders.ts'
import { Failure } from '../../domain/failure.ts'
import type { Time } from '../../transfer/clock.ts'
import { neverPreempt, type PreemptionSignal } from '../../transfer/preemption.ts'
import type { PassResult } from './engine.ts'
import { openFolderLoop, type Watch } from './folder-loop.ts'

const still: PassResult = {
  done: 0,
  again: null,
  blocked: [],
  leftOut: nothingLeftOut,
  held: null,
  kept: { count: 0, files: [] },
  goesOn: false,
  present: true,
}

const openTime = () => {
  let now = 1_800_000_000_000
  const sleepers = new Set<{ due: number; wake(): void }>()
  const time: Time = {
    now: () => now,
    elapsed: () => now,
    random: () => 0.5,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { due: now + milliseconds, wake: resolve }
        sleepers.add(sleeper)
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        })
      }),
  }
  /** Lets so many milliseconds go by, and what they bring happen. */
  const goBy = async (milliseconds: number): Promise<void> => {
    const end = now + milliseconds
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const [next] = [...sleepers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
      if (!next) break
      now = Math.max(now, next.due)
      sleepers.delete(next)
      next.wake()
    }
    now = end
  }
  return { time, goBy }
}

/** A loop whose passes take so many milliseconds. */
const open = (took = 100) => {
  const { time, goBy } = openTime()
  const passes: { at: number; paths: string[] | null }[] = []
  const begun = time.now()
  const scene = {
    answer: async (): Promise<PassResult> => still,
    /** What the passes did themselves. */
    own: ['placed.txt'],
    preemption: [] as PreemptionSignal[],
    isTold: false,
  }
  let tell: Parameters<Watch>[0] = () => {}
  let sees: Parameters<Watch>[1] = () => {}
  const loop = openFolderLoop({
    link: { id: 'l', projectId: 'p', artifactId: 'a', root: '/folder', direction: 'both' },
    title: 'Folder',
    isPaused: false,
    isTold: () => scene.isTold,
    open: () => ({
      isNews: (paths) => paths.some((path) => !scene.own.includes(path)),
      pass: async (signal, paths, preemption = neverPreempt) => {
        scene.preemption.push(preemption)
        passes.push({ at: time.now() - begun, paths: paths ?? null })
        await time.sleep(took, signal)
        return scene.answer()
      },
      allowDeletions: () => {},
      stopTransfer: () => false,
      refuseDeletions: async () => {},
      revert: (path) => (path === 'a.txt' ? 1 : 0),
      retryBlocked: () => {},
      setRules: () => {},
      leftOut: () => ({ entries: [], total: 0, counts: {} }),
      removeLeftOut: async () => {},
    }),
    watch: (changed, told) => {
      tell = changed
      sees = told
      return { renew: () => {}, close: () => {} }
    },
    time,
    changed: () => {},
    advanced: () => {},
  })
  return {
    loop,
    passes,
    scene,
    goBy,
    tell: (...paths: string[]) => tell(paths),
    sees: (watching: Parameters<typeof sees>[0]) => sees(watching),
  }
}

it('looks at all of it, and every quarter of a minute asks the server', async () => {
  const { loop, passes, goBy } = open()
  await loop.setOnline(true)
  await goBy(31_000)
  expect(passes).toEqual([
    { at: 0, paths: null },
    { at: 15_100, paths: [] },
    { at: 30_200, paths: [] },
  ])
  expect(loop.state().status).toBe('in-step')
})

it('where it is not told of everything, it looks at all of it each time, and says so', async () => {
  const { loop, passes, goBy, sees } = open()
  await loop.setOnline(true)
  sees('partial')
  await goBy(31_000)
  expect(passes.map(({ paths }) => paths)).toEqual([null, null, null])
  expect(loop.state().watching).toBe('partial')
  sees('full')
  await goBy(16_000)
  expect(passes.at(-1)?.paths).toEqual([])
})

it('what waits has a name, and what is only being written is being synced', async () => {
  const { loop, scene, goBy } = open()
  scene.answer = async () => ({ ...still, again: 2_000 })
  await loop.setOnline(true)
  await goBy(1_000)
  expect(loop.state().status).toBe('syncing')
  scene.answer = async () => ({ ...still, held: { count: 1, here: 1, paths: ['a.txt'] } })
  await goBy(3_000)
  expect(loop.state().status).toBe('waiting')
})

it('what is noticed while a pass is under way is not left for the heartbeat', async () => {
  const { loop, passes, goBy, tell } = open(100)
  await loop.setOnline(true)
  await goBy(1_000)
  loop.poke()
  await goBy(50)
  tell('a.txt')
  await goBy(1_000)
  expect(passes.at(-1)).toEqual({ at: 1_330, paths: ['a.txt'] })
})

it('a file that is written without end holds up no other', async () => {
  const { loop, passes, goBy, tell } = open(10)
  await loop.setOnline(true)
  await goBy(1_000)
  for (let count = 0; count < 100; count += 1) {
    tell('log.txt')
    await goBy(100)
  }
  expect(passes.length).toBeGreaterThan(4)
})

/** Bytes move from the beginning, and are on their way until there is news. */
const openLong = async () => {
  const all = open(0)
  const { scene } = all
  scene.answer = async () => {
    const preemption = scene.preemption.at(-1)
    preemption?.moves()
    await preemption?.race(new Promise(() => {}))
    return { ...still, again: 0, goesOn: true }
  }
  await all.loop.setOnline(true)
  await all.goBy(500)
  return all
}

it('a pass of long transfers gives way to what is noticed, and goes on with it', async () => {
  const { loop, passes, goBy, tell } = await openLong()
  tell('a.txt')
  await goBy(490)
  expect(passes.length).toBe(1)
  await goBy(20)
  expect(passes.slice(1)).toEqual([{ at: 1_000, paths: ['a.txt'] }])
  expect(loop.state().status).toBe('syncing')
})

it('it gives way to nothing that it did itself, but asks the server now and then', async () => {
  const { passes, goBy, tell } = await openLong()
  tell('placed.txt')
  await goBy(14_000)
  expect(passes.length).toBe(1)
  await goBy(600)
  expect(passes.slice(1)).toEqual([{ at: 15_000, paths: ['placed.txt'] }])
})

it('a person’s word does not wait for long transfers, and pausing ends them', async () => {
  const { loop, passes, scene, goBy } = await openLong()
  const word = loop.revert('a.txt')
  await goBy(600)
  await word
  expect(passes.length).toBe(2)
  scene.answer = async () => {
    throw new Failure('sync.cancelled', 'Cancelled.')
  }
  const pausing = loop.setPaused(true)
  await goBy(16_000)
  await pausing
  expect(loop.state().status).toBe('paused')
  const { length } = passes
  await goBy(60_000)
  expect(passes.length).toBe(length)
})

it('a failure makes it look at everything, some time later', async () => {
  const { loop, passes, scene, goBy } = open()
  await loop.setOnline(true)
  await goBy(1_000)
  scene.answer = () => Promise.reject(new Failure('disk.full', 'No room.'))
  loop.poke()
  await goBy(1_000)
  expect(loop.state()).toMatchObject({ status: 'failed', failure: 'disk.full' })
  await goBy(2_000)
  expect(passes.slice(1)).toEqual([
    { at: 1_000, paths: [] },
    { at: 3_100, paths: null },
  ])
})

it('paused it does nothing, whatever wakes it, and goes on afterwards', async () => {
  const { loop, passes, goBy, tell } = open()
  await loop.setOnline(true)
  await goBy(1_000)
  await loop.setPaused(true)
  tell('a.txt')
  loop.poke()
  await goBy(60_000)
  expect(passes.length).toBe(1)
  expect(loop.state().status).toBe('paused')
  await loop.setPaused(false)
  await goBy(1_000)
  expect(passes.at(-1)).toEqual({ at: 61_000, paths: ['a.txt'] })
})

it('puts back what waits, at once, and says so where nothing does', async () => {
  const { loop, passes, goBy } = open()
  await loop.setOnline(true)
  await goBy(1_000)
  await loop.revert('a.txt')
  await goBy(1_000)
  expect(passes.at(-1)).toEqual({ at: 1_000, paths: [] })
  await expect(loop.revert('b.txt')).rejects.toMatchObject({ code: 'server.conflict' })
})

it('while others are heard of, the server is asked by nobody but whoever says that something changed', async () => {
  const { loop, passes, goBy, scene, sees } = open()
  await loop.setOnline(true)
  await goBy(60_000)
  const asked = passes.length
  expect(asked).toBeGreaterThan(3)
  scene.isTold = true
  await goBy(15_200)
  const last = passes.length
  await goBy(9 * 60_000)
  expect(passes).toHaveLength(last)
  loop.poke()
  await goBy(200)
  expect(passes).toHaveLength(last + 1)
  // Whoever misses changes in the folder goes on looking.
  sees('none')
  loop.poke()
  await goBy(60_000)
  expect(passes.length).toBeGreaterThan(last + 4)
})
