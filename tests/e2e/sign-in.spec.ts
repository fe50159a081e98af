import { followInBrowser } from '../fixtures/github-stand-in.ts'
import { ada, expect, installed, type RunningApplication, signIn, test } from './application.ts'

const begin = async ({ page, openedUrls }: RunningApplication): Promise<string> => {
  const before = (await openedUrls()).length
  await page.getByRole('button', { name: /GitHub/ }).click()
  await expect(page.getByRole('heading', { name: 'Finish in your browser' })).toBeVisible()
  await expect.poll(async () => (await openedUrls()).length).toBe(before + 1)
  return (await openedUrls()).at(-1) ?? ''
}
const status = ({ page }: RunningApplication) =>
  page.evaluate(() => window.desktop.session.state().then((state) => state.status))
const failure = ({ page }: RunningApplication) =>
  page.evaluate(() =>
    window.desktop.session.state().then((state) => ('failure' in state ? state.failure : null)),
  )

test('by GitHub in the system browser, the link delivered by a second launch', async ({
  connected,
  userData,
}) => {
  const application = await connected({ env: await installed(userData) })
  const url = await begin(application)
  expect(new URL(url).searchParams.get('code_challenge_method')?.toLowerCase()).toBe('s256')
  const link = await followInBrowser(url)
  expect(link).toMatch(/^atelier:\/\/auth\/callback\?/)
  await application.launchAgain([link])
  await expect(
    application.page.getByRole('button', { name: 'Account: Octavia Grey' }),
  ).toBeVisible()
  // A new person has a place of their own, and nobody else's.
  await expect(application.page.getByRole('listbox', { name: 'Projects' })).toBeVisible()
  await expect(application.page.getByRole('link', { name: 'Lumen Studio' })).toHaveCount(0)

  // The very link again changes nothing.
  await application.launchAgain([link])
  await expect(application.page.getByText(/already been used|used/i).first()).toBeVisible()
  expect(await status(application)).toBe('active')
})

test('by GitHub across a quit: the link starts the application again', async ({
  connected,
  userData,
}) => {
  const env = await installed(userData)
  const first = await connected({ env })
  const url = await begin(first)
  await first.quit()
  const link = await followInBrowser(url)
  const second = await connected({ args: [link], env })
  await expect(second.page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
})

test('links that are not the answer to this sign-in are refused with a reason', async ({
  connected,
  userData,
}) => {
  const application = await connected({ env: await installed(userData) })
  const { page } = application
  const url = await begin(application)
  const right = new URL(await followInBrowser(url))
  const flow = right.searchParams.get('flow') ?? ''
  const wrong: [links: string[], reason: string][] = [
    [[`atelier://auth/elsewhere?flow=${flow}&code=abcdef123456`], 'link.wrong-target'],
    [[`atelier://evil/callback?flow=${flow}&code=abcdef123456`], 'link.wrong-target'],
    [[`atelier://auth/callback?code=abcdef123456`], 'link.malformed'],
    [
      ['atelier://auth/callback?flow=00000000-0000-4000-8000-000000000000&code=abcdef123456'],
      'link.unknown-flow',
    ],
  ]
  for (const [links, reason] of wrong) {
    await application.launchAgain(links)
    await expect.poll(() => failure(application), links[0]).toBe(reason)
    expect(await status(application)).toBe('signingIn')
  }
  // Two links in one launch are nobody's sign-in, even when one of them is right.
  await application.launchAgain([right.href, right.href])
  await expect.poll(() => failure(application)).toBe('link.ambiguous')
  expect(await status(application)).toBe('signingIn')
  // None of it has cost the person the right one.
  await application.launchAgain([right.href])
  await expect(page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
})

test('a refusal at GitHub is told, and the link can be pasted by hand', async ({
  connected,
  team,
  userData,
}) => {
  const application = await connected({ env: await installed(userData) })
  const { page } = application
  team.github.deny = true
  const refused = await begin(application)
    .then(followInBrowser)
    .finally(() => {
      team.github.deny = false
    })
  await application.launchAgain([refused])
  await expect(page.getByRole('alert').first()).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  const link = await begin(application).then(followInBrowser)
  await page.getByLabel(/Paste the link/).fill(link)
  await page.getByLabel(/Paste the link/).press('Enter')
  await expect(page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
})

test('by password: a wrong one is told, a right one lasts across a restart', async ({
  connected,
}) => {
  const first = await connected()
  await first.page.getByLabel('Email').fill(ada.email)
  await first.page.getByLabel('Password').fill('not the password')
  await first.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(first.page.getByRole('alert').first()).toBeVisible()
  await signIn(first)
  await first.quit()
  const second = await connected()
  await expect(second.page.getByRole('button', { name: 'Account: Ada Moreau' })).toBeVisible()
  await expect.poll(() => status(second)).toBe('active')
})

test('a new account, then out, then in by a code from the mail', async ({ connected, team }) => {
  const application = await connected()
  const { page } = application
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('Your name').fill('Dana Whitfield')
  const email = `dana-${Date.now()}@atelier.example`
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill('a-quiet-harbour')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('button', { name: 'Account: Dana Whitfield' })).toBeVisible()
  await page.evaluate(() => window.desktop.session.signOut({ removeLocalCopies: false }))
  await page.getByRole('button', { name: 'Get a code by email' }).click()
  await page.getByLabel('Email').fill(email)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel(/code/i).first().waitFor()
  await expect.poll(() => team.mails.at(-1)?.to).toBe(email)
  const code = /\d{6}/.exec(team.mails.at(-1)?.text ?? '')?.[0] ?? ''
  await page.getByLabel(/code/i).first().fill(code)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Account: Dana Whitfield' })).toBeVisible()
})
