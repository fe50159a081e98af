import type Database from 'better-sqlite3'
import { Failure, type FailureCode } from '../../../src/domain/failure.ts'
import {
  canDiscard,
  checkRoom,
  type NewMutation,
  type QueuedMutation,
  replacedBy,
} from '../../../src/mutations/queue.ts'
import { nextSequenceOf } from './queue-sequence.ts'

const columns =
  'id, name, input, thing, replaces, sequence, queued_at as queuedAt, attempts, refused, unanswered, tries_itself as triesItself, artifact_id as artifactId, since_revisions as sinceRevisions'

/** Of the queue in one look: how much there is, and how it does. */
export type MutationFigures = {
  waiting: number
  blocked: number
  oldest: string | null
  lastRefusal: FailureCode | null
}

/** One that waits now, and those that gave way to it. */
type Queued = { queued: QueuedMutation; replaced: QueuedMutation[] }

/** What this computer owes the server besides files. Each step is one transaction, and durable when it returns. */
export const mutationsOf = (db: Database.Database, now: () => string) => {
  const nextSequence = nextSequenceOf(db)
  const all = db.prepare(`select ${columns} from mutations order by sequence`)
  const ofThing = db.prepare(`select ${columns} from mutations where thing = ? order by sequence`)
  const one = db.prepare(`select ${columns} from mutations where id = ?`)
  // One that was not answered goes again while nothing of its thing is behind it. Who goes back with files does so after
  // edits that were made before: one that is blocked, or has nowhere to go, holds up nobody.
  const next = db.prepare(
    `select ${columns} from mutations m
     where (m.tries_itself = 1 or (m.refused is null and not exists (
         select 1 from mutations e where e.thing = m.thing and e.sequence < m.sequence and e.refused is null)))
       and not exists (select 1 from outbox o
         join artifacts a on a.id = o.artifact_id
         where o.artifact_id = m.artifact_id and o.parked is null and o.sequence < m.sequence)
       and (m.artifact_id is null or m.artifact_id not in (select value from json_each(@artifacts)))
       and m.thing not in (select value from json_each(@things)) and m.id not in (select value from json_each(@ids))
     order by m.sequence limit @atMost`,
  )
  const held = db.prepare(
    'select count(*) as count, coalesce(sum(octet_length(input)), 0) as bytes from mutations',
  )
  const figures = db.prepare(
    `select count(*) filter (where refused is null) as waiting, count(*) filter (where refused is not null) as blocked,
       min(queued_at) as oldest,
       (select refused from mutations where refused is not null order by sequence desc limit 1) as lastRefusal
     from mutations`,
  )
  const put = db.prepare(
    'insert into mutations (sequence, id, name, input, thing, replaces, artifact_id, queued_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const goesPast = db.prepare('update mutations set tries_itself = 0 where thing = ?')
  const begin = db.prepare(
    `update mutations set attempts = attempts + 1
     where id = ? and (refused is null or tries_itself = 1) returning ${columns}`,
  )
  const refuse = db.prepare(
    `update mutations set refused = ?, unanswered = 0, tries_itself = 0 where id = ? returning ${columns}`,
  )
  const block = db.prepare(
    `update mutations set refused = @code, unanswered = 1, tries_itself = case
         when refused is not null then tries_itself
         else not exists (select 1 from mutations l where l.thing = mutations.thing and l.sequence > mutations.sequence)
           and not exists (
             select 1 from outbox o where o.artifact_id = mutations.artifact_id and o.sequence > mutations.sequence)
       end
     where id = @id returning ${columns}`,
  )
  const again = db.prepare(
    `update mutations set refused = null, unanswered = 0, tries_itself = 0, input = ?, sequence = ?
     where id = ? and refused is not null`,
  )
  const made = db.prepare(
    `update mutations set since_revisions = json_insert(since_revisions, '$[#]', cast(? as integer))
     where artifact_id = ? and refused is null`,
  )
  const remove = db.prepare('delete from mutations where id = ?')
  const find = (id: string): QueuedMutation | null =>
    (one.get(id) as QueuedMutation | undefined) ?? null

  const queue = (added: NewMutation): Queued => {
    const known = find(added.id)
    if (known) return { queued: known, replaced: [] }
    const ids = replacedBy(ofThing.all(added.thing) as QueuedMutation[], added)
    const replaced = ids.flatMap((id) => find(id) ?? [])
    for (const id of ids) remove.run(id)
    checkRoom(
      held.get() as { count: number; bytes: number },
      Buffer.byteLength(added.input, 'utf8'),
    )
    goesPast.run(added.thing)
    const { id, name, input, thing, replaces, artifactId } = added
    put.run(...[nextSequence(), id, name, input, thing, replaces, artifactId, now()])
    const queued = find(id)
    if (!queued) throw new Failure('internal', 'A mutation was not queued.')
    return { queued, replaced }
  }

  return {
    mutations: () => all.all() as QueuedMutation[],
    mutation: find,
    mutationFigures: () => figures.get() as MutationFigures,
    /** The first of each thing that is neither `held` nor waits for its person. */
    nextMutations: (
      held: { things: readonly string[]; ids: readonly string[]; artifacts: readonly string[] },
      atMost: number,
    ): QueuedMutation[] =>
      next.all({
        things: JSON.stringify(held.things),
        ids: JSON.stringify(held.ids),
        artifacts: JSON.stringify(held.artifacts),
        atMost,
      }) as QueuedMutation[],
    /** Answers those that gave way to it. The same id again changes nothing. */
    queueMutation: db.transaction(queue),
    /** One that was blocked, as a new one in its place; null: there is no such one. */
    renewMutation: db.transaction((id: string, added: NewMutation): Queued | null => {
      const blocked = find(id)
      if (blocked?.refused == null) return null
      remove.run(id)
      const { queued, replaced } = queue(added)
      return { queued, replaced: [blocked, ...replaced] }
    }),
    /** Notes that it is about to be sent; null: it waits no more. */
    beginMutation: (id: string) => (begin.get(id) as QueuedMutation | undefined) ?? null,
    /** An edit of the same person made this revision of an artifact. */
    noteOwnRevision: (artifactId: string, revision: number) => void made.run(revision, artifactId),
    mutationApplied: (id: string) => void remove.run(id),
    /** Null: it was let go meanwhile. */
    mutationRefused: (id: string, code: FailureCode) =>
      (refuse.get(code, id) as QueuedMutation | undefined) ?? null,
    /** Nobody has a word for it, and it holds up nothing any more. Null: it was let go meanwhile. */
    mutationUnanswered: (id: string, code: FailureCode) =>
      (block.get({ code, id }) as QueuedMutation | undefined) ?? null,
    mutationsOf: (thing: string) => ofThing.all(thing) as QueuedMutation[],
    /** One that was blocked, once more and behind the others, saying `input`; null: there is no such one. */
    retryMutation: db.transaction((id: string, input: string): QueuedMutation | null => {
      const blocked = find(id)
      if (blocked?.refused == null) return blocked
      goesPast.run(blocked.thing)
      again.run(input, nextSequence(), id)
      return find(id)
    }),
    /** `evenIfDone`: its person knows that it may be at the server. @throws mutation.under-way */
    discardMutation: db.transaction((id: string, evenIfDone: boolean): QueuedMutation | null => {
      const known = find(id)
      if (known === null) return null
      if (!evenIfDone && !canDiscard(known))
        throw new Failure('mutation.under-way', 'It may be at the server already.')
      remove.run(id)
      return known
    }),
    /** An applied rename, before a pull brings it. */
    renameArtifact: (id: string, title: string) =>
      void db.prepare('update artifacts set title = ? where id = ?').run(title, id),
  }
}
