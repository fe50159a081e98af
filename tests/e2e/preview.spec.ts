import { previewPage, previewPages } from '../fixtures/preview-page.ts'
import {
  expect,
  openArtifact,
  openFile,
  openIds,
  openProject,
  type RunningApplication,
  signIn,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'

const isDrawn = (picture: Element): boolean =>
  picture instanceof HTMLImageElement && picture.complete && picture.naturalWidth > 0

/** A page of somebody's making, in an artifact that is open with it from here on. */
const openPage = async (
  application: RunningApplication,
  path: string,
  text: string,
): Promise<void> => {
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId } = openIds(application.page)
  await application.page.evaluate((file) => window.desktop.artifacts.create(file), {
    artifactId,
    path,
    text,
  })
  await openFile(application, path)
}

test('a preview goes with its place: settled, just resized, or still opening', async ({
  connected,
}, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  const list = new URL(page.url()).hash
  const go = (hash: string) =>
    page.evaluate((to) => {
      location.hash = to
    }, hash)
  const settle = async (): Promise<void> => void (await previewPage(page))
  const leaveFrom: Record<string, () => Promise<void>> = {
    settled: settle,
    resized: async () => {
      await settle()
      for (const width of [720, 1000, 1280]) await page.setViewportSize({ width, height: 900 })
    },
    opening: async () => {},
  }
  for (const [how, arrive] of Object.entries(leaveFrom)) {
    await openArtifact(application, 'Tidewater microsite')
    await arrive()
    await go('#/sync')
    await expect(page.getByRole('heading', { level: 1, name: 'Sync' })).toBeVisible()
    await expect.poll(() => previewPages(page).length, how).toBe(0)
    // Whatever was still on its way to the screen has come by now.
    await page.waitForTimeout(1500)
    expect(previewPages(page), how).toEqual([])
    if (info.project.name === 'host') await expect(page.locator('[id^=host-view]')).toHaveCount(0)
    // The screen below has its clicks again.
    await go(list)
    await expect(page.getByRole('listbox', { name: 'Artifacts' })).toBeVisible()
  }
})

test('a page that hangs does not stay over what the application lays over it', async ({
  connected,
}, info) => {
  const application = await connected()
  const { page } = application
  await openPage(
    application,
    'hangs.html',
    '<h1>Allow?</h1><script>setTimeout(() => { for (;;); }, 1500)</script>',
  )
  await page.waitForTimeout(4000)
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  if (info.project.name === 'host') await expect(page.locator('[id^=host-view]')).toBeHidden()
  await page.getByRole('option', { name: 'Open settings' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})

test('a drawing of a billion shapes leaves the window its person’s', async ({ connected }) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId } = openIds(page)
  const levels = Array.from(
    { length: 9 },
    (_, below) => `<g id="a${below + 1}">${`<use href="#a${below}"/>`.repeat(10)}</g>`,
  )
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg"><rect id="a0" width="1" height="1"/>${levels.join('')}</svg>`
  await page.evaluate(
    async ([id, text]) => {
      const make = (path: string, what: string) =>
        window.desktop.artifacts.create({ artifactId: id, path, text: what })
      await make('billion.svg', text)
      await make('shows.md', '# Shows\n\n![A billion](billion.svg) ![Mark](images/mark.svg)')
    },
    [artifactId, drawing] as const,
  )
  await openFile(application, 'shows.md')
  await expect(page.getByRole('img', { name: 'Mark' })).toBeVisible()
  await expect.poll(() => page.getByRole('img', { name: 'Mark' }).evaluate(isDrawn)).toBe(true)
  await page.getByRole('link', { name: 'A billion' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'billion.svg' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Preview of billion.svg' })).toBeVisible()
  const began = Date.now()
  await openFile(application, 'images/mark.svg')
  await expect(page.getByRole('img', { name: 'images/mark.svg' })).toBeVisible()
  expect(Date.now() - began).toBeLessThan(10_000)
})

test('a page whose process dies says so in its place, and is there again when it is reloaded', async ({
  connected,
}, info) => {
  const application = await connected()
  const { page } = application
  await openPage(application, 'ends.html', '<h1>Ends soon</h1>')
  const shown = await previewPage(page, 'ends.html')
  const devtools = await shown.context().newCDPSession(shown)
  // It answers nothing any more.
  void devtools.send('Page.crash').catch(() => {})
  const notice = page.getByRole('alert').filter({ hasText: 'This page has stopped' })
  await expect(notice).toBeVisible()
  if (info.project.name === 'host') await expect(page.locator('[id^=host-view]')).toHaveCount(0)
  await checkScreen(page, 'preview-gone', info)
  await notice.getByRole('button', { name: 'Reload the preview' }).click()
  await expect(notice).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Preview of ends.html' })).toBeVisible()
  await expect
    .poll(() => previewPages(page).some((one) => one !== shown && !one.isClosed()))
    .toBe(true)
})
