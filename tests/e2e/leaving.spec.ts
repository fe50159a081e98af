import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { followInBrowser } from '../fixtures/github-stand-in.ts'
import { expect, installed, test } from './application.ts'

/* Somebody starts Atelier, or follows a link, while it is quitting. */

/** What a second launch does in the double, without the time that a launch takes. */
const handOver = async (userData: string, argv: string[]): Promise<void> => {
  const socket = connect(join(userData, 'host.sock'))
  socket.end(JSON.stringify(['atelier', ...argv]))
  await once(socket, 'close')
}
const relaunched = async (userData: string): Promise<{ args: string[] }[]> =>
  (await readFile(join(userData, 'host-relaunched.txt'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

/**
 * Asked for its last words the page says none: it stands still there, as it does for a debugger, and takes no time of the
 * processor from what is to happen meanwhile. Settles once it stands.
 */
const heldAtLastWords = async (page: Page): Promise<() => Promise<void>> => {
  const debug = await page.context().newCDPSession(page)
  await debug.send('Debugger.enable')
  const stands = new Promise<void>((done) => debug.once('Debugger.paused', () => done()))
  await page.evaluate(() =>
    window.desktop.on('app.leaving', () => {
      // biome-ignore lint/suspicious/noDebugger: where it stands still.
      debugger
    }),
  )
  return () => stands
}

test.beforeEach(() => {
  test.skip(
    test.info().project.name === 'electron',
    'not run: a launch there takes as long as the quitting',
  )
})

test('a link that comes while it quits is taken by the next start, which begins by itself', async ({
  connected,
  userData,
}) => {
  const env = await installed(userData)
  const first = await connected({ env })
  const { page } = first
  await page.getByRole('button', { name: /GitHub/ }).click()
  await expect.poll(async () => (await first.openedUrls()).length).toBe(1)
  const link = await followInBrowser((await first.openedUrls())[0] ?? '')
  // Asked for its last words it says none, and the quitting waits for as long as it does.
  const isLeaving = await heldAtLastWords(page)
  const gone = first.quit()
  await isLeaving()
  await handOver(userData, ['--do=settings', link])
  await gone
  const starts = await relaunched(userData)
  expect(starts.map(({ args }) => args.slice(-2))).toEqual([['--do=settings', link]])
  const second = await connected({ env, args: starts[0]?.args ?? [] })
  await expect(second.page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
  await second.quit()
  expect(await relaunched(userData)).toHaveLength(1)
})

test('who starts it again while its window closes has a window', async ({
  connected,
  userData,
}) => {
  const application = await connected()
  const { page } = application
  // A page that is not up yet is asked for no last words.
  await expect(page.getByRole('button', { name: /GitHub/ })).toBeVisible()
  const isClosing = await heldAtLastWords(page)
  await application.closeWindow()
  await isClosing()
  await handOver(userData, [])
  const next = await application.nextWindow()
  await expect(next.getByRole('button', { name: /GitHub/ })).toBeVisible()
})
