import Database from 'better-sqlite3'
import { Failure } from '../../../src/contract/failure.ts'
import { ownDatabaseFile } from '../../disk/private.ts'
import type { Wanted } from './blobs.ts'
import { editsOf } from './edits.ts'
import { evictionOf } from './eviction.ts'
import {
  type ArtifactRow,
  artifactColumns,
  type FileRow,
  fileColumns,
  migrations,
  type OutboxRow,
  outboxColumns,
  type Pull,
} from './rows.ts'

/** What pages may have remembered of the server: whoever writes more has the oldest of it forgotten. */
const mostRecords = 2_000
const mostRecordBytes = 64_000_000

/** SQLite's own words for a broken or locked-away file, in ours; null for the rest. */
export const databaseFailure = (error: unknown): Failure | null => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('SQLITE_FULL'))
    return new Failure('disk.full', 'The disk is full.', { cause: error })
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new Failure('disk.unreadable', 'The cache’s database is damaged.', { cause: error })
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code))
    return new Failure('disk.denied', 'The cache’s database cannot be opened.', { cause: error })
  return null
}

/** With a journal that survives a crash; `migrations` are ordered, and `user_version` counts those that ran. */
export const openFile = (file: string, migrations: readonly string[]): Database.Database => {
  ownDatabaseFile(file)
  const db = new Database(file)
  try {
    const version = Number(db.pragma('user_version', { simple: true }))
    if (version > migrations.length)
      throw new Failure(
        'cache.newer-version',
        'A newer Atelier made this cache. Nothing was changed.',
      )
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.transaction(() => {
      for (const migration of migrations.slice(version)) db.exec(migration)
      db.pragma(`user_version = ${migrations.length}`)
    })()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

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

  const forgetArtifact = (id: string): void => {
    db.prepare('delete from artifacts where id = ?').run(id)
    db.prepare('delete from titles where id = ?').run(id)
    // What was never sent keeps its file's row: it is somebody's work.
    db.prepare(
      'delete from files where artifact_id = ? and id not in (select file_id from unsent)',
    ).run(id)
  }
  const putArtifact = (a: ArtifactRow): boolean => {
    const { changes } = db
      .prepare(
        `insert into artifacts values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set project_id = excluded.project_id, title = excluded.title,
           description = excluded.description, kind = excluded.kind, status = excluded.status,
           is_public = excluded.is_public, updated_at = excluded.updated_at
         where (project_id, title, description, kind, status, is_public, updated_at) is not
           (excluded.project_id, excluded.title, excluded.description, excluded.kind, excluded.status,
            excluded.is_public, excluded.updated_at)`,
      )
      .run(a.id, a.projectId, a.title, a.description, a.kind, a.status, a.isPublic, a.updatedAt)
    if (changes === 0) return false
    db.prepare('delete from titles where id = ?').run(a.id)
    db.prepare('insert into titles values (?, ?, ?)').run(a.id, a.title, a.description ?? '')
    return true
  }
  const putFile = (f: FileRow): boolean =>
    db
      .prepare(
        `insert into files values (?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set artifact_id = excluded.artifact_id, path = excluded.path,
           media_type = excluded.media_type, size = excluded.size, sha256 = excluded.sha256,
           revision = excluded.revision, is_main = excluded.is_main, deleted = excluded.deleted
         where (artifact_id, path, media_type, size, sha256, revision, is_main, deleted) is not
           (excluded.artifact_id, excluded.path, excluded.media_type, excluded.size, excluded.sha256,
            excluded.revision, excluded.is_main, excluded.deleted)`,
      )
      .run(
        f.id,
        f.artifactId,
        f.path,
        f.mediaType,
        f.size,
        f.sha256,
        f.revision,
        f.isMain,
        f.deleted,
      ).changes > 0

  const edits = editsOf(db, now)
  const editAt = db.prepare(
    `select ${outboxColumns} from outbox where artifact_id = ? and path in (?, ?, ?)`,
  )
  const fileAt = db.prepare(
    `select ${fileColumns} from files where artifact_id = ? and path in (?, ?, ?) and not deleted`,
  )
  return {
    ...edits,
    ...evictionOf(db, clock),

    readRecord: (key: string) =>
      (db.prepare('select value, saved_at as savedAt from records where key = ?').get(key) as
        | { value: string; savedAt: string }
        | undefined) ?? null,
    /** What was remembered longest ago makes room. */
    writeRecord: db.transaction((key: string, value: string) => {
      db.prepare('insert or replace into records values (?, ?, ?)').run(key, value, now())
      const { records, bytes } = recordsHeld.get() as { records: number; bytes: number }
      if (records > mostRecords || bytes > mostRecordBytes)
        dropRecords.run(mostRecords, mostRecordBytes)
    }),

    artifacts: (projectId: string) =>
      db
        .prepare(
          `select ${artifactColumns.replace('id,', 'a.id,')},
             (select count(*) from files f where f.artifact_id = a.id and not f.deleted) as fileCount,
             (select coalesce(sum(f.size), 0) from files f where f.artifact_id = a.id and not f.deleted) as size,
             (select count(*) from files f join blobs b using (sha256) where f.artifact_id = a.id and not f.deleted) as cachedCount
           from artifacts a where project_id = ? order by updated_at desc, id`,
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
          `select distinct a.id, a.title from artifacts a join files f on f.artifact_id = a.id
           where not f.deleted and f.path like '%(conflict, %' and (@project is null or a.project_id = @project) order by a.title, a.id`,
        )
        .all({ project: projectId }) as { id: string; title: string }[],
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
    projectFiles: (projectId: string) =>
      db
        .prepare(
          `select ${fileColumns} from files where artifact_id in (select id from artifacts where project_id = ?) or id in (select file_id from outbox)`,
        )
        .all(projectId) as FileRow[],
    search: (query: string) => {
      const words = query.match(/[\p{L}\p{N}]+/gu) ?? []
      if (words.length === 0) return []
      return db
        .prepare(
          `select a.id as artifactId, a.project_id as projectId, a.title, a.kind
           from titles t join artifacts a on a.id = t.id where titles match ? order by bm25(titles, 0, 10, 1) limit 50`,
        )
        .all(words.map((word) => `"${word}"*`).join(' ')) as {
        artifactId: string
        projectId: string
        title: string
        kind: string
      }[]
    },

    cursor: (projectId: string) =>
      (db
        .prepare('select cursor, epoch, synced_at as syncedAt from cursors where project_id = ?')
        .get(projectId) as
        | { cursor: string; epoch: string | null; syncedAt: string }
        | undefined) ?? null,
    /** One answer of `pull_project`, all or nothing. Answers the artifacts it really changed. */
    applyPull: db.transaction((pull: Pull): string[] => {
      const touched = new Set<string>()
      for (const artifact of pull.artifacts) if (putArtifact(artifact)) touched.add(artifact.id)
      const unpark = db.prepare('update outbox set parked = null where file_id = ?')
      for (const row of pull.files)
        if (putFile(row)) {
          touched.add(row.artifactId)
          // Of a new version nobody knows yet what stands against an edit.
          unpark.run(row.id)
        }
      for (const id of pull.removedArtifacts) {
        touched.add(id)
        forgetArtifact(id)
      }
      if (pull.reconcile) {
        const live = new Set(pull.reconcile.artifactIds)
        const liveFiles = new Set(pull.reconcile.fileIds)
        const here = db
          .prepare('select id from artifacts where project_id = ?')
          .all(pull.projectId) as { id: string }[]
        for (const { id } of here) {
          if (!live.has(id)) {
            touched.add(id)
            forgetArtifact(id)
            continue
          }
          const files = db
            .prepare(
              'select id, id in (select file_id from unsent) as isUnsent from files where artifact_id = ?',
            )
            .all(id) as { id: string; isUnsent: number }[]
          for (const { id: fileId, isUnsent } of files) {
            if (liveFiles.has(fileId)) continue
            touched.add(id)
            // A removal is told once only: forgotten, an edit of what was there would pass for the server's.
            if (isUnsent) db.prepare('update files set deleted = 1 where id = ?').run(fileId)
            else db.prepare('delete from files where id = ?').run(fileId)
          }
        }
      }
      db.prepare('insert or replace into cursors values (?, ?, ?, ?)').run(
        pull.projectId,
        pull.cursor,
        now(),
        pull.epoch,
      )
      return [...touched]
    }),

    blobs: () =>
      (db.prepare('select sha256 from blobs').all() as { sha256: string }[]).map(
        ({ sha256 }) => sha256,
      ),
    addBlob: (sha256: string, size: number, usedAt: number = clock()) =>
      void db
        .prepare('insert or replace into blobs values (?, ?, ?)')
        .run(sha256, size, new Date(usedAt).toISOString()),
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
          delete from titles where id not in (select artifact_id from unsent);
          delete from files where id not in (select file_id from unsent);
          delete from cursors; delete from pins;
          delete from blobs where sha256 not in (select sha256 from outbox);`)
      })()
      db.exec('vacuum')
    },
    close: () => void db.close(),
  }
}

export type CacheDatabase = ReturnType<typeof openDatabase>
