import { cp, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BringingAlong } from '../../../src/contract/app.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { log } from '../../log/log.ts'
import { backup } from '../backup/backup.ts'
import { Refusal, readManifest } from '../backup/manifest.ts'
import { restore } from '../backup/restore.ts'

// A new major of PostgreSQL cannot read the folder of a former one, and its binaries are gone once the application is
// replaced. So the former one, while it is still there, leaves a copy; the next one makes a folder of its own from it.

const said = log('backend')

/** Days that the folder of a former PostgreSQL stays after it was brought along. */
export const keptDays = 30
const dayMs = 24 * 3600_000

const databaseOf = (folder: string): string => join(folder, 'postgres')
const copyOf = (folder: string): string => join(folder, 'postgres-copy')
const draftOf = (folder: string): string => join(folder, 'postgres-next')
const provenOf = (folder: string): string => join(draftOf(folder), 'proven.json')

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Windows lets go of a file a moment after who had it open has ended. */
const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })

/** Of the disk, by the system's word, PostgreSQL's own, or what one of its programs printed. */
export const isFull = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return (
    code === 'ENOSPC' ||
    code === '53100' ||
    /No space left on device/.test(error.message) ||
    isFull(error.cause)
  )
}

/** By PostgreSQL, for what it is: of its classes of data, of constraints, and of what is named and not there. */
const isRefusedRow = (error: unknown): error is Error =>
  error instanceof Error &&
  error.name === 'PostgresError' &&
  'code' in error &&
  /^(22|23|42)/.test(String(error.code))

/** Of the data folder; null where there is none. */
const majorOfFolder = async (folder: string): Promise<number | null> => {
  const made = await readFile(join(databaseOf(folder), 'PG_VERSION'), 'utf8').catch(() => null)
  return made === null ? null : Number(made.trim())
}

/** Everything of this installation, into a folder that is there when it is whole. */
const copyInto = async (
  copy: string,
  databaseUrl: string,
  progressed?: () => void,
): Promise<void> => {
  const draft = `${copy}.draft`
  for (const old of [copy, draft]) await remove(old)
  try {
    await backup({
      databaseUrl,
      folder: draft,
      scope: 'installation',
      ...(progressed ? { progressed } : {}),
    })
    await rename(draft, copy)
  } catch (error) {
    await remove(draft)
    if (isFull(error))
      throw new Failure('disk.full', 'There is no room for a copy of the database.', {
        cause: error,
      })
    throw error
  }
}

/** For a PostgreSQL that cannot read its folder. Last thing before the server stops. */
export const copyDatabase = (
  databaseUrl: string,
  folder: string,
  progressed?: () => void,
): Promise<void> => copyInto(copyOf(folder), databaseUrl, progressed)

/**
 * What a preview's database had, before it becomes today's for good: a copy that stays as long as a former folder does,
 * for whoever misses what was mended. Where there is no room it goes on without: a start has to be possible.
 */
export const copyPreview = async (
  databaseUrl: string,
  folder: string,
  now: Date,
): Promise<void> => {
  const copy = join(folder, `postgres-preview-kept-${now.toISOString().slice(0, 10)}`)
  await copyInto(copy, databaseUrl).catch((error: unknown) => {
    if (!isFull(error)) throw error
    said.warn('There is no room for a copy of the preview’s database; it is updated without', error)
  })
}

/** On the disk before anything is moved: from here on the new folder is the one that counts. */
const declareProven = async (folder: string, from: number): Promise<void> => {
  const file = await open(provenOf(folder), 'w', 0o600)
  await file.writeFile(JSON.stringify({ from }))
  await file.sync()
  await file.close()
}

/** The new folder in the place of the former one, which stays beside it. Goes on where it was cut off. */
const swap = async (folder: string, now: Date): Promise<void> => {
  const { from } = JSON.parse(await readFile(provenOf(folder), 'utf8')) as { from: number }
  const next = join(draftOf(folder), 'postgres')
  if (await exists(next)) {
    const kept = `${databaseOf(folder)}-${from}-kept-${now.toISOString().slice(0, 10)}`
    if (await exists(databaseOf(folder))) {
      await remove(kept)
      await rename(databaseOf(folder), kept)
    }
    await rename(next, databaseOf(folder))
  }
  await remove(draftOf(folder))
  await remove(copyOf(folder))
}

const removeFormer = async (folder: string, now: Date): Promise<void> => {
  for (const name of await readdir(folder)) {
    const day = /^postgres-(?:\d+|preview)-kept-(\d{4}-\d\d-\d\d)$/.exec(name)?.[1]
    if (day && now.getTime() - Date.parse(day) > keptDays * dayMs) await remove(join(folder, name))
  }
}

export type BringAlongOptions = {
  folder: string
  /** Of the binaries that are here now. */
  major: number
  now: Date
  /** A new and empty installation with the same keys, in another folder; its schema goes no further than `through`. */
  startEmpty: (
    folder: string,
    through: string | undefined,
  ) => Promise<{ databaseUrl: string; stop: () => Promise<void> }>
  /** Until a PostgreSQL over that folder whose owner has gone, as who quits while it is made, has ended. */
  awaitOrphan: (databaseFolder: string) => Promise<void>
  tell: (how: BringingAlong) => void
}

/**
 * Before the server starts: the folder is of its major, or there is none. The former folder is moved aside when the new
 * one holds every row it had, and not before.
 * @throws Failure where there is nothing to make it from; the folder is as it was
 */
export const bringAlong = async (options: BringAlongOptions): Promise<void> => {
  const { folder, major, now } = options
  // First: whoever still has the folder may be making the copy of it.
  await options.awaitOrphan(databaseOf(folder))
  if (await exists(provenOf(folder))) await swap(folder, now)
  await options.awaitOrphan(join(draftOf(folder), 'postgres'))
  await remove(draftOf(folder))
  await removeFormer(folder, now)
  const from = await majorOfFolder(folder)
  if (from === null || from === major) {
    // What the server writes from now on is not in it: it would be older than its folder.
    await remove(copyOf(folder))
    return
  }
  if (from > major)
    throw new Failure(
      'backend.newer-database',
      `The database folder was made by PostgreSQL ${from}; this is PostgreSQL ${major}.`,
    )
  const copy = await readManifest(copyOf(folder)).catch((cause: unknown) => {
    const isThere = cause instanceof Refusal && cause.code === 'backup.damaged'
    throw new Failure(
      isThere ? 'backend.copy-unusable' : 'backend.older-database',
      `The database folder was made by PostgreSQL ${from}; this is PostgreSQL ${major}, and ${isThere ? 'the copy is damaged' : 'there is no copy'}.`,
      { cause },
    )
  })
  try {
    await fill(options, from, copy.migrations.at(-1))
  } catch (cause) {
    if (isFull(cause))
      throw new Failure('disk.full', 'There is no room for a second database beside the first.', {
        cause,
      })
    if (!(cause instanceof Refusal || isRefusedRow(cause))) throw cause
    throw new Failure('backend.copy-unusable', cause.message, { cause })
  }
  await declareProven(folder, from)
  await swap(folder, now)
}

/** The new folder, beside the former one, with every row that the copy has. */
const fill = async (
  { folder, major, startEmpty, tell }: BringAlongOptions,
  from: number,
  through: string | undefined,
): Promise<void> => {
  const next = draftOf(folder)
  tell({ from, to: major, step: 'making' })
  await mkdir(next, { recursive: true, mode: 0o700 })
  await cp(join(folder, 'keys.json'), join(next, 'keys.json'))
  const made = await startEmpty(next, through)
  try {
    tell({ from, to: major, step: 'filling' })
    const differences = await restore(
      { databaseUrl: made.databaseUrl, folder: copyOf(folder), own: true },
      () => tell({ from, to: major, step: 'proving' }),
    )
    if (differences.length > 0)
      throw new Failure('backend.copy-unusable', `Not the same after it: ${differences.join('; ')}`)
  } finally {
    await made.stop()
  }
}
