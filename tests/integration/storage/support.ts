import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { prepareBackend } from '../../prepared/backend.ts'

export type Person = { id: string; token: string; client: SupabaseClient }

export type Setting = {
  folder: string
  backend: Backend
  ada: Person
  ben: Person
  anonymous: SupabaseClient
  service: SupabaseClient
  restart(): Promise<void>
  close(): Promise<void>
}

type Address = { url: string; publishableKey: string }

const clientOf = (backend: Address, key: string, name: string) =>
  createClient(backend.url, key, {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: name },
  })

const signUp = async (backend: Address, name: string): Promise<Person> => {
  const client = clientOf(backend, backend.publishableKey, name)
  const { data, error } = await client.auth.signUp({
    email: `${name}@storage.example`,
    password: 'a-long-password',
  })
  if (error) throw error
  return { id: data.user!.id, token: data.session!.access_token, client }
}

/** A private bucket where everyone has a folder of their own, one where one may only add, and a public one. */
const policies = `
  insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
    ('vault', 'vault', false, null, null), ('letterbox', 'letterbox', false, null, null),
    ('avatars', 'avatars', true, 1048576, array['image/*']), ('small', 'small', false, 1000000, null);
  create policy vault_all on storage.objects for all to authenticated
    using (bucket_id in ('vault', 'small') and (storage.foldername(name))[1] = auth.uid()::text)
    with check (bucket_id in ('vault', 'small') and (storage.foldername(name))[1] = auth.uid()::text);
  create policy letterbox_add on storage.objects for insert to authenticated
    with check (bucket_id = 'letterbox');
  create policy avatars_add on storage.objects for insert to authenticated
    with check (bucket_id = 'avatars' and name like auth.uid()::text || '%');
  create policy buckets_read on storage.buckets for select to authenticated using (id <> 'letterbox');`

export const open = async (): Promise<Setting> => {
  const folder = await mkdtemp('/tmp/atelier-storage-')
  await prepareBackend(folder)
  let backend = await startBackend({ folder, durable: false })
  const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
  await sql.unsafe(policies)
  await sql.end()
  const setting: Setting = {
    folder,
    backend,
    ada: await signUp(backend, 'ada'),
    ben: await signUp(backend, 'ben'),
    anonymous: clientOf(backend, backend.publishableKey, 'nobody'),
    service: clientOf(backend, backend.secretKey, 'service'),
    async restart() {
      await backend.stop()
      backend = await startBackend({ folder, durable: false })
      setting.backend = backend
    },
    async close() {
      await backend.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return setting
}

/** Every file below the object store, so that a test can say that nothing was left behind. */
export const filesOnDisk = async (setting: Setting): Promise<string[]> => {
  const entries = await readdir(join(setting.folder, 'objects'), {
    recursive: true,
    withFileTypes: true,
  })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

export const query = async <T>(setting: Setting, text: string): Promise<T[]> => {
  const sql = postgres(setting.backend.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    return (await sql.unsafe(text)) as unknown as T[]
  } finally {
    await sql.end()
  }
}

/** What a refused call says: the body's truth, not the HTTP status. */
export const refusal = (answer: { error: unknown }) => {
  const error = answer.error as { statusCode?: string; message?: string } | null
  return error === null ? 'no refusal' : `${error.statusCode} ${error.message}`
}

export const until = async (condition: () => Promise<boolean>, milliseconds = 5000) => {
  const end = Date.now() + milliseconds
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** A server over the same database in a process of its own, so that its memory can be told from ours. */
export const startElsewhere = async (setting: Setting) => {
  const folder = await mkdtemp('/tmp/atelier-storage-elsewhere-')
  const cli = join(import.meta.dirname, '../../../electron/backend/cli.ts')
  const database = setting.backend.databaseUrl
  const child = spawn(process.execPath, [cli, '--folder', folder, '--database-url', database], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await until(async () => output.includes('Stop with'), 30_000)
  const address = {
    url: /URL\s+(\S+)/.exec(output)![1]!,
    publishableKey: /key\s+(\S+)/i.exec(output)![1]!,
  }
  return {
    ...address,
    person: await signUp(address, 'elsewhere'),
    async residentBytes() {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)])
      return Number(stdout) * 1024
    },
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
