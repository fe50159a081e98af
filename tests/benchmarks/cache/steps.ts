import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArtifactApi } from '../../../electron/main/server/artifact-api.ts'
import { openBlobs } from '../../../electron/main/store/blobs.ts'
import { type Cache, openCache } from '../../../electron/main/store/client.ts'
import { openProgress } from '../../../electron/main/sync/cache/progress.ts'
import { openReplica } from '../../../electron/main/sync/cache/replica.ts'
import { realTime } from '../../../electron/main/system-clock.ts'
import { type LinkedCopies, noLinkedCopies } from '../../../src/sync/linked-copies.ts'
import { ConcurrencyLimiter } from '../../../src/transfer/concurrency-limiter.ts'
import { median, rounded, writeSection } from '../document.ts'

/** Files that are all on this computer, of one artifact of a pinned project. */
const sizes = { few: 200, many: 20_000 }
/** Milliseconds that each step may take, however many files there are. */
const mostMs = 5
/** What costs by what changed costs as much among many as among few; a busy computer doubles anything. */
const mostTimes = 3
const worker = new URL('../../../electron/main/store/worker.ts', import.meta.url)
const cursor = { cursor: '1000', epoch: 'first' }

/** A server that has nothing new, takes whatever is sent, and answers at once. */
const obligingRemote = (cache: Cache): ArtifactApi => {
  const limiter = new ConcurrencyLimiter()
  const pull: ArtifactApi['pull'] = async (projectId, _since, _signal, { withDigest } = {}) => {
    const preemption = { ...cursor, artifacts: [], files: [], role: 'owner', upload_rules: null }
    if (!withDigest) return preemption
    const { artifacts, files } = await cache.sums(projectId, '', 1_000)
    return {
      ...preemption,
      digest: `${artifacts.count} ${artifacts.sum} ${files.count} ${files.sum}`,
    }
  }
  const commit: ArtifactApi['commit'] = async (_artifactId, expected) => ({
    status: 'committed',
    revision: 2,
    files: Object.entries(expected).map(([file_id, revision]) => ({
      file_id,
      revision: revision + 1,
    })),
  })
  return { limiter, pull, commit } as unknown as ArtifactApi
}

/** A cache of so many files, in which the steps can be made; milliseconds of each come of it. */
const openSteps = async (files: number, isLinked: boolean) => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-steps-'))
  const cache = await openCache(folder, worker)
  const blobs = openBlobs(join(folder, 'blobs'))
  const remote = obligingRemote(cache)
  const [projectId, artifactId] = [randomUUID(), randomUUID()]
  const rows = Array.from({ length: files }, (_, at) => ({
    id: randomUUID() as string,
    artifactId,
    path: `pages/${at}/index.html`,
    mediaType: 'text/html',
    revision: 1,
    isMain: 0,
    deleted: 0,
    text: `${at}`,
    size: `${at}`.length,
    sha256: createHash('sha256').update(`${at}`).digest('hex'),
  }))
  const artifact = {
    id: artifactId,
    projectId,
    title: 'A',
    description: null,
    kind: 'folder',
    status: 'ready',
    isPublic: 0,
    updatedAt: '2026-01-31T12:00:00.000000+00:00',
  }
  await cache.applyPull({
    projectId,
    ...cursor,
    artifacts: [artifact],
    files: rows,
    removedArtifacts: [],
  })
  if (!isLinked) await cache.matchBlobs(rows.map(({ sha256, size }) => ({ sha256, size })))
  let isNew = isLinked
  const copies: LinkedCopies = {
    ...noLinkedCopies,
    tell: async (hear) => {
      const all = rows.map(({ sha256 }) => ({ link: 'one', sha256, artifactId }))
      await hear({ here: ['one'], changes: isNew ? all : [] })
      isNew = false
    },
  }
  await cache.pin(projectId, true)
  const progress = openProgress(() => {})
  const replica = openReplica({
    cache,
    blobs,
    remote,
    progress,
    time: realTime,
    newId: randomUUID,
    deviceName: 'Bench',
    // All of it is pinned, and more than is to be kept.
    upload: async () => {},
    keepLimit: files,
    isPaused: false,
    largest: () => null,
    changed: () => {},
    copies,
  })
  let turn = 0
  const next = (): (typeof rows)[number] => {
    turn += 1
    return rows[(turn * 7_919) % files] as (typeof rows)[number]
  }
  const pass = async (): Promise<void> => {
    const { failure, outbox } = await replica.engine.run(projectId, false)
    if (failure || outbox > 0) throw new Error(`A pass ends with ${failure}, ${outbox} unsent.`)
  }
  const costs: Record<string, number[]> = {}
  const timed = async (name: string, step: () => Promise<unknown>): Promise<void> => {
    const began = performance.now()
    await step()
    costs[name] = [...(costs[name] ?? []), performance.now() - began]
  }
  // At a start everything is compared, once.
  await pass()
  const makeOne = async (): Promise<void> => {
    if (isLinked) return timed('a pass over a project in a linked folder', pass)
    await timed('a pass that plans nothing', pass)
    const { path, text: kept } = next()
    await blobs.put(Buffer.from(kept))
    await timed('a sub-resource of a preview', async () => {
      const found = await replica.files.preview.find(artifactId, path, null)
      if (found?.size !== kept.length) throw new Error('It is not found.')
    })
    const { id: fileId } = next()
    const text = `What was typed in turn ${turn}`
    await timed('an edit, until it is durable', () =>
      replica.files.edit({ artifactId, fileId, text }, null),
    )
    await timed('a pass that sends it', pass)
  }
  const close = async (): Promise<void> => {
    await replica.close()
    progress.close()
    await cache.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { makeOne, costs, close }
}

/** Those that must be quick however many files there are; the others wait for the disk to keep what was typed. */
const quick = [
  'a pass that plans nothing',
  'a sub-resource of a preview',
  'a pass over a project in a linked folder',
]

/** What everyday steps cost among few files and among many. */
export const benchmarkSteps = async (isQuick: boolean) => {
  const began = performance.now()
  const turns = isQuick ? 11 : 31
  const rows: { name: string; few: number; many: number; times: number }[] = []
  for (const isLinked of [false, true]) {
    const few = await openSteps(sizes.few, isLinked)
    const many = await openSteps(sizes.many, isLinked)
    // In turns: what else the computer does, and its disk, is the same for both.
    for (let turn = 0; turn < turns; turn += 1)
      for (const scene of [few, many]) await scene.makeOne()
    for (const [name, took] of Object.entries(many.costs)) {
      const [before, after] = [median(few.costs[name] ?? []), median(took)]
      const times = rounded(after / before)
      rows.push({ name, few: rounded(before), many: rounded(after), times })
    }
    await few.close()
    await many.close()
  }
  const missed = rows.flatMap(({ name, many: ms, times }) => [
    ...(ms <= mostMs || !quick.includes(name) ? [] : [`${name}, ms`]),
    ...(times <= mostTimes ? [] : [`${name}, times`]),
  ])
  const text = [
    `| step, all files on this computer | ${sizes.few} files, ms | ${sizes.many.toLocaleString('en')} files, ms | times |`,
    '|---|---:|---:|---:|',
    ...rows.map((row) => `| ${row.name} | ${row.few} | ${row.many} | ${row.times} |`),
  ].join('\n')
  console.log(text)
  if (!isQuick)
    await writeSection(
      'Steps in the cache',
      `What everyday steps cost in a pinned project of one artifact, through the cache’s worker and on a real disk, with a limit on what is kept that all that is pinned exceeds; the server answers at once. Medians of ${turns} turns. A pass that plans nothing and a look-up may take ${mostMs} ms; nothing may take over ${mostTimes} times as long among many files as among few.\n\n${text}\n\nMissed: ${missed.join('; ') || 'nothing'}.`,
    )
  const seconds = Math.round((performance.now() - began) / 1000)
  return { benchmark: 'steps', quick: isQuick, seconds, rows, missed }
}
