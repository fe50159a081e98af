import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ada, expect, studio, test } from './application.ts'
import { bareOn, wordsOf } from './words.ts'

// What other specs make has names in no catalogue.
test.use({ teamOf: 'words' })

test('no screen says a word that is in no catalogue', async ({ connected, team, userData }) => {
  test.slow()
  const { url, publishableKey } = team.backend()
  await mkdir(userData, { recursive: true })
  await writeFile(
    join(userData, 'settings.json'),
    JSON.stringify({
      backend: { kind: 'hosted', url, publishableKey },
      theme: 'system',
      server: url,
      language: 'pseudo',
    }),
  )
  const say = await wordsOf('pseudo')
  const application = await connected()
  const { page } = application
  const check = async (screen: string): Promise<void> =>
    expect.soft(await bareOn(page), screen).toEqual([])
  const button = (english: string) => page.getByRole('button', { name: say(english), exact: true })
  const item = (english: string) => page.getByRole('menuitem', { name: say(english), exact: true })
  const dialog = page.getByRole('dialog')
  const see = async (screen: string, open: () => Promise<void>): Promise<void> => {
    await open()
    await dialog.first().waitFor()
    await check(screen)
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
  }

  await button('Sign in').waitFor()
  await check('sign-in')
  await button('Create an account').click()
  await button('Create account').click()
  await check('sign-up, with what is missing')
  await button('Get a code by email').click()
  await check('code')
  await see('settings of this computer', () => button('Settings of this computer').click())
  await button('Sign in with a password').click()
  await page.getByLabel(say('Email')).fill(ada.email)
  await page.getByLabel(say('Password')).fill('wrong')
  await button('Sign in').click()
  await page.getByRole('alert').first().waitFor()
  await check('sign-in refused')
  await page.getByLabel(say('Password')).fill(ada.password)
  await button('Sign in').click()

  await page.getByRole('listbox', { name: say('Projects') }).waitFor()
  await page.getByRole('link', { name: studio.workspace }).click()
  await page.getByRole('option', { name: new RegExp(studio.project) }).click()
  await page.getByRole('option', { name: /Tidewater microsite/ }).waitFor()
  await check('artifacts')
  await see('new artifact', () => button('New artifact').click())
  await see('new project', () => button('New project').first().click())
  await see('palette', () => page.keyboard.press('Control+K'))
  await page.getByRole('textbox', { name: say('Search by title') }).fill('nothing at all')
  await page.getByText(say('Nothing by that name')).waitFor()
  await page.getByRole('textbox', { name: say('Search by title') }).fill('')
  await see('sign-out', async () => {
    await page.locator('header button.rounded-full').click()
    await item('Sign out…').waitFor()
    await check('account menu')
    await item('Sign out…').click()
  })

  await page.getByRole('option', { name: /Tidewater microsite/ }).click()
  await button('History').waitFor()
  await check('artifact')
  await see('history', () => button('History').click())
  await see('rename', () => button('Rename').click())
  await see('new file', async () => {
    await button('Add').click()
    await item('New file…').waitFor()
    await check('add menu')
    await item('New file…').click()
  })
  await page.getByRole('treeitem', { name: /^README\.md/ }).click()
  await page.getByRole('region', { name: 'README.md' }).waitFor()
  await button('Edit').waitFor()
  await check('text')
  await button('Edit').click()
  await button('Done').waitFor()
  await check('editor')
  await button('Done').click()

  const address = (await page.evaluate(() => location.href)).split('?')[0] ?? ''
  await page.goto(`${address}/link`)
  await button('Choose a folder…').waitFor()
  await check('nothing linked')
  await page.goto(`${address.split('#')[0]}#/sync`)
  await page.getByText(say('No linked folders')).waitFor()
  await check('sync')
  await page.goto(`${address.split('#')[0]}#/settings`)
  await page.getByText(say('When you close the window')).first().waitFor()
  await check('settings')
  await see('report', () => button('Report a problem…').click())

  await team.goDown()
  await page
    .getByText(say('You can read and edit what is on this computer; edits are sent later.'))
    .waitFor()
  await check('offline')
})
