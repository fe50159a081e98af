import { createHash } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })
const key = 'k'.repeat(40)
type Begun = { state: string; code_challenge: string; client_id: string; scopes: string[] }

/** Consents, domains, places to bring back, the rotation of keys: what services and owners come for. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let owner: string
  let admin: string
  let member: string
  let stranger: string
  let workspace: string
  let project: string
  const one = async <T>(person: string, work: (sql: Sql) => Promise<unknown>): Promise<T> =>
    Object.values(((await db.committed(person, work)) as Record<string, T>[])[0]!)[0]!
  const service = <T>(work: (sql: Sql) => Promise<unknown>): Promise<T> =>
    db.sql.begin(async (sql) => {
      await sql`select set_config('role', 'service_role', true), set_config('request.jwt.claims', '{"role":"service_role"}', true)`
      const rows = (await work(sql as unknown as Sql)) as Record<string, T>[]
      return Object.values(rows[0]!)[0]!
    }) as Promise<T>

  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await db.sql`select private.supply_master_key(${key})`
    owner = await db.signUp('owner@acme.example')
    admin = await db.signUp('admin@acme.example')
    member = await db.signUp('member@acme.example')
    stranger = await db.signUp('stranger@other.example')
    workspace = await one(owner, (sql) => sql`select public.create_workspace('Acme', 'Acme')`)
    await db.sql`insert into public.workspace_users (workspace_id, user_id, role) values
      (${workspace}, ${admin}, 'admin'), (${workspace}, ${member}, 'project_creator')`
    project = await one(owner, (sql) => sql`select public.create_project(${workspace}, 'Works')`)
    await db.sql`insert into public.project_users (project_id, user_id, role) values (${project}, ${member}, 'viewer')`
  })
  afterAll(() => db?.stop())

  describe('a consent', () => {
    let connection: string
    const begin = (person: string) =>
      service<Begun>((sql) => sql`select public.begin_oauth2_for_service(${connection}, ${person})`)
    const take = (state: string, person: string | null = null) =>
      service<{ code_verifier: string; user_id: string; connection_id: string }>(
        (sql) => sql`select public.take_oauth2_state_for_service(${state}, ${person})`,
      )
    beforeAll(async () => {
      connection = await one(
        admin,
        (
          sql,
        ) => sql`insert into public.oauth2_connections (workspace_id, provider, provider_config, client_id, redirect_uri, scopes)
          values (${workspace}, 'p', '{}', 'client', 'atelier://oauth2', '{read}') returning id`,
      )
    })
    it('begins with a state and a challenge, and is taken once with the verifier of that challenge', async () => {
      const begun = await begin(member)
      expect(begun).toMatchObject({ client_id: 'client', scopes: ['read'] })
      expect(begun.state).toMatch(/^[\w-]{43}$/)
      const stored = await db.sql`select s::text as text from private.oauth_states s`
      expect(stored[0]!.text).not.toContain(begun.state)
      const taken = await take(begun.state, member)
      expect(taken).toMatchObject({ user_id: member, connection_id: connection })
      expect(createHash('sha256').update(taken.code_verifier).digest('base64url')).toBe(
        begun.code_challenge,
      )
      await expect(take(begun.state)).rejects.toEqual(refusal('PT404'))
      expect(await db.sql`select 1 from private.oauth_states`).toHaveLength(0)
    })
    it('is over after its time, is its person’s own, and nobody’s who may not any more', async () => {
      const late = await begin(member)
      await db.sql`update private.oauth_states set expires_at = now()`
      await expect(take(late.state)).rejects.toEqual(refusal('PT404'))
      const mine = await begin(member)
      await expect(take(mine.state, stranger)).rejects.toEqual(refusal('PT404'))
      await db.sql`update public.users set status = 'inactive' where id = ${member}`
      await expect(take(mine.state)).rejects.toEqual(refusal('PT404'))
      await db.sql`update public.users set status = 'active' where id = ${member}`
      expect(await take(mine.state)).toMatchObject({ user_id: member })
      await expect(begin(stranger)).rejects.toEqual(refusal('PT404'))
      await expect(take('no such state')).rejects.toEqual(refusal('PT404'))
    })
    it('of two takers at once has one, and one person has not any number of them', async () => {
      const { state } = await begin(member)
      const both = await Promise.allSettled([take(state), take(state)])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (let n = 0; n < 20; n++) await begin(member)
      await expect(begin(member)).rejects.toEqual(refusal('PT429'))
      await db.sql`delete from private.oauth_states`
    })
    it('is a service’s, and needs a key', async () => {
      await expect(
        db.as(owner, (sql) => sql`select public.begin_oauth2_for_service(${connection}, ${owner})`),
      ).rejects.toEqual(refusal('42501'))
      await db.sql`delete from private.supplied_keys`
      await expect(begin(member)).rejects.toEqual(refusal('55000'))
      await db.sql`select private.supply_master_key(${key})`
    })
  })

  it('a domain is confirmed for one workspace, and the other is told in words', async () => {
    const claim = (person: string, place: string) =>
      one<string>(person, (sql) => sql`select public.claim_domain(${place}, 'acme.example')`)
    const other = await one<string>(
      stranger,
      (sql) => sql`select public.create_workspace('Other', 'Other')`,
    )
    await claim(owner, workspace)
    await claim(stranger, other)
    const of = async (place: string) =>
      (await db.sql`select id from public.workspace_domains where workspace_id = ${place}`)[0]!
        .id as string
    const verify = (id: string) =>
      service((sql) => sql`select public.verify_domain_for_service(${id})`)
    const domains = (person: string, all = false) =>
      one<string[]>(
        person,
        (sql) => sql`select public.company_email_domains(${workspace}, ${!all})`,
      )
    expect([await domains(admin), await domains(admin, true)]).toEqual([[], ['acme.example']])
    await verify(await of(workspace))
    expect(await domains(admin)).toEqual(['acme.example'])
    await expect(domains(member)).rejects.toEqual(refusal('42501'))
    const taken = { code: 'PT409', message: "This domain is another workspace's." }
    await expect(verify(await of(other))).rejects.toMatchObject(taken)
    await db.sql`delete from public.workspace_domains where workspace_id = ${other}`
    await expect(claim(stranger, other)).rejects.toMatchObject(taken)
    // Its own, again, is no conflict.
    await claim(owner, workspace)
    await verify(await of(workspace))
  })

  it('what was deleted or archived is found by who may bring it back, and by nobody else', async () => {
    type Place = { kind: string; name: string; restorable_until: string | null }
    const found = async (person: string) =>
      (
        (await db.committed(
          person,
          (sql) => sql`select kind, name, restorable_until from public.restorable_places()`,
        )) as unknown as Place[]
      ).map(
        ({ kind, name, restorable_until: until }) =>
          `${kind} ${name} ${until ? 'until' : 'archived'}`,
      )
    const gone = await one<string>(
      owner,
      (sql) => sql`select public.create_project(${workspace}, 'Gone')`,
    )
    await one(owner, (sql) => sql`select public.delete_project(${gone}, 'mistake')`)
    await one(owner, (sql) => sql`select public.archive_project(${project}, 'done')`)
    for (const person of [owner, admin])
      expect(await found(person)).toEqual(['project Gone until', 'project Works archived'])
    for (const person of [member, stranger]) expect(await found(person)).toEqual([])
    await one(admin, (sql) => sql`select public.restore_project(${gone})`)
    await one(admin, (sql) => sql`select public.restore_project(${project})`)
    expect(await found(owner)).toEqual([])
    // A workspace: by its admins too, and first; its projects come with it.
    await one(owner, (sql) => sql`select public.delete_workspace(${workspace}, 'mistake')`)
    for (const person of [owner, admin])
      expect(await found(person)).toEqual(['workspace Acme until'])
    expect(await found(member)).toEqual([])
    await expect(
      one(member, (sql) => sql`select public.restore_workspace(${workspace})`),
    ).rejects.toEqual(refusal('42501'))
    await db.sql`update public.workspaces set deleted_at = now() - interval '31 days' where id = ${workspace}`
    expect(await found(owner)).toEqual([])
    await db.sql`update public.workspaces set deleted_at = now() where id = ${workspace}`
    await one(admin, (sql) => sql`select public.restore_workspace(${workspace})`)
    expect(
      await db.as(member, (sql) => sql`select 1 from public.projects where id = ${project}`),
    ).toHaveLength(1)
  })

  it('one damaged value does not keep the others from being sealed anew', async () => {
    const other = 'o'.repeat(40)
    await db.sql`insert into private.secrets (value)
      select row(private.key_id(${key}), case when n = 1 then 'damaged'::bytea else (private.seal('"s"')).ciphertext end)::private.sealed
      from generate_series(1, 5) n`
    await db.sql`insert into private.secrets (value) select row('aaaaaaaaaaaa', '\\x00')::private.sealed`
    await db.sql`select private.supply_master_key(${other}, ${key})`
    await db.sql`select private.rotate_secrets(2)`
    await db.sql`select private.rotate_secrets(2)`
    await db.sql`select private.rotate_secrets()`
    const [left] = await db.sql`
      select count(*) filter (where (value).key_id = private.key_id(${other}))::int as anew,
        count(*) filter (where (value).ciphertext = 'damaged'::bytea)::int as damaged,
        count(*) filter (where (value).key_id = 'aaaaaaaaaaaa')::int as unknown from private.secrets`
    expect(left).toEqual({ anew: 4, damaged: 1, unknown: 1 })
    expect(
      await db.sql`select 1 from private.user_pii where (email).key_id <> private.key_id(${other})`,
    ).toHaveLength(0)
    expect(
      await db.sql`select message from private.provision_errors where message like 'rotate_secrets: 1 %'`,
    ).toHaveLength(3)
  })

  it('the ledger and the history are not truncated either', async () => {
    for (const table of ['token_usage', 'artifact_file_versions'])
      await expect(db.sql.unsafe(`truncate public.${table}`)).rejects.toEqual(refusal('42501'))
  })

  it('all of a chat is unread to whoever never opened it', async () => {
    const chat = await one<string>(
      owner,
      (sql) =>
        sql`insert into public.chat_sessions (project_id, title) values (${project}, 'Talk') returning id`,
    )
    await db.sql`insert into public.chat_messages (chat_id, content, message_type, created_by)
      select ${chat}, '"x"', 'user', ${owner} from generate_series(1, 3)`
    const unread = async (person: string) =>
      Number(
        (
          (await db.as(
            person,
            (sql) => sql`select unread from public.chat_overview(${project})`,
          )) as unknown as { unread: string }[]
        )[0]!.unread,
      )
    expect([await unread(member), await unread(owner)]).toEqual([3, 0])
    await one(member, (sql) => sql`select public.mark_chat_read(${chat})`)
    expect(await unread(member)).toBe(0)
  })

  it('who is banned does not read where they belong', async () => {
    const mine = () => db.as(member, (sql) => sql`select 1 from public.workspace_users`)
    expect((await mine()).length).toBeGreaterThan(0)
    await db.sql`update public.users set status = 'banned' where id = ${member}`
    expect(await mine()).toHaveLength(0)
    await db.sql`update public.users set status = 'active' where id = ${member}`
  })
})
