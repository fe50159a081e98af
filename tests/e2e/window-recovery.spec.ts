import {
  expect,
  openArtifact,
  openFile,
  openProject,
  type RunningApplication,
  signIn,
  test,
} from './application.ts'
import { logOf } from './log-of.ts'

const typing = async (application: RunningApplication, words: string): Promise<void> => {
  const { page } = application
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  await openFile(application, 'scripts/tides.js')
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('.cm-content').click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.insertText(words)
  await expect(page.getByText('Not saved', { exact: true })).toBeVisible()
  // Kept, as every pause keeps it.
  await expect
    .poll(() => page.evaluate(() => document.querySelector('.cm-content')?.textContent))
    .toContain(words)
  await page.waitForTimeout(1_000)
}

test('a page that dies comes back by itself, with what was typed; again within a minute the person says', async ({
  connected,
  userData,
}) => {
  test.slow()
  const application = await connected()
  await signIn(application)
  await typing(application, '// typed before the page died')
  const gone = async () =>
    (await logOf(userData)).filter(({ message }) => /process has gone/.test(message))
  /** Until it has died what it showed is still shown. */
  const crash = async (times: number): Promise<void> => {
    await application.crashPage()
    await expect.poll(gone).toHaveLength(times)
  }
  const isBack = () =>
    expect
      .poll(() => application.shownText(), { timeout: 60_000 })
      .toContain('typed before the page died')
  await crash(1)
  await isBack()
  expect(await application.questions()).toEqual([])

  await application.answer(0)
  await crash(2)
  await expect.poll(() => application.questions()).toHaveLength(1)
  const [question] = await application.questions()
  expect(question?.buttons).toEqual(['Reload', 'Quit'])
  await isBack()

  await application.answer(1)
  await crash(3)
  await application.ended
  expect((await gone())[0]).toMatchObject({ level: 'error', area: 'process' })
})

test('a page that hangs is waited for, reloaded or left, as the person says; and the question goes when it answers', async ({
  connected,
  userData,
}) => {
  test.slow()
  const application = await connected()
  await signIn(application)
  await typing(application, '// typed before the page hung')

  await application.hang()
  await expect.poll(() => application.questions()).toHaveLength(1)
  expect((await application.questions())[0]?.buttons).toEqual(['Wait', 'Reload', 'Quit'])
  await application.answerAgain()
  // An answer to a question that was withdrawn would be one to the next.
  await expect
    .poll(async () => (await logOf(userData)).map(({ message }) => message))
    .toContain('The page answers again')

  await application.page.evaluate(() => {
    setTimeout(() => {
      for (;;);
    })
  })
  await application.hang()
  await expect.poll(() => application.questions()).toHaveLength(2)
  await application.answer(1)
  await expect
    .poll(() => application.shownText(), { timeout: 60_000 })
    .toContain('typed before the page hung')

  await application.hang()
  await expect.poll(() => application.questions()).toHaveLength(3)
  await application.answer(2)
  await application.ended
})
