import AxeBuilder from '@axe-core/playwright'
import type { Page, TestInfo } from '@playwright/test'
import {
  expect,
  openArtifact,
  openFile,
  openProject,
  previewFrame,
  signIn,
  test,
} from './application.ts'

const themes = ['light', 'dark'] as const
const isSplitter = ({ html }: { html: string }): boolean => html.includes('role="separator"')

/** Both themes of what is on the screen, previews left out: their pages are the team's, not ours. */
const check = async (page: Page, screen: string, info: TestInfo): Promise<void> => {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    // Colours that are still fading have a contrast of their own.
    await page.waitForTimeout(250)
    await page.screenshot({ path: info.outputPath(`${screen}-${theme}.png`) })
    const { violations } = await new AxeBuilder({ page })
      .exclude('iframe')
      .options({ resultTypes: ['violations'] })
      .setLegacyMode()
      .analyze()
    const told = violations
      // A splitter stands between two landmarks, and so in neither.
      .filter(({ id, nodes }) => id !== 'region' || !nodes.every(isSplitter))
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    expect.soft(told, `${screen}, ${theme}`).toEqual([])
  }
}

test('the way in: doors, sign-in, sign-up, code, browser', async ({ launch, team }, info) => {
  const { page } = await launch()
  await page.getByRole('button', { name: /Work on this computer/ }).waitFor()
  await check(page, 'doors', info)
  await page.getByRole('button', { name: /Connect to a Supabase project/ }).click()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await check(page, 'connect', info)
  await page.getByLabel('Project address').fill(team.backend().url)
  await page.getByLabel('Publishable key').fill(team.backend().publishableKey)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByLabel('Email').fill('nobody@atelier.example')
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('alert').first().waitFor()
  await check(page, 'sign-in', info)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await check(page, 'sign-up', info)
  await page.getByRole('button', { name: 'Get a code by email' }).click()
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor()
  await check(page, 'code', info)
  await page.evaluate(() => window.desktop.session.cancelSignIn())
  await page.getByRole('button', { name: /GitHub/ }).click()
  await page.getByRole('heading', { name: 'Finish in your browser' }).waitFor()
  await check(page, 'browser', info)
})

test('the workspace: list, artifact, editor, sync, palette, settings, offline', async ({
  connected,
  team,
}, info) => {
  // Axe over twelve screens in two themes.
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await page.getByRole('option', { name: /Tidewater microsite/ }).waitFor()
  await check(page, 'artifacts', info)
  await page.getByRole('button', { name: 'Search or jump to' }).click()
  await page.getByRole('dialog').waitFor()
  await check(page, 'palette', info)
  await page.keyboard.press('Escape')
  await page.getByLabel('Search by title').fill('nothing is called this')
  await page.getByText('Nothing by that name').waitFor()
  await check(page, 'no-match', info)
  await page.getByLabel('Search by title').fill('')

  await openArtifact(application, 'Tidewater microsite')
  await previewFrame(page)
  await check(page, 'preview', info)
  await openFile(application, 'images/harbour.svg')
  await page.getByRole('img', { name: 'images/harbour.svg' }).waitFor()
  await check(page, 'image', info)
  await openFile(application, 'README.md')
  await page.getByRole('region', { name: 'README.md' }).waitFor()
  await check(page, 'markdown', info)
  await openFile(application, 'scripts/tides.js')
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('.cm-content').waitFor()
  await check(page, 'editor', info)

  await page.getByRole('button', { name: /Up to date|Offline|Syncing|Checking/ }).click()
  await page.getByRole('dialog', { name: 'Sync' }).waitFor()
  await check(page, 'sync', info)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await check(page, 'settings', info)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('dialog').waitFor()
  await check(page, 'sign-out', info)
  await page.keyboard.press('Escape')

  await application.quit()
  await team.goDown()
  const offline = await connected()
  await openProject(offline)
  await offline.page.getByText('Offline.').first().waitFor()
  await check(offline.page, 'offline', info)
})

test('the system’s theme is followed, and motion is not forced on anybody', async ({ launch }) => {
  const { page } = await launch()
  await page.getByRole('button', { name: /Work on this computer/ }).waitFor()
  await page.evaluate(() => window.desktop.app.setTheme({ theme: 'system' }))
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await background()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await background()).not.toBe(light)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const longest = await page.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll('*')].map((element) => {
        const style = getComputedStyle(element)
        const seconds = `${style.transitionDuration},${style.animationDuration}`.split(',')
        return Math.max(...seconds.map((text) => Number.parseFloat(text) || 0))
      }),
    ),
  )
  expect(longest).toBeLessThanOrEqual(0.01)
})
