import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import { App, setExperimental } from '@supabase/lite'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import type { BringingAlong } from '../../src/contract/app.ts'
import { Failure } from '../../src/domain/failure.ts'
import { localAddress } from '../../src/domain/local-address.ts'
import { callbackAddress, type LoopbackPort } from '../../src/session/deep-link.ts'
import { dataFolderMode, ownFolder } from '../disk/private.ts'
import { log, logged } from '../log/log.ts'
import { openDoor } from './door.ts'
import { keepHouse } from './housekeeping.ts'
import { loadKeys, rememberPort } from './keys.ts'
import { listen } from './listen.ts'
import { repairAnswers } from './lite/answers.ts'
import { connectLite, type Repair, repairConnection } from './lite/connection.ts'
import { withHeaders, writePeer } from './lite/peer.ts'
import { embeddedBinaries } from './postgres/binaries.ts'
import { bringAlong, copyDatabase, copyPreview } from './postgres/bring-along.ts'
import { awaitOrphan, type Cluster, majorOf, startCluster } from './postgres/cluster.ts'
import { unprivilegedIdentity } from './postgres/identity.ts'
import { migrate } from './postgres/migrate.ts'
import { postgresTypes } from './postgres/types.ts'
import { projectFile } from './project-files.ts'
import { openRealtime } from './realtime/index.ts'
import { createStorage } from './storage/index.ts'

type Provider = { clientId: string; secret: string; url?: string }
export type OAuth = { github?: Provider; google?: Provider }
export type Mail = { to: string; subject: string; text: string }

export type BackendOptions = {
  /** Holds `postgres/`, `objects/` and `keys.json`. */
  folder: string
  /** The port of the last run, or a free one, when absent. */
  port?: number
  /** Runs over this PostgreSQL instead of the embedded one. */
  databaseUrl?: string
  oauth?: OAuth
  /** The pages that may ask: the application's own, when absent. */
  origins?: readonly string[]
  /**
   * Where a sign-in may end besides the application's scheme: at the port of this computer that is told
   * (`allowCallback`), or, where nobody tells, at any.
   */
  callbackPorts?: 'told' | 'any'
  /** What it proves with, to whoever started it, that it is the one who answers at its port. */
  identitySecret?: string
  onMail?: (mail: Mail) => void
  /** False turns fsync off: for tests alone. */
  durable?: boolean
  /** Where PostgreSQL is; the one that came by npm when absent. */
  binaries?: string
  /** Hears, as each PostgreSQL is started, how to end it after all that uses it, for whoever ends before it is ready. */
  onStarting?: (stop: () => Promise<void>) => void
  /** Hears how a folder of a former PostgreSQL is brought along. */
  onBringingAlong?: (how: BringingAlong) => void
  /** Hears of each part of a copy. */
  onCopying?: () => void
  /** An empty one, that another's rows are brought into; its schema goes no further than that migration. */
  isBesideAnother?: boolean
  migrateThrough?: string
  /** Leaves repairs of lite out, so that a test can show what each is for. */
  withoutRepairs?: readonly Repair[]
}

export type Backend = {
  url: string
  port: number
  publishableKey: string
  secretKey: string
  jwtSecret: string
  databaseUrl: string
  oauthProviders: ('github' | 'google')[]
  /** Which backend this is, wherever it listens. */
  id: string
  /** Nobody had an account when it started. */
  firstRun: boolean
  /** Who works here without an address. */
  localAccount: { displayName: string } | null
  /** Something here was sealed by a key: another one would not open it. */
  hasSecrets: boolean
  /** Resolves when PostgreSQL has gone, asked or not. */
  ended: Promise<void>
  /** Until then nothing secret can be stored or read. At least 32 characters; gone from here at the stop. */
  supplyMasterKey(key: string): Promise<void>
  /** The port of this computer at which the application waits for the end of a sign-in now. */
  allowCallback(port: LoopbackPort): void
  /** `copy`: leaves a copy that a PostgreSQL of another major can be made from. Stops also where that fails. */
  stop(options?: { copy: boolean }): Promise<void>
}

const systemGrants = `
  grant usage on schema auth, storage to anon, authenticated, service_role;
  grant select, insert, update, delete on all tables in schema storage to anon, authenticated, service_role;
  grant execute on all functions in schema auth, storage to anon, authenticated, service_role;`

/** Whoever installs Atelier for themselves is let in at once; the first is in charge, without the second factor that lite lacks. */
const embeddedPlatform = `
  update private.platform set open_signup = true, require_aal2 = false where not open_signup or require_aal2;
  update private.platform set first_user_is_super = true
  where not first_user_is_super and not exists (select from auth.users)`

/** Milliseconds that requests and connections have to end by themselves; main waits longer. */
const endTimeoutMs = 5_000
/** A client that was busy for long finds its connection again: with one that was closed meanwhile its request is lost. */
const idleTimeoutMs = 10 * 60_000

/** Lite warns of its experimental Storage server, which never runs here. */
const withoutWarning = async (work: () => Promise<unknown>): Promise<void> => {
  const { warn } = console
  console.warn = () => {}
  await work().finally(() => {
    console.warn = warn
  })
}

const provider = (settings: Provider | undefined) =>
  settings && {
    enabled: true,
    client_id: settings.clientId,
    secret: settings.secret,
    ...(settings.url ? { url: settings.url } : {}),
  }

export const startBackend = async (options: BackendOptions): Promise<Backend> => {
  await ownFolder(options.folder, dataFolderMode)
  const keys = await loadKeys(options.folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    throw new Failure('disk.full', `The disk of ${options.folder} is full.`, { cause: error })
  })
  const binaries = options.databaseUrl
    ? ''
    : (options.binaries ?? (await embeddedBinaries(options.folder)))
  if (!options.databaseUrl && !options.isBesideAnother)
    await bringAlong({
      folder: options.folder,
      major: await majorOf({ binaries }, await unprivilegedIdentity()),
      now: new Date(),
      awaitOrphan: (folder) => awaitOrphan({ binaries, folder }),
      startEmpty: (folder, through) =>
        startBackend({
          folder,
          binaries,
          isBesideAnother: true,
          ...(options.durable === undefined ? {} : { durable: options.durable }),
          ...(through === undefined ? {} : { migrateThrough: through }),
          ...(options.onStarting ? { onStarting: options.onStarting } : {}),
        }),
      tell: options.onBringingAlong ?? (() => {}),
    })
  const starting: Promise<Omit<Cluster, 'port'>> = options.databaseUrl
    ? Promise.resolve({
        url: options.databaseUrl,
        ended: new Promise<void>(() => {}),
        stop: async () => {},
      })
    : startCluster({
        binaries,
        folder: join(options.folder, 'postgres'),
        password: keys.databasePassword,
        ...(options.durable === undefined ? {} : { durable: options.durable }),
      })
  const stopDatabase = () => starting.then((started) => started.stop())
  const closing: (() => Promise<void>)[] = []
  const close = async (copy: boolean): Promise<void> => {
    const deadline = pause(endTimeoutMs, undefined, { ref: false })
    // For a request whose client went away the driver may wait for ever: PostgreSQL ends what is left when it stops.
    for (const closeOne of closing.splice(0).reverse()) await Promise.race([closeOne(), deadline])
    try {
      // Nobody writes any more, and the server is still there.
      if (copy) await copyDatabase(cluster.url, options.folder, options.onCopying)
    } finally {
      await stopDatabase()
    }
  }
  // A start that fails stops by itself, and may be given up just then: whoever asks second waits for the first, and
  // closes what was opened since.
  let stopped: Promise<void> | null = null
  const stop = ({ copy } = { copy: false }): Promise<void> => {
    stopped = stopped ? stopped.catch(() => {}).then(() => close(false)) : close(copy)
    return stopped
  }
  options.onStarting?.(stop)
  const cluster = await starting
  try {
    const sql = postgres(cluster.url, { max: 10, onnotice: () => {}, types: postgresTypes })
    closing.push(() => sql.end({ timeout: endTimeoutMs / 1000 }))
    const without = options.withoutRepairs ?? []
    const connection = connectLite(cluster.url, without)
    closing.push(async () => connection.close())
    await sql.unsafe(await readFile(projectFile('electron/backend/postgres/bootstrap.sql'), 'utf8'))
    await sql.unsafe(await readFile(projectFile('electron/backend/realtime/realtime.sql'), 'utf8'))

    // Its system tables of Storage are wanted; its Storage server is not (ours is in front of it).
    setExperimental('storage', true)
    // The server is made before its handler, because lite wants to know its own address.
    let handle: (request: Request, context: unknown) => Response | Promise<Response> = () =>
      new Response(null, { status: 503 })
    const server = createAdaptorServer({
      fetch: (request, environment) => {
        const { incoming } = environment as { incoming?: IncomingMessage }
        const peerAddress = incoming?.socket.remoteAddress ?? null
        return withHeaders(request, () => handle(request, { peerAddress }))
      },
    })
    const [rest] = server.listeners('request') as ((
      request: IncomingMessage,
      response: ServerResponse,
    ) => void)[]
    if ('requestTimeout' in server) server.requestTimeout = 0
    if ('keepAliveTimeout' in server) server.keepAliveTimeout = idleTimeoutMs
    const port = await listen(server, options.port ?? keys.port).catch((error: unknown) => {
      if (options.port)
        throw new Failure('backend.failed-to-start', `Port ${options.port} is taken.`, {
          cause: error,
        })
      return listen(server, 0)
    })
    closing.push(async () => {
      const closed = new Promise((done) => server.close(done))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    })
    await rememberPort(options.folder, keys, port)
    const url = `http://127.0.0.1:${port}`

    const app = new App({
      connection,
      api: { schemas: ['public'], external_url: url },
      auth: {
        enabled: true,
        site_url: callbackAddress,
        jwt_secret: keys.jwtSecret,
        jwt_expiry: 3600,
        enable_signup: true,
        additional_redirect_urls: [`${callbackAddress}*`],
        publishable_key: keys.publishableKey,
        secret_key: keys.secretKey,
        email: { enable_confirmations: false },
        external: {
          github: provider(options.oauth?.github),
          google: provider(options.oauth?.google),
        },
      },
      storage: { enabled: true },
      studio: { enabled: false },
      options: {
        server: { admin: false, disableStudio: true },
        drivers: { email: { send: async (mail: Mail) => options.onMail?.(mail) } },
      },
    } as unknown as ConstructorParameters<typeof App>[0])
    // Lite makes the tables of Storage only beside an adapter; this one is never called, ours answers first.
    Object.assign(app, { _storageAdapter: {} })
    await withoutWarning(() => app.init())
    await app.ensureSystemSchema()
    repairConnection(connection, without)
    await sql.unsafe(systemGrants)
    await sql.unsafe(await readFile(projectFile('electron/backend/storage/functions.sql'), 'utf8'))
    await migrate(sql, projectFile('supabase/migrations'), {
      own: !options.databaseUrl,
      beforePreviewEnds: () => copyPreview(cluster.url, options.folder, new Date()),
      ...(options.migrateThrough ? { through: options.migrateThrough } : {}),
    })
    if (!options.databaseUrl) {
      await sql.unsafe(embeddedPlatform)
      // Rows that are being brought in, and compared afterwards, are nobody's to change.
      if (!options.isBesideAnother) {
        const service = createClient(url, keys.secretKey, { auth: { persistSession: false } })
        const endHouse = keepHouse(sql, service)
        closing.push(async () => endHouse())
      }
      // What a crash left of the key; and at the stop, for it stays no longer than we do.
      await sql`truncate private.supplied_keys`
      // A request that hangs in a transaction must not hold up the end; the next start truncates too.
      closing.push(() =>
        sql
          .begin(async (transaction) => {
            await transaction`set local lock_timeout = '5s'`
            await transaction`truncate private.supplied_keys`
          })
          .then(
            () => {},
            () => {},
          ),
      )
    }
    await connection.clearSchemaCache()

    const storage = createStorage({
      sql,
      folder: join(options.folder, 'objects'),
      jwtSecret: keys.jwtSecret,
      keys: { publishable: keys.publishableKey, secret: keys.secretKey },
      maximumSize: 5 * 1024 ** 3,
    })
    closing.push(() => storage.close())
    const realtime = await openRealtime({
      sql,
      jwtSecret: keys.jwtSecret,
      keys: { publishable: keys.publishableKey, secret: keys.secretKey },
    })
    closing.push(() => realtime.stop())
    let callbackPort: LoopbackPort | 'any' = options.callbackPorts === 'any' ? 'any' : null
    handle = repairAnswers((request, context) => app.fetch(request, context as never), {
      secret: keys.jwtSecret,
      issuer: `${url}/auth/v1`,
      without,
      callbackPort: () => callbackPort,
    })
    server.removeAllListeners('request')
    const { mayComeIn, mayUpgrade } = openDoor({
      url,
      origins: options.origins ?? ['app://atelier'],
      identitySecret: options.identitySecret,
    })
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!mayComeIn(request, response)) return
      writePeer(request)
      if (request.url?.startsWith('/storage/v1/')) void storage.handle(request, response)
      else if (request.url?.startsWith('/realtime/v1/')) void realtime.handle(request, response)
      else rest?.(request, response)
    })
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Node listens no more once it hands one over; of who hangs up without a farewell nobody else would hear.
      socket.on('error', () => socket.destroy())
      try {
        if (mayUpgrade(request, socket)) realtime.upgrade(request, socket, head)
      } catch (error) {
        log('realtime').warn('A request for a socket broke', error)
        socket.destroy()
      }
    })
    // Its first request reads the whole catalogue; a person should not be the one to wait for that.
    await fetch(`${url}/rest/v1/`, { headers: { apikey: keys.publishableKey } }).then((r) =>
      r.arrayBuffer(),
    )
    const [found] = await sql<{ nobody: boolean; secrets: boolean; local: string | null }[]>`
      select not exists (select from auth.users) as nobody, exists (select from private.secrets) as secrets,
        (select u.display_name from public.users u join auth.users a on a.id = u.id
          where a.email = ${localAddress(keys.id)}) as local`
    return {
      url,
      port,
      publishableKey: keys.publishableKey,
      secretKey: keys.secretKey,
      jwtSecret: keys.jwtSecret,
      databaseUrl: cluster.url,
      oauthProviders: (['github', 'google'] as const).filter((name) => options.oauth?.[name]),
      id: options.databaseUrl ? new URL(url).origin : keys.id,
      firstRun: found?.nobody ?? false,
      localAccount: found?.local ? { displayName: found.local } : null,
      hasSecrets: found?.secrets ?? false,
      ended: cluster.ended,
      supplyMasterKey: async (key) => void (await sql`select private.supply_master_key(${key})`),
      allowCallback: (told) => {
        if (callbackPort !== 'any') callbackPort = told
      },
      stop,
    }
  } catch (error) {
    await stop().catch(logged('backend', 'What a start had begun did not end'))
    throw error instanceof Failure
      ? error
      : new Failure(
          'backend.failed-to-start',
          error instanceof Error ? error.message : String(error),
          { cause: error },
        )
  }
}
