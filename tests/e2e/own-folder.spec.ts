import { followInBrowser } from '../fixtures/github-stand-in.ts'
import { installed } from '../fixtures/scheme.ts'
import { visit } from '../fixtures/visit.ts'
import { expect, test } from './application.ts'

test('over a folder of its own a sign-in comes back to it, and not to who is installed', async ({
  connected,
  userData,
}) => {
  // The system would start the installed one, over the person's own data.
  const env = { ...(await installed(userData)), ATELIER_CLAIM_SCHEME: undefined }
  const { page, openedUrls } = await connected({ env })
  await page.getByRole('button', { name: /GitHub/ }).click()
  await expect.poll(async () => (await openedUrls()).length).toBe(1)
  const answer = await followInBrowser((await openedUrls())[0] ?? '')
  expect(answer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/auth\/callback\?/)
  await visit(answer)
  await expect(page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
})
