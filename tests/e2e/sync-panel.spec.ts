import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import {
  expect,
  linkFolder,
  openArtifact,
  openIds,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'
import type { Team } from './team.ts'

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const title = 'Tidewater microsite'

const storageOf = (team: Team) => {
  const { url, secretKey } = team.backend()
  const service = createClient(url, secretKey, { auth: { persistSession: false } })
  return service.storage.from('artifact-files')
}

test('what waits and what moves is listed, for a linked folder and for edits', async ({
  connected,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, title)
  const ids = openIds(page)
  const folder = join(userData, '..', `panel-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('index.html')
  await openSync(page)

  await page.evaluate(() => window.desktop.transfers.change({ upLimit: 64_000, paused: true }))
  for (let number = 0; number < 150; number += 1) {
    await writeFile(join(folder, `photo ${number}.raw`), randomBytes(60_000))
    // The rest comes while some of it is on its way.
    if (number === 75) await page.evaluate(() => window.desktop.transfers.change({ paused: false }))
  }
  const moving = page.getByRole('list', { name: `On the way: ${title}` }).getByRole('listitem')
  const waiting = page.getByRole('list', { name: `Waiting: ${title}` })
  await expect(moving.first()).toBeVisible({ timeout: 20_000 })
  await expect(waiting.getByRole('listitem').first()).toContainText(/photo \d+\.raw/)
  await expect(page.getByText(/^\d+ files to send$/)).toBeVisible()
  await expect(page.getByText(/ kB\/s · .* left/).first()).toBeVisible({ timeout: 20_000 })
  await checkScreen(page, 'moving', info)
  await waiting.scrollIntoViewIfNeeded()
  await page.screenshot({ path: info.outputPath('moving-below.png') })

  // Stopped in the middle, what is left still waits.
  await page.getByRole('button', { name: 'Pause syncing' }).click()
  await expect(page.getByRole('button', { name: 'Resume syncing' })).toBeVisible()
  await expect(moving).toHaveCount(0)
  await expect(waiting.getByText(/^and \d+ more$/)).toBeVisible()
  await page.evaluate(async ({ artifactId }) => {
    const files = await window.desktop.artifacts.files({ artifactId })
    const file = files.find(({ path }) => path === 'scripts/tides.js')!
    await window.desktop.artifacts.edit({ artifactId, fileId: file.id, text: '// low water' })
    await window.desktop.artifacts.create({ artifactId, path: 'notes/new.md', text: '# New' })
  }, ids)
  const edits = page.getByRole('list', { name: 'Waiting', exact: true }).getByRole('listitem')
  await expect(edits).toHaveCount(2)
  await expect(edits.filter({ hasText: 'scripts/tides.js' })).toContainText(title)
  await checkScreen(page, 'paused', info)
  // By the keyboard the list folds, and scrolls.
  await page.getByText('2 files to send', { exact: true }).press('Enter')
  await expect(edits.first()).toBeHidden()

  await page.evaluate(() => window.desktop.transfers.change({ upLimit: null }))
  await page.getByRole('button', { name: 'Resume syncing' }).click()
  await expect(waiting).toHaveCount(0, { timeout: 60_000 })
  await expect(edits).toHaveCount(0)
  await rm(folder, { recursive: true })
})

test('what is blocked has its ways out; bytes the server lost are sent again', async ({
  connected,
  team,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, title)
  const { artifactId, projectId } = openIds(page)
  await page.evaluate((id) => window.desktop.sync.run({ projectId: id, files: 'all' }), projectId)
  await openSync(page)

  // Somebody else's bytes under the name of an edit that is made while nothing is sent.
  const text = `// ${randomUUID()}`
  const key = `${artifactId}/${sha256(text)}`
  await page.getByRole('button', { name: 'Pause syncing' }).click()
  await page.evaluate(
    async ([id, typed]) => {
      const files = await window.desktop.artifacts.files({ artifactId: id })
      const file = files.find(({ path }) => path === 'scripts/menu.js') ?? files[0]!
      await window.desktop.artifacts.edit({ artifactId: id, fileId: file.id, text: typed })
    },
    [artifactId, text] as const,
  )
  const path = await page
    .getByRole('list', { name: 'Waiting', exact: true })
    .locator('.font-mono')
    .textContent()
  const put = await storageOf(team).upload(key, Buffer.from(text.replace('/', '!')))
  expect(put.error).toBeNull()
  await page.getByRole('button', { name: 'Resume syncing' }).click()
  const blocked = page.getByRole('list', { name: 'Needs your attention' })
  const again = blocked.getByRole('button', { name: `Try again ${path}` })
  await expect(again).toBeEnabled({ timeout: 30_000 })
  await checkScreen(page, 'blocked', info)
  await again.focus()
  await page.keyboard.press('Enter')
  const messages = page.getByRole('region', { name: 'Messages' })
  await expect(messages.getByText(/^The server’s copy of this edit is damaged/)).toBeVisible()
  await blocked.getByRole('button', { name: `Open the file ${path}` }).click()
  await expect(page.getByRole('heading', { level: 2, name: path! })).toBeVisible()
  await openSync(page)

  await blocked.getByRole('button', { name: `Discard this edit… ${path}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Discard this edit?' })
  await checkScreen(page, 'discard', info)
  const copies = join(userData, '..', `copies-${Date.now()}`)
  await mkdir(copies)
  await application.chooseFolder(copies)
  await dialog.getByRole('button', { name: 'Save a copy…' }).click()
  const name = path!.split('/').at(-1)!
  await expect.poll(() => readFile(join(copies, name), 'utf8').catch(() => null)).toBe(text)
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(blocked).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Sync now' })).toBeFocused()
  expect(await page.evaluate(() => window.desktop.sync.state())).toMatchObject({ outbox: 0 })

  // The server lost a file; this computer has it, and a folder waits for it.
  const readme = await page.evaluate(async (id) => {
    const files = await window.desktop.artifacts.files({ artifactId: id })
    return files.find((file) => file.path === 'README.md')!
  }, artifactId)
  const lost = await storageOf(team).remove([`${artifactId}/${readme.sha256}`])
  expect(lost.data).toHaveLength(1)
  const folder = join(userData, '..', `parked-${Date.now()}`)
  await mkdir(folder)
  await page.goto(`${page.url().split('#')[0]}#/projects/${projectId}/artifacts/${artifactId}`)
  await linkFolder(application, folder)
  await openSync(page)
  const send = page.getByRole('button', { name: 'Send it again from this computer README.md' })
  await expect(send).toBeVisible({ timeout: 30_000 })
  await checkScreen(page, 'lost', info)
  await send.click()
  await expect.poll(() => readdir(folder), { timeout: 30_000 }).toContain('README.md')
  await expect(send).toHaveCount(0)

  // A trash that a hand was in, told of before the folder is let go.
  const torn = join(folder, '.atelier/trash', randomUUID())
  await mkdir(torn, { recursive: true })
  await writeFile(join(torn, 'old map.svg'), '<svg/>')
  await writeFile(`${torn}.json`, '{"path":"maps/ol')
  await page.getByRole('button', { name: `Unlink ${title}` }).click()
  await expect(page.getByText(/^One removed file is in this folder’s trash/)).toBeVisible()
  await checkScreen(page, 'unlink', info)
  await page.getByRole('button', { name: 'Look at the trash' }).click()
  await expect(page.getByRole('button', { name: 'Restore old map.svg' })).toBeVisible()
  await checkScreen(page, 'trash', info)
  await page.getByRole('button', { name: 'Restore old map.svg' }).click()
  await expect.poll(() => readdir(folder)).toContain('old map.svg')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByText('Up to date', { exact: true }).first()).toBeVisible()
  await rm(folder, { recursive: true })
  await rm(copies, { recursive: true })
})
