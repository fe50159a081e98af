import { expect, openArtifact, openProject, signIn, test } from './application.ts'

test('a press on a row of a list that was scrolled opens that row, and Tab comes to the one in hand', async ({
  connected,
}) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const tree = page.getByRole('tree', { name: 'Files' })
  const inHand = tree.getByRole('treeitem', { name: /^index\.html/ })
  await expect(inHand).toHaveAttribute('aria-selected', 'true')
  await page.setViewportSize({ width: 1280, height: 360 })
  await tree.hover()
  await page.mouse.wheel(0, -10_000)
  await expect.poll(() => tree.evaluate((list) => list.scrollTop)).toBe(0)
  await expect(inHand).not.toBeInViewport()
  const row = tree.getByRole('treeitem', { name: /^harbour\.svg/ })
  await row.hover()
  await page.mouse.down()
  // A hand takes its time.
  await page.waitForTimeout(300)
  await page.mouse.up()
  await expect(page.getByRole('heading', { level: 2, name: 'images/harbour.svg' })).toBeVisible()

  await page.getByRole('separator', { name: 'Resize panes' }).last().focus()
  await tree.hover()
  await page.mouse.wheel(0, 10_000)
  await expect(row).not.toBeInViewport()
  await page.keyboard.press('Shift+Tab')
  await expect(tree).toBeFocused()
  await expect(row).toBeInViewport()
})
