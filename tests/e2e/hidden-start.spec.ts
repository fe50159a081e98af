import { beginInHost } from '../../host/launch.ts'
import { startSigningProxy } from '../fixtures/signing-proxy.ts'
import { expect, signIn, test } from './application.ts'

/* As at a login: nobody asked for a window, and none opens. */

test.beforeEach(({ connected: _connected }, info) =>
  test.skip(info.project.name === 'electron', 'nobody can press a tray or a notification there'),
)

type Begun = Awaited<ReturnType<typeof beginInHost>>
const tip = async ({ play }: Begun): Promise<string> =>
  (await play<{ tip: string } | null>('tray'))?.tip ?? ''
const titles = async ({ play }: Begun): Promise<string[]> =>
  (await play<{ title: string }[]>('notifications')).map(({ title }) => title)

test('a start at a login opens no window, is in the tray, and comes with a launch by hand', async ({
  connected,
  userData,
}) => {
  test.slow()
  const first = await connected()
  await signIn(first)
  await first.quit()
  const hidden = await beginInHost({ userData, args: ['--hidden'] })
  try {
    // Who was signed in is, and everything goes on.
    await expect.poll(() => tip(hidden), { timeout: 30_000 }).toBe('Atelier: Up to date')
    expect(await hidden.windows()).toBe(0)
    // One login after the other, as where its person was quicker.
    await hidden.launchAgain(['--hidden'])
    expect(await hidden.windows()).toBe(0)
    await hidden.launchAgain([])
    const { page } = await hidden.opened()
    await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible({ timeout: 30_000 })
    expect(await hidden.windows()).toBe(1)
  } finally {
    await hidden.quit()
  }
})

test('the icon in the tray opens the window of a start at a login', async ({
  connected,
  userData,
}) => {
  const first = await connected()
  await first.quit()
  const hidden = await beginInHost({ userData, args: ['--hidden'] })
  try {
    await expect.poll(() => tip(hidden), { timeout: 30_000 }).toBe('Atelier: Nobody is signed in')
    expect(await hidden.windows()).toBe(0)
    await hidden.play('tray click')
    const { page } = await hidden.opened()
    await expect(page.getByLabel('Email')).toBeVisible()
  } finally {
    await hidden.quit()
  }
})

test('a proxy that asks while no window is open is told of, and answered in the window', async ({
  connected,
  userData,
}) => {
  test.slow()
  const proxy = await startSigningProxy({ userName: 'ada', password: 'spring-tide' })
  const first = await connected()
  await signIn(first)
  await first.quit()
  const behind = [`--proxy-server=${proxy.address}`, '--proxy-bypass-list=<-loopback>']
  const hidden = await beginInHost({ userData, args: ['--hidden', ...behind] })
  try {
    const title = 'Your network’s proxy wants a sign-in'
    await expect.poll(() => titles(hidden), { timeout: 30_000 }).toEqual([title])
    expect(await tip(hidden)).toBe('Atelier: One thing needs you')
    expect(await hidden.windows()).toBe(0)
    await hidden.play('notification click', title)
    const { page } = await hidden.opened()
    const dialog = page.getByRole('dialog', { name: 'Sign in to your network’s proxy' })
    await dialog.getByLabel('Name').fill('ada')
    await dialog.getByLabel('Proxy password').fill('spring-tide')
    await dialog.getByRole('button', { name: 'Sign in to the proxy' }).click()
    await expect(dialog).toHaveCount(0)
    await expect.poll(() => tip(hidden), { timeout: 30_000 }).toBe('Atelier: Up to date')
  } finally {
    await hidden.quit()
    proxy.close()
  }
})
