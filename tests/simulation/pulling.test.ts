import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ArtifactApi, PullOptions } from '../../electron/main/server/artifact-api.ts'
import { pulled } from '../../electron/main/server/schemas.ts'
import type { Cache } from '../../electron/main/store/client.ts'
import { openDatabase } from '../../electron/main/store/database.ts'
import { openPuller } from '../../electron/main/sync/cache/puller.ts'
import { Failure } from '../../src/domain/failure.ts'
import { Rows } from './server.ts'

const projectId = '00000000-0000-4000-8000-00000000000a'
const person = 'someone'
const idOf = (kind: string, number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`

const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('artifact'), number: fc.nat(11) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('file'), number: fc.nat(39) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove file'), number: fc.nat(39) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove artifact'), number: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore'), number: fc.constant(0) }) },
  // After so many requests the application is killed; what a quit does is less.
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pull'), number: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start'), number: fc.nat(9) }) },
)
type Deed = { kind: string; number: number }

const openScene = () => {
  const rows = new Rows(projectId, {} as ConstructorParameters<typeof Rows>[1])
  rows.members.set(person, 'editor' as never)
  const db = openDatabase(':memory:')
  const cache = new Proxy({} as Cache, {
    get:
      (_target, method: keyof typeof db) =>
      async (...args: never[]) =>
        (db[method] as (...args: never[]) => unknown)(...args),
  })
  const asked: { options: PullOptions; rows: number }[] = []
  let left = Number.POSITIVE_INFINITY
  const remote = {
    pull: async (
      _project: string,
      since: { cursor: string; epoch: string | null } | null,
      _signal: AbortSignal,
      options: PullOptions = {},
    ) => {
      if (left === 0) throw new Failure('network.offline', 'Killed.')
      left -= 1
      const answer = pulled.parse(
        rows.pull(person, projectId, since?.cursor ?? null, since?.epoch ?? null, {
          artifact: null,
          after: options.after ?? null,
          atMost: options.atMost ?? null,
          digest: null,
          afterArtifact: options.afterArtifact ?? null,
          withDigest: options.withDigest === true,
        }),
      )
      asked.push({ options, rows: answer.artifacts.length + answer.files.length })
      return answer
    },
  } as unknown as ArtifactApi
  const start = () =>
    openPuller({
      cache,
      remote,
      now: () => 0,
      changed: () => {},
      demoted: () => {},
      rowsAtOnce: 3,
    })
  let puller = start()
  const act = async ({ kind, number }: Deed): Promise<void> => {
    if (kind === 'start') puller = start()
    if (kind === 'pull' || kind === 'start') {
      left = number
      await puller.pull(projectId, new AbortController().signal).catch((error: unknown) => {
        if (!(error instanceof Failure) || error.code !== 'network.offline') throw error
        puller = start()
      })
      left = Number.POSITIVE_INFINITY
      return
    }
    if (kind === 'restore') return rows.restoreElsewhere(`7000.${asked.length + 2}`)
    const artifactId = idOf('a', kind.endsWith('artifact') ? number : number % 12)
    const artifact = rows.artifacts.get(artifactId)
    if (kind === 'remove artifact') return rows.setDeleted(artifactId, true)
    if (!artifact) return void (kind === 'artifact' && rows.addArtifact(artifactId, `T ${number}`))
    if (artifact.deleted) return
    const xid = rows.begin()
    const id = idOf('f', number)
    const known = artifact.files.get(id)
    if (kind === 'file')
      artifact.files.set(id, {
        id,
        artifactId,
        path: `${number}`,
        mediaType: 'text/plain',
        size: 1,
        isMain: false,
        isExecutable: false,
        isOwnerOnly: false,
        modifiedAt: null,
        sha256: 'a'.repeat(64),
        revision: (known?.revision ?? 0) + 1,
        deleted: false,
        xid,
      })
    else if (known) artifact.files.set(id, { ...known, deleted: true, xid })
    rows.end(xid)
  }
  const atServer = (): string[] =>
    [...rows.artifacts.values()]
      .filter(({ deleted }) => !deleted)
      .flatMap(({ id, files }) => [
        id,
        ...[...files.values()]
          .filter(({ deleted }) => !deleted)
          .map((file) => `${file.id} ${file.revision}`),
      ])
      .sort()
  const here = (): string[] =>
    db
      .artifacts(projectId)
      .flatMap(({ id }) => [
        id,
        ...db
          .files(id)
          .filter(({ deleted }) => deleted === 0)
          .map((file) => `${file.id} ${file.revision}`),
      ])
      .sort()
  return { act, asked, atServer, here, db }
}

it('has what the server has after any news, kills in the middle of everything, and histories restored elsewhere', async () => {
  let resumed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 60 }), async (deeds) => {
      const { act, asked, atServer, here, db } = openScene()
      for (const each of deeds) {
        if (db.pullPosition(projectId)) resumed += 1
        await act(each)
      }
      await act({ kind: 'start', number: 1_000 })
      await act({ kind: 'pull', number: 1_000 })
      expect(here()).toEqual(atServer())
      // A start with nothing new asks once, and is sent no row but what the cursor repeats.
      const before = asked.length
      await act({ kind: 'start', number: 1_000 })
      expect(asked.slice(before)).toMatchObject([{ options: { withDigest: true } }])
      expect(here()).toEqual(atServer())
      db.close()
    }),
    { numRuns: 400 },
  )
  expect(resumed).toBeGreaterThan(100)
})

it('goes on after a kill where it was', async () => {
  const { act, asked, atServer, here } = openScene()
  for (let number = 0; number < 12; number += 1) await act({ kind: 'artifact', number })
  for (let number = 0; number < 40; number += 1) await act({ kind: 'file', number })
  await act({ kind: 'pull', number: 8 })
  expect(here().length).toBe(12 + 3 * 3)
  await act({ kind: 'start', number: 1_000 })
  expect(here()).toEqual(atServer())
  // Four parts of artifacts, fourteen of files and the news: none of them twice.
  expect(asked.length).toBe(4 + 1 + 14 + 1)
})

it('finds what an answer never tells: rows that are not to be seen any more', async () => {
  const { act, asked, atServer, here, db } = openScene()
  for (let number = 0; number < 6; number += 1) await act({ kind: 'artifact', number })
  await act({ kind: 'start', number: 1_000 })
  const position = { cursor: '1', epoch: '1', rows: 'files' as const, after: '' }
  const stray = { ...db.artifacts(projectId)[0]!, id: idOf('b', 1) }
  db.applyPart({
    projectId,
    rows: 'artifacts',
    after: idOf('b', 0),
    upTo: null,
    files: [],
    position,
    artifacts: [stray],
  })
  db.forgetPosition(projectId)
  expect(here()).not.toEqual(atServer())
  const before = asked.length
  await act({ kind: 'start', number: 1_000 })
  expect(here()).toEqual(atServer())
  expect(asked.length - before).toBeGreaterThan(1)
})
