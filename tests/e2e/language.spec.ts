import { expect, type RunningApplication, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

type Shown = { label: string; submenu?: Shown[] }
const menus = async ({ play }: RunningApplication): Promise<string[]> =>
  (await play<Shown[]>('menu')).map(({ label }) => label)

test('a language is chosen in the settings: page and menus speak it at once, and at the next start', async ({
  connected,
}, info) => {
  test.slow()
  const isDouble = info.project.name !== 'electron'
  const first = await connected()
  await signIn(first)
  const { page } = first
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: 'Deutsch' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(page.getByRole('radio', { name: 'Hell' })).toBeVisible()
  // Whoever is lost in it finds their own.
  await expect(page.getByRole('radio', { name: 'English' })).toBeVisible()
  if (isDouble)
    expect(await menus(first)).toEqual(['Datei', 'Bearbeiten', 'Ansicht', 'Fenster', 'Hilfe'])
  await checkScreen(page, 'settings-in-german', info)
  await first.quit()

  const second = await connected()
  await expect(second.page.locator('html')).toHaveAttribute('lang', 'de')
  if (isDouble) expect(await menus(second)).toContain('Datei')
  await second.page.getByRole('button', { name: 'Einstellungen' }).click()
  await second.page.getByRole('radio', { name: 'English' }).click()
  await expect(second.page.locator('html')).toHaveAttribute('lang', 'en')
  if (isDouble) expect(await menus(second)).toContain('File')
})
