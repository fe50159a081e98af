import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { joinedFeed } from './update-feed.ts'

const feed = (processor: string, version = '1.2.0') =>
  `version: ${version}
files:
  - url: Atelier-${version}-mac-${processor}.zip
    sha512: ${processor}
    size: 5
path: Atelier-${version}-mac-${processor}.zip
releaseDate: '2026-11-30T12:00:00.000Z'
`

test('the packages of both processors are in one feed, each once', () => {
  expect(load(joinedFeed([feed('x64'), feed('arm64'), feed('arm64')]))).toEqual({
    version: '1.2.0',
    files: [
      { url: 'Atelier-1.2.0-mac-x64.zip', sha512: 'x64', size: 5 },
      { url: 'Atelier-1.2.0-mac-arm64.zip', sha512: 'arm64', size: 5 },
    ],
    path: 'Atelier-1.2.0-mac-x64.zip',
    releaseDate: '2026-11-30T12:00:00.000Z',
  })
})

test('feeds of two versions are not joined, nor none', () => {
  expect(() => joinedFeed([feed('x64'), feed('arm64', '1.3.0')])).toThrow('different versions')
  expect(() => joinedFeed([])).toThrow('no feed')
})

test('the PostgreSQL that a version brings is said in the feed of both processors', () => {
  // As electron-builder writes what `releaseInfo` says.
  const told = (processor: string): string =>
    `${feed(processor)}vendor:\n  postgres: 18\nreleaseNotes: Calmer water\n`
  expect(load(joinedFeed([told('x64'), told('arm64')]))).toMatchObject({
    vendor: { postgres: 18 },
    releaseNotes: 'Calmer water',
  })
})
