import {
  expect,
  openArtifact,
  openFile,
  openProject,
  type RunningApplication,
  signIn,
  test,
} from './application.ts'

const editing = async (application: RunningApplication): Promise<void> => {
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  await openFile(application, 'scripts/tides.js')
  await application.page.getByRole('button', { name: 'Edit' }).click()
  await application.page.locator('.cm-content').click()
  await application.page.keyboard.press('ControlOrMeta+End')
}
/** In one turn of the page: nothing of it was told when it answers. */
const type = ({ page }: RunningApplication, text: string): Promise<unknown> =>
  page.evaluate((words) => document.execCommand('insertText', false, words), text)
const shown = ({ page }: RunningApplication) => page.locator('.cm-content')

const waysOut = {
  quit: (application: RunningApplication) => application.quit(),
  'closing the window': (application: RunningApplication) => application.closeWindow(),
  'the system shutting down': (application: RunningApplication) => application.shutDown(),
}
test('what is typed in the moment of leaving is there after it, whatever the way', async ({
  connected,
}) => {
  test.setTimeout(180_000)
  const first = await connected()
  await signIn(first)
  await first.quit()
  for (const [way, leave] of Object.entries(waysOut)) {
    const application = await connected()
    await editing(application)
    await type(application, `// ${way}: a last word`)
    await leave(application)
    await application.ended
    const later = await connected()
    await openProject(later)
    await openArtifact(later, 'Tidewater microsite')
    await openFile(later, 'scripts/tides.js')
    await expect(shown(later), way).toContainText(`// ${way}: a last word`)
    await expect(later.page.getByText('Not saved', { exact: true })).toBeVisible()
    await later.page.getByRole('button', { name: 'Discard' }).click()
    await later.quit()
  }
})

test('what is saved in the moment of leaving is saved', async ({ connected }) => {
  const first = await connected()
  await signIn(first)
  await editing(first)
  await type(first, '// saved on the way out')
  await first.page.evaluate(() =>
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 's', code: 'KeyS', ctrlKey: true, bubbles: true }),
    ),
  )
  await first.quit()
  const second = await connected()
  await openProject(second)
  await openArtifact(second, 'Tidewater microsite')
  await openFile(second, 'scripts/tides.js')
  await expect(shown(second)).toContainText('// saved on the way out')
  await expect(second.page.getByText('Not saved', { exact: true })).toHaveCount(0)
})

test('a window that hangs does not hold the way out', async ({ connected }) => {
  const first = await connected()
  await signIn(first)
  await editing(first)
  await type(first, '// before it hung')
  await first.page.waitForTimeout(1000)
  await first.page.evaluate(() => {
    setTimeout(() => {
      for (;;);
    })
  })
  const before = Date.now()
  await first.quit()
  expect(Date.now() - before).toBeLessThan(10_000)
  const second = await connected()
  await openProject(second)
  await openArtifact(second, 'Tidewater microsite')
  await openFile(second, 'scripts/tides.js')
  await expect(shown(second)).toContainText('// before it hung')
})
