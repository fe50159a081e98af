import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { backup } from '../../../electron/backend/backup/backup.ts'
import { openKey } from '../../../electron/backend/backup/key.ts'
import { readManifest, sha256 } from '../../../electron/backend/backup/manifest.ts'
import { restore } from '../../../electron/backend/backup/restore.ts'
import { seedDemo } from '../../../electron/backend/seed/index.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const passphrase = 'a passphrase in a safe'
const password = 'harbour-light-2026'
const storageOf = ({ url, secretKey }: Backend) => ({ url, secretKey })

/** The restore drill: everything of a team's, from one installation into an empty other one. */
it('a whole installation comes back from its backup, and a damaged backup is told', async () => {
  const masterKey = randomBytes(32).toString('base64url')
  const source = await startBackend({
    folder: await temporaryFolder('source'),
    durable: false,
  })
  await source.supplyMasterKey(masterKey)
  await seedDemo(source, () => {})
  const sourceSql = postgres(source.databaseUrl, { max: 1, onnotice: () => {} })
  // Characters that some readers take for the end of a line.
  await sourceSql`update public.artifacts set description = ${'one\u2028two\u2029three\u0085four'}`
  await sourceSql.end()
  const ada = createClient(source.url, source.publishableKey, { auth: { persistSession: false } })
  await ada.auth.signInWithPassword({ email: 'ada@atelier.example', password })
  const { data: project } = await ada
    .from('projects')
    .select('id')
    .eq('name', 'Tidewater spring season')
    .single()
  const { data: variable } = await ada
    .from('environment_variables')
    .insert({ project_id: project!.id, name: 'TIDE_KEY' })
    .select('id')
    .single()
  const stored = await ada.rpc('set_connection_secret', {
    kind: 'env',
    id: variable!.id,
    secret: 'high water at noon',
  })
  expect(stored.error).toBeNull()
  const folder = await temporaryFolder('backup')
  const made = await backup({
    databaseUrl: source.databaseUrl,
    folder,
    storage: storageOf(source),
    escrow: { masterKey, passphrase },
  })
  expect(made.objects.length).toBeGreaterThan(400)
  expect(made.digests.length).toBeGreaterThan(35)
  await source.stop()
  // The key is in the backup, but for nobody without the passphrase.
  for (const name of (await readdir(folder)).filter(
    (each) => !['objects', 'tables'].includes(each),
  ))
    expect(await readFile(join(folder, name), 'utf8')).not.toContain(masterKey)
  await expect(openKey(folder, 'a guess')).rejects.toThrow()

  const target = await startBackend({
    folder: await temporaryFolder('target'),
    durable: false,
  })
  await target.supplyMasterKey(await openKey(folder, passphrase))
  expect(
    await restore({ databaseUrl: target.databaseUrl, folder, storage: storageOf(target) }),
  ).toEqual([])
  const again = createClient(target.url, target.publishableKey, { auth: { persistSession: false } })
  const signedIn = await again.auth.signInWithPassword({ email: 'ada@atelier.example', password })
  expect(signedIn.error).toBeNull()
  const { data: files } = await again.from('artifact_files').select('storage_path, sha256').limit(5)
  for (const { storage_path } of files!)
    expect((await again.storage.from('artifact-files').download(storage_path)).error).toBeNull()
  const sql = postgres(target.databaseUrl, { max: 1, onnotice: () => {} })
  const [secret] = await sql`
    select private.unseal(s.value) as value from private.secrets s join public.environment_variables v on v.secret_id = s.id`
  expect(secret).toEqual({ value: '"high water at noon"' })
  await sql.end()
  // Not over somebody's work.
  await expect(
    restore({ databaseUrl: target.databaseUrl, folder, storage: storageOf(target) }),
  ).rejects.toMatchObject({ code: 'backup.not-empty' })
  await target.stop()

  const other = await startBackend({
    folder: await temporaryFolder('other'),
    durable: false,
  })
  await other.supplyMasterKey(masterKey)
  const file = join(folder, 'tables/public.workspaces.jsonl')
  await writeFile(file, (await readFile(file, 'utf8')).replace('Lumen Studio', 'Somebody Else'))
  // A file that is not what it was is refused before anything is changed.
  await expect(restore({ databaseUrl: other.databaseUrl, folder })).rejects.toMatchObject({
    code: 'backup.damaged',
  })
  // And whoever forged the manifest too is told by the digests of the rows.
  const listed = join(folder, 'manifest.json')
  const manifest = await readManifest(folder)
  const forged = manifest.tables.find(({ name }) => name === 'public.workspaces')!
  forged.sha256 = sha256(await readFile(file))
  await writeFile(listed, JSON.stringify(manifest))
  expect(await restore({ databaseUrl: other.databaseUrl, folder })).toEqual([
    expect.stringContaining('public.workspaces'),
  ])
  await other.stop()
}, 300_000)
