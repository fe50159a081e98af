import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The package of Debian 12 for each library that Electron asks of the system. */
const packageOf: Record<string, string> = {
  'libX11.so.6': 'libx11-6',
  'libXcomposite.so.1': 'libxcomposite1',
  'libXdamage.so.1': 'libxdamage1',
  'libXext.so.6': 'libxext6',
  'libXfixes.so.3': 'libxfixes3',
  'libXrandr.so.2': 'libxrandr2',
  'libasound.so.2': 'libasound2',
  'libatk-1.0.so.0': 'libatk1.0-0',
  'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0',
  'libatspi.so.0': 'libatspi2.0-0',
  'libcairo.so.2': 'libcairo2',
  'libcups.so.2': 'libcups2',
  'libdbus-1.so.3': 'libdbus-1-3',
  'libdrm.so.2': 'libdrm2',
  'libexpat.so.1': 'libexpat1',
  'libgbm.so.1': 'libgbm1',
  'libgdk-3.so.0': 'libgtk-3-0',
  'libgio-2.0.so.0': 'libglib2.0-0',
  'libglib-2.0.so.0': 'libglib2.0-0',
  'libgobject-2.0.so.0': 'libglib2.0-0',
  'libgtk-3.so.0': 'libgtk-3-0',
  'libnspr4.so': 'libnspr4',
  'libnss3.so': 'libnss3',
  'libnssutil3.so': 'libnss3',
  'libpango-1.0.so.0': 'libpango-1.0-0',
  'libsmime3.so': 'libnss3',
  'libudev.so.1': 'libudev1',
  'libxcb.so.1': 'libxcb1',
  'libxkbcommon.so.0': 'libxkbcommon0',
}

/** Those that Debian 13 and Ubuntu 24.04 named anew, with their times of 64 bits. */
const renamed =
  /^(libasound2|libatk1\.0-0|libatk-bridge2\.0-0|libatspi2\.0-0|libcups2|libglib2\.0-0|libgtk-3-0)$/

const isLater = (release: string): boolean => {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)`, 'm').exec(release)?.[1] ?? ''
  const version = Number.parseFloat(value('VERSION_ID'))
  const likeUbuntu = /ubuntu/.test(`${value('ID')} ${value('ID_LIKE')}`)
  // A Debian without a number is the one to come.
  return likeUbuntu ? version >= 24.04 : !(version < 13)
}

/** The packages that bring what `ldd` does not find; a library of none that is known is named itself. */
export const packagesIn = (ldd: string, release: string): string[] => {
  const libraries = [...ldd.matchAll(/^\s*(\S+) => not found/gm)].map(([, library = '']) => library)
  const names = libraries.map((library) => {
    const name = packageOf[library] ?? library
    return renamed.test(name) && isLater(release) ? `${name}t64` : name
  })
  return [...new Set(names)].sort()
}

/** What the system lacks for that program. */
export const missingFor = (program: string): string[] => {
  if (process.platform !== 'linux') return []
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' })
  try {
    return packagesIn(stdout ?? '', readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return packagesIn(stdout ?? '', '')
  }
}
