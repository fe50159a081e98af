import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LinkedCopies, noLinkedCopies } from '../../../../src/sync/linked-copies.ts'
import { ConcurrencyLimiter } from '../../../../src/transfer/concurrency-limiter.ts'
import type { ArtifactApi } from '../../server/artifact-api.ts'
import { openBlobs } from '../../store/blobs.ts'
import type { Cache } from '../../store/client.ts'
import { openDatabase } from '../../store/database.ts'
import { realFiles } from '../../store/files.ts'
import { realTime } from '../../system-clock.ts'
import { openProgress } from './progress.ts'
import { openReplica } from './replica.ts'

/* What a step asks of the database is by what changed: counted in rows that come from it, for a clock is nobody's word. */

const [projectId, artifactId] = [randomUUID(), randomUUID()]
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-steps-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Rows in an answer, however deep they lie. */
const rowsIn = (value: unknown): number =>
  Array.isArray(value)
    ? value.length
    : value !== null && typeof value === 'object'
      ? Object.values(value).reduce((sum: number, each) => sum + rowsIn(each), 0)
      : 0

type Scene = { files: number; isLinked?: boolean; isUnsent?: boolean; isFull?: boolean }

/** A pinned project of so many files, all of them on this computer. */
const openScene = async ({ files, isLinked = false, isUnsent = false, isFull = false }: Scene) => {
  const db = openDatabase(':memory:')
  let listed = 0
  const blobs = openBlobs(join(folder, `blobs ${files}`), {
    ...realFiles,
    list: async (path) => {
      const names = await realFiles.list(path)
      listed += names.length
      return names
    },
  })
  const rows = Array.from({ length: files }, (_, each) => {
    const text = `Text ${each}`
    const sha256 = createHash('sha256').update(text).digest('hex')
    return {
      id: randomUUID() as string,
      artifactId,
      path: `${each}.md`,
      mediaType: 'text/markdown',
      size: text.length,
      sha256,
      revision: 1,
      isMain: 0,
      deleted: 0,
    }
  })
  if (!isLinked) for (const { sha256, size } of rows) db.addBlob(sha256, size)
  db.applyPull({
    projectId,
    cursor: '1',
    epoch: 'first',
    files: rows,
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
  db.pin(projectId, true)
  if (!isLinked) await blobs.put(Buffer.from('Text 1'))
  if (isFull)
    for (let each = 0; each < files; each += 1) await blobs.put(Buffer.from(`Text ${each}`))
  let crossed = 0
  const cache = new Proxy({} as Cache, {
    get:
      (_target, method: keyof typeof db) =>
      async (...args: never[]) => {
        const value = (db[method] as (...args: never[]) => unknown)(...args)
        crossed += rowsIn(value)
        return value
      },
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
  let isNew = isLinked
  const copies: LinkedCopies = {
    ...noLinkedCopies,
    tell: async (hear) => {
      const all = rows.map(({ sha256 }) => ({ link: 'one', sha256, artifactId }))
      await hear({ here: ['one'], changes: isNew ? all : [] })
      isNew = false
    },
  }
  const progress = openProgress(() => {})
  const replica = openReplica({
    cache,
    blobs,
    progress,
    time: realTime,
    copies,
    remote: { limiter: new ConcurrencyLimiter(), pull } as unknown as ArtifactApi,
    upload: async () => {},
    newId: randomUUID,
    deviceName: 'Test',
    keepLimit: isFull ? 1 : null,
    isPaused: false,
    largest: () => null,
    changed: () => {},
  })
  const costOf = async (step: () => Promise<unknown>): Promise<number> => {
    crossed = 0
    listed = 0
    await step()
    return crossed + listed
  }
  const close = async (): Promise<void> => {
    await replica.close()
    progress.close()
    db.close()
  }
  // At a start everything is compared, once.
  const { failure } = await replica.engine.run(projectId, false)
  expect(failure).toBe(null)
  // So are the folders of copies, which nobody waits for.
  await replica.usage()
  if (isUnsent)
    for (const { id: fileId, sha256, size } of rows)
      db.saveEdit({ fileId, artifactId, sha256, size }, null, '2026-01-31T12:00:00.000Z')
  return { replica, rows, costOf, close }
}

/** What a step costs among few files, and among many. */
const costsOf = async (
  scene: Omit<Scene, 'files'>,
  step: (scene: Awaited<ReturnType<typeof openScene>>) => Promise<number>,
): Promise<{ few: number; many: number }> => {
  const costs: number[] = []
  for (const files of [20, 400]) {
    const opened = await openScene({ ...scene, files })
    costs.push(await step(opened))
    await opened.close()
  }
  const [few = 0, many = 0] = costs
  return { few, many }
}

describe('what crosses from the database is by what changed, not by how much there is', () => {
  const pass = ({ replica, costOf }: Awaited<ReturnType<typeof openScene>>): Promise<number> =>
    costOf(() => replica.engine.run(projectId, false))

  it('in a pass that plans nothing', async () => {
    const { few, many } = await costsOf({}, pass)
    expect(many).toBe(few)
  })
  it('in a pass over a project that lies in a linked folder, too', async () => {
    const { few, many } = await costsOf({ isLinked: true }, pass)
    expect(many).toBe(few)
  })
  it('in a pass while more is pinned than is to be kept', async () => {
    const { few, many } = await costsOf({ isFull: true }, (scene) =>
      scene.costOf(async () => {
        await scene.replica.engine.run(projectId, false)
        await scene.replica.close()
      }),
    )
    expect(many).toBe(few)
  })
  it('when an edit is saved while many wait for the server', async () => {
    let outbox = 0
    const { few, many } = await costsOf({ isUnsent: true }, ({ replica, rows, costOf }) =>
      costOf(async () => {
        const fileId = rows[1]?.id ?? ''
        await replica.files.edit({ artifactId, fileId, text: 'Text 1' }, null)
        ;({ outbox } = await replica.run(projectId, false))
      }),
    )
    expect(outbox).toBe(400)
    // Those that are named, and no more.
    expect(many).toBeLessThan(few + 200)
  })
  it('when a page asks for one of its files', async () => {
    const { few, many } = await costsOf({}, ({ replica, costOf }) =>
      costOf(async () => {
        const found = await replica.files.preview.find(artifactId, '1.md', null)
        expect(found?.size).toBe('Text 1'.length)
      }),
    )
    expect(many).toBe(few)
  })
})
