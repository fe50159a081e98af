import { createHash, randomUUID } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { preparedBackendFolder } from '../../prepared/backend.ts'

/*
 * Every function that takes JSON, called over REST with it, and what the database was given: lite makes text of
 * such an argument. What is not in `calls` and is in the catalogue fails here.
 */

let backend: Backend
let sql: postgres.Sql
let ada: SupabaseClient
let service: SupabaseClient
let adaId: string
let workspace: string
let project: string

const clientOf = (key: string, name: string) =>
  createClient(backend.url, key, { auth: { persistSession: false, storageKey: name } })
const ok = <T>({ data, error }: { data: T; error: unknown }): T => {
  expect(error).toBeNull()
  return data
}

beforeAll(async () => {
  backend = await startBackend({ folder: await preparedBackendFolder('json'), durable: false })
  await backend.supplyMasterKey('k'.repeat(64))
  sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
  ada = clientOf(backend.publishableKey, 'ada')
  service = clientOf(backend.secretKey, 'service')
  const joined = await ada.auth.signUp({ email: 'ada@json.example', password: 'a-long-password' })
  adaId = joined.data.user!.id
  workspace = ok(await ada.rpc('create_workspace', { name: 'Works', company_name: 'Works' }))
  project = ok(await ada.from('projects').select('id').limit(1).single())!.id
}, 120_000)
afterAll(async () => {
  await sql?.end()
  await backend?.stop()
})

const secretOf = async (id: string) =>
  ok(await service.rpc('read_secret_for_service', { secret: id, why: 'a test' })) as unknown

const variable = async (secret: unknown): Promise<unknown> => {
  const { id } = ok(
    await ada
      .from('environment_variables')
      .insert({ project_id: project, name: `KEY_${randomUUID().slice(0, 8)}` })
      .select('id')
      .single(),
  )!
  ok(await ada.rpc('set_connection_secret', { kind: 'env', id, secret }))
  const [row] = await sql`select secret_id from public.environment_variables where id = ${id}`
  return secretOf(row!.secret_id)
}

const calls: Record<string, () => Promise<void>> = {
  set_connection_secret: async () => {
    // What is text stays text, even where it looks like JSON.
    const values = [
      ...[{ token: 'sk-0123456789abcdef', nested: { list: [1, null, 'x'] } }, ['a', 'b'], [true]],
      ...['plain words', '{"looks":"like json"}', '12', 12.5, true],
    ]
    for (const secret of values) expect(await variable(secret)).toEqual(secret)
  },
  store_oauth2_token_for_service: async () => {
    const connection = ok(
      await ada
        .from('oauth2_connections')
        .insert({
          workspace_id: workspace,
          provider: 'p',
          provider_config: {},
          client_id: 'c',
          redirect_uri: 'atelier://oauth2',
          scopes: ['read'],
        })
        .select('id')
        .single(),
    )!
    const tokens = { access_token: 'an-access-token', refresh_token: 'r', token_type: 'Bearer' }
    const id = ok(
      await service.rpc('store_oauth2_token_for_service', {
        connection: connection.id,
        person: adaId,
        tokens,
      }),
    )
    const [row] = await sql`select secret_id, has_refresh_token, token_type
      from public.oauth2_tokens where id = ${id}`
    expect(row).toMatchObject({ has_refresh_token: true, token_type: 'Bearer' })
    expect(await secretOf(row!.secret_id)).toEqual(tokens)
  },
  commit_artifact_changes: async () => {
    const artifact = ok(
      await ada
        .from('artifacts')
        .insert({ project_id: project, title: 'Page', artifact_type: 'document' })
        .select('id')
        .single(),
    )!
    const bytes = Buffer.from('hello')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const uploaded = await ada.storage
      .from('artifact-files')
      .upload(`${artifact.id}/${sha256}`, bytes, { contentType: 'text/plain' })
    expect(uploaded.error).toBeNull()
    const fileId = randomUUID()
    const put = { op: 'put', file_id: fileId, path: 'page.txt', sha256, size: bytes.length }
    const commit = (expected: unknown, changes: unknown) =>
      ada.rpc('commit_artifact_changes', { artifact_id: artifact.id, expected, changes })
    ok(await commit({}, [{ ...put, media_type: 'text/plain' }]))
    ok(await commit({ [fileId]: 1 }, [{ op: 'remove', file_id: fileId }]))
    expect(
      await sql`select revision from public.artifact_file_versions where artifact_id = ${artifact.id}`,
    ).toHaveLength(2)
  },
}

it('every function of the interface that takes JSON is called here', async () => {
  const rows = await sql<{ name: string }[]>`
    select distinct p.proname as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
      and p.proargtypes::oid[] && array['json'::regtype, 'jsonb'::regtype]::oid[]
      and exists (
        select from unnest(array['anon', 'authenticated', 'service_role']) r(name)
        where has_function_privilege(r.name, p.oid, 'execute'))
      -- What an extension brought is not ours.
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`
  expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

describe('over REST', () => {
  it.each(Object.entries(calls))('%s is given what was sent', (_name, call) => call())
})
