import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { markFolder } from '../../../electron/main/sync/folder/mark.ts'
import { openScanner, type Share } from '../../../electron/main/sync/folder/scanner.ts'

const roots: string[] = []
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true })
})

const names = [
  'a.txt',
  'B.txt',
  'b.txt',
  'con',
  'Ärger.md',
  'line\nbreak',
  'x',
  'y',
  'deep',
  'Deep',
]
/** Folders in folders, with names that collide, are refused, or are no files. */
const makeTree = async (): Promise<string> => {
  const root = await mkdtemp('/tmp/atelier-scan-')
  roots.push(root)
  await markFolder(root, 'link', [])
  const fill = async (folder: string, depth: number): Promise<void> => {
    await mkdir(join(root, folder), { recursive: true })
    for (const [at, name] of names.entries()) {
      const path = join(folder, name)
      if (depth < 3 && at >= 6) await fill(path, depth + 1)
      else await writeFile(join(root, path), path)
    }
    await symlink('a.txt', join(root, folder, 'link'))
  }
  await fill('', 0)
  return root
}

const scanned = (root: string, share?: Share) => {
  const scanner = openScanner(root)
  scanner.scan('link', share)
  const files: string[] = []
  for (;;) {
    const { files: some, end } = scanner.more()
    files.push(...some.map(({ path, stamp }) => `${path} ${stamp.identity}`))
    if (end) return { ...end, files }
  }
}

test.each([2, 3])(
  '%i that share a folder find what one alone finds, each of it once',
  async (of) => {
    const root = await makeTree()
    const alone = scanned(root)
    expect(alone.files.length).toBeGreaterThan(200)
    const codes = new Set(alone.refused.map(({ code }) => code))
    expect([...codes].sort()).toEqual([
      'file.name-collision',
      'file.name-refused',
      'file.not-regular',
    ])
    const shares = Array.from({ length: of }, (_, part) => scanned(root, { part, of }))
    for (const { files } of shares)
      expect(files.length).toBeGreaterThan(alone.files.length / of / 3)
    expect(shares.flatMap(({ files }) => files).sort()).toEqual(alone.files.toSorted())
    const refusals = ({ refused }: Pick<typeof alone, 'refused'>) =>
      refused.map(({ path, code }) => `${path} ${code}`)
    expect(shares.flatMap(refusals).sort()).toEqual(refusals(alone).sort())
  },
)
