import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, signIn, test } from './application.ts'
import { logMode, logOf } from './log-of.ts'
import { checkScreen } from './screen.ts'

test('a report shows all it holds, and is copied and saved word for word', async ({
  connected,
  userData,
}, info) => {
  test.slow()
  await mkdir(join(userData, 'Crashpad/pending'), { recursive: true })
  await writeFile(join(userData, 'Crashpad/pending/made-by-a-spec.dmp'), 'memory')
  const application = await connected()
  const { page } = application
  await signIn(application)
  await page
    .context()
    .grantPermissions(['clipboard-read', 'clipboard-write'])
    .catch(() => {})
  // What a person sees fail is in it, with its code.
  await page
    .evaluate(() =>
      window.desktop.app.openExternal({ url: 'file:///home/somebody/secret-plan.txt' }),
    )
    .catch(() => {})
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Report a problem…' }).click()
  const shown = page.getByLabel('The report')
  await expect(shown).toHaveValue(/Atelier: report of a problem/)
  const text = await shown.inputValue()
  expect(text).toContain('request link.wrong-target: app.openExternal')
  expect(text).toContain('pending/made-by-a-spec.dmp')
  expect(text).toContain('backend: a Supabase project, ready')
  expect(text).toContain('way to it: direct')
  expect(text).toContain('keychain: answers')
  expect(text).not.toContain('secret-plan')
  expect(text).not.toContain(userData)
  await checkScreen(page, 'problem-report', info)

  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  // As a person looks: no page may read what was copied.
  const place = page.getByRole('dialog').last()
  await place.evaluate((dialog) => {
    const field = Object.assign(document.createElement('textarea'), { id: 'made-by-a-spec' })
    dialog.append(field)
    field.focus()
  })
  await page.keyboard.press('ControlOrMeta+V')
  const field = page.locator('#made-by-a-spec')
  await expect(field).toHaveValue(text)
  await field.evaluate((made) => made.remove())
  expect(await page.evaluate(() => navigator.clipboard.readText().catch(({ name }) => name))).toBe(
    'NotAllowedError',
  )

  const saved = join(userData, '..', `problem-report-${Date.now()}.txt`)
  await application.chooseFolder(saved)
  await page.getByRole('button', { name: 'Save as a file…' }).click()
  await expect.poll(() => readFile(saved, 'utf8').catch(() => '')).toBe(text)

  await page.getByRole('button', { name: 'Open the log’s folder' }).click()
  await expect.poll(() => application.openedUrls()).toContain(join(userData, 'logs'))

  await page.getByRole('button', { name: 'Show crash dumps' }).click()
  await expect.poll(() => application.openedUrls()).toContain(join(userData, 'Crashpad'))
  await page.getByRole('button', { name: 'Remove them' }).click()
  await expect(page.getByRole('button', { name: 'Remove them' })).toHaveCount(0)
  expect(await readdir(join(userData, 'Crashpad/pending'))).toEqual([])
  expect(await shown.inputValue()).not.toContain('made-by-a-spec.dmp')
  await expect(shown).toBeFocused()

  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Report a problem…' })).toBeFocused()

  // And without a dialog between.
  await page.getByRole('button', { name: 'Copy diagnostics' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Diagnostics copied' })).toBeFocused()
  await page.locator('body').evaluate((main) => {
    const made = Object.assign(document.createElement('textarea'), { id: 'made-by-a-spec' })
    main.append(made)
    made.focus()
  })
  await page.keyboard.press('ControlOrMeta+V')
  await expect(field).toHaveValue(/Atelier: report of a problem/)
  await expect(field).not.toHaveValue(/secret-plan/)
  await field.evaluate((made) => made.remove())
  const openedBefore = (await application.openedUrls()).length
  await page.getByRole('button', { name: 'Open log folder' }).press('Enter')
  await expect
    .poll(async () => (await application.openedUrls()).slice(openedBefore))
    .toEqual([join(userData, 'logs')])
  // Windows keeps no such bits; the folder's own list says there who may read.
  if (process.platform !== 'win32') expect(await logMode(userData)).toBe(0o600)
})

test('developer tools are there from source, and a choice where Atelier is installed', async ({
  connected,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: a build of this folder is never installed')
  const first = await connected()
  await signIn(first)
  await first.page.getByRole('button', { name: 'Settings' }).click()
  await expect(first.page.getByRole('button', { name: 'Report a problem…' })).toBeVisible()
  expect(await first.page.evaluate(() => window.desktop.diagnostics.developerTools())).toEqual({
    isOpenable: true,
    chosen: null,
  })
  await expect(first.page.getByRole('switch', { name: 'Developer tools' })).toHaveCount(0)
  await first.quit()
  const env = { ATELIER_HOST_PACKAGED: '1' }
  const installed = await connected({ env })
  await installed.page.getByRole('button', { name: 'Settings' }).click()
  const choice = installed.page.getByRole('switch', { name: 'Developer tools' })
  await expect(choice).not.toBeChecked()
  await choice.click()
  await expect(installed.page.getByText('Start Atelier again for this to hold.')).toBeVisible()
  await expect
    .poll(() => installed.page.evaluate(() => window.desktop.diagnostics.developerTools()))
    .toEqual({ isOpenable: false, chosen: true })
  await installed.quit()
  const again = await connected({ env })
  expect(await again.page.evaluate(() => window.desktop.diagnostics.developerTools())).toEqual({
    isOpenable: true,
    chosen: true,
  })
})

test('a fault in the page is in the log', async ({ connected, userData }) => {
  const application = await connected()
  await signIn(application)
  await application.page.evaluate(() => {
    setTimeout(() => {
      throw new Error('a fault that a spec made, for ada@atelier.example')
    })
  })
  await expect
    .poll(async () => (await logOf(userData)).filter(({ area }) => area === 'window'))
    .toEqual([
      expect.objectContaining({
        level: 'error',
        message: expect.stringContaining('a fault that a spec made, for <e-mail>'),
      }),
    ])
})
