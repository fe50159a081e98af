import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openScanner } from '../../../electron/main/sync/folder/scanner.ts'
import { put } from './linked.ts'
import { mountDisk, whyNoDisk } from './mounts.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** Looks at some paths of a folder alone. */
const openFolder = async (root: string) => {
  await mkdir(join(root, '.atelier'))
  await writeFile(join(root, '.atelier/link.json'), JSON.stringify({ linkId: 'link' }))
  for (const path of ['Docs/a.txt', 'Docs/deep/b.txt']) await put(root, path, path)
  const scanner = openScanner(root)
  return (paths: string[]) => {
    const { files, refused, unread } = scanner.look('link', paths, [])
    return { files: files.map(({ path }) => path).sort(), refused, unread }
  }
}
const only = (...files: string[]) => ({ files, refused: [], unread: [] })
const all = only('Docs/a.txt', 'Docs/deep/b.txt')

test('a file that is looked at with its folders is one file', async () => {
  const root = await mkdtemp('/tmp/atelier-look-')
  open.push(() => rm(root, { recursive: true }))
  const look = await openFolder(root)
  expect(look(['Docs/deep/b.txt', 'Docs/deep', 'Docs'])).toEqual(all)
  expect(look(['Docs', 'Docs/deep', 'Docs/deep/b.txt'])).toEqual(all)
  expect(look(['Docs/none', 'none/of/it'])).toEqual(only())
})

const why = whyNoDisk('exfat')
test.skipIf(why !== null)(
  `a disk without case says how it spells what it is asked for${why === null ? '' : ` (skipped: ${why})`}`,
  async () => {
    const disk = mountDisk('exfat', 8)
    open.push(disk.close)
    const look = await openFolder(disk.root)
    expect(look(['docs/a.txt'])).toEqual(only('Docs/a.txt'))
    expect(look(['docs/DEEP/B.txt'])).toEqual(only('Docs/deep/b.txt'))
    expect(look(['docs', 'Docs', 'DOCS/a.txt'])).toEqual(all)
    expect(look(['docs/none'])).toEqual(only())
  },
)
