import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import {
  ada,
  expect,
  linkFolder,
  openIds,
  openProject,
  signIn,
  studio,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'

test('many linked folders stand under their projects, are found, and unfold; copies are a bar', async ({
  connected,
  team,
  userData,
}, info) => {
  test.slow()
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(ada)
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  const { projectId } = openIds(page)
  const artifacts = Array.from({ length: 24 }, (_, index) => ({
    id: randomUUID(),
    project_id: projectId,
    title: `Poster ${index + 1}`,
    artifact_type: 'document',
    status: 'ready',
  }))
  expect((await client.from('artifacts').insert(artifacts)).error).toBeNull()
  await page.evaluate((id) => window.desktop.sync.run({ projectId: id, files: 'all' }), projectId)
  const folder = join(userData, '..', `many-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  const count = await page.evaluate(
    async (id) => (await window.desktop.artifacts.list({ projectId: id })).length,
    projectId,
  )
  expect(count).toBeGreaterThan(24)
  await expect.poll(async () => (await readdir(folder)).length, { timeout: 60_000 }).toBe(count)
  await page.goto(`${page.url().split('#')[0]}#/sync`)

  const heading = page.getByRole('heading', { level: 3, name: studio.project })
  await expect(heading).toContainText(`${count} folders`)
  const rows = page
    .getByRole('list', { name: `Linked folders of ${studio.project}` })
    .locator(':scope > li')
  await expect(rows).toHaveCount(20)
  await heading.scrollIntoViewIfNeeded()
  await checkScreen(page, 'many-folders', info)
  await page.getByRole('button', { name: `Show the other ${count - 20}` }).press('Enter')
  await expect(rows).toHaveCount(count)
  const fold = heading.getByRole('button')
  await fold.press('Enter')
  await expect(fold).toHaveAttribute('aria-expanded', 'false')
  await expect(rows).toHaveCount(0)
  await fold.press('Enter')
  await page.getByRole('searchbox', { name: 'Find a linked folder' }).fill('poster 2')
  await expect(rows).toHaveCount(6)
  await expect(page.getByRole('button', { name: 'Unlink Poster 24' })).toContainText('Unlink')
  await expect(page.getByRole('button', { name: 'Trash of Poster 24' })).toContainText('Trash')
  await page.getByRole('searchbox').fill('nothing like it')
  await expect(page.getByText('No linked folder is called this.')).toBeVisible()

  await page.getByRole('button', { name: 'Settings' }).click()
  const space = page.getByRole('meter', { name: 'Space that copies take' })
  await space.scrollIntoViewIfNeeded()
  await expect(space).toHaveAttribute('aria-valuetext', /\d [kM]B of copies are kept\./)
  await page.getByLabel('Keep at most, GB').fill('0.1')
  await page.getByLabel('Keep at most, GB').press('Enter')
  await expect(page.getByText(/[kM]B of 100 MB are kept\./)).toBeVisible()
  await page.getByRole('switch', { name: `Keep ${studio.project}` }).click()
  await page.getByRole('button', { name: 'Sync', exact: true }).click()
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page.getByText(/[kM]B of them always stay\./)).toBeVisible()
  await space.scrollIntoViewIfNeeded()
  await checkScreen(page, 'space', info)
  await page.getByLabel('Keep at most, GB').fill('1e9')
  await page.getByLabel('Keep at most, GB').press('Enter')
  await expect(page.getByText('A number from 0.01 to 1,000,000, or nothing.')).toBeVisible()
  await application.quit()
  for (const { id } of artifacts) await client.rpc('delete_artifact', { artifact: id })
  await rm(folder, { recursive: true, force: true })
})
