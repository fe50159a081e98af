import type Database from 'better-sqlite3'
import { type OutboxRow, outboxColumns } from './rows.ts'

/** An edit with its project and title; null when its artifact is not there any more. */
export type WaitingEdit = OutboxRow & { projectId: string | null; title: string | null }

const from = 'from outbox o left join artifacts a on a.id = o.artifact_id'
const columns = `${outboxColumns.replace('artifact_id as', 'o.artifact_id as')}, a.project_id as projectId, a.title`
/** Waits for more than its turn: what it was refused for, another network, or an artifact that is gone. */
const blocked =
  '(o.parked is not null or a.id is null or (@largest is not null and o.size > @largest))'

/** What waits to be sent, without carrying all of it along: it may be thousands, and is asked with each of them. */
export const outboxStatusOf = (db: Database.Database) => {
  const counted = db.prepare(
    `select count(*) as count, count(*) filter (where not ${blocked}) as free ${from}`,
  )
  const first = db.prepare(
    `select ${columns} ${from} where not ${blocked} order by o.sequence limit @atMost`,
  )
  const stuck = db.prepare(`select ${columns} ${from} where ${blocked} order by o.sequence`)
  const projects = db.prepare(`select distinct a.project_id ${from} where not ${blocked}`).pluck()
  return {
    /** `largest`: bytes above which an edit waits for another network. */
    outboxStatus: db.transaction((largest: number | null, atMost: number) => ({
      ...(counted.get({ largest }) as { count: number; free: number }),
      /** Of those that wait for their turn alone. */
      first: first.all({ largest, atMost }) as WaitingEdit[],
      blocked: stuck.all({ largest }) as WaitingEdit[],
      /** Of all that wait for their turn alone. */
      projectIds: projects.all({ largest }) as string[],
    })),
    /** Of all edits. */
    outboxProjects: () =>
      db
        .prepare(`select distinct a.project_id ${from} where a.id is not null`)
        .pluck()
        .all() as string[],
  }
}
