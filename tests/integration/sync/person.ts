import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt, SignJWT } from 'jose'
import postgres from 'postgres'
import { openAuthServer } from '../../../electron/main/session/auth-server.ts'
import { openKnownAccount } from '../../../electron/main/session/known-account.ts'
import { SessionManager } from '../../../electron/main/session/session.ts'
import { memoryVault } from '../../../electron/main/session/vault.ts'
import type { ArtifactServiceOptions } from '../../../electron/main/sync/index.ts'
import { realTime } from '../../../electron/main/system-clock.ts'
import type { Artifact, Desk, Scene } from './support.ts'
import { openDesk } from './support.ts'

const password = 'a-long-password'
const bearer = /^Bearer (.+)$/

/** One request: what it was, and what was said to it. */
export type Asked = {
  method: string
  path: string
  offset: number | null
  body: string | null
  status: number | null
}

/** The way to the server: it counts, and can make a token one that has ended, as the server itself would have. */
type Wires = {
  asked: Asked[]
  /** Called before a request goes out; what it answers is the answer. */
  before: (request: Asked) => Promise<Response | undefined>
  refreshes(): number
  of(method: string, part: string): Asked[]
  /** From so many seconds from now on the server takes it no more. */
  end(token: string, inSeconds?: number): Promise<void>
  fetch: typeof fetch
}

const openWires = (jwtSecret: string): Wires => {
  const asked: Asked[] = []
  const ended = new Map<string, string>()
  const wires: Wires = {
    asked,
    before: async () => undefined,
    refreshes: () => asked.filter(({ path }) => path.includes('refresh_token')).length,
    of: (method, part) =>
      asked.filter((each) => each.method === method && each.path.includes(part)),
    end: async (token, inSeconds = -10) => {
      const now = Math.floor(Date.now() / 1000)
      const claims = { ...decodeJwt(token), iat: now - 3600, exp: now + inSeconds }
      const key = new TextEncoder().encode(jwtSecret)
      ended.set(token, await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key))
    },
    fetch: async (input, init) => {
      const url = new URL(String(input instanceof Request ? input.url : input))
      const headers = new Headers(init?.headers)
      const offset = headers.get('upload-offset')
      const request: Asked = {
        method: init?.method ?? 'GET',
        path: `${url.pathname}${url.search}`,
        offset: offset === null ? null : Number(offset),
        body: typeof init?.body === 'string' ? init.body : null,
        status: null,
      }
      asked.push(request)
      const instead = await wires.before(request)
      if (instead) {
        request.status = instead.status
        return instead
      }
      const token = bearer.exec(headers.get('authorization') ?? '')?.[1]
      const other = token && ended.get(token)
      if (other) headers.set('authorization', `Bearer ${other}`)
      const answer = await fetch(input, { ...init, headers })
      request.status = answer.status
      return answer
    },
  }
  return wires
}

/** A person at a computer: their session, the real one, and what syncs with it, wired as the application wires them. */
export const openPerson = async (
  scene: Scene,
  change: Partial<ArtifactServiceOptions> = {},
  hoursAhead = 0,
) => {
  const { backend } = scene
  const folder = await mkdtemp('/tmp/atelier-person-')
  const wires = openWires(backend.jwtSecret)
  const clock = { ahead: hoursAhead * 3600_000, uptime: 0 }
  const now = () => Date.now() + clock.ahead
  let desk: Desk | null = null
  const manager: SessionManager = new SessionManager({
    server: {
      id: backend.id,
      url: backend.url,
      auth: openAuthServer({
        url: backend.url,
        publishableKey: backend.publishableKey,
        fetch: wires.fetch,
      }),
    },
    vault: memoryVault(),
    knownAccount: openKnownAccount(join(folder, 'account.json')),
    openBrowser: async () => {},
    changed: ({ status }) => desk?.service.setOnline(status === 'active'),
    now,
    uptime: () => clock.uptime,
  })
  const email = `${randomUUID()}@sync.example`
  await manager.signIn.signUp(email, password, 'A Person')
  const { id } = manager.account!
  desk = await openDesk(scene, {
    accountId: id,
    fetch: wires.fetch,
    accessToken: (refused) => manager.accessToken(refused),
    // Retries follow at once.
    time: { ...realTime, now, random: () => 0 },
    ...change,
  })
  const person = {
    id,
    manager,
    wires,
    clock,
    desk,
    service: desk.service,
    token: async (): Promise<string> => (await manager.accessToken())!,
    /** The token that is held ends now, whatever anybody's clock says. */
    tokenEnds: async (): Promise<void> => wires.end(await person.token()),
    signInAgain: () => manager.signIn.withPassword(email, password),
    state: () => person.service.handlers['sync.state'](undefined),
    link: async () => (await person.service.handlers['folders.list'](undefined))[0]!,
    close: async () => {
      manager.close()
      await desk?.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return person
}
export type Person = Awaited<ReturnType<typeof openPerson>>

export const inDatabase = async (
  scene: Scene,
  work: (sql: postgres.Sql) => Promise<unknown>,
): Promise<void> => {
  const sql = postgres(scene.backend.databaseUrl, { max: 1, onnotice: () => {} })
  await work(sql).finally(() => sql.end())
}
/** Signed out everywhere, by somebody else. */
export const endSessions = (scene: Scene, userId: string) =>
  inDatabase(scene, (sql) => sql`delete from auth.sessions where user_id = ${userId}`)
export const letIn = (
  scene: Scene,
  { projectId }: Artifact,
  userId: string,
  role: 'viewer' | 'contributor',
) =>
  inDatabase(
    scene,
    (sql) =>
      sql`insert into public.project_users (project_id, user_id, role) values (${projectId}, ${userId}, ${role})
      on conflict (project_id, user_id) do update set role = excluded.role`,
  )
export const putOut = (scene: Scene, { projectId }: Artifact, userId: string) =>
  inDatabase(
    scene,
    (sql) =>
      sql`delete from public.project_users where project_id = ${projectId} and user_id = ${userId}`,
  )
