import { previewPage } from '../fixtures/preview-page.ts'
import { expect, openArtifact, openFile, openProject, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

test('the way in: doors, sign-in, sign-up, code, browser', async ({ launch, team }, info) => {
  const { page } = await launch()
  await page.getByRole('button', { name: /Work on this computer/ }).waitFor()
  await checkScreen(page, 'doors', info)
  await page.getByRole('button', { name: /Connect to a Supabase project/ }).click()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await checkScreen(page, 'connect', info)
  await page.getByLabel('Project address').fill(team.backend().url)
  await page.getByLabel('Publishable key').fill(team.backend().publishableKey)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByLabel('Email').fill('nobody@atelier.example')
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('alert').first().waitFor()
  await checkScreen(page, 'sign-in', info)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await checkScreen(page, 'sign-up', info)
  await page.getByRole('button', { name: 'Get a code by email' }).click()
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor()
  await checkScreen(page, 'code', info)
  await page.evaluate(() => window.desktop.session.cancelSignIn())
  await page.getByRole('button', { name: /GitHub/ }).click()
  await page.getByRole('heading', { name: 'Finish in your browser' }).waitFor()
  await checkScreen(page, 'browser', info)
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
  await checkScreen(page, 'artifacts', info)
  await page.getByRole('button', { name: 'Search or jump to' }).click()
  await page.getByRole('dialog').waitFor()
  await checkScreen(page, 'palette', info)
  await page.keyboard.press('Escape')
  await page.getByLabel('Search by title').fill('nothing is called this')
  await page.getByText('Nothing by that name').waitFor()
  await checkScreen(page, 'no-match', info)
  await page.getByLabel('Search by title').fill('')

  await openArtifact(application, 'Tidewater microsite')
  await previewPage(page)
  await checkScreen(page, 'preview', info)
  await openFile(application, 'images/harbour.svg')
  await page.getByRole('img', { name: 'images/harbour.svg' }).waitFor()
  await checkScreen(page, 'image', info)
  await openFile(application, 'README.md')
  await page.getByRole('region', { name: 'README.md' }).waitFor()
  await checkScreen(page, 'markdown', info)
  await openFile(application, 'scripts/tides.js')
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('.cm-content').waitFor()
  await checkScreen(page, 'editor', info)

  await page.getByRole('button', { name: /Up to date|Offline|Syncing|Checking/ }).click()
  await page.getByRole('dialog', { name: 'Sync' }).waitFor()
  await checkScreen(page, 'sync', info)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await checkScreen(page, 'settings', info)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('dialog').waitFor()
  await checkScreen(page, 'sign-out', info)
  await page.keyboard.press('Escape')

  await application.quit()
  await team.goDown()
  const offline = await connected()
  await openProject(offline)
  await offline.page.getByText('Offline.').first().waitFor()
  await checkScreen(offline.page, 'offline', info)
})

test('the system’s theme is followed, and motion is not forced on anybody', async ({ launch }) => {
  const { page } = await launch()
  await page.getByRole('button', { name: /Work on this computer/ }).waitFor()
  await page.evaluate(() => window.desktop.app.setTheme({ theme: 'system' }))
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await background()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(background).not.toBe(light)
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
