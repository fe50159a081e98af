import Database from 'better-sqlite3'
import { Failure } from '../../../src/contract/failure.ts'

export type ArtifactRow = {
  id: string
  projectId: string
  title: string
  description: string | null
  kind: string
  status: string
  isPublic: number
  updatedAt: string
}
export type FileRow = {
  id: string
  artifactId: string
  path: string
  mediaType: string
  size: number
  sha256: string
  revision: number
  isMain: number
  deleted: number
}
export type OutboxRow = {
  fileId: string
  artifactId: string
  path: string
  mediaType: string
  sha256: string
  size: number
  baseRevision: number
  queuedAt: string
  /** A FailureCode when the edit waits for something that retrying cannot change. */
  parked: string | null
}
export type Pull = {
  projectId: string
  cursor: string
  artifacts: ArtifactRow[]
  removedArtifacts: string[]
  files: FileRow[]
  reconcile: { artifactIds: string[]; fileIds: string[] } | null
}

const migrations = [
  `create table records (key text primary key, value text not null, saved_at text not null) without rowid;
   create table artifacts (
     id text primary key, project_id text not null, title text not null, description text, kind text not null,
     status text not null, is_public integer not null, updated_at text not null
   ) without rowid;
   create index artifacts_project on artifacts (project_id);
   create table files (
     id text primary key, artifact_id text not null, path text not null, media_type text not null,
     size integer not null, sha256 text not null, revision integer not null, is_main integer not null,
     deleted integer not null
   ) without rowid;
   create index files_artifact on files (artifact_id, path);
   create table blobs (sha256 text primary key, size integer not null, used_at text not null) without rowid;
   create table outbox (
     file_id text primary key, artifact_id text not null, path text not null, media_type text not null,
     sha256 text not null, size integer not null, base_revision integer not null, queued_at text not null,
     parked text
   ) without rowid;
   create table cursors (project_id text primary key, cursor text not null, synced_at text not null) without rowid;
   create table pins (project_id text primary key) without rowid;
   create virtual table titles using fts5 (id unindexed, title, description, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');`,
]

const artifactColumns = `id, project_id as projectId, title, description, kind, status, is_public as isPublic, updated_at as updatedAt`
const fileColumns = `id, artifact_id as artifactId, path, media_type as mediaType, size, sha256, revision, is_main as isMain, deleted`
const outboxColumns = `file_id as fileId, artifact_id as artifactId, path, media_type as mediaType, sha256, size, base_revision as baseRevision, queued_at as queuedAt, parked`

const now = (): string => new Date().toISOString()

/** The records of one person on one server. Synchronous; lives in a worker (see client.ts). */
export const openDatabase = (file: string) => {
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > migrations.length)
    throw new Failure(
      'cache.newer-version',
      'A newer Atelier made this cache. Nothing was changed.',
    )
  db.transaction(() => {
    for (const migration of migrations.slice(version)) db.exec(migration)
    db.pragma(`user_version = ${migrations.length}`)
  })()

  const forgetArtifact = db.transaction((id: string) => {
    db.prepare('delete from artifacts where id = ?').run(id)
    db.prepare('delete from titles where id = ?').run(id)
    // Edits that were never sent keep their file's row: they are somebody's work.
    db.prepare(
      'delete from files where artifact_id = ? and id not in (select file_id from outbox)',
    ).run(id)
  })

  return {
    readRecord: (key: string) =>
      (db.prepare('select value, saved_at as savedAt from records where key = ?').get(key) as
        | { value: string; savedAt: string }
        | undefined) ?? null,
    writeRecord: (key: string, value: string) =>
      void db.prepare('insert or replace into records values (?, ?, ?)').run(key, value, now()),

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
    files: (artifactId: string) =>
      db
        .prepare(`select ${fileColumns} from files where artifact_id = ? order by path`)
        .all(artifactId) as FileRow[],
    file: (id: string) =>
      (db.prepare(`select ${fileColumns} from files where id = ?`).get(id) as
        | FileRow
        | undefined) ?? null,
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
        .prepare('select cursor, synced_at as syncedAt from cursors where project_id = ?')
        .get(projectId) as { cursor: string; syncedAt: string } | undefined) ?? null,
    /** One answer of `pull_project`, all or nothing. Answers the artifacts it touched. */
    applyPull: db.transaction((pull: Pull): string[] => {
      const touched = new Set<string>()
      for (const a of pull.artifacts) {
        touched.add(a.id)
        db.prepare('insert or replace into artifacts values (?, ?, ?, ?, ?, ?, ?, ?)').run(
          a.id,
          a.projectId,
          a.title,
          a.description,
          a.kind,
          a.status,
          a.isPublic,
          a.updatedAt,
        )
        db.prepare('delete from titles where id = ?').run(a.id)
        db.prepare('insert into titles values (?, ?, ?)').run(a.id, a.title, a.description ?? '')
      }
      for (const f of pull.files) {
        touched.add(f.artifactId)
        db.prepare('insert or replace into files values (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
          f.id,
          f.artifactId,
          f.path,
          f.mediaType,
          f.size,
          f.sha256,
          f.revision,
          f.isMain,
          f.deleted,
        )
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
              'select id from files where artifact_id = ? and id not in (select file_id from outbox)',
            )
            .all(id) as { id: string }[]
          for (const file of files)
            if (!liveFiles.has(file.id)) db.prepare('delete from files where id = ?').run(file.id)
        }
      }
      db.prepare('insert or replace into cursors values (?, ?, ?)').run(
        pull.projectId,
        pull.cursor,
        now(),
      )
      return [...touched]
    }),
    committed: db.transaction((edit: OutboxRow, revision: number) => {
      db.prepare(
        'insert or replace into files values (?, ?, ?, ?, ?, ?, ?, coalesce((select is_main from files where id = ?), 0), 0)',
      ).run(
        edit.fileId,
        edit.artifactId,
        edit.path,
        edit.mediaType,
        edit.size,
        edit.sha256,
        revision,
        edit.fileId,
      )
      // Only if it was not edited again meanwhile; then the newer edit stands on the new revision.
      db.prepare('delete from outbox where file_id = ? and sha256 = ?').run(
        edit.fileId,
        edit.sha256,
      )
      db.prepare('update outbox set base_revision = ? where file_id = ?').run(revision, edit.fileId)
    }),

    outbox: () =>
      db.prepare(`select ${outboxColumns} from outbox order by queued_at`).all() as OutboxRow[],
    queueEdit: (edit: OutboxRow) =>
      void db
        .prepare('insert or replace into outbox values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          edit.fileId,
          edit.artifactId,
          edit.path,
          edit.mediaType,
          edit.sha256,
          edit.size,
          edit.baseRevision,
          edit.queuedAt,
          edit.parked,
        ),
    dropEdit: (fileId: string) =>
      void db.prepare('delete from outbox where file_id = ?').run(fileId),
    parkEdit: (fileId: string, code: string | null) =>
      void db.prepare('update outbox set parked = ? where file_id = ?').run(code, fileId),
    /** Ours becomes a file of its own beside theirs, in one step. */
    keepBoth: db.transaction((edit: OutboxRow, beside: OutboxRow) => {
      db.prepare('delete from outbox where file_id = ?').run(edit.fileId)
      db.prepare('insert into outbox values (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        beside.fileId,
        beside.artifactId,
        beside.path,
        beside.mediaType,
        beside.sha256,
        beside.size,
        0,
        beside.queuedAt,
        null,
      )
    }),

    blobs: () =>
      (db.prepare('select sha256 from blobs').all() as { sha256: string }[]).map(
        ({ sha256 }) => sha256,
      ),
    addBlob: (sha256: string, size: number) =>
      void db.prepare('insert or replace into blobs values (?, ?, ?)').run(sha256, size, now()),
    removeBlob: (sha256: string) =>
      void db.prepare('delete from blobs where sha256 = ?').run(sha256),

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
    close: () => void db.close(),
  }
}

export type CacheDatabase = ReturnType<typeof openDatabase>
