import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { filesIn } from '../files-in.ts'
import {
  ada,
  expect,
  linkFolder,
  openArtifact,
  openIds,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'
import { removeElsewhere } from './elsewhere.ts'
import { checkScreen } from './screen.ts'

const ben = { ...ada, email: 'ben@atelier.example' }

test('restoring says whose decision it undoes, and undoes one’s own without a word', async ({
  connected,
  team,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId } = openIds(page)
  const folder = join(userData, '..', `trash-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  const tree = () => filesIn(folder)
  const removed = ['README.md', 'scripts/tides.js']
  for (const path of removed) await expect.poll(tree, { timeout: 30_000 }).toContain(path)
  await removeElsewhere(team, artifactId, 'README.md', ben)
  await removeElsewhere(team, artifactId, 'scripts/tides.js')
  await openSync(page)
  await page.getByRole('button', { name: /^Look again at Tidewater/ }).click()
  for (const path of removed) await expect.poll(tree, { timeout: 30_000 }).not.toContain(path)
  await page.getByRole('button', { name: /^Trash of Tidewater/ }).click()
  const trash = page.getByRole('dialog', { name: /^Trash of Tidewater/ })
  await expect(trash.getByText(/removed by Ben Okafor .* · 30 days left$/)).toBeVisible()
  await expect(trash.getByText(/removed by you .* · 30 days left$/)).toBeVisible()
  await checkScreen(page, 'trash-of-people', info)

  await trash.getByRole('button', { name: 'Restore scripts/tides.js' }).click()
  await expect.poll(tree).toContain('scripts/tides.js')
  const restore = trash.getByRole('button', { name: 'Restore README.md' })
  await restore.click()
  const question = page.getByRole('dialog', { name: 'Restore README.md?' })
  await expect(question).toContainText(/Ben Okafor removed it, .+ undoes that for everybody\./)
  await checkScreen(page, 'undoes', info)
  await page.setViewportSize({ width: 720, height: 560 })
  await checkScreen(page, 'undoes-720', info)
  await page.setViewportSize({ width: 1280, height: 800 })
  // Who thinks better of it is where they were, and nothing happened.
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(restore).toBeFocused()
  expect(await tree()).not.toContain('README.md')
  await trash.getByRole('button', { name: 'Restore all' }).click()
  await page
    .getByRole('dialog', { name: 'Restore README.md?' })
    .getByRole('button', { name: 'Restore for everybody' })
    .click()
  await expect.poll(tree).toContain('README.md')
  await page.keyboard.press('Escape')
  await expect(trash).toBeHidden()
  await page.getByRole('button', { name: /^Unlink Tidewater/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await expect(page.getByText('No linked folders')).toBeVisible()
  await rm(folder, { recursive: true })
})
