import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../run.ts'
import { ownFiles } from './stage.ts'

it('everything that the code reads by its path at run time is packed', async () => {
  const sources = globSync('electron/**/*.ts', { cwd: root }).filter(
    (path) => !path.endsWith('.test.ts'),
  )
  const texts = await Promise.all(sources.map((path) => readFile(join(root, path), 'utf8')))
  const read = texts.flatMap((text) =>
    [...text.matchAll(/projectFile\(\s*'([^']+)'/g)].map(([, path]) => path!),
  )
  expect(read.length).toBeGreaterThan(5)
  const isPacked = (path: string): boolean =>
    ownFiles.some((own) => path === own || path.startsWith(`${own}/`))
  expect(read.filter((path) => !isPacked(path))).toEqual([])
})
