import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Failure } from '../../../src/domain/failure.ts'
import { alive } from '../../disk/alive.ts'
import type { Identity } from './identity.ts'

const isPlain = (path: string): boolean => /^[\x20-\x7e]*$/.test(path)

/** The name that a folder has had beside its own since DOS, if its drive keeps such names. */
const eightDotThree = async (folder: string): Promise<string> => {
  // By environment: whatever the path holds, the shell takes none of it for its own.
  const { stdout } = await promisify(execFile)(
    'cmd.exe',
    ['/d', '/v:off', '/s', '/c', '"for %I in ("%ATELIER_FOLDER%") do @echo %~sI"'],
    {
      env: { ...process.env, ATELIER_FOLDER: folder },
      windowsHide: true,
      windowsVerbatimArguments: true,
    },
  )
  return stdout.trim()
}

/**
 * PostgreSQL reads its own paths as UTF-8 and Windows tells it them in the code page of the country: whoever is called
 * Jörn has no database by the name of their folder. By its short name it is reached all the same.
 * @throws backend.path-not-plain where the drive keeps no short names
 */
export const plainPath = async (
  path: string,
  shortNameOf: (folder: string) => Promise<string> = eightDotThree,
): Promise<string> => {
  if (isPlain(path)) return path
  // What is not there yet has no short name, and is called plainly by us.
  const place = isPlain(basename(path)) ? dirname(path) : path
  const short = await shortNameOf(place).catch(() => '')
  if (short === '' || !isPlain(short))
    throw new Failure('backend.path-not-plain', 'The drive keeps no short names of folders.')
  return place === path ? short : join(short, basename(path))
}

/** Milliseconds between two looks at whether it is still there. */
const lookMs = 500
/** Seconds that it may take to be ready: after a crash it has its log to go through. */
const startSeconds = 60

export type Started = { ended: Promise<void>; log: () => Promise<string>; isReady: boolean }

/**
 * By `pg_ctl`: PostgreSQL refuses whoever may administer the computer, and `pg_ctl` takes those rights from it first.
 * It is nobody's child then, so it is looked after by its number.
 */
export const startByControl = async (options: {
  program: string
  folder: string
  /** As they would be given to `postgres`. */
  arguments: readonly string[]
  identity: Identity
}): Promise<Started> => {
  const { program, folder, identity } = options
  const file = join(folder, 'start.log')
  await rm(file, { force: true })
  const log = (): Promise<string> => readFile(file, 'utf8').catch(() => '')
  const child = spawn(
    program,
    [
      ...['start', '-D', folder, '-w', '-t', String(startSeconds), '-l', file],
      ...['-o', options.arguments.map(quoted).join(' ')],
    ],
    // It keeps what it was given of ours for as long as it runs.
    { ...identity, stdio: 'ignore', windowsHide: true, ...(identity.uid ? { cwd: '/' } : {}) },
  )
  const [code] = (await once(child, 'exit')) as [number | null]
  const pid = Number.parseInt(
    await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => ''),
    10,
  )
  const isReady = code === 0 && alive(pid)
  const watch = async (): Promise<void> => {
    while (alive(pid)) await pause(lookMs, undefined, { ref: false })
  }
  return { ended: isReady ? watch() : Promise.resolve(), log, isReady }
}

/** For the shell that `pg_ctl` runs it by. What we give has neither quotes nor percent signs. */
const quoted = (argument: string): string =>
  /^[\w=.,:\\/-]+$/.test(argument) ? argument : `"${argument}"`
