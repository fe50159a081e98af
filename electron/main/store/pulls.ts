import { hash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { ArtifactRow, FileRow, Pull, PullPart, PullPosition, Sum } from './rows.ts'

const sumOf = (texts: string[]): Sum => ({
  count: texts.length,
  sum: texts.reduce((sum, text) => sum + hash('sha256', text, 'buffer').readBigInt64BE(0), 0n),
})

/** What the server has, as it comes: news, or everything part by part. Each step is one transaction. */
export const pullsOf = (db: Database.Database, now: () => string) => {
  const putArtifact = db.prepare(
    `insert into artifacts (id, project_id, title, description, kind, status, is_public, updated_at)
       values (@id, @projectId, @title, @description, @kind, @status, @isPublic, @updatedAt)
     on conflict (id) do update set project_id = excluded.project_id, title = excluded.title,
       description = excluded.description, kind = excluded.kind, status = excluded.status,
       is_public = excluded.is_public, updated_at = excluded.updated_at
     where (project_id, title, description, kind, status, is_public, updated_at) is not
       (excluded.project_id, excluded.title, excluded.description, excluded.kind, excluded.status,
        excluded.is_public, excluded.updated_at)`,
  )
  const putFile = db.prepare(
    `insert into files (id, artifact_id, path, media_type, size, sha256, revision, is_main, deleted)
       values (@id, @artifactId, @path, @mediaType, @size, @sha256, @revision, @isMain, @deleted)
     on conflict (id) do update set artifact_id = excluded.artifact_id, path = excluded.path,
       media_type = excluded.media_type, size = excluded.size, sha256 = excluded.sha256,
       revision = excluded.revision, is_main = excluded.is_main, deleted = excluded.deleted
     where (artifact_id, path, media_type, size, sha256, revision, is_main, deleted) is not
       (excluded.artifact_id, excluded.path, excluded.media_type, excluded.size, excluded.sha256,
        excluded.revision, excluded.is_main, excluded.deleted)`,
  )
  // Of a new version nobody knows yet what stands against an edit.
  const unblock = db.prepare('update outbox set parked = null where file_id = ?')
  const removeArtifact = db.prepare('delete from artifacts where id = ?')
  const hasEdits = db.prepare('select exists (select 1 from outbox)').pluck()
  // Made executable, or bytes that are back: what was edited is what is there still, of whatever revision.
  const followBase = db.prepare(
    `update outbox set base_revision = @revision where file_id = @id and exists (
       select 1 from files f where f.id = @id and f.revision = outbox.base_revision and f.sha256 = @sha256
         and f.path = @path and not f.deleted) and not @deleted`,
  )
  // What was never sent keeps its file's row: it is somebody's work.
  const removeFilesOf = db.prepare(
    'delete from files where artifact_id = ? and id not in (select file_id from unsent)',
  )
  const removeFile = db.prepare('delete from files where id = ?')
  // A removal is told once only: forgotten, an edit of what was there would pass for the server's.
  const markRemoved = db.prepare('update files set deleted = 1 where id = ?')
  const artifactsBetween = db.prepare(
    'select id from artifacts where project_id = @projectId and id > @after and id <= @upTo',
  )
  // In this order of tables: the other one would read all of the project for each part.
  const filesBetween = db.prepare(
    `select f.id, f.artifact_id as artifactId, f.id in (select file_id from unsent) as isUnsent
     from files f cross join artifacts a on a.id = f.artifact_id
     where a.project_id = @projectId and f.id > @after and f.id <= @upTo and not f.deleted`,
  )
  const setCursor = db.prepare(
    'insert or replace into cursors (project_id, cursor, synced_at, epoch) values (?, ?, ?, ?)',
  )
  const setPosition = db.prepare(
    'insert or replace into pull_positions (project_id, cursor, epoch, rows, after) values (?, ?, ?, ?, ?)',
  )
  const removePosition = db.prepare('delete from pull_positions where project_id = ?')

  const forgetArtifact = (id: string): void => {
    removeArtifact.run(id)
    removeFilesOf.run(id)
  }
  /** Notes in `touched` the artifacts that these rows really change. */
  const put = (artifacts: ArtifactRow[], files: FileRow[], touched: Set<string>): void => {
    for (const artifact of artifacts)
      if (putArtifact.run(artifact).changes > 0) touched.add(artifact.id)
    const isEditing = hasEdits.get() === 1
    for (const file of files) {
      if (isEditing) followBase.run(file)
      if (putFile.run(file).changes === 0) continue
      touched.add(file.artifactId)
      unblock.run(file.id)
    }
  }
  /** What lies in the range of a part and is not in it has gone. */
  const forgetMissing = (part: PullPart, touched: Set<string>): void => {
    const there = new Set(part[part.rows].map(({ id }) => id))
    // No id is behind 'g', which is no hexadecimal digit.
    const range = { projectId: part.projectId, after: part.after, upTo: part.upTo ?? 'g' }
    if (part.rows === 'artifacts')
      for (const { id } of artifactsBetween.all(range) as { id: string }[]) {
        if (there.has(id)) continue
        touched.add(id)
        forgetArtifact(id)
      }
    else
      for (const { id, artifactId, isUnsent } of filesBetween.all(range) as {
        id: string
        artifactId: string
        isUnsent: number
      }[]) {
        if (there.has(id)) continue
        touched.add(artifactId)
        if (isUnsent) markRemoved.run(id)
        else removeFile.run(id)
      }
  }

  return {
    cursor: (projectId: string) =>
      (db
        .prepare('select cursor, epoch, synced_at as syncedAt from cursors where project_id = ?')
        .get(projectId) as
        | { cursor: string; epoch: string | null; syncedAt: string }
        | undefined) ?? null,
    /** News of a project. Answers the artifacts they really changed. */
    applyPull: db.transaction((pull: Pull): string[] => {
      const touched = new Set<string>()
      put(pull.artifacts, pull.files, touched)
      for (const id of pull.removedArtifacts) {
        touched.add(id)
        forgetArtifact(id)
      }
      setCursor.run(pull.projectId, pull.cursor, now(), pull.epoch)
      return [...touched]
    }),
    /** Where to go on with everything; null where none of it is under way. */
    pullPosition: (projectId: string) =>
      (db
        .prepare('select cursor, epoch, rows, after from pull_positions where project_id = ?')
        .get(projectId) as PullPosition | undefined) ?? null,
    forgetPosition: (projectId: string) => void removePosition.run(projectId),
    /** A part of everything, and where to go on. Answers the artifacts it really changed. */
    applyPart: db.transaction((part: PullPart): string[] => {
      const touched = new Set<string>()
      put(part.artifacts, part.files, touched)
      forgetMissing(part, touched)
      const { projectId, position } = part
      setPosition.run(projectId, position.cursor, position.epoch, position.rows, position.after)
      return [...touched]
    }),
    /** Every part has come: from here on the news are enough. */
    endPull: db.transaction((projectId: string, cursor: string, epoch: string): void => {
      removePosition.run(projectId)
      setCursor.run(projectId, cursor, now(), epoch)
    }),
    /** The sums of so many artifacts after one and of their files; `after` is null when there are no more. */
    sums: (projectId: string, after: string, atMost: number) => {
      const artifacts = db
        .prepare(
          'select id, updated_at as updatedAt from artifacts where project_id = ? and id > ? order by id limit ?',
        )
        .all(projectId, after, atMost) as { id: string; updatedAt: string }[]
      const last = artifacts.at(-1)?.id ?? ''
      const files = db
        .prepare(
          `select f.id, f.sha256, f.size, f.revision, f.path
           from artifacts a join files f on f.artifact_id = a.id
           where a.project_id = ? and a.id > ? and a.id <= ? and not f.deleted`,
        )
        .all(projectId, after, last) as FileRow[]
      return {
        artifacts: sumOf(artifacts.map(({ id, updatedAt }) => `${id} ${updatedAt}`)),
        files: sumOf(
          files.map(({ id, sha256, size, revision, path }) =>
            [id, sha256, size, revision, path].join(' '),
          ),
        ),
        after: artifacts.length < atMost ? null : last,
      }
    },
  }
}
