import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../electron/main/store/database.ts'
import { folderMigrations, openFolderDatabase } from '../electron/main/sync/folder/store.ts'
import { readReleasedStores, storesNow } from './freeze-stores.ts'
import { root } from './run.ts'

let place: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'atelier-released-'))
})
afterEach(() => rm(place, { recursive: true, force: true }))

const released = join(root, 'tests/fixtures/released')

/** A file that a released version made and filled, and what it holds. */
const unpacked = async (
  name: string,
): Promise<{ file: string; rows: Record<string, unknown[]> }> => {
  const file = join(place, 'store.sqlite')
  await writeFile(file, gunzipSync(await readFile(join(released, name))))
  return { file, rows: rowsIn(file) }
}

const hex = (number: number): string => number.toString(16).padStart(64, '0')
const id = (kind: string, number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`

const inOrder = (rows: unknown[]): unknown[] =>
  rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))

/** Of every table but a search index's own. */
const rowsIn = (file: string): Record<string, unknown[]> => {
  const db = new Database(file, { readonly: true })
  const tables = db
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like 'titles_%' and name not like 'sqlite_%' order by 1",
    )
    .pluck()
    .all() as string[]
  const rows = Object.fromEntries(
    tables.map((table) => [table, inOrder(db.prepare(`select * from ${table}`).all())]),
  )
  db.close()
  return rows
}

/** Each row as it was; a column that came since is the migration's to fill. */
const expectKept = (before: Record<string, unknown[]>, after: Record<string, unknown[]>): void => {
  for (const [table, rows] of Object.entries(before)) {
    expect([table, after[table]]).toEqual([
      table,
      rows.map((row) => expect.objectContaining(row as object)),
    ])
  }
}

const pointOf = (name: string): number => Number(/-(\d+)\.sqlite\.gz$/.exec(name)?.[1])

describe.each(['cache', 'folders'] as const)('the store of the %s', (store) => {
  it('begins with the migrations that were released, as they were', async () => {
    const { migrations, points } = (await readReleasedStores())[store]
    expect(migrations.length).toBe(points.at(-1))
    expect(storesNow[store].slice(0, migrations.length)).toEqual(migrations)
  })
  it('has a filled file of every version that was released', async () => {
    const files = (await readdir(released)).filter((name) => name.startsWith(`${store}-`))
    expect(files.map(pointOf).toSorted((a, b) => a - b)).toEqual(
      (await readReleasedStores())[store].points,
    )
  })
})

it('a cache that the preview filled is today’s when it was opened: its rows, and what is told of them', async () => {
  const { file, rows } = await unpacked('cache-9.sqlite.gz')
  for (const [table, { length }] of Object.entries(rows))
    expect([table, length > 0]).toEqual([table, true])
  const db = openDatabase(file)
  const outbox = rows.outbox as { file_id: string }[]
  expect(
    db
      .outbox()
      .map(({ fileId }) => fileId)
      .toSorted(),
  ).toEqual(outbox.map((row) => row.file_id).toSorted())
  expect(db.edit(id('f', 7))).toMatchObject({ blocked: 'server.denied', blockedRole: 'viewer' })
  expect(db.edit(id('f', 14))).toMatchObject({ sentSha256: hex(1014), sentRevision: 4 })
  expect(db.edit(id('f', 201))).toMatchObject({ isExecutable: 1, modifiedAt: 1_790_000_000_201 })
  expect(db.draft(id('f', 3))).toMatchObject({ text: 'Getippt, nicht gespeichert' })
  expect(db.readRecord('key')).toMatchObject({ value: '{"kept":true}' })
  expect(db.uploadLocation('upload')).toBe('https://files.example/part/1')
  expect(db.search('uber', null, 50).total).toBe(6)
  expect(db.keptBytes()).toBe(
    (rows.blobs as { size: number }[]).reduce((sum, { size }) => sum + size, 0),
  )
  // What a pass looks at, against all that there is.
  const blobs = new Set((rows.blobs as { sha256: string }[]).map(({ sha256 }) => sha256))
  const edited = new Set(outbox.map((row) => row.file_id))
  for (const project of [1, 2, 3].map((number) => id('d', number))) {
    const artifacts = new Set(db.artifacts(project).map((artifact) => artifact.id))
    const isPinned = db.pins().includes(project)
    const files = (rows.files as Record<string, string | number>[]).filter(
      ({ id: fileId, artifact_id, sha256, deleted }) =>
        artifacts.has(String(artifact_id)) &&
        (edited.has(String(fileId)) || (isPinned && deleted === 0 && !blobs.has(String(sha256)))),
    )
    expect(files.length).toBeGreaterThan(0)
    for (const { id: artifactId, fileCount, size, cachedCount } of db.artifacts(project)) {
      const own = (rows.files as Record<string, string | number>[]).filter(
        ({ artifact_id, deleted }) => artifact_id === artifactId && deleted === 0,
      )
      expect([fileCount, size, cachedCount]).toEqual([
        own.length,
        own.reduce((sum, each) => sum + Number(each.size), 0),
        own.filter(({ sha256 }) => blobs.has(String(sha256))).length,
      ])
    }
    expect(db.outOfStep(project, false).files.map((each) => each.id)).toEqual(
      files.map((each) => each.id).toSorted(),
    )
  }
  db.close()
  expectKept(rows, rowsIn(file))
  // Once more changes nothing.
  const after = rowsIn(file)
  openDatabase(file).close()
  expect(rowsIn(file)).toEqual(after)
})

it('a store of links that the preview filled is today’s when it was opened: trees, journal and rules', async () => {
  const { file, rows } = await unpacked('folders-6.sqlite.gz')
  for (const [table, { length }] of Object.entries(rows))
    expect([table, length > 0]).toEqual([table, true])
  const db = openFolderDatabase(file)
  expect(db.links().map(({ root: at, paused, direction }) => [at, paused, direction])).toEqual([
    ['/home/ada/Atelier/0', 0, 'both'],
    ['/home/ada/Atelier/1', 1, 'both'],
    ['/home/ada/Atelier/2', 0, 'down'],
  ])
  expect(db.projectLinks()).toHaveLength(1)
  for (const link of [0, 1, 2].map((number) => id('c', number))) {
    expect(db.load(link).intents).toMatchObject([{ kind: 'step-aside' }])
    expect(db.load(link).decided).toHaveLength(link === id('c', 0) ? 0 : 1)
    const [known, base, remote] = [
      db.knownAfter(link, ''),
      db.baseAfter(link, ''),
      db.remoteAfter(link, ''),
    ]
    expect([known.length, base.length, remote.length]).toEqual([15, 9, 15])
    expect(remote.filter(({ permissions }) => permissions?.isExecutable)).toHaveLength(7)
  }
  // Everything that lies in folders is yet to be told.
  const told = db.copyChanges(1_000).changes.map(({ link, sha256 }) => `${link} ${sha256}`)
  const known = rows.known as { link: string; sha256: string }[]
  expect(told.toSorted()).toEqual(known.map(({ link, sha256 }) => `${link} ${sha256}`).toSorted())
  db.close()
  expectKept(rows, rowsIn(file))
  expect(folderMigrations.length).toBeGreaterThan(6)
})
