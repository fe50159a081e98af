import { createHash } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SeedResult, seedDemo } from '../../../electron/backend/seed/index.ts'
import { open, type Setting } from './support.ts'

let setting: Setting
let seeded: SeedResult
let seconds: number
const lines: string[] = []

const signIn = async (index: number) => {
  const { url, publishableKey } = setting.backend
  const client = createClient(url, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: `demo-${index}` },
  })
  const { email, password } = seeded.accounts[index]!
  const { error } = await client.auth.signInWithPassword({ email, password })
  expect(error).toBeNull()
  return client
}

beforeAll(async () => {
  setting = await open()
  const start = performance.now()
  seeded = await seedDemo(setting.backend, (line) => lines.push(line))
  seconds = (performance.now() - start) / 1000
})
afterAll(() => setting.close())

test('three people, two workspaces, four projects, 300 files, 20 MB, in good time', () => {
  expect(seeded.accounts).toHaveLength(3)
  expect(seeded.workspaces).toHaveLength(2)
  expect(seeded.projects).toHaveLength(4)
  expect(seeded.missing).toEqual([])
  expect(seeded.files).toBeGreaterThanOrEqual(300)
  expect(seeded.bytes).toBeGreaterThanOrEqual(20_000_000)
  expect(seconds).toBeLessThan(60)
  expect(lines.at(-1)).toMatch(/^Demo ready: \d+ files/)
})

test('one file is over 10 MB, and many kinds are there', async () => {
  const ben = await signIn(1)
  const { data } = await ben.from('artifact_files').select('file_size,file_type').limit(1000)
  expect(Math.max(...data!.map((file) => file.file_size as number))).toBeGreaterThan(10_000_000)
  const types = new Set(data!.map((file) => file.file_type as string))
  for (const type of [
    'text/html',
    'text/css',
    'text/javascript',
    'text/markdown',
    'image/svg+xml',
    'font/woff2',
  ]) {
    expect(types).toContain(type)
  }
})

test('the site is whole: its page comes back as its hash says, and is the main file', async () => {
  const ada = await signIn(0)
  const site = seeded.artifacts.find((artifact) => artifact.title === 'Tidewater microsite')!
  const { data } = await ada
    .from('artifact_files')
    .select('sha256,storage_path')
    .eq('artifact_id', site.id)
    .eq('is_main_file', true)
    .single()
  const page = await ada.storage.from('artifact-files').download(data!.storage_path as string)
  const bytes = Buffer.from(await page.data!.arrayBuffer())
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(data!.sha256)
  expect(bytes.toString()).toContain('<title>Tidewater')
})

test('a viewer reads and does not write; a stranger to a workspace sees nothing of it', async () => {
  const chloe = await signIn(2)
  const site = seeded.artifacts.find((artifact) => artifact.title === 'Tidewater microsite')!
  const { data } = await chloe
    .from('artifact_files')
    .select('storage_path')
    .eq('artifact_id', site.id)
  expect(data!.length).toBe(site.files)
  const bucket = chloe.storage.from('artifact-files')
  expect((await bucket.download(data![0]!.storage_path as string)).error).toBeNull()
  expect(
    (await bucket.upload(`${site.id}/${'c'.repeat(64)}`, Buffer.from('x'))).error,
  ).not.toBeNull()
  const names = (await chloe.from('workspaces').select('name')).data!.map((row) => row.name)
  expect(names).toContain('Lumen Studio')
  expect(names).not.toContain('Northwind Museum')
})

test('a second run changes nothing', async () => {
  const again = await seedDemo(setting.backend, () => undefined)
  expect(again.artifacts.every((artifact) => artifact.wasThere)).toBe(true)
  expect({ files: again.files, bytes: again.bytes }).toEqual({
    files: seeded.files,
    bytes: seeded.bytes,
  })
  expect(again.projects).toEqual(seeded.projects)
})
