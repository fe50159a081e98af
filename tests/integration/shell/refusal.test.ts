import { expect, it } from 'vitest'
import { refusalOf } from '../../../host/refusal.ts'
import { electronPackages, startPackages } from '../../../scripts/debian.ts'
import { packagesIn } from '../../../scripts/libraries.ts'

/* Why there is no window: what the programs say of themselves, and the one sentence that is made of it. */

const bookworm = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'
const trixie = 'ID=debian\nVERSION_ID="13"\n'
const sid = 'PRETTY_NAME="Debian GNU/Linux forky/sid"\nID=debian\n'
const noble = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n'
const jammy = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n'
const ldd = `	linux-vdso.so.1 (0x00007ffd)
	libffmpeg.so => /x/libffmpeg.so (0x00007f)
	libnss3.so => not found
	libnssutil3.so => not found
	libgtk-3.so.0 => not found
	libasound.so.2 => not found
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
	libtomorrow.so.7 => not found
`
it('every library that is not found is a package, once, by the name it has there', () => {
  const old = ['libasound2', 'libgtk-3-0', 'libnss3', 'libtomorrow.so.7']
  const later = ['libasound2t64', 'libgtk-3-0t64', 'libnss3', 'libtomorrow.so.7']
  for (const release of [bookworm, jammy]) expect(packagesIn(ldd, release)).toEqual(old)
  for (const release of [trixie, sid, noble]) expect(packagesIn(ldd, release)).toEqual(later)
  expect(packagesIn('	libc.so.6 => /lib/libc.so.6 (0x0)\n', bookworm)).toEqual([])
})

it('a program that has its libraries lacks nothing', () => {
  expect(electronPackages(process.execPath)).toBeNull()
})

it('what a start without Electron lacks is one line', () => {
  expect(startPackages()).not.toContain('\n')
})

const log = (text: string): string =>
  `browserType.launchPersistentContext: Target page, context or browser has been closed
Browser logs:

Call log:
\u001b[2m  - <launching> /usr/bin/chromium --no-first-run about:blank\u001b[22m
\u001b[2m  - [pid=7][err] /usr/bin/chromium: 9: [: 25273307136: unexpected operator\u001b[22m
\u001b[2m  - [pid=7][err] ${text}\u001b[22m
\u001b[2m  - [pid=7] <process did exit: exitCode=1, signal=null>\u001b[22m`

it.each([
  [
    log('[7:7:1130/091205.759325:ERROR:ui/ozone/platform/x11.cc:257] Missing X server or $DISPLAY'),
    /^The display :55 cannot be opened by this user\. .*env -u DISPLAY -u WAYLAND_DISPLAY npm start$/,
  ],
  [
    log(
      '/usr/lib/chromium/chromium: error while loading shared libraries: libnss3.so: cannot open shared object file',
    ),
    /^Chromium lacks the library libnss3\.so\. .*apt-get install/,
  ],
  [
    log('[7:7:1130/09:FATAL:zygote_host_impl_linux.cc:127] No usable sandbox! If you are …'),
    /sandbox.*apt-get install -y chromium-sandbox$/,
  ],
  [
    'ENOSPC: no space left on device, write',
    /^Chromium could not be opened: the disk .* is full\.$/,
  ],
  [
    "browserType.launchPersistentContext: EROFS: read-only file system, mkdtemp '/tmp/playwright-artifacts-7'",
    /^Chromium could not be opened: \/tmp\/playwright-artifacts-7 cannot be written to\.$/,
  ],
  [
    log('[7:7:1130/09:FATAL:base/files.cc:1] Something new'),
    /^Chromium could not be opened: Something new$/,
  ],
  ['Something else', /^Chromium could not be opened: Something else$/],
])('Chromium’s %s', (thrown, sentence) => {
  const told = refusalOf(thrown, { DISPLAY: ':55' })
  expect(told).toMatch(sentence)
  expect(told).not.toContain('\n')
})
