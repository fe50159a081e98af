import { execFileSync } from 'node:child_process'
import { expect, openProject, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

/** The keyring of this run, which `with-keyring` began beside it. */
const keyringProcess = (): number => {
  const answer = execFileSync('dbus-send', [
    ...['--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/'],
    'org.freedesktop.DBus.GetConnectionUnixProcessID',
    'string:org.freedesktop.secrets',
  ]).toString()
  return Number(/uint32 (\d+)/.exec(answer)?.[1])
}

test('while the keychain keeps silent the app says so, shows what is here, and signs out', async ({
  connected,
}, info) => {
  test.skip(process.platform !== 'linux', 'not run: it holds the keyring of Linux')
  test.slow()
  const application = await connected()
  await signIn(application)
  await openProject(application)
  await expect(application.page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
  await application.quit()
  const keyring = keyringProcess()
  process.kill(keyring, 'SIGSTOP')
  try {
    const { page } = await connected()
    await expect(page.getByText('The keychain is waiting for you.')).toBeVisible({
      timeout: 15_000,
    })
    await expect(page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
    await checkScreen(page, 'keychain-waits', info)
    await expect(page.getByRole('button', { name: 'Continue until I quit' })).toBeVisible()
    await page.getByRole('button', { name: 'Account: Ada Moreau' }).click()
    await page.getByRole('menuitem', { name: 'Sign out…' }).click()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(page.getByLabel('Password')).toBeVisible({ timeout: 5_000 })
    await checkScreen(page, 'keychain-waits-signed-out', info)
  } finally {
    process.kill(keyring, 'SIGCONT')
  }
})
