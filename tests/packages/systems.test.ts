import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getRawHeader } from '@electron/asar'
import { parse } from 'plist'
import { NtExecutable, NtExecutableResource, Resource } from 'resedit'
import { expect, test } from 'vitest'
import { fusesOf } from '../../scripts/package/stand-in/fuses.ts'
import type { System } from '../../scripts/package/target.ts'
import { packedFor } from './packed.ts'

const systems: System[] = ['linux', 'win32', 'darwin']
const hashOf = (archive: string): string =>
  createHash('sha256').update(getRawHeader(archive).headerString).digest('hex')

/** Where the fuses are. */
const binaries: Record<System, string> = {
  linux: 'atelier',
  win32: 'Atelier.exe',
  darwin: 'Atelier.app/Contents/Frameworks/Electron Framework.framework/Electron Framework',
}

test.each(systems)('the fuses of %s are flipped', async (system) => {
  const binary = await readFile(join(packedFor(system).folder, binaries[system]))
  // Run as Node, encrypt cookies, NODE_OPTIONS, --inspect, check the archive, only the archive, snapshot, file://,
  // and what Electron has added since, as it comes.
  expect(fusesOf(binary)).toBe('000011001')
})

test.each([
  ['linux', 'locales', ['de.pak', 'en-US.pak', 'es.pak', 'fr.pak', 'ja.pak']],
  ['win32', 'locales', ['de.pak', 'en-US.pak', 'es.pak', 'fr.pak', 'ja.pak']],
  [
    'darwin',
    'Atelier.app/Contents/Resources',
    ['de.lproj', 'en.lproj', 'es.lproj', 'fr.lproj', 'ja.lproj'],
  ],
] as const)(
  'of the languages of Electron %s has those it is to have',
  async (system, folder, wanted) => {
    const names = await readdir(join(packedFor(system).folder, folder))
    expect(names.filter((name) => /\.(pak|lproj)$/.test(name)).sort()).toEqual(wanted)
  },
)

// On macOS they come out of Electron's zip, which a folder in its place has no part of.
test.each(['linux', 'win32'] as const)(
  'the licences of Electron travel with %s',
  async (system) => {
    for (const file of ['LICENSE.electron.txt', 'LICENSES.chromium.html'])
      expect(await readFile(join(packedFor(system).folder, file), 'utf8')).toMatch(/licence/)
  },
)

test('macOS knows the application, its links, and its archive', async () => {
  const { program, archive } = packedFor('darwin')
  const about = parse(await readFile(join(program, 'Contents/Info.plist'), 'utf8'))
  expect(about).toMatchObject({
    CFBundleIdentifier: 'app.atelier.desktop',
    CFBundleName: 'Atelier',
    CFBundleExecutable: 'Atelier',
    CFBundleShortVersionString: '0.1.0',
    CFBundleURLTypes: [{ CFBundleURLName: 'Atelier', CFBundleURLSchemes: ['atelier'] }],
    LSMinimumSystemVersion: '13.0',
    NSDocumentsFolderUsageDescription: expect.stringContaining('Atelier'),
    LSApplicationCategoryType: 'public.app-category.developer-tools',
    ElectronAsarIntegrity: {
      'Resources/app.asar': { algorithm: 'SHA256', hash: hashOf(archive) },
    },
  })
  const icon = await readFile(join(program, 'Contents/Resources/icon.icns'))
  expect(icon.toString('latin1', 0, 4)).toBe('icns')
})

test('macOS finds every helper by the name of the application', async () => {
  const { program } = packedFor('darwin')
  const frameworks = join(program, 'Contents/Frameworks')
  const helpers = (await readdir(frameworks)).filter((name) => name.includes('Helper'))
  expect(helpers.sort()).toEqual(
    [' (GPU)', ' (Plugin)', ' (Renderer)', ''].map((kind) => `Atelier Helper${kind}.app`),
  )
  for (const helper of helpers) {
    const name = helper.replace(/\.app$/, '')
    const contents = join(frameworks, helper, 'Contents')
    expect(await readdir(join(contents, 'MacOS'))).toEqual([name])
    const about = parse(await readFile(join(contents, 'Info.plist'), 'utf8'))
    expect(about).toMatchObject({ CFBundleExecutable: name })
  }
})

const resourcesOf = async (file: string) =>
  NtExecutableResource.from(NtExecutable.from(await readFile(file)))

test('Windows knows the application, and its archive', async () => {
  const { program, archive } = packedFor('win32')
  const { entries } = await resourcesOf(program)
  const integrity = entries.find(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR')
  expect(JSON.parse(new TextDecoder().decode(integrity?.bin))).toContainEqual({
    file: 'resources\\app.asar',
    alg: 'SHA256',
    value: hashOf(archive),
  })
  const version = Resource.VersionInfo.fromEntries(entries)[0]
  const language = version?.getAllLanguagesForStringValues()[0]
  if (!version || !language) throw new Error('Atelier.exe has no version.')
  expect(version.getStringValues(language)).toMatchObject({
    ProductName: 'Atelier',
    FileDescription: 'Atelier',
    FileVersion: '0.1.0',
  })
  const icons = Resource.IconGroupEntry.fromEntries(entries).flatMap((group) => group.icons)
  expect(icons.map(({ width }) => width || 256)).toEqual(expect.arrayContaining([16, 32, 48, 256]))
})
