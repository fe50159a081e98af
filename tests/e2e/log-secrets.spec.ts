import {
  ada,
  expect,
  openArtifact,
  openFile,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'
import { logOf, logText } from './log-of.ts'

test('no token, key or password is in the log after a whole run, whatever failed in it', async ({
  connected,
  team,
  userData,
}) => {
  test.slow()
  const application = await connected()
  const { page } = application
  const secrets = new Set([ada.password, ada.email, team.backend().publishableKey])
  const keep = async (): Promise<void> => {
    const token = await page.evaluate(() => window.desktop.session.accessToken())
    if (token) secrets.add(token)
  }
  await page.getByLabel('Email').fill(ada.email)
  await page.getByLabel('Password').fill('not-the-password-of-ada')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('alert').first()).toBeVisible()
  secrets.add('not-the-password-of-ada')
  await signIn(application)
  await keep()
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  await openFile(application, 'scripts/tides.js')
  await openSync(page)
  await page.evaluate(() => window.desktop.sync.runAll())
  // Words of ours that carry one all the same: what a library says of a request it could not make.
  for (const secret of [...secrets])
    await page.evaluate(
      (text) =>
        window.desktop.diagnostics.fault({
          what: 'script',
          message: `Failed: https://h.example/x?apikey=${text} with Authorization: Bearer ${text}`,
          stack: `    at f (https://h.example/x?token=${text}:1:2)`,
        }),
      secret,
    )
  await team.goDown()
  await page.evaluate(() => window.desktop.backend.retry()).catch(() => {})
  await expect(page.getByText(/out of reach/).first()).toBeVisible({ timeout: 60_000 })
  await page.evaluate(() => window.desktop.sync.runAll()).catch(() => {})
  await team.comeBack()
  await page.evaluate(() => window.desktop.backend.retry())
  await keep()
  await application.quit()

  const lines = await logOf(userData)
  // It says what failed, or the rest of this says nothing.
  expect(lines.map(({ code }) => code)).toContain('auth.invalid-credentials')
  expect(lines.filter(({ message }) => message.includes('https://h.example/x'))).toHaveLength(
    secrets.size,
  )
  const text = await logText(userData)
  for (const secret of secrets) expect(text).not.toContain(secret)
  expect(text).not.toMatch(/eyJ[\w-]{10,}\./)
  expect(text).not.toMatch(/refresh_token|Bearer (?!<hidden>)/)
})
