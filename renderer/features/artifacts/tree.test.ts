import { describe, expect, it } from 'vitest'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { firstFile, treeRows, viewOf } from './tree.ts'

const file = (path: string, more: Partial<ArtifactFile> = {}): ArtifactFile => ({
  id: path,
  artifactId: 'a',
  path,
  mediaType: 'text/plain',
  size: 1,
  sha256: 's',
  revision: 1,
  isMain: false,
  state: 'cached',
  hasDraft: false,
  ...more,
})
const files = [
  file('z.txt'),
  file('src/b/two.ts'),
  file('src/a10.ts'),
  file('src/a9.ts'),
  file('docs/x.md'),
]

describe('the file tree', () => {
  it('puts folders first and counts numbers as numbers', () => {
    expect(treeRows(files, new Set()).map((row) => `${row.level}${row.name}`)).toEqual([
      '1docs',
      '2x.md',
      '1src',
      '2b',
      '3two.ts',
      '2a9.ts',
      '2a10.ts',
      '1z.txt',
    ])
  })
  it('leaves out what lies in a closed folder', () => {
    expect(treeRows(files, new Set(['src/'])).map((row) => row.name)).toEqual([
      'docs',
      'x.md',
      'src',
      'z.txt',
    ])
  })
  it('opens at the main file, else a page, else a readme', () => {
    expect(firstFile([file('a'), file('b', { isMain: true })])?.path).toBe('b')
    expect(firstFile([file('a'), file('index.html'), file('README.md')])?.path).toBe('index.html')
    expect(firstFile([file('a'), file('README.md')])?.path).toBe('README.md')
    expect(firstFile([])).toBeNull()
  })
  it('knows how to show a file', () => {
    expect(viewOf(file('x', { mediaType: 'image/svg+xml' }))).toBe('image')
    for (const mediaType of ['font/woff2', 'video/mp4', 'application/pdf'])
      expect(viewOf(file('x', { mediaType }))).toBe('other')
    const unnamed = 'application/octet-stream'
    // What is in it decides; its name says what it is where nobody else does.
    for (const path of ['.env', 'Main.java', 'go.sum', 'x'])
      expect(viewOf(file(path, { mediaType: unnamed }))).toBe('text')
    expect(viewOf(file('a.html', { mediaType: unnamed }))).toBe('page')
    expect(viewOf(file('a.md', { mediaType: '' }))).toBe('markdown')
    expect(viewOf(file('a.png', { mediaType: unnamed }))).toBe('image')
    expect(viewOf(file('x', { mediaType: unnamed, size: 30_000_000 }))).toBe('other')
  })
})
