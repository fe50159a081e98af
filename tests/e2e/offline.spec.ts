import { previewPage } from '../fixtures/preview-page.ts'
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

const status = ({ page }: RunningApplication) =>
  page.evaluate(() => window.desktop.session.state().then((state) => state.status))

/** Signed in, with every file of the project on this computer. */
const keepProject = async (application: RunningApplication): Promise<string> => {
  await signIn(application)
  await openProject(application)
  const { projectId } = openIds(application.page)
  await application.page.getByRole('option', { name: /Tidewater microsite/ }).waitFor()
  const pulled = await application.page.evaluate(
    (id) => window.desktop.sync.run({ projectId: id, files: 'all' }),
    projectId,
  )
  expect(pulled).toMatchObject({ phase: 'idle', blocked: [], failure: null })
  return projectId
}

test('with the server gone, a restart opens everything; edits wait and go out later', async ({
  connected,
  team,
}) => {
  const first = await connected()
  const projectId = await keepProject(first)
  await first.quit()
  await team.goDown()

  const second = await connected()
  const { page } = second
  await expect(page.getByText('Offline.').first()).toBeVisible()
  expect(await status(second)).toBe('offline')
  await openProject(second)
  for (const title of [
    'Type for screen and signage',
    'Figures for wall labels',
    'Tidewater microsite',
  ]) {
    await openArtifact(second, title)
    await expect(page.getByRole('tree', { name: 'Files' })).toBeVisible()
  }
  const frame = await previewPage(page)
  await expect.poll(() => frame.evaluate(() => document.styleSheets.length)).toBeGreaterThan(0)
  const { artifactId } = openIds(page)
  const { hits } = await page.evaluate(() =>
    window.desktop.artifacts.search({ query: 'micros', projectId: null, atMost: 50 }),
  )
  expect(hits[0]?.title).toBe('Tidewater microsite')

  await openFile(second, 'scripts/tides.js')
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('.cm-content').click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('// written offline')
  await page.keyboard.press('ControlOrMeta+s')
  await expect(page.getByText('Edited, not sent yet').first()).toBeVisible()
  // Not even a crash loses it.
  await second.kill()

  const third = await connected()
  await expect(third.page.getByText(/One edit waits/)).toBeVisible()
  await team.comeBack()
  await expect.poll(() => status(third), { timeout: 45_000 }).toBe('active')
  const sync = () =>
    third.page.evaluate((id) => window.desktop.sync.run({ projectId: id, files: 'all' }), projectId)
  await expect.poll(() => sync().then(({ outbox }) => outbox)).toBe(0)
  const files = await third.page.evaluate(
    (id) => window.desktop.artifacts.files({ artifactId: id }),
    artifactId,
  )
  const sent = files.find(({ path }) => path === 'scripts/tides.js')
  expect(sent).toMatchObject({ state: 'cached' })
  expect(sent?.revision).toBeGreaterThan(1)
  await expect(third.page.getByText('Offline.')).toHaveCount(0)
})

test('what is typed and not saved is there again: another file, a quit, a crash', async ({
  connected,
}) => {
  test.slow()
  const first = await connected()
  await keepProject(first)
  await openArtifact(first, 'Tidewater microsite')
  await openFile(first, 'scripts/tides.js')
  await first.page.getByRole('button', { name: 'Edit' }).click()
  await first.page.locator('.cm-content').click()
  await first.page.keyboard.press('ControlOrMeta+End')
  // However fast the keys come, between any two steps of the page: every one counts.
  const words = 'the quick brown harbour jumps over the lazy tide '.repeat(8)
  await first.page.evaluate(async (text) => {
    const next = (turn: number) =>
      new Promise<void>((done) => {
        if (turn % 3 === 0) return void setTimeout(done, 0)
        if (turn % 3 === 1) return void requestAnimationFrame(() => done())
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => done()
        port2.postMessage(null)
      })
    for (const [turn, letter] of [...text].entries()) {
      document.execCommand('insertText', false, letter)
      await next(turn)
    }
  }, `/* ${words}*/`)
  await expect(first.page.locator('.cm-content')).toContainText(`/* ${words}*/`)
  await first.page.keyboard.type('// half a thought')
  await expect(first.page.getByText('Not saved', { exact: true })).toBeVisible()
  await openFile(first, 'index.html')
  await openFile(first, 'scripts/tides.js')
  await expect(first.page.locator('.cm-content')).toContainText('// half a thought')
  // A last word, and out: nobody is quicker from the last key to the way out than this.
  await first.page.locator('.cm-content').click()
  await first.page.keyboard.press('ControlOrMeta+End')
  await first.page.keyboard.type(', and more')
  await first.quit()

  const second = await connected()
  await openProject(second)
  await openArtifact(second, 'Tidewater microsite')
  const row = second.page.getByRole('treeitem', { name: /tides\.js/ })
  await expect(row.getByLabel('Not saved')).toBeVisible()
  await openFile(second, 'scripts/tides.js')
  const text = second.page.locator('.cm-content')
  await expect(text).toContainText('// half a thought, and more')
  await text.click()
  await second.page.keyboard.press('ControlOrMeta+End')
  await second.page.keyboard.type('!')
  await second.page.waitForTimeout(1000)
  await second.kill()

  const third = await connected()
  const { page } = third
  await openProject(third)
  await openArtifact(third, 'Tidewater microsite')
  await openFile(third, 'scripts/tides.js')
  await expect(page.locator('.cm-content')).toContainText('// half a thought, and more!')
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.locator('.cm-content')).not.toContainText('half a thought')
  await expect(page.getByLabel('Not saved')).toHaveCount(0)
})

test('what was never opened says so, and is not an error', async ({ connected, team }) => {
  const first = await connected()
  await signIn(first)
  await openProject(first)
  await expect(first.page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
  await first.quit()
  await team.goDown()
  const second = await connected()
  await openProject(second)
  await openArtifact(second, 'Type for screen and signage')
  await expect(
    second.page
      .getByRole('alert')
      .or(second.page.getByText(/offline/i))
      .first(),
  ).toBeVisible()
  expect(await status(second)).toBe('offline')
})

test('whoever only reads is told that the server went, and that it is back', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await keepProject(application)
  await openArtifact(application, 'Tidewater microsite')
  await openFile(application, 'README.md')
  const line = page.getByText(/^The server has been out of reach since/)
  await team.goDown()
  await expect(line).toBeVisible({ timeout: 45_000 })
  // Not before it is sure. Its socket went before the rest of it, so that main knew at the first moment of its end.
  const { missedSince } = await page.evaluate(() => window.desktop.sync.state())
  expect(Date.now() - Date.parse(missedSince ?? '')).toBeGreaterThan(5_000)
  expect(await status(application)).toBe('active')
  await expect(page.locator('[aria-live="polite"]').filter({ has: line })).toHaveCount(1)
  await expect(page.getByText('edits are sent later').first()).toBeVisible()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('.cm-content').click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('Written while it was away.')
  await page.keyboard.press('ControlOrMeta+s')
  await expect(page.getByText(/One edit waits to be sent/)).toBeVisible()
  await checkScreen(page, 'out-of-reach', info)
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page.getByText('Offline', { exact: true }).first()).toBeVisible()
  const again = page.getByRole('button', { name: 'Try now' })
  await again.press('Enter')
  await expect(page.getByText('The server is still out of reach')).toBeAttached()
  await expect(line).toBeVisible()
  await expect(again).toBeFocused()

  await team.comeBack()
  // By itself.
  await expect(line).toBeHidden({ timeout: 30_000 })
  await expect(page.getByText('Connected', { exact: true })).toBeVisible()
  await expect
    .poll(() => page.evaluate(() => window.desktop.sync.state().then(({ outbox }) => outbox)), {
      timeout: 30_000,
    })
    .toBe(0)
})

test('a server that goes away and comes back while the application runs', async ({
  connected,
  team,
}) => {
  const application = await connected()
  const { page } = application
  const projectId = await keepProject(application)
  await team.goDown()
  await page.evaluate(
    (id) => window.desktop.sync.run({ projectId: id, files: 'all' }).catch(() => null),
    projectId,
  )
  await openArtifact(application, 'Tidewater microsite')
  await previewPage(page)
  await team.comeBack()
  await expect
    .poll(
      () =>
        page.evaluate(
          (id) =>
            window.desktop.sync
              .run({ projectId: id, files: 'all' })
              .then(({ phase, failure }) => `${phase} ${failure}`),
          projectId,
        ),
      { timeout: 45_000 },
    )
    .toBe('idle null')
})
