import type Database from 'better-sqlite3'
import {
  type DraftOrder,
  type DraftText,
  keepWord,
  saveWord,
  standsOn,
  type Turn,
} from '../../../src/domain/drafts.ts'
import { Failure } from '../../../src/domain/failure.ts'
import type { RetryContext } from '../../../src/sync/blocked.ts'
import { isBehindChange, nextSequenceOf } from './queue-sequence.ts'
import {
  type Attributes,
  type FileRow,
  fileColumns,
  type NewEdit,
  type OutboxRow,
  outboxColumns,
  unblocked,
  unsent,
} from './rows.ts'

/** Edits made here and not yet sent. Each step is one transaction: an edit may come while another is sent. */
export const editsOf = (db: Database.Database, now: () => string) => {
  const find = (fileId: string): OutboxRow | null =>
    (db.prepare(`select ${outboxColumns} from outbox where file_id = ?`).get(fileId) as
      | OutboxRow
      | undefined) ?? null
  const nextSequence = nextSequenceOf(db)
  const goesPast = db.prepare('update mutations set tries_itself = 0 where artifact_id = ?')
  const put = (edit: OutboxRow): void => {
    db.prepare(
      'insert or replace into outbox values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(
      edit.fileId,
      edit.artifactId,
      edit.path,
      edit.mediaType,
      edit.sha256,
      edit.size,
      edit.baseRevision,
      edit.queuedAt,
      edit.blocked,
      edit.blockedAt,
      edit.blockedRole,
      edit.blockedRules,
      edit.sentSha256,
      edit.sentRevision,
      edit.isExecutable,
      edit.isOwnerOnly,
      edit.modifiedAt,
      edit.sequence,
    )
    // What nobody answered is not tried again by itself once something of its files may go past it.
    goesPast.run(edit.artifactId)
  }
  const draftOf = (fileId: string): DraftText | null =>
    (db.prepare('select text, base from drafts where file_id = ?').get(fileId) as
      | DraftText
      | undefined) ?? null
  /** Answers whether it has one now that had none, or the other way round. */
  const putDraft = (
    { fileId, artifactId }: { fileId: string; artifactId: string },
    draft: DraftText | null,
  ): boolean => {
    const { changes } = db.prepare('delete from drafts where file_id = ?').run(fileId)
    if (draft)
      db.prepare('insert into drafts values (?, ?, ?, ?, ?)').run(
        ...[fileId, artifactId, draft.text, draft.base, now()],
      )
    return changes > 0 !== (draft !== null)
  }
  /** Of words that are under way, so no longer than this run. */
  const orders = new Map<string, DraftOrder>()
  const orderOf = (fileId: string): DraftOrder | null => orders.get(fileId) ?? null
  const hashOf = (fileId: string): string | null =>
    (
      db
        .prepare(
          `select coalesce((select sha256 from outbox where file_id = @fileId),
             (select sha256 from files where id = @fileId)) as sha256`,
        )
        .get({ fileId }) as { sha256: string | null }
    ).sha256
  const putCommitted = db.prepare(
    `insert into files (id, artifact_id, path, media_type, size, sha256, revision, is_main, deleted)
       values (@fileId, @artifactId, @path, @mediaType, @size, @sha256, @revision, 0, 0)
     on conflict (id) do update set artifact_id = excluded.artifact_id, path = excluded.path,
       media_type = excluded.media_type, size = excluded.size, sha256 = excluded.sha256,
       revision = excluded.revision, deleted = 0`,
  )
  const dropEdit = db.prepare('delete from outbox where file_id = ? and sha256 = ?')
  const rebase = db.prepare('update outbox set base_revision = ? where file_id = ?')
  const nameSent = db.prepare(
    'update outbox set sent_sha256 = ?, sent_revision = ? where file_id = ?',
  )
  const toSend = db.prepare(
    `select ${outboxColumns} from outbox o where o.file_id = ? and not ${isBehindChange}`,
  )
  return {
    edit: find,
    /** Null: there is none, or it waits for a change of the same files that was made before. */
    editToSend: (fileId: string) => (toSend.get(fileId) as OutboxRow | undefined) ?? null,
    outbox: () =>
      db.prepare(`select ${outboxColumns} from outbox order by sequence`).all() as OutboxRow[],
    outboxOf: (artifactId: string) =>
      db
        .prepare(`select ${outboxColumns} from outbox where artifact_id = ? order by sequence`)
        .all(artifactId) as OutboxRow[],
    queueNew: db.transaction((edit: NewEdit) => put({ ...edit, sequence: nextSequence() })),
    /** `seen` is the hash of what the person edited, where known: newer bytes are a conflict, not a base. */
    saveEdit: db.transaction(
      (
        change: {
          fileId: string
          artifactId: string
          sha256: string
          size: number
        } & Partial<Attributes>,
        seen: string | null,
        queuedAt: string,
        at: Turn | null = null,
      ): { file: FileRow | null; edit: OutboxRow } => {
        const file =
          (db.prepare(`select ${fileColumns} from files where id = ?`).get(change.fileId) as
            | FileRow
            | undefined) ?? null
        const before = find(change.fileId)
        const base = before ?? file
        if (!base || base.artifactId !== change.artifactId)
          throw new Failure('server.not-found', 'There is no such file.')
        const order = orderOf(change.fileId)
        // Keys and saves in one breath: the server had the one before while its answer was on the way to the window.
        const isOwn = (base: string, here: string): boolean =>
          at !== null && order?.writer === at.writer && standsOn(order, base, here)
        const stale =
          seen !== null && file !== null && seen !== file.sha256 && !isOwn(seen, file.sha256)
        const edit: OutboxRow = {
          ...change,
          isExecutable: change.isExecutable ?? before?.isExecutable ?? null,
          isOwnerOnly: change.isOwnerOnly ?? before?.isOwnerOnly ?? null,
          modifiedAt: change.modifiedAt ?? null,
          path: base.path,
          mediaType: base.mediaType,
          baseRevision: before?.baseRevision ?? (stale ? 0 : (file?.revision ?? 0)),
          queuedAt,
          sequence: nextSequence(),
          ...unblocked,
          sentSha256: before?.sentSha256 ?? null,
          sentRevision: before?.sentRevision ?? null,
        }
        put(edit)
        const { fileId, sha256 } = change
        const left =
          at && saveWord(orderOf(fileId), at, { from: seen, to: sha256 }, draftOf(fileId))
        putDraft(change, left?.draft ?? null)
        if (left) orders.set(fileId, left.order)
        return { file, edit }
      },
    ),
    /** The server has these bytes, of one commit. An edit saved meanwhile stays, on the new revision. */
    committed: db.transaction((done: { edit: OutboxRow; revision: number }[]) => {
      for (const { edit, revision } of done) {
        const { fileId, artifactId, path, mediaType, size, sha256 } = edit
        putCommitted.run({ fileId, artifactId, path, mediaType, size, sha256, revision })
        dropEdit.run(fileId, sha256)
        rebase.run(revision, fileId)
      }
    }),
    /** A commit is about to name these bytes: should its answer be lost, they are known again. */
    markSent: db.transaction((sent: { fileId: string; sha256: string; revision: number }[]) => {
      for (const { fileId, sha256, revision } of sent) nameSent.run(sha256, revision, fileId)
    }),
    /** Forgets an edit whose very bytes the server has; one saved meanwhile stands on what is there. */
    settle: db.transaction((fileId: string, sha256: string, revision: number) => {
      dropEdit.run(fileId, sha256)
      rebase.run(revision, fileId)
    }),
    blockEdit: (fileId: string, code: string, { now, role, uploadRules }: RetryContext) =>
      void db
        .prepare(
          'update outbox set parked = ?, parked_at = ?, parked_role = ?, parked_rules = ? where file_id = ?',
        )
        .run(code, now, role, uploadRules, fileId),
    /** Whatever they wait for, they are tried again. */
    unblockEdits: (
      fileId: string | null = null,
      projectId: string | null = null,
      but: string | null = null,
    ) =>
      void db
        .prepare(
          `update outbox set parked = null where (@fileId is null or file_id = @fileId)
             and (@projectId is null or artifact_id in (select id from artifacts where project_id = @projectId))
             and parked is not @but`,
        )
        .run({ fileId, projectId, but }),
    /** What was refused under one of these roles of a project waits for more than `role` is. */
    demoteBlocked: (projectId: string, role: string, from: string[]) =>
      void db
        .prepare(
          `update outbox set parked_role = @role where parked is not null
             and parked_role in (select value from json_each(@from)) and exists (
               select 1 from artifacts a where a.id = outbox.artifact_id and a.project_id = @projectId)`,
        )
        .run({ projectId, role, from: JSON.stringify(from) }),
    /** Only what is blocked, or has nowhere to go: an edit saved meanwhile is neither. Answers whether it was. */
    discardEdit: db.transaction((fileId: string): boolean => {
      const homeless = 'artifact_id not in (select id from artifacts)'
      const { changes } = db
        .prepare(`delete from outbox where file_id = ? and (parked is not null or ${homeless})`)
        .run(fileId)
      // Its row was kept for the edit's sake alone.
      if (changes > 0)
        db.prepare(
          `delete from files where id = ? and ${homeless} and id not in (select file_id from drafts)`,
        ).run(fileId)
      return changes > 0
    }),
    /** Ours, as it is by now, becomes a file of its own beside theirs, and keeps its place. */
    keepBoth: db.transaction(
      (fileId: string, beside: { fileId: string; path: string; queuedAt: string }): OutboxRow => {
        const edit = find(fileId)
        if (!edit) throw new Failure('server.not-found', 'There is no such edit.')
        const moved: OutboxRow = { ...edit, ...beside, baseRevision: 0, ...unblocked, ...unsent }
        db.prepare('delete from outbox where file_id = ?').run(fileId)
        put(moved)
        return moved
      },
    ),

    draft: draftOf,
    /** The files with a draft. */
    drafts: () =>
      (db.prepare('select file_id as id from drafts').all() as { id: string }[]).map(
        ({ id }) => id,
      ),
    draftsOf: (artifactId: string) =>
      db
        .prepare('select file_id from drafts where artifact_id = ?')
        .pluck()
        .all(artifactId) as string[],
    /** Answers whether the file has one now that had none, or the other way round. */
    keepDraft: db.transaction(
      (
        fileId: string,
        artifactId: string,
        draft: DraftText | null,
        at: Turn | null = null,
      ): boolean => {
        const kept = at && keepWord(orderOf(fileId), at, draft, hashOf(fileId))
        if (at && !kept) return false
        if (kept) orders.set(fileId, kept.order)
        return putDraft({ fileId, artifactId }, kept ? kept.draft : draft)
      },
    ),

    uploadLocation: (key: string) =>
      (
        db.prepare('select location from uploads where key = ?').get(key) as
          | { location: string }
          | undefined
      )?.location ?? null,
    rememberUpload: (key: string, location: string | null) => {
      if (location === null) db.prepare('delete from uploads where key = ?').run(key)
      else db.prepare('insert or replace into uploads values (?, ?, ?)').run(key, location, now())
    },
  }
}
