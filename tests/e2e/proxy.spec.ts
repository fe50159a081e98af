import { startSigningProxy } from '../fixtures/signing-proxy.ts'
import { ada, expect, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

const question = 'Sign in to your network’s proxy'
const behind = (address: string) => ({
  args: [`--proxy-server=${address}`, '--proxy-bypass-list=<-loopback>'],
})

test('a proxy’s question is put once, again with the reason, and then everything goes through', async ({
  connected,
}, info) => {
  const proxy = await startSigningProxy({ userName: 'harbour\\ada', password: 'tide-and-time' })
  try {
    const application = await connected(behind(proxy.address))
    const { page } = application
    const dialog = page.getByRole('dialog', { name: question })
    await expect(dialog).toBeVisible({ timeout: 30_000 })
    await expect(dialog.getByText(proxy.address)).toBeVisible()
    await expect(dialog.getByText('Harbour network')).toBeVisible()
    await checkScreen(page, 'proxy-sign-in', info)
    const answer = async (password: string): Promise<void> => {
      await dialog.getByLabel('Name').fill('harbour\\ada')
      await dialog.getByLabel('Proxy password').fill(password)
      await dialog.getByRole('button', { name: 'Sign in to the proxy' }).click()
    }
    await answer('wrong-tide')
    await expect(dialog.getByText(/refused this name and password/)).toBeVisible()
    await expect(dialog.getByLabel('Name')).toHaveValue('harbour\\ada')
    await checkScreen(page, 'proxy-refused', info)
    await answer('tide-and-time')
    await expect(dialog).toHaveCount(0)
    await signIn(application, ada)
    await expect(dialog).toHaveCount(0)
    // The page's own questions went the same way.
    expect(proxy.asked.some((each) => each.includes('/rest/v1/'))).toBe(true)
    expect(proxy.asked.some((each) => each.includes('/auth/v1/'))).toBe(true)
  } finally {
    proxy.close()
  }
})

test('who declines is asked no more by what happens by itself, and again when they want it', async ({
  connected,
}, info) => {
  const proxy = await startSigningProxy({ userName: 'ada', password: 'ebb' })
  try {
    const { page } = await connected(behind(proxy.address))
    const dialog = page.getByRole('dialog', { name: question })
    await expect(dialog).toBeVisible({ timeout: 30_000 })
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    // Signing in says why it does not work, and what to do.
    await page.getByLabel('Email').fill(ada.email)
    await page.getByLabel('Password').fill(ada.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByText('Your network’s proxy wants a sign-in.')).toBeVisible()
    await expect(dialog).toHaveCount(0)
    await checkScreen(page, 'proxy-declined', info)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(dialog).toBeVisible({ timeout: 30_000 })
  } finally {
    proxy.close()
  }
})
