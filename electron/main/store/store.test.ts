import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import { openBlobs } from './blobs.ts'
import { openCache } from './client.ts'
import { openDatabase } from './database.ts'
import type { ArtifactRow, FileRow, NewEdit } from './rows.ts'
import { migrations, noAttributes, unblocked, unsent } from './rows.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp('/tmp/atelier-cache-')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const worker = new URL('./worker.ts', import.meta.url)
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const projectId = randomUUID()
const artifact = (title: string): ArtifactRow => ({
  id: randomUUID(),
  projectId,
  title,
  description: null,
  kind: 'website',
  status: 'ready',
  isPublic: 0,
  updatedAt: '2026-01-01T00:00:00Z',
})
const file = (artifactId: string, path: string, change: Partial<FileRow> = {}): FileRow => ({
  id: randomUUID(),
  artifactId,
  path,
  mediaType: 'text/plain',
  size: 1,
  sha256: 'a'.repeat(64),
  revision: 1,
  isMain: 0,
  deleted: 0,
  ...change,
})
const firstId = '00000000-0000-0000-0000-000000000000'
const pull = { projectId, cursor: '1', removedArtifacts: [], epoch: '1.1' }
const editOf = (of: FileRow, sha256: string): NewEdit => ({
  fileId: of.id,
  artifactId: of.artifactId,
  path: of.path,
  mediaType: of.mediaType,
  sha256,
  size: 2,
  baseRevision: of.revision,
  queuedAt: '2026-01-01T00:00:00Z',
  ...unblocked,
  ...unsent,
  ...noAttributes,
})

describe('the database', () => {
  it('brings an older file up to date and keeps what is in it', () => {
    const path = join(folder, 'old.sqlite')
    const old = new Database(path)
    old.exec(migrations[0]!)
    old.exec("insert into records values ('k', 'v', 'then'); pragma user_version = 1")
    old.close()
    const db = openDatabase(path)
    expect(db.readRecord('k')).toEqual({ value: 'v', savedAt: 'then' })
    db.rememberUpload('key', '/place')
    expect(db.uploadLocation('key')).toBe('/place')
    db.close()
  })
  it('reads the order of an older file off its clock once, but not that of changes among themselves', () => {
    const path = join(folder, 'old.sqlite')
    const old = new Database(path)
    for (const migration of migrations.slice(0, 15)) old.exec(migration)
    const insert = {
      edit: old.prepare(
        `insert into outbox (file_id, artifact_id, path, media_type, sha256, size, base_revision, queued_at)
         values (?, 'one', 'x', 'text/plain', 'a', 1, 1, ?)`,
      ),
      mutation: old.prepare(
        `insert into mutations (id, name, input, thing, queued_at) values (?, 'x', '{}', 'thing', ?)`,
      ),
    }
    const at = (hour: number) => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`
    insert.mutation.run('gone', at(0))
    old.exec(`delete from mutations`)
    insert.mutation.run('first', at(3))
    // The clock was set back between them.
    insert.mutation.run('second', at(1))
    insert.mutation.run('third', at(6))
    for (const [fileId, hour] of [
      ['before', 2],
      ['b same', 3],
      ['a same', 3],
      ['between', 4],
    ] as const)
      insert.edit.run(fileId, at(hour))
    old.pragma('user_version = 15')
    old.close()
    const db = openDatabase(path)
    const line = [
      ...db.outbox().map(({ fileId, sequence }) => [sequence, fileId] as const),
      ...db.mutations().map(({ id, sequence }) => [sequence, id] as const),
    ].sort(([one], [two]) => one - two)
    expect(line).toEqual([
      [1, 'before'],
      [2, 'a same'],
      [3, 'b same'],
      [4, 'first'],
      [5, 'second'],
      [6, 'between'],
      [7, 'third'],
    ])
    expect(db.retryMutation('first', '{}')).toMatchObject({ sequence: 4 })
    db.mutationRefused('first', 'server.denied')
    expect(db.retryMutation('first', '{}')).toMatchObject({ sequence: 8 })
    db.close()
  })
  it('leaves the file of a newer version alone', async () => {
    const newer = new Database(join(folder, 'cache.sqlite'))
    newer.exec('create table theirs (x); pragma user_version = 99')
    newer.close()
    await expect(openCache(folder, worker)).rejects.toMatchObject({ code: 'cache.newer-version' })
    const after = new Database(join(folder, 'cache.sqlite'))
    expect(after.pragma('user_version', { simple: true })).toBe(99)
    expect(after.prepare("select name from sqlite_master where type = 'table'").all()).toEqual([
      { name: 'theirs' },
    ])
    after.close()
  })
  it('says that a damaged file is damaged', async () => {
    await writeFile(join(folder, 'cache.sqlite'), randomBytes(8192))
    await expect(openCache(folder, worker)).rejects.toMatchObject({ code: 'disk.unreadable' })
  })
  it('does not ask again what is free as long as nothing can be, and at once where something is', () => {
    let now = 0
    const db = openDatabase(join(folder, 'full.sqlite'), () => now)
    const one = artifact('A')
    const [a, b] = [file(one.id, 'a'), file(one.id, 'b', { sha256: 'b'.repeat(64) })]
    db.applyPull({ ...pull, artifacts: [one], files: [a, b] })
    for (const { sha256 } of [a, b]) db.addBlob(sha256, 1)
    db.pin(projectId, true)
    now = 3_600_000
    const evicted = () => db.evict(0, 25, []).gone.map(({ sha256 }) => sha256)
    expect(evicted()).toEqual([])
    // Nobody tells of this one, and nobody waits for it for long.
    db.applyPull({ ...pull, artifacts: [], files: [{ ...a, sha256: 'c'.repeat(64), revision: 2 }] })
    expect(evicted()).toEqual([])
    now += 60_000
    expect(evicted()).toEqual([a.sha256])
    expect(evicted()).toEqual([])
    db.pin(projectId, false)
    expect(evicted()).toEqual([b.sha256])
    db.close()
  })
  it('looks for conflict copies among those alone, and for what waits in its order', () => {
    const path = join(folder, 'plans.sqlite')
    const db = openDatabase(path)
    const [a, b] = [artifact('A'), artifact('B')]
    const moment = '2026-01-31 14.03.22'
    const copy = file(b.id, `docs/One (conflict, desk, ${moment}).md`)
    const others = [file(a.id, 'one'), file(b.id, 'docs/One.md'), file(b.id, `about ${moment}`)]
    const gone = file(a.id, `Two (conflict, desk, ${moment}).md`, { deleted: 1 })
    db.applyPull({ ...pull, artifacts: [a, b], files: [...others, copy, gone] })
    const unsent = editOf(file(b.id, `Three (Conflict, desk, ${moment}).md`), 'b'.repeat(64))
    db.queueNew(unsent)
    expect(db.artifactsInConflict(null)).toEqual([{ id: b.id, title: 'B' }])
    expect(db.artifactsInConflict(randomUUID())).toEqual([])
    expect(db.conflictCopies(b.id, moment)).toEqual([copy.path, unsent.path])
    expect(db.conflictCopies(a.id, moment)).toEqual([gone.path])
    expect(db.conflictCopies(b.id, '2026-01-31 14.03.23')).toEqual([])
    db.close()
    const look = new Database(path)
    const plan = (sql: string): string =>
      (look.prepare(`explain query plan ${sql}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join('; ')
    const isConflict = "instr(lower(path), '(conflict, ') > 0"
    expect(plan(`select path from files where artifact_id = 'x' and ${isConflict}`)).toContain(
      'files_in_conflict',
    )
    expect(plan(`select artifact_id from files where ${isConflict}`)).toContain('files_in_conflict')
    look.close()
  })
  it('is durable: write-ahead log and full synchronisation', () => {
    const path = join(folder, 'mode.sqlite')
    openDatabase(path).close()
    const look = new Database(path)
    expect(look.pragma('journal_mode', { simple: true })).toBe('wal')
    look.close()
  })
  it('finds titles by the beginnings of words, with or without accents, and takes no query for syntax', () => {
    const db = openDatabase(join(folder, 's.sqlite'))
    const one = artifact('Überfahrt zum Hafen')
    db.applyPull({ ...pull, artifacts: [one, artifact('Other')], files: [] })
    const ids = (query: string) =>
      db.search(query, null, 50).hits.map(({ artifactId }) => artifactId)
    expect(ids('uber haf')).toEqual([one.id])
    for (const odd of ['', '"', 'title:*', 'a OR', '((', 'NEAR(', '-'])
      expect(() => ids(odd)).not.toThrow()
    db.applyPull({ ...pull, artifacts: [{ ...one, title: 'Renamed' }], files: [] })
    expect([ids('hafen'), ids('renamed')]).toEqual([[], [one.id]])
    db.close()
  })
  it('tells only what a pull really changed, and reconciles ids without touching unsent edits', () => {
    const db = openDatabase(join(folder, 'p.sqlite'))
    const [a, b] = [artifact('A'), artifact('B')]
    const [kept, gone] = [file(a.id, 'kept'), file(a.id, 'gone')]
    const both = { ...pull, artifacts: [a, b], files: [kept, gone] }
    expect(db.applyPull(both).sort()).toEqual([a.id, b.id].sort())
    expect(db.applyPull(both)).toEqual([])
    db.queueNew(editOf(kept, 'b'.repeat(64)))
    const position = { cursor: '1', epoch: '1.1', rows: 'files' as const, after: firstId }
    const all = { projectId, after: firstId, upTo: null, position }
    expect(db.applyPart({ ...all, rows: 'artifacts', artifacts: [a], files: [] })).toEqual([b.id])
    expect(db.applyPart({ ...all, rows: 'files', artifacts: [], files: [] })).toEqual([a.id])
    expect(db.files(a.id)).toEqual([{ ...kept, deleted: 1 }])
    expect(db.artifact(b.id)).toBeNull()
    db.close()
  })
  it('searches one project by itself, and says how much there is', () => {
    const db = openDatabase(join(folder, 'search.sqlite'))
    const elsewhere = randomUUID()
    const some = Array.from({ length: 60 }, (_, index) => artifact(`Tide ${index}`))
    const others = Array.from({ length: 500 }, (_, index) => ({
      ...artifact(`Tide table ${index}`),
      projectId: elsewhere,
    }))
    db.applyPull({ ...pull, artifacts: [...some, ...others], files: [] })
    const here = db.search('tide', projectId, 50)
    expect([here.hits.length, here.total]).toEqual([50, 60])
    expect(here.hits.every((hit) => hit.projectId === projectId)).toBe(true)
    expect(db.search('tide', null, 10).total).toBe(560)
    expect(db.search('tide 7', projectId, 1_000).hits.map(({ title }) => title)).toEqual(['Tide 7'])
    db.close()
  })
  it('reads no other title to change or forget one, whatever their number', () => {
    const path = join(folder, 'plan.sqlite')
    openDatabase(path).close()
    const look = new Database(path)
    for (const sql of [
      "update titles set title = 'x' where rowid = 1",
      'delete from titles where rowid = 1',
    ])
      expect(look.prepare(`explain query plan ${sql}`).all()).toEqual([
        expect.objectContaining({ detail: 'SCAN titles VIRTUAL TABLE INDEX 0:=' }),
      ])
    look.close()
  })
  it('brings the titles of an older file along', () => {
    const path = join(folder, 'titles.sqlite')
    const old = new Database(path)
    for (const migration of migrations.slice(0, 6)) old.exec(migration)
    const { id } = artifact('Harbour')
    old
      .prepare(
        "insert into artifacts values (?, ?, 'Harbour', null, 'website', 'ready', 0, 'then')",
      )
      .run(id, projectId)
    old.prepare("insert into titles values (?, 'Harbour', '')").run(id)
    old.exec('pragma user_version = 6')
    old.close()
    const db = openDatabase(path)
    expect(db.search('harb', projectId, 9).hits).toMatchObject([{ artifactId: id }])
    db.applyPull({ ...pull, artifacts: [], files: [], removedArtifacts: [id] })
    expect(db.search('harb', projectId, 9).total).toBe(0)
    db.close()
  })
  it('finds what is at a path without reading the others, in either Unicode form', () => {
    const db = openDatabase(join(folder, 'at.sqlite'))
    const a = artifact('A')
    const many = Array.from({ length: 20_000 }, (_, index) => file(a.id, `assets/${index}.png`))
    const [page, gone] = [file(a.id, 'Übersicht.html'), file(a.id, 'gone', { deleted: 1 })]
    const written = file(a.id, 'cafe\u0301.css')
    db.applyPull({ ...pull, artifacts: [a], files: [...many, page, gone, written] })
    expect(db.fileAt(a.id, 'U\u0308bersicht.html')).toEqual(page)
    expect(db.fileAt(a.id, 'caf\u00e9.css')).toEqual(written)
    for (const path of ['gone', 'assets', 'ASSETS/1.png', ''])
      expect(db.fileAt(a.id, path), path).toBeNull()
    expect(db.fileAt(randomUUID(), page.path)).toBeNull()
    const edit = editOf(page, 'b'.repeat(64))
    db.queueNew(edit)
    const queued = { ...edit, sequence: 1 }
    expect(db.fileAt(a.id, page.path)).toEqual(queued)
    // Renamed at the server while the edit waits: both names lead to it.
    db.applyPull({ ...pull, artifacts: [], files: [{ ...page, path: 'index.html', revision: 2 }] })
    expect([db.fileAt(a.id, page.path), db.fileAt(a.id, 'index.html')]).toEqual([queued, queued])
    const took = (work: () => unknown): number => {
      const before = performance.now()
      work()
      return performance.now() - before
    }
    const all = took(() => db.files(a.id))
    const each = took(() => many.slice(0, 100).map(({ path }) => db.fileAt(a.id, path)))
    // A hundred of them, together, are less work than all rows once.
    expect(each).toBeLessThan(all)
    db.close()
  })
  it('an edit saved while another is sent is neither dropped nor taken for a conflict', () => {
    const db = openDatabase(join(folder, 'e.sqlite'))
    const a = artifact('A')
    const f = file(a.id, 'f')
    db.applyPull({ ...pull, artifacts: [a], files: [f] })
    const save = (sha256: string, seen: string | null = null) =>
      db.saveEdit({ fileId: f.id, artifactId: a.id, sha256, size: 2 }, seen, 'now').edit
    const first = save('b'.repeat(64))
    save('c'.repeat(64))
    db.committed([{ edit: first, revision: 2 }])
    expect(db.edit(f.id)).toMatchObject({ sha256: 'c'.repeat(64), baseRevision: 2 })
    const second = save('d'.repeat(64))
    db.committed([{ edit: second, revision: 3 }])
    expect(db.edit(f.id)).toBeNull()
    // Made on bytes that are not the file's any more: no base, so a conflict.
    expect(save('e'.repeat(64), 'b'.repeat(64)).baseRevision).toBe(0)
    const beside = db.keepBoth(f.id, { fileId: randomUUID(), path: 'f 2', queuedAt: 'now' })
    expect(db.outbox()).toEqual([beside])
    db.close()
  })
  it('what one window saves in one breath is no conflict with itself, however late it hears of it', () => {
    const db = openDatabase(join(folder, 'breath.sqlite'))
    const a = artifact('A')
    const f = file(a.id, 'f')
    db.applyPull({ ...pull, artifacts: [a], files: [f] })
    let turn = 0
    const save = (sha256: string, seen: string, writer = 'window') => {
      turn += 1
      const edit = { fileId: f.id, artifactId: a.id, sha256, size: 2 }
      return db.saveEdit(edit, seen, 'now', { writer, turn }).edit
    }
    const [b, c, d, e, g] = [...'bcdeg'].map((letter) => letter.repeat(64)) as [
      ...[string, string, string, string, string],
    ]
    db.committed([{ edit: save(b, f.sha256), revision: 2 }])
    expect(save(c, f.sha256)).toMatchObject({ baseRevision: 2 })
    db.committed([{ edit: db.edit(f.id)!, revision: 3 }])
    expect(save(d, b)).toMatchObject({ baseRevision: 3 })
    db.committed([{ edit: db.edit(f.id)!, revision: 4 }])
    // Another window has seen none of it; and what somebody else saved since is nobody's own.
    expect(save(e, b, 'another window').baseRevision).toBe(0)
    db.keepBoth(f.id, { fileId: randomUUID(), path: 'f 2', queuedAt: 'now' })
    db.committed([{ edit: save(d, d), revision: 5 }])
    db.applyPull({ ...pull, artifacts: [], files: [{ ...f, sha256: g, revision: 6 }] })
    expect(save(e, b).baseRevision).toBe(0)
    db.close()
  })
  it('an edit stands on its file still when nothing but the file’s revision is another', () => {
    const db = openDatabase(join(folder, 'marked.sqlite'))
    const a = artifact('A')
    const f = file(a.id, 'f')
    const pulled = (change: Partial<FileRow>) =>
      db.applyPull({ ...pull, artifacts: [], files: [{ ...f, ...change }] })
    db.applyPull({ ...pull, artifacts: [a], files: [f] })
    db.saveEdit({ fileId: f.id, artifactId: a.id, sha256: 'b'.repeat(64), size: 2 }, null, 'now')
    pulled({ revision: 2 })
    pulled({ revision: 3 })
    expect(db.edit(f.id)).toMatchObject({ baseRevision: 3 })
    // Another name, other bytes, or gone: that is for a plan to say.
    pulled({ revision: 4, path: 'g' })
    pulled({ revision: 5, path: 'g' })
    expect(db.edit(f.id)).toMatchObject({ baseRevision: 3 })
    db.saveEdit({ fileId: f.id, artifactId: a.id, sha256: 'c'.repeat(64), size: 2 }, null, 'now')
    pulled({ revision: 6, sha256: 'd'.repeat(64), deleted: 1 })
    expect(db.edit(f.id)).toMatchObject({ baseRevision: 3 })
    db.close()
  })
  it('remembers so many values and bytes, and of more the newest', () => {
    let time = 0
    const db = openDatabase(join(folder, 'records.sqlite'), () => (time += 1000))
    for (let each = 0; each < 2_050; each += 1) db.writeRecord(`k ${each}`, 'v')
    expect(db.readRecord('k 49')).toBeNull()
    expect(db.readRecord('k 50')).toMatchObject({ value: 'v' })
    expect(db.readRecord('k 2049')).toMatchObject({ value: 'v' })
    const large = 'x'.repeat(4_000_000)
    for (let each = 0; each < 20; each += 1) db.writeRecord(`large ${each}`, large)
    expect(db.readRecord('large 3')).toBeNull()
    expect(db.readRecord('large 4')).toMatchObject({ value: large })
    expect(db.readRecord('large 19')).toMatchObject({ value: large })
    db.close()
  })
  it('forgets at its start what was remembered three months ago', () => {
    const day = 24 * 3600_000
    let time = 0
    const file = join(folder, 'aged.sqlite')
    const first = openDatabase(file, () => time)
    first.writeRecord('old', 'v')
    time = 2 * day
    first.writeRecord('newer', 'v')
    first.close()
    time = 91 * day
    const second = openDatabase(file, () => time)
    expect(second.readRecord('old')).toBeNull()
    expect(second.readRecord('newer')).toMatchObject({ value: 'v' })
    second.close()
  })
  it('answers in its thread, and nobody waits for one that has closed', async () => {
    const cache = await openCache(folder, worker)
    await cache.writeRecord('k', 'v')
    expect(await cache.readRecord('k')).toMatchObject({ value: 'v' })
    await cache.close()
    await expect(cache.readRecord('k')).rejects.toBeInstanceOf(Failure)
  })
})

describe('the blob store', () => {
  const bytes = randomBytes(100_000)
  const wanted = { sha256: hashOf(bytes), size: bytes.length }
  const offer = (from: number, upTo = bytes.length) => ({
    from,
    body: (async function* () {
      for (let at = from; at < upTo; at += 10_000)
        yield bytes.subarray(at, Math.min(at + 10_000, upTo))
      if (upTo < bytes.length) throw new Failure('network.offline', 'cut')
    })(),
  })
  const names = async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)

  it('goes on where a cut left off', async () => {
    const blobs = openBlobs(folder)
    await expect(
      blobs.receive(
        wanted,
        async () => offer(0, 40_000),
        () => {},
      ),
    ).rejects.toMatchObject({
      code: 'network.offline',
    })
    expect(await blobs.has(wanted.sha256, wanted.size)).toBe(false)
    const asked: number[] = []
    const ask = async (from: number) => {
      asked.push(from)
      return offer(from)
    }
    await blobs.receive(wanted, ask, () => {})
    expect(asked).toEqual([40_000])
    expect(await blobs.read(wanted.sha256)).toEqual(bytes)
    expect(await names()).toEqual([wanted.sha256])
  })
  it('asks once more, whole, when what was kept is wrong', async () => {
    const blobs = openBlobs(folder)
    await blobs
      .receive(
        wanted,
        async () => offer(0, 40_000),
        () => {},
      )
      .catch(() => {})
    await writeFile(`${blobs.pathOf(wanted.sha256)}.part`, randomBytes(40_000))
    await blobs.receive(
      wanted,
      async (from) => offer(from),
      () => {},
    )
    expect(await blobs.read(wanted.sha256)).toEqual(bytes)
  })
  it('never accepts other bytes, too few or too many', async () => {
    const blobs = openBlobs(folder)
    const lies = [randomBytes(100_000), Buffer.concat([bytes, Buffer.of(0)])]
    for (const lie of lies) {
      const ask = async () => ({
        from: 0,
        body: (async function* () {
          yield lie
        })(),
      })
      await expect(blobs.receive(wanted, ask, () => {})).rejects.toMatchObject({
        code: 'file.hash-mismatch',
      })
    }
    expect(await names()).toEqual([])
  })
  it('two who want one blob ask for it once', async () => {
    const blobs = openBlobs(folder)
    let asked = 0
    const ask = async (from: number) => {
      asked += 1
      return offer(from)
    }
    await Promise.all([1, 2, 3].map(() => blobs.receive(wanted, ask, () => {})))
    expect(asked).toBe(1)
  })
  it('finds what is whole after a crash, and sweeps what is half', async () => {
    const blobs = openBlobs(folder)
    await blobs.put(bytes)
    await writeFile(`${blobs.pathOf(wanted.sha256)}.${randomUUID()}.draft`, 'half')
    expect(await blobs.list()).toEqual([wanted])
    expect(await names()).toEqual([wanted.sha256])
  })
})
