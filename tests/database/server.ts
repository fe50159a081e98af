import { readFile, rm } from 'node:fs/promises'
import postgres, { type Sql } from 'postgres'
import { embeddedBinaries } from '../../electron/backend/postgres/binaries.ts'
import { startCluster } from '../../electron/backend/postgres/cluster.ts'
import { migrate } from '../../electron/backend/postgres/migrate.ts'
import { projectFile } from '../../electron/backend/project-files.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { copyPrepared } from '../prepared/folder.ts'

export const servers = [
  {
    id: '17',
    name: 'PostgreSQL 17 (embedded)',
    binaries: async () => embeddedBinaries(await temporaryFolder('binaries')),
  },
  { id: '15', name: 'PostgreSQL 15 (Debian)', binaries: async () => '/usr/lib/postgresql/15/bin' },
] as const

/** Where the migrations must apply: each server, as its superuser and as hosted Supabase's `postgres` is. */
export const deployments = servers.flatMap((server) =>
  (['superuser', 'like hosted'] as const).map((deployer) => ({
    server,
    deployer,
    title: `${server.name}, deployed by ${deployer}`,
  })),
)

export type TestDatabase = {
  /** As the superuser. */
  sql: Sql
  url: string
  /** Runs as somebody: an account's id, null for anon; all of it is rolled back. */
  as<T>(person: string | null, work: (sql: Sql) => Promise<T>): Promise<T>
  /** The same, and it stays. */
  committed<T>(person: string, work: (sql: Sql) => Promise<T>): Promise<T>
  /** Runs as somebody, and waits with its end until it is told: for who comes between. */
  begun(person: string, work: (sql: Sql) => Promise<unknown>): Promise<{ end(): Promise<void> }>
  /** A row in auth.users, inserted as the auth server does. */
  signUp(email: string | null): Promise<string>
  stop(): Promise<void>
}

/** What somebody's work comes to, or that it is still held up after a moment. */
export const orWaiting = <T>(work: Promise<T>): Promise<T | 'waiting'> =>
  Promise.race([
    work,
    new Promise<'waiting'>((resolve) => setTimeout(() => resolve('waiting'), 150)),
  ])

class RolledBack extends Error {}

type Server = (typeof servers)[number]
type Deployer = 'superuser' | 'like hosted'
type Options = {
  settings?: Record<string, string>
  before?: string
  /** A copy has the identity of what it was copied from: for who must meet another server. */
  isAnotherServer?: boolean
}

const quiet = { onnotice: () => {} }
const platform = ['electron/backend/postgres/bootstrap.sql', 'tests/database/hosted-like.sql']
const made = [...platform, 'electron/backend/postgres', 'package-lock.json']

const startIn = async (folder: string, server: Server, { settings }: Options = {}) =>
  startCluster({
    binaries: await server.binaries(),
    folder: `${folder}/data`,
    durable: false,
    ...(settings ? { settings } : {}),
  })

const deploy = async (url: string, deployer: Deployer): Promise<void> => {
  const as = deployer === 'superuser' ? url : url.replace('postgres@', 'deployer@')
  const migrator = postgres(as, { ...quiet, max: 1 })
  await migrate(migrator, projectFile('supabase/migrations'))
  await migrator.end()
}

/** As a platform hands it over, with nothing of ours. */
const handedOver = (server: Server) => ({
  name: `platform-${server.id}`,
  sources: made,
  make: async (folder: string): Promise<void> => {
    const cluster = await startIn(folder, server)
    const sql = postgres(cluster.url, { ...quiet, max: 1 })
    for (const file of platform) await sql.unsafe(await readFile(projectFile(file), 'utf8'))
    await sql.end()
    await cluster.stop()
  },
})

const deployed = (server: Server, deployer: Deployer) => ({
  name: `database-${server.id}-${deployer.replace(' ', '-')}`,
  sources: [...made, 'supabase/migrations'],
  make: async (folder: string): Promise<void> => {
    await copyPrepared(handedOver(server), folder)
    const cluster = await startIn(folder, server)
    await deploy(cluster.url, deployer)
    await cluster.stop()
  },
})

export const startDatabase = async (
  server: Server,
  deployer: Deployer,
  options: Options = {},
): Promise<TestDatabase> => {
  const folder = await temporaryFolder('database')
  // What is there before the migrations, or what the server is told, they may find.
  const isUsual = !options.before && !options.settings && !options.isAnotherServer
  if (!options.isAnotherServer)
    await copyPrepared(isUsual ? deployed(server, deployer) : handedOver(server), folder)
  const cluster = await startIn(folder, server, options)
  const sql = postgres(cluster.url, { ...quiet, max: 12 })
  if (options.isAnotherServer)
    for (const file of platform) await sql.unsafe(await readFile(projectFile(file), 'utf8'))
  if (options.before) await sql.unsafe(options.before)
  if (!isUsual) await deploy(cluster.url, deployer)
  await sql`update private.platform set open_signup = true`
  const auth = postgres(cluster.url, { ...quiet, max: 1 })
  await auth`set role supabase_auth_admin`
  await auth`set search_path = auth`
  const run = async <T>(person: string | null, work: (sql: Sql) => Promise<T>, keep: boolean) => {
    let result: unknown
    await sql
      .begin(async (transaction) => {
        const role = person === null ? 'anon' : 'authenticated'
        const claims = JSON.stringify({ role, ...(person ? { sub: person } : {}) })
        await transaction`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${claims}, true)`
        result = await work(transaction as unknown as Sql)
        if (!keep) throw new RolledBack()
      })
      .catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error
      })
    return result as T
  }
  return {
    sql,
    url: cluster.url,
    as: (person, work) => run(person, work, false),
    committed: (person, work) => run(person, work, true),
    begun: async (person, work) => {
      let end = (): void => {}
      const told = new Promise<void>((done) => {
        end = done
      })
      let did = (): void => {}
      const done = new Promise<void>((resolve) => {
        did = resolve
      })
      const running = run(
        person,
        async (transaction) => {
          await work(transaction)
          did()
          await told
        },
        true,
      )
      await Promise.race([done, running])
      return {
        end: async () => {
          end()
          await running
        },
      }
    },
    signUp: async (email) => {
      const [row] = await auth<{ id: string }[]>`
        insert into users (id, email, created_at) values (gen_random_uuid(), ${email}, now()) returning id`
      return row!.id
    },
    stop: async () => {
      // A test that failed half-way may hold a connection.
      await auth.end({ timeout: 2 })
      await sql.end({ timeout: 2 })
      await cluster.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
