import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
import { putElsewhere } from './elsewhere.ts'
import { checkScreen } from './screen.ts'

const ben = { ...ada, email: 'ben@atelier.example' }

test('a conflict of two people names each to the other, and itself “you”', async ({
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
  const folder = join(userData, '..', `sides-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('README.md')
  await openSync(page)
  await page.getByRole('button', { name: /^Pause Tidewater/ }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  await writeFile(join(folder, 'README.md'), '# Tidewater\n\nHigh water at noon.\n')
  await putElsewhere(
    team,
    artifactId,
    'README.md',
    '# Tidewater\n\nLow water at noon, for Ben.\n',
    ben,
  )
  await page.getByRole('button', { name: /^Resume Tidewater/ }).click()

  // On the side of whoever made the copy.
  const compare = page.getByRole('link', { name: /^Compare/ })
  await expect(compare).toBeVisible({ timeout: 40_000 })
  await compare.scrollIntoViewIfNeeded()
  await checkScreen(page, 'conflict-list', info)
  await compare.click()
  await expect(page.getByText('Low water at noon, for Ben.')).toBeVisible()
  await expect(page.getByText('Ben Okafor', { exact: true })).toBeVisible()
  await expect(page.getByText('You', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Keep Ben Okafor’s version' })).toBeVisible()
  await checkScreen(page, 'conflict-ada', info)
  await page.getByRole('link', { name: 'Back to sync' }).click()

  // On the side of whoever made what stands there.
  await page.getByRole('button', { name: 'Account: Ada Moreau' }).click()
  await page.getByRole('menuitem', { name: 'Sign out…' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await signIn(application, ben)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const conflict = page.getByRole('link', { name: 'One file in conflict' })
  await expect(conflict).toBeVisible({ timeout: 30_000 })
  await checkScreen(page, 'conflict-artifact', info)
  await conflict.click()
  await expect(page.getByText('High water at noon.')).toBeVisible()
  await expect(page.getByText('Ada Moreau', { exact: true })).toBeVisible()
  await expect(page.getByText('You', { exact: true })).toBeVisible()
  await checkScreen(page, 'conflict-ben', info)
  await page.getByRole('button', { name: 'Keep Ada Moreau’s version' }).click()
  await expect(page.getByText(/^No conflicts/)).toBeVisible({ timeout: 20_000 })
  await rm(folder, { recursive: true })
})
