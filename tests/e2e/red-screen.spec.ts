import { expect, test } from './application.ts'
import { logOf } from './log-of.ts'
import { checkScreen } from './screen.ts'

test('where everything that is drawn has failed, its button has the window begin anew', async ({
  connected,
  userData,
}, info) => {
  const { page } = await connected()
  const email = page.getByLabel('Email')
  await email.waitFor()
  await page.evaluate(() => {
    // Which the sign-in reads whenever it is drawn.
    Object.defineProperty(URL.prototype, 'host', {
      configurable: true,
      get: () => {
        throw new Error('a fault that a spec made')
      },
    })
  })
  await email.fill('ada')
  const again = page.getByRole('button', { name: 'Reload the window' })
  await expect(again).toBeVisible()
  await expect(email).toHaveCount(0)
  await checkScreen(page, 'red-screen', info)
  await expect
    .poll(async () => (await logOf(userData)).map(({ message }) => message).join())
    .toContain('a fault that a spec made')
  await again.click()
  await expect(email).toBeVisible()
  await email.fill('ada@atelier.example')
  await expect(email).toHaveValue('ada@atelier.example')
  await expect(again).toHaveCount(0)
})
