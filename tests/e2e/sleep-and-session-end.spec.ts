import { randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  expect,
  linkFolder,
  openArtifact,
  openFile,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'

test('what is under way ends before the computer sleeps, and goes on by itself when it wakes', async ({
  connected,
  userData,
}) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const folder = join(userData, '..', `slept-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('index.html')
  await page.evaluate(() => window.desktop.transfers.change({ upLimit: 500_000 }))
  await openSync(page)
  const size = 5_000_000
  await writeFile(join(folder, 'slept-through.bin'), randomBytes(size))
  await expect(page.getByText(/ (MB|kB)\/s · .* left/).first()).toBeVisible({ timeout: 20_000 })

  await application.sleep()
  const underWay = () =>
    page.evaluate(async () =>
      (await window.desktop.folders.list()).flatMap((link) => link.transfers),
    )
  await expect.poll(underWay).toEqual([])
  // The person's own switch is as it was.
  expect((await page.evaluate(() => window.desktop.transfers.settings())).paused).toBe(false)

  await application.wake()
  await expect.poll(underWay).not.toEqual([])
  await page.evaluate(() => window.desktop.transfers.change({ upLimit: null }))
  await expect(page.getByText('Up to date').first()).toBeVisible({ timeout: 60_000 })
  await expect.poll(underWay).toEqual([])
})

test('what is typed when Windows ends the session is there after it', async ({ connected }) => {
  test.slow()
  const first = await connected()
  await signIn(first)
  await openProject(first)
  await openArtifact(first, 'Tidewater microsite')
  await openFile(first, 'scripts/tides.js')
  await first.page.getByRole('button', { name: 'Edit' }).click()
  await first.page.locator('.cm-content').click()
  await first.page.keyboard.press('ControlOrMeta+End')
  await first.page.evaluate(() =>
    document.execCommand('insertText', false, '// typed as the session ended'),
  )
  await first.endSession()
  await first.ended
  const second = await connected()
  await openProject(second)
  await openArtifact(second, 'Tidewater microsite')
  await openFile(second, 'scripts/tides.js')
  await expect(second.page.locator('.cm-content')).toContainText('// typed as the session ended')
  await second.page.getByRole('button', { name: 'Discard' }).click()
})
