import type Database from 'better-sqlite3'
import { Failure, type FailureCode } from '../../../src/domain/failure.ts'
import {
  canDiscard,
  checkRoom,
  type NewMutation,
  type QueuedMutation,
  replacedBy,
} from '../../../src/mutations/queue.ts'

const columns =
  'id, name, input, thing, replaces, sequence, queued_at as queuedAt, attempts, refused'

/** What this computer owes the server besides files. Each step is one transaction, and durable when it returns. */
export const mutationsOf = (db: Database.Database, now: () => string) => {
  const all = db.prepare(`select ${columns} from mutations order by sequence`)
  const ofThing = db.prepare(`select ${columns} from mutations where thing = ? order by sequence`)
  const one = db.prepare(`select ${columns} from mutations where id = ?`)
  const held = db.prepare(
    'select count(*) as count, coalesce(sum(octet_length(input)), 0) as bytes from mutations',
  )
  const put = db.prepare(
    'insert into mutations (id, name, input, thing, replaces, queued_at) values (?, ?, ?, ?, ?, ?)',
  )
  const remove = db.prepare('delete from mutations where id = ?')
  const find = (id: string): QueuedMutation | null =>
    (one.get(id) as QueuedMutation | undefined) ?? null

  return {
    mutations: () => all.all() as QueuedMutation[],
    /** Answers those that gave way to it. The same id again changes nothing. */
    queueMutation: db.transaction(
      (added: NewMutation): { queued: QueuedMutation; replaced: QueuedMutation[] } => {
        const known = find(added.id)
        if (known) return { queued: known, replaced: [] }
        const ids = replacedBy(ofThing.all(added.thing) as QueuedMutation[], added)
        const replaced = ids.flatMap((id) => find(id) ?? [])
        for (const id of ids) remove.run(id)
        checkRoom(
          held.get() as { count: number; bytes: number },
          Buffer.byteLength(added.input, 'utf8'),
        )
        put.run(added.id, added.name, added.input, added.thing, added.replaces, now())
        const queued = find(added.id)
        if (!queued) throw new Failure('internal', 'A mutation was not queued.')
        return { queued, replaced }
      },
    ),
    /** Notes that it is about to be sent; null: it waits no more. */
    beginMutation: db.transaction((id: string): QueuedMutation | null => {
      db.prepare(
        'update mutations set attempts = attempts + 1 where id = ? and refused is null',
      ).run(id)
      const begun = find(id)
      return begun?.refused === null ? begun : null
    }),
    mutationApplied: (id: string) => void remove.run(id),
    mutationRefused: (id: string, code: FailureCode) =>
      void db.prepare('update mutations set refused = ? where id = ?').run(code, id),
    /** One that was refused, once more and behind the others; null: there is no such one. */
    retryMutation: db.transaction((id: string): QueuedMutation | null => {
      db.prepare(
        `update mutations set refused = null, sequence = (select max(sequence) + 1 from mutations)
         where id = ? and refused is not null`,
      ).run(id)
      return find(id)
    }),
    /** @throws mutation.under-way */
    discardMutation: db.transaction((id: string): QueuedMutation | null => {
      const known = find(id)
      if (known === null) return null
      if (!canDiscard(known))
        throw new Failure('mutation.under-way', 'It may be at the server already.')
      remove.run(id)
      return known
    }),
    /** An applied rename, before a pull brings it. */
    renameArtifact: (id: string, title: string) =>
      void db.prepare('update artifacts set title = ? where id = ?').run(title, id),
  }
}
