import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { standInFeed } from '../../scripts/package/stand-in/index.ts'
import type { System } from '../../scripts/package/target.ts'
import { isPublished } from '../../scripts/release/checksums.ts'
import { embeddedPostgresMajor } from '../../src/updates/postgres.ts'
import { artifactOf, packedFor, told } from './packed.ts'

/* What an installed application finds its next version by: what it brings, and what lies at the feed. */

const configured = { ...standInFeed, updaterCacheDirName: 'atelier-updater' }

const inDeb = (path: string): string =>
  told(
    ...(['sh', '-c', 'dpkg-deb --fsys-tarfile "$1" | tar -xO "$2"', 'sh'] as const),
    ...[artifactOf('.deb'), `./opt/Atelier/${path}`],
  )
const inRpm = (path: string): string =>
  told(
    ...(['sh', '-c', 'rpm2archive - < "$1" | tar -xzO "$2"', 'sh'] as const),
    ...[artifactOf('.rpm'), `./opt/Atelier/${path}`],
  )
const inAppImage = async (...how: string[]): Promise<string> => {
  const image = artifactOf('.AppImage')
  const offset = String((await readFile(image)).indexOf('hsqs'))
  const [option = '', ...paths] = how
  return told('unsquashfs', '-o', offset, option, image, ...paths)
}

test('a deb and an rpm know their feed, and what installs the next one', () => {
  expect(load(inDeb('resources/app-update.yml'))).toEqual(configured)
  expect(load(inRpm('resources/app-update.yml'))).toEqual(configured)
  expect(inDeb('resources/package-type').trim()).toBe('deb')
  expect(inRpm('resources/package-type').trim()).toBe('rpm')
})

test('an AppImage knows its feed, and is no package of another kind', async () => {
  expect(load(await inAppImage('-cat', 'resources/app-update.yml'))).toEqual(configured)
  const listed = (await inAppImage('-l')).split('\n')
  expect(listed).toContain('squashfs-root/resources/app-update.yml')
  // electron-updater takes the kind by this file, wherever it runs.
  expect(listed).not.toContain('squashfs-root/resources/package-type')
})

test('so does what is unpacked by hand, which is of no kind', () => {
  const archive = artifactOf('.tar.gz')
  const listed = told('tar', '-tzf', archive).split('\n')
  expect(listed.filter((path) => path.endsWith('/resources/app-update.yml'))).toHaveLength(1)
  expect(listed.filter((path) => path.endsWith('/resources/package-type'))).toEqual([])
})

test('so does macOS', async () => {
  const { resources } = packedFor('darwin')
  expect(load(await readFile(join(resources, 'app-update.yml'), 'utf8'))).toEqual(configured)
})

const feed = z.object({
  version: z.string(),
  files: z.array(z.object({ url: z.string(), sha512: z.string(), size: z.number() })),
  vendor: z.object({ postgres: z.number() }),
})

test.each([
  ['linux', 'latest-linux.yml', ['.AppImage', '.deb', '.rpm']],
  ['darwin', 'latest-mac.yml', ['.zip']],
] satisfies [System, string, string[]][])(
  'the feed of %s names what lies beside it',
  async (system, name, endings) => {
    const place = dirname(packedFor(system).artifacts[0] ?? '')
    const { version, files, vendor } = feed.parse(load(await readFile(join(place, name), 'utf8')))
    expect(version).toBe('0.1.0')
    expect(vendor.postgres).toBe(embeddedPostgresMajor)
    expect(endings.filter((ending) => !files.some(({ url }) => url.endsWith(ending)))).toEqual([])
    expect(files).toHaveLength(endings.length)
    for (const { url, sha512, size } of files) {
      expect(url).toBe(basename(url))
      const bytes = await readFile(join(place, url))
      expect(bytes.length, url).toBe(size)
      expect(createHash('sha512').update(bytes).digest('base64'), url).toBe(sha512)
    }
    // Both the feed and what it names are what a release has.
    expect([name, ...files.map(({ url }) => url)].filter((each) => !isPublished(each))).toEqual([])
    expect((await readdir(place)).filter((each) => /^latest.*\.yml$/.test(each))).toEqual([name])
  },
)
