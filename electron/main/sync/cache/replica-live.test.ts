import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Failure, type FailureCode } from '../../../../src/domain/failure.ts'
import { ConcurrencyLimiter } from '../../../../src/transfer/concurrency-limiter.ts'
import type { ArtifactApi } from '../../server/artifact-api.ts'
import { openBlobs } from '../../store/blobs.ts'
import type { Cache } from '../../store/client.ts'
import { openDatabase } from '../../store/database.ts'
import { openProgress } from './progress.ts'
import { openReplica } from './replica.ts'

const minuteMs = 60_000
const text = 'Kept here.'
const sha256 = createHash('sha256').update(text).digest('hex')
const [projectId, artifactId, fileId] = [randomUUID(), randomUUID(), randomUUID()]

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-replica-live-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A clock that goes when it is told to. */
const openClock = () => {
  let now = 0
  const sleepers = new Set<{ at: number; wake: () => void }>()
  const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((done, refuse) => {
      if (signal.aborted) return refuse(signal.reason)
      const own = { at: now + milliseconds, wake: done }
      sleepers.add(own)
      signal.addEventListener('abort', () => {
        sleepers.delete(own)
        refuse(signal.reason)
      })
    })
  return {
    time: { now: () => now, elapsed: () => now, sleep, random: () => 0.5 },
    next: (until: number): boolean => {
      const own = [...sleepers].sort((a, b) => a.at - b.at)[0]
      if (!own || own.at > until) {
        now = until
        return false
      }
      now = own.at
      sleepers.delete(own)
      own.wake()
      return true
    },
  }
}

const artifactRow = {
  id: artifactId,
  project_id: projectId,
  title: 'A',
  description: null,
  artifact_type: 'folder',
  status: 'ready',
  is_public: false,
  updated_at: 'x',
  deleted_at: null,
}

/** One pinned project with one file, all of whose changes are told, and a server that does as it is told. */
const openScene = async ({ isPinned = true, unheard = (): void => {} } = {}) => {
  const db = openDatabase(':memory:')
  db.applyPull({
    projectId,
    cursor: '1',
    epoch: 'first',
    removedArtifacts: [],
    artifacts: [
      {
        id: artifactId,
        projectId,
        title: 'A',
        description: null,
        kind: 'folder',
        status: 'ready',
        isPublic: 0,
        updatedAt: 'x',
      },
    ],
    files: [
      {
        id: fileId,
        artifactId,
        path: 'a.md',
        mediaType: 'text/markdown',
        sha256,
        size: text.length,
        revision: 1,
        isMain: 0,
        deleted: 0,
      },
    ],
  })
  if (isPinned) db.pin(projectId, true)
  const cache = new Proxy({} as Cache, {
    get:
      (_target, method: keyof typeof db) =>
      async (...args: never[]) =>
        (db[method] as (...args: never[]) => unknown)(...args),
  })
  const server = { pulls: 0, title: null, pullFails: null, downloadFails: null } as {
    pulls: number
    /** Of its artifact, once it is another one. */
    title: string | null
    pullFails: FailureCode | null
    downloadFails: FailureCode | null
  }
  const pull: ArtifactApi['pull'] = async () => {
    server.pulls += 1
    if (server.pullFails) throw new Failure(server.pullFails, 'It does not answer.')
    const changed = server.title === null ? [] : [{ ...artifactRow, title: server.title }]
    server.title = null
    const { artifacts, files } = db.sums(projectId, '', 1_000)
    return {
      cursor: '1',
      epoch: 'first',
      artifacts: changed,
      files: [],
      role: 'owner',
      upload_rules: null,
      digest: `${artifacts.count} ${artifacts.sum} ${files.count} ${files.sum}`,
    }
  }
  const download = async () => {
    if (server.downloadFails) throw new Failure(server.downloadFails, 'It does not come.')
    const body = (async function* () {
      yield Buffer.from(text)
    })()
    return { from: 0, body }
  }
  const progress = openProgress(() => {})
  const blobs = openBlobs(join(folder, 'blobs'))
  const clock = openClock()
  const network = { largest: null as number | null }
  const replica = openReplica({
    cache,
    blobs,
    progress,
    time: clock.time,
    isPaused: false,
    keepLimit: null,
    remote: { limiter: new ConcurrencyLimiter(), pull, download } as unknown as ArtifactApi,
    upload: async () => {},
    newId: randomUUID,
    deviceName: 'Test',
    changed: () => {},
    largest: () => network.largest,
    isTold: () => true,
    unheard,
    linked: async () => (isPinned ? [] : [projectId]),
  })
  /** Nothing is under way any more. */
  const settled = async (): Promise<void> => {
    for (let quiet = 0; quiet < 20; quiet = replica.engine.jobs.length > 0 ? 0 : quiet + 1)
      await new Promise((done) => setImmediate(done))
  }
  const advance = async (milliseconds: number): Promise<void> => {
    const until = clock.time.elapsed() + milliseconds
    while (clock.next(until)) await settled()
  }
  const isHere = (): Promise<boolean> => blobs.has(sha256, text.length)
  /** How often the server was asked meanwhile. */
  const pullsIn = async (work: () => unknown): Promise<number> => {
    const before = server.pulls
    await work()
    await settled()
    return server.pulls - before
  }
  const close = async (): Promise<void> => {
    await replica.close()
    progress.close()
    db.close()
  }
  await replica.start()
  return { db, replica, server, network, settled, advance, isHere, pullsIn, close }
}

it('a look that failed is made up for, once; where nobody says anything somebody looks after ten minutes', async () => {
  const { replica, server, advance, pullsIn, close } = await openScene()
  expect(await pullsIn(() => replica.setOnline(true))).toBe(1)
  server.pullFails = 'server.unavailable'
  expect(await pullsIn(() => replica.heard(projectId))).toBe(1)
  server.pullFails = null
  expect(await pullsIn(() => advance(6_000))).toBe(1)
  expect(await pullsIn(() => advance(9 * minuteMs))).toBe(0)
  expect(await pullsIn(() => advance(2 * minuteMs))).toBe(1)
  await close()
})

it('a server that stays away is asked again less and less often', async () => {
  const { replica, server, advance, pullsIn, close } = await openScene()
  await pullsIn(() => replica.setOnline(true))
  server.pullFails = 'server.rate-limited'
  const failed = await pullsIn(async () => {
    replica.heard(projectId)
    await advance(10 * minuteMs)
  })
  expect(failed).toBeGreaterThan(9)
  expect(failed).toBeLessThan(45)
  await close()
})

it.each([
  ['paused', (replica: Scene, now: boolean) => replica.setPaused(now)],
  ['offline', (replica: Scene, now: boolean) => replica.setOnline(!now)],
] as const)('what is told while sync is %s is looked at when it goes on', async (_, set) => {
  const { replica, pullsIn, settled, close } = await openScene()
  await pullsIn(() => replica.setOnline(true))
  await set(replica, true)
  expect(await pullsIn(() => replica.heard(projectId))).toBe(0)
  expect(await pullsIn(() => set(replica, false))).toBe(1)
  await settled()
  await close()
})

it('what is told while its look is broken off has another one', async () => {
  const { replica, pullsIn, advance, close } = await openScene()
  await pullsIn(() => replica.setOnline(true))
  await pullsIn(async () => {
    replica.heard(projectId)
    await replica.stop()
  })
  replica.goOn()
  expect(await pullsIn(() => advance(2 * minuteMs))).toBe(1)
  await close()
})

it('a file of a pinned project that did not come comes when the server is well again', async () => {
  const { replica, server, advance, isHere, settled, close } = await openScene()
  server.downloadFails = 'server.unavailable'
  replica.setOnline(true)
  await settled()
  expect(await isHere()).toBe(false)
  server.downloadFails = null
  await advance(minuteMs)
  await vi.waitFor(async () => expect(await isHere()).toBe(true))
  await close()
})

it('a file that waits for time alone comes when it is over', async () => {
  const { replica, server, advance, isHere, settled, close } = await openScene()
  server.downloadFails = 'disk.unreadable'
  replica.setOnline(true)
  await settled()
  server.downloadFails = null
  await advance(3 * minuteMs)
  await vi.waitFor(async () => expect(await isHere()).toBe(true))
  await close()
})

it('a file that waits for another network comes over it at once, and costs no look until then', async () => {
  const { replica, network, advance, isHere, pullsIn, close } = await openScene()
  network.largest = 1
  await pullsIn(() => replica.setOnline(true))
  expect(await pullsIn(() => advance(9 * minuteMs))).toBe(0)
  network.largest = null
  await replica.networkChanged()
  await vi.waitFor(async () => expect(await isHere()).toBe(true))
  await close()
})

it('a project that is linked as a whole is looked at, told or not', async () => {
  const { replica, advance, pullsIn, close } = await openScene({ isPinned: false })
  expect(await pullsIn(() => replica.setOnline(true))).toBe(1)
  expect(await pullsIn(() => advance(9 * minuteMs))).toBe(0)
  expect(await pullsIn(() => advance(2 * minuteMs))).toBe(1)
  await close()
})

type Scene = Awaited<ReturnType<typeof openScene>>['replica']

it('what is found where nothing was told is said, unless a word of it comes in a moment', async () => {
  const unheard = vi.fn()
  const { replica, db, server, advance, pullsIn, close } = await openScene({ unheard })
  await pullsIn(() => replica.setOnline(true))
  let revision = 1
  /** Somebody changes the title: the next pull has it. */
  const change = (): void => {
    revision += 1
    server.title = `A${revision}`
  }
  change()
  expect(await pullsIn(() => advance(11 * minuteMs))).toBe(1)
  await advance(minuteMs)
  expect(unheard.mock.calls).toEqual([[projectId]])
  // It was told before, or comes a moment late.
  change()
  await pullsIn(() => replica.heard(projectId))
  change()
  await pullsIn(() => replica.engine.run(projectId, false))
  await pullsIn(() => replica.heard(projectId))
  await advance(minuteMs)
  expect([unheard.mock.calls.length, db.artifacts(projectId)[0]?.title]).toEqual([1, 'A4'])
  await close()
})
