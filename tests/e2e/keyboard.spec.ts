import type { Page } from '@playwright/test'
import { ada, expect, openArtifact, openProject, signIn, test } from './application.ts'

/** Tabs until the wanted thing has the focus, as somebody without a mouse does. */
const tabTo = async (page: Page, name: RegExp | string, limit = 40): Promise<void> => {
  const matches = (text: string): boolean =>
    typeof name === 'string' ? text === name : name.test(text)
  const passed: string[] = []
  for (let tries = 0; tries < limit; tries += 1) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement) || element === document.body) return ''
      const label = element.id ? document.querySelector(`label[for="${element.id}"]`) : null
      return (
        element.getAttribute('aria-label') ??
        label?.textContent ??
        element.textContent ??
        ''
      ).trim()
    })
    if (matches(focused)) return
    passed.push(focused.slice(0, 40))
    await page.keyboard.press('Tab')
  }
  throw new Error(`The focus never reached ${name}; it passed ${passed.join(' · ')}`)
}

const focusIsVisible = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!element) return false
    const style = getComputedStyle(element)
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none'
  })

test('the whole way without a mouse', async ({ connected }) => {
  const { page } = await connected()
  await page.getByLabel('Email').waitFor()
  await tabTo(page, 'Email')
  await page.keyboard.type(ada.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(ada.password)
  await page.keyboard.press('Enter')
  const projects = page.getByRole('listbox', { name: 'Projects' })
  await projects.waitFor()

  // Into the studio by the rail, down the projects, into the list.
  await tabTo(page, 'Lumen Studio')
  expect(await focusIsVisible(page)).toBe(true)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: 'Lumen Studio' })).toBeVisible()
  await tabTo(page, 'Projects')
  await page.keyboard.type('tide')
  await page.keyboard.press('Enter')
  await expect(
    page.getByRole('heading', { level: 1, name: 'Tidewater spring season' }),
  ).toBeVisible()
  await page.getByRole('option', { name: /Tidewater microsite/ }).waitFor()
  await tabTo(page, 'Artifacts')
  await page.keyboard.press('End')
  await page.keyboard.press('Home')
  await page.keyboard.type('tidew')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Tidewater microsite' })).toBeVisible()

  // Through the tree: close a folder, open it again, on to a file.
  const tree = page.getByRole('tree', { name: 'Files' })
  await tabTo(page, 'Files')
  await page.keyboard.press('Home')
  await expect(tree.getByRole('treeitem', { name: 'water.png' })).toBeVisible()
  await page.keyboard.press('ArrowLeft')
  await expect(tree.getByRole('treeitem', { name: 'water.png' })).toHaveCount(0)
  await page.keyboard.press('ArrowRight')
  await expect(tree.getByRole('treeitem', { name: 'water.png' })).toBeVisible()
  await page.keyboard.type('tides')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: 'scripts/tides.js' })).toBeVisible()

  // The palette from anywhere, and back out with Escape.
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('figures')
  await expect(page.getByRole('option', { name: /Figures for wall labels/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(
    page.getByRole('heading', { level: 1, name: 'Figures for wall labels' }),
  ).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.keyboard.press('Control+,')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await tabTo(page, /^Sign out$/)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'Sign out')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Email')).toBeVisible()
})

test('a dialog keeps the focus, leaves with Escape, and gives it back to what opened it', async ({
  connected,
}) => {
  test.slow()
  const application = await connected()
  const { page } = application
  const dialog = page.getByRole('dialog')
  const check = async (button: string | RegExp, item: string | null): Promise<void> => {
    const opener = page.getByRole('button', { name: button })
    await opener.focus()
    await page.keyboard.press('Enter')
    if (item !== null) {
      const entry = page.getByRole('menuitem', { name: item })
      await entry.waitFor()
      await entry.press('Enter')
    }
    await expect(dialog, `${button}`).toBeVisible()
    for (let turn = 0; turn < 14; turn += 1) {
      expect(
        await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null),
        `${button}, after ${turn} tabs`,
      ).toBe(true)
      await page.keyboard.press(turn < 10 ? 'Tab' : 'Shift+Tab')
    }
    await page.keyboard.press('Escape')
    await expect(dialog, `${button}`).toHaveCount(0)
    await expect(opener, `${button}`).toBeFocused()
  }
  await signIn(application)
  await openProject(application)
  await page.getByRole('option', { name: /Tidewater microsite/ }).waitFor()
  await check('New artifact', null)
  await check('New project', null)
  await check(/^(Up to date|Syncing|Checking)/, null)
  await check('Account: Ada Moreau', 'Sign out…')
  await openArtifact(application, 'Tidewater microsite')
  await check('Add', 'New file…')
  await check('History', null)

  // In a narrow window the projects fold into the rail, and are a dialog as well.
  await page.setViewportSize({ width: 720, height: 640 })
  await expect(page.getByRole('listbox', { name: 'Projects' })).toHaveCount(0)
  await check('Projects', null)
  await page.getByRole('button', { name: 'Projects' }).press('Enter')
  const projects = dialog.getByRole('listbox', { name: 'Projects' })
  await projects.focus()
  await page.keyboard.type('studio')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Studio toolkit' })).toBeVisible()
  await expect(dialog).toHaveCount(0)
  // Asked for there, the dialog outlives the drawer, and the width.
  await page.getByRole('button', { name: 'Projects' }).press('Enter')
  await dialog.getByRole('button', { name: 'New project' }).press('Enter')
  await page.getByLabel('Name').fill('Half a name')
  await page.setViewportSize({ width: 1280, height: 820 })
  await expect(page.getByLabel('Name')).toHaveValue('Half a name')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'New project' })).toHaveCount(0)
})
