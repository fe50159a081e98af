import { expect, it } from 'vitest'
import { type Installation, meansOf } from './means.ts'

const installed: Installation = {
  platform: 'linux',
  isPackaged: true,
  hasFeed: true,
  isOfStore: false,
  executable: '/opt/Atelier/atelier',
  appImage: null,
  isWritable: true,
  linuxPackage: null,
  mayElevate: false,
  hasUninstaller: false,
}
const mac = {
  platform: 'darwin',
  executable: '/Applications/Atelier.app/Contents/MacOS/Atelier',
} as const

it.each<[string, Partial<Installation>, ReturnType<typeof meansOf>]>([
  ['no feed', { hasFeed: false }, { kind: 'none', why: 'not-configured' }],
  ['from source', { hasFeed: false, isPackaged: false }, { kind: 'none', why: 'development' }],
  ['of a store', { isOfStore: true }, { kind: 'none', why: 'store' }],
  ['an AppImage', { appImage: '/home/ada/Atelier.AppImage' }, { kind: 'self' }],
  [
    'an AppImage that cannot be written',
    { appImage: '/opt/Atelier.AppImage', isWritable: false },
    { kind: 'page', why: 'read-only' },
  ],
  ['a deb with who asks for rights', { linuxPackage: 'deb', mayElevate: true }, { kind: 'self' }],
  ['a deb without', { linuxPackage: 'deb' }, { kind: 'page', why: 'no-rights' }],
  [
    'a deb, whatever AppImage it was started from,',
    { linuxPackage: 'deb', appImage: '/home/ada/Terminal.AppImage' },
    { kind: 'page', why: 'no-rights' },
  ],
  ['an rpm without', { linuxPackage: 'rpm' }, { kind: 'page', why: 'no-rights' }],
  ['a tar.gz', {}, { kind: 'page', why: 'unpacked' }],
  ['a Mac', mac, { kind: 'self' }],
  [
    'a Mac that was opened from its download',
    {
      ...mac,
      executable: '/private/var/folders/x/AppTranslocation/1/d/Atelier.app/Contents/MacOS/Atelier',
    },
    { kind: 'page', why: 'translocated' },
  ],
  ['a Mac disk image', { ...mac, isWritable: false }, { kind: 'page', why: 'read-only' }],
  ['Windows', { platform: 'win32', hasUninstaller: true }, { kind: 'self' }],
  ['a Windows folder', { platform: 'win32' }, { kind: 'page', why: 'unpacked' }],
])('%s is brought up to date as it can be', (_, change, expected) =>
  expect(meansOf({ ...installed, ...change })).toEqual(expected),
)
