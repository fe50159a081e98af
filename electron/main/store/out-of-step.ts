import type Database from 'better-sqlite3'
import { isBehindChange } from './queue-sequence.ts'
import { type FileRow, fileColumns, type OutboxRow, outboxColumns } from './rows.ts'

/** What a pass over a project has to look at; whatever is not among it is here, or not wanted here. */
export type OutOfStep = {
  /** Whether bytes are to come at all. */
  isWanted: boolean
  /** Files whose bytes are to come, and those that were edited here: by their ids. */
  files: FileRow[]
  edits: OutboxRow[]
  /** Files whose edits wait for a change of the same files that was made before. */
  behind: string[]
  /** Hashes of edited files whose bytes, as the server has them, are here. */
  kept: string[]
  /** Edited files whose bytes, as the server has them, lie in a linked folder. */
  linked: string[]
  /** Of the artifacts of all these. */
  titles: [artifactId: string, title: string][]
}

// In this order of tables: the other one would read all artifacts of the project.
const edited = `select o.file_id from outbox o cross join artifacts a on a.id = o.artifact_id
  where a.project_id = @projectId`

/**
 * Of twenty thousand files those that are not as they should be. The triggers of `absent_files` keep the list of what a
 * pinned project lacks, in the transactions that change it; a whole project that is not pinned is looked through.
 */
export const outOfStepOf = (db: Database.Database) => {
  const select = (absent: string) =>
    db.prepare(
      `select ${fileColumns} from files where id in (${absent} union ${edited}) order by id`,
    )
  const ofPinned = select('select file_id from absent_files where project_id = @projectId')
  const ofAny = select('select file_id from missing_files where project_id = @projectId')
  const edits = db.prepare(
    `select ${outboxColumns} from outbox where file_id in (${edited}) order by sequence`,
  )
  const behind = db
    .prepare(`select o.file_id from outbox o where o.file_id in (${edited}) and ${isBehindChange}`)
    .pluck()
  const kept = db
    .prepare(
      `select f.sha256 from files f join blobs b on b.sha256 = f.sha256 where f.id in (${edited})`,
    )
    .pluck()
  const linked = db
    .prepare(
      `select f.id from files f where f.id in (${edited}) and exists (
         select 1 from copies_here c where c.artifact_id = f.artifact_id and c.sha256 = f.sha256)`,
    )
    .pluck()
  const isPinned = db.prepare('select exists (select 1 from pins where project_id = ?)').pluck()
  const titleOf = db
    .prepare('select title from artifacts where id = @id and project_id = @projectId')
    .pluck()
  return {
    /** `all`: whatever of it is not here is to come, pinned or not. */
    outOfStep: db.transaction((projectId: string, all: boolean): OutOfStep => {
      const pinned = isPinned.get(projectId) === 1
      const files = (all && !pinned ? ofAny : ofPinned).all({ projectId }) as FileRow[]
      const local = edits.all({ projectId }) as OutboxRow[]
      const titles = new Map<string, string>()
      const others = new Set<string>()
      for (const { artifactId: id } of [...files, ...local]) {
        if (titles.has(id) || others.has(id)) continue
        const title = titleOf.get({ id, projectId }) as string | undefined
        if (title === undefined) others.add(id)
        else titles.set(id, title)
      }
      return {
        isWanted: all || pinned,
        files,
        edits: local,
        behind: behind.all({ projectId }) as string[],
        kept: kept.all({ projectId }) as string[],
        linked: linked.all({ projectId }) as string[],
        titles: [...titles],
      }
    }),
  }
}
