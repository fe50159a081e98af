import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Failure } from '../../../../src/domain/failure.ts'
import { ConcurrencyLimiter } from '../../../../src/transfer/concurrency-limiter.ts'
import type { ArtifactApi } from '../../server/artifact-api.ts'
import { openBlobs } from '../../store/blobs.ts'
import type { Cache } from '../../store/client.ts'
import { openDatabase } from '../../store/database.ts'
import { realTime } from '../../system-clock.ts'
import { openProgress } from './progress.ts'
import { openReplica } from './replica.ts'

const [projectId, artifactId] = [randomUUID(), randomUUID()]
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-replica-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const openScene = (commit: ArtifactApi['commit']) => {
  const db = openDatabase(':memory:')
  db.applyPull({
    projectId,
    cursor: '1',
    epoch: 'first',
    files: [],
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
  })
  const cache = new Proxy({} as Cache, {
    get:
      (_target, method: keyof typeof db) =>
      async (...args: never[]) =>
        (db[method] as (...args: never[]) => unknown)(...args),
  })
  const pull: ArtifactApi['pull'] = async () => {
    const { artifacts, files } = db.sums(projectId, '', 1_000)
    return {
      cursor: '1',
      epoch: 'first',
      artifacts: [],
      files: [],
      role: 'owner',
      upload_rules: null,
      digest: `${artifacts.count} ${artifacts.sum} ${files.count} ${files.sum}`,
    }
  }
  const progress = openProgress(() => {})
  const replica = openReplica({
    cache,
    blobs: openBlobs(join(folder, 'blobs')),
    progress,
    time: realTime,
    remote: { limiter: new ConcurrencyLimiter(), pull, commit } as unknown as ArtifactApi,
    upload: async () => {},
    newId: randomUUID,
    deviceName: 'Test',
    keepLimit: null,
    isPaused: false,
    largest: () => null,
    changed: () => {},
  })
  const close = async (): Promise<void> => {
    await replica.close()
    progress.close()
    db.close()
  }
  return { db, replica, close }
}

it('many edits are a few commits, and one that the server refuses holds no other', async () => {
  const commits: number[] = []
  const there = new Set<string>()
  const { db, replica, close } = openScene(async (_artifactId, _expected, rows) => {
    commits.push(rows.length)
    await new Promise((done) => setTimeout(done, 5))
    if (rows.some((row) => row.op === 'put' && row.path === '77.md'))
      throw new Failure('server.refused-input', 'One of them is not liked.')
    for (const row of rows) there.add(row.file_id)
    const files = rows.map((row) => ({ file_id: row.file_id, revision: 1 }))
    return { status: 'committed', revision: 1, files }
  })
  for (let each = 0; each < 200; each += 1)
    await replica.files.create(artifactId, `${each}.md`, `Text ${each}`)
  const { blocked, outbox } = await replica.engine.run(projectId, false)
  expect(outbox).toBe(1)
  expect(blocked).toMatchObject([{ path: '77.md', failure: 'server.refused-input' }])
  expect(there.size).toBe(199)
  expect(db.files(artifactId).length).toBe(199)
  // A commit of each by itself would be two hundred.
  expect(commits.length).toBeLessThan(60)
  expect(Math.max(...commits)).toBeGreaterThan(20)
  await close()
})

it('a commit whose answer is lost is known again: nothing goes twice', async () => {
  let isCut = true
  const rows = new Map<string, number>()
  const { db, replica, close } = openScene(async (_artifactId, expected, changes) => {
    for (const { file_id } of changes) rows.set(file_id, (expected[file_id] ?? 0) + 1)
    if (isCut) throw new Failure('network.timeout', 'Its answer never came.')
    throw new Error('Nothing is to be sent again.')
  })
  for (let each = 0; each < 20; each += 1)
    await replica.files.create(artifactId, `${each}.md`, `Text ${each}`)
  await replica.engine.run(projectId, false)
  isCut = false
  const sent = db.outbox().filter(({ sentRevision }) => sentRevision !== null)
  expect(new Set(sent.map(({ fileId }) => fileId))).toEqual(new Set(rows.keys()))
  expect(rows.size).toBeGreaterThan(0)
  // What the server has of it comes with the next answer.
  db.applyPull({
    projectId,
    cursor: '2',
    epoch: 'first',
    artifacts: [],
    removedArtifacts: [],
    files: sent.map(({ fileId: id, path, mediaType, size, sha256 }) => ({
      id,
      artifactId,
      path,
      mediaType,
      size,
      sha256,
      revision: 1,
      isMain: 0,
      deleted: 0,
    })),
  })
  const left = db.outbox().length - sent.length
  await replica.engine.run(projectId, false)
  expect(db.outbox().length).toBe(left)
  await close()
})
