import { expect, test } from 'vitest'
import { feedFrom } from './publish.ts'
import { wanted } from './target.ts'

const here = { system: 'linux', processor: 'x64' }

test('nothing asked for is every package of this system', () => {
  expect(wanted({}, here)).toEqual({
    targets: [{ system: 'linux', processor: 'x64' }],
    formats: ['deb', 'rpm', 'AppImage', 'tar.gz'],
  })
  expect(wanted({}, { system: 'darwin', processor: 'arm64' })).toEqual({
    targets: [
      { system: 'darwin', processor: 'x64' },
      { system: 'darwin', processor: 'arm64' },
    ],
    formats: ['dmg', 'zip'],
  })
  // Windows on ARM packages, and runs, what is for x64.
  expect(wanted({}, { system: 'win32', processor: 'arm64' })).toEqual({
    targets: [{ system: 'win32', processor: 'x64' }],
    formats: ['nsis'],
  })
})

test('what is asked for is what is made, once each', () => {
  expect(
    wanted({ system: 'darwin', processors: ['arm64', 'arm64'], formats: ['zip', 'zip'] }, here),
  ).toEqual({ targets: [{ system: 'darwin', processor: 'arm64' }], formats: ['zip'] })
  expect(wanted({ folderOnly: true }, here)).toMatchObject({ formats: [] })
})

test.each([
  [{ system: 'beos' }, "'beos' is no system; there are linux, darwin, win32."],
  [{ processors: ['ia32'] }, "not packaged for 'ia32' on linux, only for x64, arm64"],
  [{ system: 'win32', processors: ['arm64'] }, "not packaged for 'arm64' on win32, only for x64"],
  [{ formats: ['dmg'] }, "'dmg' is no package of linux"],
  [{ formats: ['deb'], folderOnly: true }, '--dir makes no packages'],
])('refused with a sentence: %j', (asked, sentence) =>
  expect(wanted(asked, here)).toContain(sentence),
)

test('on a system that Atelier has no package for, the sentence says so', () =>
  expect(wanted({}, { system: 'freebsd', processor: 'x64' })).toContain("'freebsd' is no system"))

test('a feed is named by one address, or by a repository', () => {
  expect(feedFrom({})).toBeNull()
  expect(feedFrom({ ATELIER_UPDATE_URL: 'https://updates.atelier.example/stable' })).toEqual({
    provider: 'generic',
    url: 'https://updates.atelier.example/stable',
  })
  expect(feedFrom({ ATELIER_UPDATE_URL: 'http://127.0.0.1:8080' })).toMatchObject({
    provider: 'generic',
  })
  expect(feedFrom({ ATELIER_UPDATE_GITHUB: 'atelier/desktop' })).toEqual({
    provider: 'github',
    owner: 'atelier',
    repo: 'desktop',
  })
})

test.each([
  { ATELIER_UPDATE_URL: 'http://updates.atelier.example' },
  // The application takes none by that name.
  { ATELIER_UPDATE_URL: 'http://localhost:8080' },
  { ATELIER_UPDATE_URL: 'updates' },
  { ATELIER_UPDATE_GITHUB: 'desktop' },
  { ATELIER_UPDATE_GITHUB: 'a/b/c' },
  { ATELIER_UPDATE_URL: 'https://a.example', ATELIER_UPDATE_GITHUB: 'a/b' },
])('no feed: %j', (environment) => expect(() => feedFrom(environment)).toThrow(/ATELIER_UPDATE/))
