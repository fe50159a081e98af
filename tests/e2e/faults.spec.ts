import { expect, test } from './application.ts'
import { faultsIn } from './log-of.ts'

test.use({ faults: ['Nobody caught what was thrown: a fault that a spec made'] })

test('what nobody catches in main is told, and no spec passes over it', async ({
  launch,
  userData,
}) => {
  const application = await launch()
  const { page } = application
  await expect(page.getByRole('button', { name: /Work on this computer/ })).toBeVisible()
  await application.breakMain()
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Something went wrong')
  expect(await faultsIn(userData)).toHaveLength(1)
})
