import type Database from 'better-sqlite3'

/**
 * The next place in the one order of all that this computer owes the server, edits of files and other changes: what was
 * made first has the lower number, whatever a clock says of it. None is given twice.
 */
export const nextSequenceOf = (db: Database.Database): (() => number) => {
  const next = db.prepare('update queue_sequence set last = last + 1 returning last').pluck()
  return () => next.get() as number
}

/** Of an edit `o`: a change of the same files was made before it and has yet to go. One that is blocked holds up nobody. */
export const isBehindChange = `exists (select 1 from mutations m
  where m.artifact_id = o.artifact_id and m.refused is null and m.sequence < o.sequence)`
