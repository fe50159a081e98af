import type Database from 'better-sqlite3'

/** Milliseconds since a copy was used last. Whoever looks at a file does not lose it meanwhile. */
const usedRestMs = 10 * 60_000
/** Milliseconds: so long it is believed that nothing can be given up. */
const recheckMs = 60_000

/** Never sent, or of a pinned project: neither is ever given up for room. */
const bound = `sha256 in (select sha256 from outbox) or sha256 in (
  select f.sha256 from files f join artifacts a on a.id = f.artifact_id
  join pins p on p.project_id = a.project_id where not f.deleted)`

/** What the kept blobs take, and which of them go first when that is too much. */
export const evictionOf = (db: Database.Database, clock: () => number) => {
  const total = db.prepare('select total from kept_bytes').pluck()
  const size = (): number => total.get() as number
  // What most often binds a copy, or frees it, is told by these: they are few, and what is bound is much.
  const around = db
    .prepare(
      `select json_array((select total from kept_bytes), (select count(*) from outbox),
         (select group_concat(project_id) from pins))`,
    )
    .pluck()
  /** When nothing was free, and what was so then. */
  let spent: { at: number; around: unknown; limit: number; spared: string } | null = null
  return {
    keptBytes: size,
    /** Bytes: all that is kept, and how much of it no limit takes away. */
    usage: () => ({
      kept: (
        db.prepare('select coalesce(sum(size), 0) as size from blobs').get() as { size: number }
      ).size,
      bound: (
        db.prepare(`select coalesce(sum(size), 0) as size from blobs where ${bound}`).get() as {
          size: number
        }
      ).size,
    }),
    /** To the minute: a page with a hundred pictures is no hundred durable writes. */
    touchBlob: (sha256: string, at: number = clock()) =>
      void db
        .prepare(
          'update blobs set used_at = @at where sha256 = @sha256 and (used_at < @minuteAgo or used_at > @at)',
        )
        .run({
          at: new Date(at).toISOString(),
          sha256,
          minuteAgo: new Date(at - 60_000).toISOString(),
        }),
    /**
     * Strikes the longest unused blobs, `most` at once and none of `spared`, until at most `limit` bytes are left,
     * and answers them with the artifacts they belong to.
     * A use that is still to come was before a clock was set back. Their files go after that: a crash between leaves files, which the next
     * start finds, and never a record of what is gone.
     */
    evict: db.transaction((limit: number, most: number, spared: string[]) => {
      const now = clock()
      let left = size()
      const gone: { sha256: string; size: number; usedAt: string }[] = []
      const touched = new Map<string, string>()
      if (left <= limit) return { gone, artifacts: [] }
      const state = { around: around.get(), limit, spared: JSON.stringify(spared) }
      // Copies that were looked at are free after a while, and of what else frees one nobody waits longer than that.
      const isSpent =
        spent !== null &&
        Math.abs(now - spent.at) < recheckMs &&
        spent.around === state.around &&
        spent.limit <= limit &&
        spent.spared === state.spared
      if (isSpent) return { gone, artifacts: [] }
      const free = db
        .prepare(
          `select sha256, size, used_at as usedAt from blobs
           where (used_at < @rested or used_at > @now) and not (${bound})
             and sha256 not in (select value from json_each(@spared))
           order by used_at > @now desc, used_at, sha256 limit @most`,
        )
        .all({
          rested: new Date(now - usedRestMs).toISOString(),
          now: new Date(now).toISOString(),
          spared: state.spared,
          most,
        }) as typeof gone
      spent = free.length === 0 ? { at: now, ...state } : null
      const remove = db.prepare('delete from blobs where sha256 = ?')
      for (const blob of free) {
        if (left <= limit) break
        remove.run(blob.sha256)
        gone.push(blob)
        left -= blob.size
      }
      const owners = db.prepare(
        `select distinct a.id, a.project_id as projectId from files f join artifacts a on a.id = f.artifact_id
         where f.sha256 in (select value from json_each(?))`,
      )
      const hashes = JSON.stringify(gone.map(({ sha256 }) => sha256))
      for (const row of owners.all(hashes) as { id: string; projectId: string }[])
        touched.set(row.id, row.projectId)
      return { gone, artifacts: [...touched].map(([id, projectId]) => ({ id, projectId })) }
    }),
  }
}
