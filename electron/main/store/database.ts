import type { Wanted } from './blobs.ts'
import { editsOf } from './edits.ts'
import { evictionOf } from './eviction.ts'
import { linkedCopiesOf } from './linked-copies.ts'
import { mutationsOf } from './mutations.ts'
import { openFile } from './open-file.ts'
import { outOfStepOf } from './out-of-step.ts'
import { outboxStatusOf } from './outbox-status.ts'
import { pullsOf } from './pulls.ts'
import {
  type ArtifactRow,
  artifactColumns,
  type FileRow,
  fileColumns,
  migrations,
  type OutboxRow,
  outboxColumns,
} from './rows.ts'

/** What pages may have remembered of the server: whoever writes more has the oldest of it forgotten. */
const maxRecords = 2_000
const maxRecordBytes = 64_000_000
/** Milliseconds; what nobody has looked at for longer is no way to open a view. */
const maxRecordAgeMs = 90 * 24 * 3600_000

/** The records of one person on one server. Synchronous; lives in a worker (see client.ts). */
export const openDatabase = (file: string, clock: () => number = Date.now) => {
  const db = openFile(file, migrations)
  const now = (): string => new Date(clock()).toISOString()

  const recordsHeld = db.prepare(
    'select count(*) as records, coalesce(sum(octet_length(value)), 0) as bytes from records',
  )
  const dropRecords = db.prepare(
    `delete from records where key in (
       select key from (
         select key, row_number() over newest as place, sum(octet_length(value)) over newest as bytes
         from records window newest as (order by saved_at desc, key rows unbounded preceding)
       ) where place > ? or bytes > ?)`,
  )

  db.prepare('delete from records where saved_at < ?').run(
    new Date(clock() - maxRecordAgeMs).toISOString(),
  )

  // Prepared once: there is one for each file that comes, and its triggers are many.
  const addBlob = db.prepare(
    `insert into blobs values (?, ?, ?)
     on conflict (sha256) do update set size = excluded.size, used_at = excluded.used_at`,
  )
  const edits = editsOf(db, now)
  const editAt = db.prepare(
    `select ${outboxColumns} from outbox where artifact_id = ? and path in (?, ?, ?)`,
  )
  const fileAt = db.prepare(
    `select ${fileColumns} from files where artifact_id = ? and path in (?, ?, ?) and not deleted`,
  )
  return {
    ...edits,
    ...linkedCopiesOf(db),
    ...mutationsOf(db, now),
    ...pullsOf(db, now),
    ...evictionOf(db, clock),
    ...outOfStepOf(db),
    ...outboxStatusOf(db),

    readRecord: (key: string) =>
      (db.prepare('select value, saved_at as savedAt from records where key = ?').get(key) as
        | { value: string; savedAt: string }
        | undefined) ?? null,
    /** What was remembered longest ago makes room. */
    writeRecord: db.transaction((key: string, value: string) => {
      db.prepare('insert or replace into records values (?, ?, ?)').run(key, value, now())
      const { records, bytes } = recordsHeld.get() as { records: number; bytes: number }
      if (records > maxRecords || bytes > maxRecordBytes)
        dropRecords.run(maxRecords, maxRecordBytes)
    }),

    artifacts: (projectId: string) =>
      db
        .prepare(
          `select ${artifactColumns}, coalesce(c.files, 0) as fileCount, coalesce(c.bytes, 0) as size,
             coalesce(c.here, 0) as cachedCount
           from artifacts a left join file_counts c on c.artifact_id = a.id
           where a.project_id = ? order by a.updated_at desc, a.id`,
        )
        .all(projectId) as (ArtifactRow & {
        fileCount: number
        size: number
        cachedCount: number
      })[],
    artifact: (id: string) =>
      (db.prepare(`select ${artifactColumns} from artifacts where id = ?`).get(id) as
        | ArtifactRow
        | undefined) ?? null,
    /** Artifacts, of one project or of all, that hold a file with a conflict copy's name. */
    artifactsInConflict: (projectId: string | null) =>
      db
        .prepare(
          `select distinct a.id, a.title from files f cross join artifacts a on a.id = f.artifact_id
           where instr(lower(f.path), '(conflict, ') > 0 and not f.deleted
             and (@project is null or a.project_id = @project) order by a.title, a.id`,
        )
        .all({ project: projectId }) as { id: string; title: string }[],
    /** Names of an artifact's conflict copies of a moment, whose the server has or that are to go there. */
    conflictCopies: (artifactId: string, moment: string) =>
      db
        .prepare(
          `select path from files where artifact_id = @artifactId
             and instr(lower(path), '(conflict, ') > 0 and instr(path, @moment) > 0
           union all select path from outbox where artifact_id = @artifactId and instr(path, @moment) > 0`,
        )
        .pluck()
        .all({ artifactId, moment }) as string[],
    files: (artifactId: string) =>
      db
        .prepare(`select ${fileColumns} from files where artifact_id = ? order by path`)
        .all(artifactId) as FileRow[],
    file: (id: string) =>
      (db.prepare(`select ${fileColumns} from files where id = ?`).get(id) as
        | FileRow
        | undefined) ?? null,
    /** What is at a path, in whichever Unicode form it is written: the edit if there is one, else the server's. */
    fileAt: (artifactId: string, asked: string): OutboxRow | FileRow | null => {
      const forms = [asked, asked.normalize('NFC'), asked.normalize('NFD')]
      const edit = editAt.get(artifactId, ...forms) as OutboxRow | undefined
      if (edit) return edit
      const file = fileAt.get(artifactId, ...forms) as FileRow | undefined
      return file ? (edits.edit(file.id) ?? file) : null
    },
    /** The best hits, of one project or of all, and how many there are in all. */
    search: (query: string, projectId: string | null, atMost: number) => {
      const words = query.match(/[\p{L}\p{N}]+/gu) ?? []
      if (words.length === 0) return { hits: [], total: 0 }
      const found = `from titles join artifacts a on a.row = titles.rowid
        where titles match @words and (@projectId is null or a.project_id = @projectId)`
      const asked = { words: words.map((word) => `"${word}"*`).join(' '), projectId }
      const hits = db
        .prepare(
          `select a.id as artifactId, a.project_id as projectId, a.title, a.kind ${found}
           order by bm25(titles, 10, 1), a.title, a.id limit @atMost`,
        )
        .all({ ...asked, atMost }) as {
        artifactId: string
        projectId: string
        title: string
        kind: string
      }[]
      const { total } = db.prepare(`select count(*) as total ${found}`).get(asked) as {
        total: number
      }
      return { hits, total }
    },

    blobs: () =>
      (db.prepare('select sha256 from blobs').all() as { sha256: string }[]).map(
        ({ sha256 }) => sha256,
      ),
    /** Hashes of an artifact's files whose bytes are on this computer. */
    hereIn: (artifactId: string) =>
      db
        .prepare(
          `select distinct f.sha256 from files f where f.artifact_id = @artifactId and (
             exists (select 1 from blobs b where b.sha256 = f.sha256) or exists (
               select 1 from copies_here c where c.artifact_id = @artifactId and c.sha256 = f.sha256))`,
        )
        .pluck()
        .all({ artifactId }) as string[],
    addBlob: (sha256: string, size: number, usedAt: number = clock()) =>
      void addBlob.run(sha256, size, new Date(usedAt).toISOString()),
    removeBlob: (sha256: string) =>
      void db.prepare('delete from blobs where sha256 = ?').run(sha256),
    /** The disk is right: after a crash, or a hand in the folder, the index follows it. */
    matchBlobs: db.transaction((onDisk: Wanted[]) => {
      const there = new Map(onDisk.map(({ sha256, size }) => [sha256, size]))
      const known = db.prepare('select sha256, size from blobs').all() as Wanted[]
      const remove = db.prepare('delete from blobs where sha256 = ?')
      for (const { sha256, size } of known) if (there.get(sha256) !== size) remove.run(sha256)
      // When a known one was last used is what decides who goes first.
      const add = db.prepare('insert or ignore into blobs values (?, ?, ?)')
      for (const { sha256, size } of onDisk) add.run(sha256, size, now())
    }),

    pins: () =>
      (db.prepare('select project_id as id from pins').all() as { id: string }[]).map(
        ({ id }) => id,
      ),
    pin: (projectId: string, pinned: boolean) =>
      void db
        .prepare(
          pinned
            ? 'insert or ignore into pins values (?)'
            : 'delete from pins where project_id = ?',
        )
        .run(projectId),
    /** Everything the server has goes; what was never sent stays. */
    forgetAll: () => {
      db.transaction(() => {
        db.exec(`delete from records; delete from artifacts where id not in (select artifact_id from unsent);
          delete from files where id not in (select file_id from unsent);
          delete from cursors; delete from pull_positions; delete from pins;
          delete from blobs where sha256 not in (select sha256 from outbox);`)
      })()
      db.exec('vacuum')
    },
    close: () => void db.close(),
  }
}

export type CacheDatabase = ReturnType<typeof openDatabase>
