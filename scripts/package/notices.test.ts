import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listBundledPackages, packageFolderOf } from './bundled-packages.ts'
import { noticeOf, standardText } from './licences.ts'
import { componentsInside, componentsOf } from './native-components.ts'
import { asText, noticeOfComponent } from './notices.ts'
import { addedByThePacker } from './packer-components.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-notices-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const package_ = async (manifest: unknown, files: Record<string, string> = {}) => {
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
}

test("a package's own files are its notice, every one", async () => {
  await package_(
    { version: '1.2.3', license: 'Apache-2.0' },
    { 'LICENSE.md': 'own words\n', NOTICE: 'and these', 'README.md': 'not these' },
  )
  const notice = await noticeOf(folder, 'a-package')
  expect(notice).toMatchObject({ name: 'a-package 1.2.3', licence: 'Apache-2.0' })
  expect(notice.text).toContain('own words')
  expect(notice.text).toContain('and these')
  expect(notice.text).not.toContain('not these')
})

test('without a file the standard text stands, under the name of the author', async () => {
  await package_({ version: '1.0.0', license: '(MIT OR ISC)', author: { name: 'Ada' } })
  const { text } = await noticeOf(folder, 'a-package')
  expect(text).toContain('Copyright © Ada')
  expect(text).toContain('Permission is hereby granted, free of charge')
  expect(text).toContain('with or without fee is hereby granted')
})

test('the older way to say it counts as well', async () => {
  await package_({ version: '1.0.0', licenses: [{ type: 'MIT' }] })
  expect((await noticeOf(folder, 'a-package')).licence).toBe('MIT')
})

test('without a word of a licence nothing is shipped', async () => {
  await package_({ version: '1.0.0' })
  await expect(noticeOf(folder, 'a-package')).rejects.toThrow('a-package 1.0.0 says nothing')
  await package_({ version: '1.0.0', license: 'UNLICENSED' })
  await expect(noticeOf(folder, 'a-package')).rejects.toThrow("'UNLICENSED' is no licence")
})

test('each licence of an expression is printed, and of nothing there is no text', () => {
  const text = standardText('BSD-2-Clause AND HPND-export-US')
  expect(text).toContain('Redistribution and use in source and binary forms')
  expect(text).toContain('Export of this software')
  expect(() => standardText('()')).toThrow('names no licence')
})

test('those with the same text stand above it together', () => {
  const text = asText(
    [
      { name: 'b 1', licence: 'MIT', text: 'the text' },
      { name: 'a 1', licence: 'ISC', text: 'the text' },
      { name: 'c 1', licence: 'MIT', text: 'another' },
    ],
    ['at the end'],
  )
  expect(text).toContain('a 1 (ISC)\nb 1 (MIT)\n\nthe text')
  expect(text.match(/the text/g)).toHaveLength(1)
  expect(text.trimEnd().endsWith('at the end')).toBe(true)
})

test('a module is of the last package in its path', () => {
  expect(packageFolderOf('/a/node_modules/parse5/node_modules/entities/x.js?raw')).toBe(
    '/a/node_modules/parse5/node_modules/entities',
  )
  expect(packageFolderOf('\0/a/node_modules/@lezer/lr/dist/index.js')).toBe(
    '/a/node_modules/@lezer/lr',
  )
  expect(packageFolderOf('/a/src/index.ts')).toBeNull()
})

test('what a build took in is written down: code, fonts, and nothing of its own', async () => {
  const file = join(folder, 'out/bundled-packages.json')
  await mkdir(join(folder, 'out'))
  await listBundledPackages(file).generateBundle(null, {
    'a.js': {
      type: 'chunk',
      moduleIds: ['/a/node_modules/react/index.js', '/a/renderer/main.tsx'],
    },
    'b.woff2': {
      type: 'asset',
      originalFileNames: ['../node_modules/@fontsource-variable/inter/files/b.woff2'],
    },
  })
  const { default: found } = await import(file, { with: { type: 'json' } })
  expect(found).toEqual(['@fontsource-variable/inter', 'react', 'tailwindcss'])
})

test('what lies inside of programs under another name has its notice, and a library of the LGPL its very archive', () => {
  const named = componentsOf(['native/bin/postgres.exe', 'native/bin/libintl-9.dll'])
  const names = named.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining([
      'PostgreSQL',
      'Snowball',
      "Henry Spencer's regular expressions",
      'Time zone database',
    ]),
  )
  for (const package_ of ['@parcel/watcher', 'keytar', 'better-sqlite3'])
    expect(componentsInside(package_).map(({ name }) => name)).toContain('node-addon-api')
  const libraries = ['libintl-9.dll', 'libiconv-2.dll', 'libintl.8.dylib', 'libiconv.2.dylib']
  const ofLgpl = componentsOf(libraries.map((name) => `native/lib/${name}`)).filter(
    ({ licences }) => licences.includes('LGPL-2.1-or-later'),
  )
  expect(ofLgpl).toHaveLength(libraries.length)
  for (const { source } of ofLgpl) expect(source).toMatch(/-\d+\.\d+(\.\d+)?\.tar\.[gx]z$/)
})

test('what the packer lays into packages has its notice, each with a text', () => {
  const named = (['linux', 'darwin', 'win32'] as const).flatMap(addedByThePacker)
  expect(named.map(({ name }) => name).join('\n')).toMatch(/elevate\.exe.+nsis alone/)
  expect(named.map(({ name }) => name).join('\n')).toMatch(/runtime.+AppImage alone/)
  for (const component of named)
    expect(noticeOfComponent(component).text.length, component.name).toBeGreaterThan(500)
})
