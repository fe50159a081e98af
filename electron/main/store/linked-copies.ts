import type Database from 'better-sqlite3'
import type { CopyChanges } from '../../../src/sync/linked-copies.ts'

/** What lies in linked folders, as far as whoever looks after those has told. */
export const linkedCopiesOf = (db: Database.Database) => {
  const leave = db.prepare(
    'delete from links_here where link not in (select value from json_each(?))',
  )
  const come = db.prepare(
    'insert or ignore into links_here select value from json_each(?) where true',
  )
  const put = db.prepare('insert or ignore into linked_copies values (?, ?, ?)')
  const drop = db.prepare('delete from linked_copies where link = ? and sha256 = ?')
  return {
    applyCopies: db.transaction(({ here, changes }: CopyChanges): void => {
      const links = JSON.stringify(here)
      leave.run(links)
      come.run(links)
      for (const { link, sha256, artifactId } of changes)
        if (artifactId === null) drop.run(link, sha256)
        else put.run(link, sha256, artifactId)
    }),
  }
}
