import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ada, expect, openArtifact, openFile, openProject, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

test('nothing leaves before the sheet was read: what it is, what moves, who sees it, what stays', async ({
  connected,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const folder = join(userData, '..', `sheet-${Date.now()}`)
  await mkdir(join(folder, 'notes'), { recursive: true })
  await mkdir(join(folder, '.git'))
  await writeFile(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n')
  await writeFile(join(folder, '.env'), 'KEY=secret\n')
  await mkdir(join(folder, 'node_modules/left-pad'), { recursive: true })
  await writeFile(join(folder, 'node_modules/left-pad/index.js'), '')
  await writeFile(join(folder, '.gitignore'), '*.log\n')
  await writeFile(join(folder, 'build.log'), 'log')
  await writeFile(join(folder, 'notes/tides.md'), '# Tides\n')
  await writeFile(join(folder, 'README.md'), '# Mine\n')

  // A place that is nobody's to share, first.
  await application.chooseFolder(homedir())
  await page.getByRole('button', { name: 'Link to a folder' }).click()
  await expect(page.getByText('This is your home folder.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Start syncing' })).toHaveCount(0)
  await checkScreen(page, 'refused', info)

  await application.chooseFolder(folder)
  await page.getByRole('button', { name: 'Choose another' }).click()
  const start = page.getByRole('button', { name: 'Start syncing' })
  await expect(start).toBeEnabled({ timeout: 30_000 })
  await expect(page.getByText('This is a git checkout.')).toBeVisible()
  await expect(page.getByText(/differs from what is at the server/)).toBeVisible()
  await expect(page.getByText(/^You, .* can see it/)).toBeVisible()
  await checkScreen(page, 'sheet', info)
  await start.scrollIntoViewIfNeeded()
  await checkScreen(page, 'sheet-end', info)
  expect((await readdir(folder)).includes('.atelier')).toBe(false)
  await page.getByRole('button', { name: /^Version control/ }).click()
  await expect(page.getByText('.git', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Send anyway .env' })).toBeVisible()
  await page.getByRole('button', { name: /^By \.gitignore/ }).click()
  await page.getByRole('button', { name: 'Send anyway build.log' }).scrollIntoViewIfNeeded()
  await checkScreen(page, 'sheet-left-out', info)
  await page.getByRole('button', { name: 'Send anyway build.log' }).click()
  await expect(page.getByRole('button', { name: 'Leave out build.log' })).toBeVisible()
  await expect(start).toBeEnabled({ timeout: 30_000 })

  // Only from the server: nothing of this computer's goes out.
  await page.getByRole('radio', { name: /^Only from the server/ }).check()
  await expect(page.getByText('This folder sends nothing.')).toBeVisible()
  await start.click()
  await expect(page.getByText('Only from the server', { exact: true }).first()).toBeVisible()
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('index.html')
  await expect(page.getByText(/files differ here: this folder sends nothing/)).toBeVisible({
    timeout: 20_000,
  })
  expect(await readFile(join(folder, 'notes/tides.md'), 'utf8')).toBe('# Tides\n')
  await page.getByText(/files differ here: this folder sends nothing/).click()
  await checkScreen(page, 'linked', info)

  // The chip says how it is, and leads back here.
  await page.getByRole('link', { name: 'Back', exact: true }).click()
  await openFile(application, 'scripts/tides.js')
  const chip = page.getByRole('button', { name: /^Linked/ })
  await expect(chip).toContainText('Up to date')
  await checkScreen(page, 'chip', info)
  await chip.click()

  // What is left out has a page, and more can be.
  await page.getByRole('link', { name: 'What, and why' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'What is left out' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Send anyway .env' })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Find a file or folder' }).fill('tides.js')
  await page.getByRole('button', { name: 'Leave out scripts/tides.js' }).click()
  await expect(page.getByRole('button', { name: /^By you/ })).toBeVisible({ timeout: 20_000 })
  await checkScreen(page, 'left-out', info)
  await page.getByRole('link', { name: 'Back', exact: true }).click()

  // To send what was kept is asked about.
  await page.getByRole('radio', { name: /^Both ways/ }).click()
  await checkScreen(page, 'turn', info)
  await page.getByRole('button', { name: 'Send nothing' }).click()
  await expect(page.getByRole('radio', { name: /^Only from the server/ })).toBeChecked()
  await page.getByRole('button', { name: /^Unlink Tidewater/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await expect(page.getByText('Not linked on this computer')).toBeVisible()
  await checkScreen(page, 'not-linked', info)
  await rm(folder, { recursive: true })
})

test('a project’s folder: artifacts, new folders, loose files; a viewer only takes', async ({
  connected,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application, { ...ada, email: 'chloe@atelier.example' })
  await openProject(application)
  const folder = join(userData, '..', `project-${Date.now()}`)
  await mkdir(join(folder, 'Posters'), { recursive: true })
  await writeFile(join(folder, 'Posters/tide.svg'), '<svg/>')
  await writeFile(join(folder, 'loose.txt'), 'loose')
  await application.chooseFolder(folder)
  await page.getByRole('button', { name: 'Link to a folder' }).click()
  await expect(page.getByRole('button', { name: 'Start syncing' })).toBeEnabled({ timeout: 30_000 })
  await expect(page.getByRole('radio', { name: /^Both ways/ })).toBeDisabled()
  await expect(page.getByText(/No artifact yet, and none is made of it/)).toBeVisible()
  await checkScreen(page, 'project-reader', info)
  await page.getByRole('button', { name: 'Start syncing' }).click()
  await expect(page.getByText(/^One folder in it is not an artifact/)).toBeVisible({
    timeout: 30_000,
  })
  await checkScreen(page, 'project-linked', info)
  await page.getByRole('link', { name: 'Back', exact: true }).click()
  await expect(page.getByRole('button', { name: /^Linked/ })).toContainText('1 folder not synced')
  await page.getByRole('button', { name: /^Linked/ }).click()
  await page.getByRole('button', { name: 'Unlink the project' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await expect(page.getByText('Not linked on this computer')).toBeVisible()
  expect(await readFile(join(folder, 'Posters/tide.svg'), 'utf8')).toBe('<svg/>')
  await rm(folder, { recursive: true })
})
