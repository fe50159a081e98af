import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import {
  type Backend,
  type BackendOptions,
  type Mail,
  startBackend,
} from '../../../electron/backend/backend.ts'
import { embeddedBinaries } from '../../../electron/backend/postgres/binaries.ts'
import { startCluster } from '../../../electron/backend/postgres/cluster.ts'
import { projectFile } from '../../../electron/backend/project-files.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

export type Library = {
  backend: Backend
  mails: Mail[]
  ada: SupabaseClient
  ben: SupabaseClient
  nobody: SupabaseClient
  service: SupabaseClient
  token(name: 'ada' | 'ben'): string
}

export const password = 'a-long-password'
export const addressOf = (name: string) => `${name}@library.example`

/** One PostgreSQL, and in it a library a name, each with a backend of its own in front. */
export const openLibraries = async () => {
  const folder = await temporaryFolder('libraries')
  const cluster = await startCluster({
    binaries: await embeddedBinaries(folder),
    folder: join(folder, 'postgres'),
    durable: false,
  })
  const superuser = postgres(cluster.url, { max: 1, onnotice: () => {} })
  const closing: (() => Promise<void>)[] = []
  return {
    async open(name: string, options: Partial<BackendOptions> = {}): Promise<Library> {
      await superuser.unsafe(`create database ${name}`)
      const databaseUrl = cluster.url.replace(/postgres$/, name)
      const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
      const mails: Mail[] = []
      const onMail = (mail: Mail) => void mails.push(mail)
      const start = () =>
        startBackend({ folder: join(folder, name), databaseUrl, onMail, ...options })
      // Once for the system's schemas, which the library's policies speak of, and once with the library there.
      await (await start()).stop()
      await sql.unsafe(await readFile(projectFile('tests/integration/backend/library.sql'), 'utf8'))
      const backend = await start()
      closing.push(() => backend.stop())
      const tokens = new Map<string, string>()
      const clientOf = (key: string, who: string) =>
        createClient(backend.url, key, {
          auth: { persistSession: false, autoRefreshToken: false, storageKey: `${name}-${who}` },
        })
      const signUp = async (who: 'ada' | 'ben') => {
        const client = clientOf(backend.publishableKey, who)
        const { data, error } = await client.auth.signUp({
          email: addressOf(who),
          password,
          options: { data: { name: who } },
        })
        if (error) throw error
        tokens.set(who, data.session!.access_token)
        await sql`update public.books set owner = ${data.user!.id} where in_print = ${who === 'ada'}`
        return client
      }
      const library = {
        backend,
        mails,
        ada: await signUp('ada'),
        ben: await signUp('ben'),
        nobody: clientOf(backend.publishableKey, 'nobody'),
        service: clientOf(backend.secretKey, 'service'),
        token: (who: 'ada' | 'ben') => tokens.get(who)!,
      }
      await sql.end()
      return library
    },
    async close() {
      for (const close of closing) await close()
      await superuser.end()
      await cluster.stop()
    },
  }
}
