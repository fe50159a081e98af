import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ada,
  expect,
  linkFolder,
  openArtifact,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'

test('who may only read puts back what they changed in a linked folder, one file or all of it', async ({
  connected,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application, { ...ada, email: 'chloe@atelier.example' })
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const folder = join(userData, '..', `read-only-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('README.md')
  await openSync(page)
  await expect(page.getByText('Up to date', { exact: true }).last()).toBeVisible({
    timeout: 20_000,
  })
  const readme = await readFile(join(folder, 'README.md'), 'utf8')
  const index = await readFile(join(folder, 'index.html'), 'utf8')

  await writeFile(join(folder, 'README.md'), '# Mine\n')
  await writeFile(join(folder, 'own.md'), '# Here alone\n')
  await rm(join(folder, 'index.html'))
  const card = (path: string) =>
    page
      .getByRole('list', { name: /^Only here: Tidewater/ })
      .getByRole('listitem')
      .filter({ hasText: path })
  await page.getByText('3 files differ here: this folder sends nothing').click({ timeout: 30_000 })
  await expect(card('README.md')).toContainText('changed here')
  await expect(card('own.md')).toBeVisible()
  await expect(card('index.html')).toBeVisible()
  await checkScreen(page, 'read-only', info)

  // One, by the keyboard alone.
  const one = page.getByRole('button', { name: 'Put the server’s version back README.md' })
  await one.focus()
  await page.keyboard.press('Enter')
  await expect(card('README.md')).toBeHidden({ timeout: 30_000 })
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe(readme)
  expect(await readFile(join(folder, 'own.md'), 'utf8')).toBe('# Here alone\n')

  await page.getByRole('button', { name: 'Put the server’s versions back…' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await checkScreen(page, 'put-back-all', info)
  await page.getByRole('button', { name: 'Put them back' }).click()
  await expect(card('own.md')).toBeHidden({ timeout: 30_000 })
  await expect.poll(() => readdir(folder)).toContain('index.html')
  expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe(index)
  expect(await readdir(folder)).not.toContain('own.md')

  await page.getByRole('button', { name: /^Trash of Tidewater/ }).click()
  await expect(page.getByRole('button', { name: 'Restore README.md' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Restore own.md' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Unlink Tidewater/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await expect(page.getByText('No linked folders')).toBeVisible()
  await rm(folder, { recursive: true })
})
