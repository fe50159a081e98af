import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import type { Files } from './files.ts'

const orphanDays = 7
const dayMs = 86_400_000

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

const versionsInDatabase = async (sql: Sql, versions: string[]): Promise<Set<string>> => {
  if (versions.length === 0) return new Set()
  const rows = await sql<{ version: string }[]>`
    select version from storage.objects where version = any(${versions}::text[])`
  return new Set(rows.map((row) => row.version))
}

export type Swept = {
  readonly incoming: number
  readonly orphaned: number
  readonly restored: number
}

/**
 * Runs once before the first request. What a crash left in `incoming/` goes; a blob without a row
 * (crash between rename and commit, or between a delete's commit and its unlink) is set aside for a
 * week, not deleted: a restored or exchanged database must not cost anyone their bytes.
 */
export const sweep = async (sql: Sql, files: Files): Promise<Swept> => {
  for (const folder of [files.incoming, files.blobs, files.resumable, files.orphans]) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  }
  const incoming = await names(files.incoming)
  for (const name of incoming) {
    await rm(join(files.incoming, name), { force: true, recursive: true })
  }

  let restored = 0
  const setAside = await names(files.orphans)
  const wanted = await versionsInDatabase(sql, setAside)
  for (const version of setAside) {
    const path = join(files.orphans, version)
    if (wanted.has(version)) {
      await files.adopt(path, version)
      restored += 1
    } else if ((await stat(path)).mtimeMs < Date.now() - orphanDays * dayMs) {
      await rm(path, { force: true })
    }
  }

  let orphaned = 0
  for (const prefix of await names(files.blobs)) {
    const versions = await names(join(files.blobs, prefix))
    const known = await versionsInDatabase(sql, versions)
    for (const version of versions.filter((name) => !known.has(name))) {
      const path = join(files.orphans, version)
      await rename(join(files.blobs, prefix, version), path)
      const now = new Date()
      await utimes(path, now, now)
      orphaned += 1
    }
  }
  return { incoming: incoming.length, orphaned, restored }
}
