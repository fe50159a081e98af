import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../run.ts'
import { componentsOf } from './native-components.ts'
import { postgresPackage } from './packages.ts'
import { extensions, postgresFiles } from './postgres.ts'
import type { Target } from './target.ts'
import { addVisualCRuntime, newestFirst, runtimeLibraries } from './visual-c-runtime.ts'

const target: Target = { system: 'linux', processor: 'x64' }
const isHere = process.platform === 'linux' && process.arch === 'x64'
const installed = join(root, 'node_modules', postgresPackage(target))

test('every extension that the migrations create is packed, but the one that they can do without', async () => {
  const folder = join(root, 'supabase/migrations')
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  )
  const created = [
    ...texts.join('\n').matchAll(/create extension (?:if not exists )?"?([\w-]+)/gi),
  ].map((found) => found[1]!.toLowerCase())
  expect(created).toContain('pgcrypto')
  for (const name of created.filter((each) => each !== 'pg_cron'))
    expect(extensions).toContain(name)
})

test.runIf(isHere)('of PostgreSQL what runs is kept, with all that it asks for', async () => {
  const files = await postgresFiles(installed, target)
  const paths = files.map(({ path }) => path)
  for (const path of [
    'bin/postgres',
    'bin/initdb',
    'bin/pg_ctl',
    'lib/libpq.so.5',
    'lib/libicui18n.so.60',
  ])
    expect(paths).toContain(`native/${path}`)
  // A link is kept with what it leads to.
  const link = files.find(({ path }) => path === 'native/lib/libicui18n.so.60')
  expect(link?.linkTo).toBe('native/lib/libicui18n.so.60.2')
  expect(paths).toContain(link?.linkTo)
  for (const name of extensions)
    expect(paths).toContain(`native/share/postgresql/extension/${name}.control`)
  for (const path of paths)
    expect(path).not.toMatch(/ecpg|plperl|plpython|pltcl|pgxs|pkgconfig|\.a$|\.h$|locale|_and_/)
  expect(componentsOf(paths).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['PostgreSQL', 'ICU', 'OpenSSL 1.1', 'libxml2', 'zlib']),
  )
})

test.runIf(isHere)('a library that nobody brings is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-postgres-'))
  try {
    await mkdir(join(folder, 'native/bin'), { recursive: true })
    await writeFile(
      join(folder, 'native/bin/initdb'),
      await readFile(join(installed, 'native/bin/initdb')),
    )
    await expect(postgresFiles(folder, target)).rejects.toThrow(
      'native/bin/initdb needs libpq.so.5',
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a native file of which nobody said whose it is cannot be shipped', () =>
  expect(() => componentsOf(['native/lib/libnew.so.1'])).toThrow('native/lib/libnew.so.1'))

test('the runtime of Visual C++ is put beside postgres.exe, or its absence is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-runtime-'))
  const before = process.env.ATELIER_VC_RUNTIME
  try {
    const [bin, redistributable] = [join(folder, 'bin'), join(folder, 'crt')]
    await mkdir(bin)
    await mkdir(redistributable)
    process.env.ATELIER_VC_RUNTIME = redistributable
    if (process.platform !== 'win32')
      await expect(addVisualCRuntime(bin, { placeholder: false })).rejects.toThrow(
        'vcruntime140.dll',
      )
    for (const name of runtimeLibraries) await writeFile(join(redistributable, name), `its ${name}`)
    await addVisualCRuntime(bin, { placeholder: false })
    for (const name of runtimeLibraries)
      expect(await readFile(join(bin, name), 'utf8')).toBe(`its ${name}`)
    await addVisualCRuntime(bin, { placeholder: true })
    expect(await readFile(join(bin, 'vcruntime140.dll'), 'utf8')).toContain('cannot run')
  } finally {
    if (before === undefined) delete process.env.ATELIER_VC_RUNTIME
    else process.env.ATELIER_VC_RUNTIME = before
    await rm(folder, { recursive: true, force: true })
  }
})

test('of several versions of Microsoft’s runtime the newest is tried first', () => {
  const names = ['14.44.35207', '14.100.1', 'v143', '14.9.0']
  expect(newestFirst(names)).toEqual(['14.100.1', '14.44.35207', '14.9.0'])
})
