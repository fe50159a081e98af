import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { markFolder } from '../../../electron/main/sync/folder/link-marker.ts'
import { openScannerThread } from '../../../electron/main/sync/folder/scanner-thread.ts'
import { unpackStamp } from '../../../src/sync/folder/stamp.ts'

const worker = new URL('../../../electron/main/sync/folder/scanner-worker.ts', import.meta.url)
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const folder = async (): Promise<string> => {
  const root = await mkdtemp('/tmp/atelier-scan-')
  open.push(() => rm(root, { recursive: true, force: true }))
  await markFolder(root, 'link')
  return root
}
const names = ['a.txt', 'B.txt', 'b.txt', 'con', 'Ärger.md', 'line\nbreak']
const folders = ['x', 'y', 'deep', 'Deep']
/** Folders in folders, with names that collide, are refused, or are no files; and one with more than an answer holds. */
const fill = async (root: string, path = '', depth = 0): Promise<void> => {
  await mkdir(join(root, path), { recursive: true })
  for (const name of names) await writeFile(join(root, path, name), path)
  await symlink('a.txt', join(root, path, 'link'))
  if (depth < 3) for (const name of folders) await fill(root, join(path, name), depth + 1)
}
const fillMany = async (root: string, path: string, count: number): Promise<void> => {
  await mkdir(join(root, path))
  for (let at = 0; at < count; at += 1) await writeFile(join(root, path, `${at}.txt`), '')
}

const openFor = async (root: string) => {
  const { scanner, scan } = await openScannerThread(root, worker)
  open.push(() => scanner.close())
  return async (during = async () => {}) => {
    const files: string[] = []
    let isFirst = true
    const wait: Promise<void>[] = []
    const end = await scan('link', (path, stamp) => {
      files.push(`${path} ${unpackStamp(stamp).identity}`)
      if (isFirst) wait.push(during())
      isFirst = false
    })
    await Promise.all(wait)
    const refused = end.refused.map(({ path, code }) => `${path} ${code}`).sort()
    return { files: files.sort(), refused, unread: end.unread }
  }
}

test('each file is found once, however many answers it takes, and what is left alone is named', async () => {
  const root = await folder()
  await fill(root)
  await fillMany(root, 'many', 9_000)
  const scan = await openFor(root)
  const { files, refused, unread } = await scan()
  const paths = files.map((file) => file.slice(0, file.lastIndexOf(' ')))
  expect(new Set(paths).size).toBe(paths.length)
  expect(paths.filter((path) => path.startsWith('many/'))).toHaveLength(9_000)
  expect(paths).toContain('x/y/Deep/a.txt')
  expect(paths).toContain('Ärger.md')
  expect(new Set(refused.map((each) => each.split(' ').at(-1)))).toEqual(
    new Set(['file.name-collision', 'file.name-control', 'file.not-regular']),
  )
  expect(unread).toEqual([])
  expect(await scan()).toEqual({ files, refused, unread })
})

test('what goes elsewhere while it is looked at is not taken for gone', async () => {
  const root = await folder()
  await fillMany(root, 'a', 9_000)
  await fillMany(root, 'z', 20)
  const scan = await openFor(root)
  const before = await scan()
  // Its new place was listed before it went there.
  const { files, unread } = await scan(() => rename(join(root, 'z'), join(root, 'a', 'z')))
  expect(before.files.length - files.length).toBe(20)
  expect(unread).toEqual(['z'])
  expect((await scan()).unread).toEqual([])
})

test('rules that no person wrote stop their folder, by name, and not what is beside it', async () => {
  const rules = ['b**/'.repeat(2_000), '**/a/'.repeat(40), `${'?'.repeat(40_000)}b`]
  for (const rule of rules) {
    const root = await folder()
    await mkdir(join(root, 'sub'))
    await writeFile(join(root, 'beside.txt'), '')
    await writeFile(join(root, 'sub', 'in.txt'), '')
    await writeFile(join(root, 'sub', '.gitignore'), rule)
    const scan = await openFor(root)
    const { files, refused, unread } = await scan()
    expect(files.map((file) => file.split(' ')[0])).toEqual(['beside.txt'])
    expect([refused, unread]).toEqual([['sub disk.unreadable'], ['sub']])
    // At the top of it there is nothing beside.
    await rename(join(root, 'sub', '.gitignore'), join(root, '.gitignore'))
    await expect(scan()).rejects.toMatchObject({ code: 'folder.rules-unreadable' })
    await writeFile(join(root, '.gitignore'), 'beside*\n**/x/**/y/**\n')
    expect((await scan()).files.map((file) => file.split(' ')[0])).toEqual([
      '.gitignore',
      'sub/in.txt',
    ])
  }
})
