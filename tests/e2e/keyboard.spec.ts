import type { Page } from '@playwright/test'
import { ada, expect, test } from './application.ts'

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
