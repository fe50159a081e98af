import type { Page } from '@playwright/test'
import {
  ada,
  expect,
  openArtifact,
  openFile,
  openIds,
  openProject,
  signIn,
  test,
} from './application.ts'

type Encoding = 'utf-16le' | 'windows-1252'
/** A file of the open artifact, as somebody else's program would have written it. */
const put = async (
  page: Page,
  path: string,
  text: string,
  encoding?: Encoding,
): Promise<string> => {
  const fileId = await page.evaluate(
    async ([artifactId, name, words, as]) => {
      const { artifacts } = window.desktop
      const { id } = await artifacts.create({ artifactId, path: name, text: as ? '' : words })
      if (as) await artifacts.edit({ artifactId, fileId: id, text: words, encoding: as })
      return id
    },
    [openIds(page).artifactId, path, text, encoding ?? null] as const,
  )
  // A row that comes between a press and its release moves what was pressed away from under the pointer.
  await expect(page.getByRole('treeitem', { name: path.split('/').at(-1) ?? path })).toBeVisible()
  return fileId
}
const read = (page: Page, fileId: string) =>
  page.evaluate(([artifactId, id]) => window.desktop.artifacts.read({ artifactId, fileId: id }), [
    openIds(page).artifactId,
    fileId,
  ] as const)
const content = (page: Page) => page.locator('.cm-content')
/** Milliseconds until the window does something for a person. */
const answers = async (page: Page): Promise<number> => {
  const before = Date.now()
  await page.getByRole('button', { name: 'Search or jump to' }).click()
  await page.keyboard.press('Escape')
  return Date.now() - before
}

test('a text stays as it was but for what is typed, and what is saved does not come back', async ({
  connected,
}, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application, ada)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const mixed = await put(page, 'notes/mixed.txt', 'one\r\ntwo\nthree\rfour\r\n')
  const old = await put(page, 'notes/old.csv', 'Größe;1\r\n', 'windows-1252')
  const wide = await put(page, 'notes/wide.txt', 'Größe\r\n', 'utf-16le')
  await put(page, 'notes/settings.ini', '[a]\nb=1\n')

  await openFile(application, 'notes/mixed.txt')
  await page.getByRole('button', { name: 'Edit' }).click()
  await content(page).click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('x')
  await expect(page.getByText('Not saved')).toBeVisible()
  await page.keyboard.press('Backspace')
  await expect(page.getByText('Not saved')).toHaveCount(0)
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.type('X')
  await page.keyboard.press('ControlOrMeta+s')
  await expect(page.getByText('Not saved')).toHaveCount(0)
  expect(await read(page, mixed)).toMatchObject({ text: 'Xone\r\ntwo\nthree\rfour\r\n' })
  // Keys and saves in one breath: nothing of it is a draft afterwards.
  for (const letter of 'abcd') {
    await page.keyboard.type(letter)
    await page.keyboard.press('ControlOrMeta+s')
  }
  await expect(page.getByText('Not saved')).toHaveCount(0)
  await page.waitForTimeout(1500)
  expect(await page.evaluate((id) => window.desktop.artifacts.draft({ fileId: id }), mixed)).toBe(
    null,
  )
  expect(await read(page, mixed)).toMatchObject({ text: 'Xabcdone\r\ntwo\nthree\rfour\r\n' })

  await openFile(application, 'notes/old.csv')
  await expect(content(page)).toContainText('Größe')
  await expect(page.getByText('This text is in Windows-1252')).toBeVisible()
  await page.getByRole('button', { name: 'Edit' }).click()
  await content(page).click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('ä€')
  await page.screenshot({ path: info.outputPath('other-encoding.png') })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Not saved')).toHaveCount(0)
  expect(await read(page, old)).toMatchObject({
    text: 'Größe;1\r\nä€',
    encoding: 'windows-1252',
  })
  await page.keyboard.press('ControlOrMeta+End')
  await content(page).click()
  await page.keyboard.type('日')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('Save as UTF-8')
  await page.screenshot({ path: info.outputPath('not-in-encoding.png') })
  await page.getByRole('button', { name: 'Save as UTF-8' }).click()
  await expect(page.getByText('Not saved')).toHaveCount(0)
  expect(await read(page, old)).toMatchObject({ encoding: 'utf-8' })

  await openFile(application, 'notes/wide.txt')
  await expect(content(page)).toContainText('Größe')
  expect(await read(page, wide)).toMatchObject({ text: 'Größe\r\n', encoding: 'utf-16le' })
  await openFile(application, 'notes/settings.ini')
  await expect(content(page)).toContainText('b=1')
})

test('no text holds the window', async ({ connected }, info) => {
  test.setTimeout(180_000)
  const application = await connected()
  const { page } = application
  await signIn(application, ada)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const readme = `---
title: Guide
---
# Guide

![Mark](../images/mark.svg) [page](../pages/visit.html) [end](#the-end) [bad](javascript:alert(1))

<details><summary>More</summary>hidden words</details>

${'line\n\n'.repeat(60)}

## The end`
  await put(page, 'docs/guide.md', readme)
  await put(page, 'docs/deep.md', `${'> '.repeat(20_000)}x`)
  await put(page, 'docs/stars.md', '*a '.repeat(30_000))
  await put(page, 'docs/line.js', `var a="${'x'.repeat(5_000_000)}"`)

  await openFile(application, 'docs/guide.md')
  const page1 = page.getByRole('region', { name: 'docs/guide.md' })
  await expect(page1.getByRole('heading', { name: 'Guide' })).toBeVisible()
  await expect(page1.getByText('hidden words')).toHaveCount(1)
  await expect
    .poll(() =>
      page1
        .getByRole('img', { name: 'Mark' })
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(0)
  await expect(page1.getByRole('link', { name: 'bad' })).toHaveCount(0)
  await page.screenshot({ path: info.outputPath('markdown.png') })
  await page1.getByRole('link', { name: 'end' }).click()
  await expect(page1.getByRole('heading', { name: 'The end' })).toBeInViewport()

  for (const name of ['docs/deep.md', 'docs/stars.md']) {
    await openFile(application, name)
    expect(await answers(page), name).toBeLessThan(5_000)
    await expect(
      page.getByText('It is shown as it is written').or(page.locator('.prose')),
    ).toBeVisible()
    expect(await answers(page), name).toBeLessThan(5_000)
  }
  await openFile(application, 'docs/deep.md')
  await expect(page.getByText('It is shown as it is written')).toBeVisible()
  await page.screenshot({ path: info.outputPath('markdown-as-written.png') })

  await openFile(application, 'docs/line.js')
  await expect(page.getByText('shown without colours and wrapping')).toBeVisible()
  expect(await answers(page)).toBeLessThan(5_000)
  await page.getByRole('button', { name: 'Edit' }).click()
  await content(page).click({ position: { x: 20, y: 8 } })
  const before = Date.now()
  await page.keyboard.type('abc')
  await expect(page.getByText('Not saved')).toBeVisible()
  expect(Date.now() - before).toBeLessThan(6_000)
  await page.screenshot({ path: info.outputPath('large-text.png') })
  // The link leads to the file it names, in place.
  await openFile(application, 'docs/guide.md')
  await page1.getByRole('link', { name: 'page' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'pages/visit.html' })).toBeVisible()
})
