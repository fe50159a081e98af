import type Database from 'better-sqlite3'

/** In milliseconds. Whoever looks at a file does not lose it meanwhile. */
const rest = 10 * 60_000

/** Never sent, or of a pinned project: neither is ever given up for room. */
const bound = `sha256 in (select sha256 from outbox) or sha256 in (
  select f.sha256 from files f join artifacts a on a.id = f.artifact_id
  join pins p on p.project_id = a.project_id where not f.deleted)`

/** What the kept blobs take, and which of them go first when that is too much. */
export const evictionOf = (db: Database.Database, clock: () => number) => {
  const size = (): number =>
    (db.prepare('select coalesce(sum(size), 0) as size from blobs').get() as { size: number }).size
  return {
    /** Bytes: all that is kept, and how much of it no limit takes away. */
    usage: () => ({
      kept: size(),
      bound: (
        db.prepare(`select coalesce(sum(size), 0) as size from blobs where ${bound}`).get() as {
          size: number
        }
      ).size,
    }),
    /** To the minute: a page with a hundred pictures is no hundred durable writes. */
    touchBlob: (sha256: string, at: number = clock()) =>
      void db
        .prepare('update blobs set used_at = ? where sha256 = ? and used_at < ?')
        .run(new Date(at).toISOString(), sha256, new Date(at - 60_000).toISOString()),
    /**
     * Strikes the longest unused blobs until at most `limit` bytes are left, and answers them with the
     * artifacts they belong to. Their files go after that: a crash between leaves files, which the next
     * start finds, and never a record of what is gone.
     */
    evict: db.transaction((limit: number) => {
      let left = size()
      const gone: string[] = []
      const touched = new Map<string, string>()
      if (left <= limit) return { gone, artifacts: [] }
      const free = db
        .prepare(
          `select sha256, size from blobs where used_at < ? and not (${bound}) order by used_at, sha256`,
        )
        .all(new Date(clock() - rest).toISOString()) as { sha256: string; size: number }[]
      const remove = db.prepare('delete from blobs where sha256 = ?')
      for (const blob of free) {
        if (left <= limit) break
        remove.run(blob.sha256)
        gone.push(blob.sha256)
        left -= blob.size
      }
      const owners = db.prepare(
        `select distinct a.id, a.project_id as projectId from files f join artifacts a on a.id = f.artifact_id
         where f.sha256 in (select value from json_each(?))`,
      )
      for (const row of owners.all(JSON.stringify(gone)) as { id: string; projectId: string }[])
        touched.set(row.id, row.projectId)
      return { gone, artifacts: [...touched].map(([id, projectId]) => ({ id, projectId })) }
    }),
  }
}
