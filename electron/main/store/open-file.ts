import Database from 'better-sqlite3'
import { Failure } from '../../../src/domain/failure.ts'
import { ownDatabaseFile } from '../../disk/private.ts'

/** SQLite's own words for a broken or locked-away file, in ours; null for the rest. */
export const databaseFailure = (error: unknown): Failure | null => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('SQLITE_FULL'))
    return new Failure('disk.full', 'The disk is full.', { cause: error })
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new Failure('disk.unreadable', 'The cache’s database is damaged.', { cause: error })
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code))
    return new Failure('disk.denied', 'The cache’s database cannot be opened.', { cause: error })
  return null
}

/** With a journal that survives a crash; `migrations` are ordered, and `user_version` counts those that ran. */
export const openFile = (file: string, migrations: readonly string[]): Database.Database => {
  // One in memory has no file, and would leave an empty one of that name.
  if (file !== ':memory:') ownDatabaseFile(file)
  const db = new Database(file)
  try {
    const version = Number(db.pragma('user_version', { simple: true }))
    if (version > migrations.length)
      throw new Failure(
        'cache.newer-version',
        'A newer Atelier made this cache. Nothing was changed.',
      )
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    // In kibibytes: with the two megabytes of the default every row of a large project is read from the disk again.
    db.pragma('cache_size = -65536')
    db.transaction(() => {
      for (const migration of migrations.slice(version)) db.exec(migration)
      db.pragma(`user_version = ${migrations.length}`)
    })()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
