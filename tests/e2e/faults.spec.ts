import { expect, test } from './application.ts'
import { faultsIn } from './log-of.ts'

test.use({ faults: ['Nobody caught what was thrown: a fault that a spec made'] })

test('what nobody catches in main is told, and no spec passes over it', async ({
  launch,
  userData,
}) => {
  const application = await launch()
  await application.breakMain()
  await expect.poll(() => faultsIn(userData)).toHaveLength(1)
  await expect(application.page.getByRole('alert').first()).toBeVisible()
})
