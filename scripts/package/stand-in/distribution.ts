import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Target } from '../target.ts'
import { emptyArchive } from './archive.ts'
import { fuseWire } from './fuses.ts'
import { writeMacApplication } from './mac-application.ts'
import { executable } from './portable-executable.ts'

/** More than the application is packed with: who packs leaves the others out. */
export const locales = ['de', 'en-GB', 'en-US', 'es', 'fr', 'ja', 'sv', 'zh-CN']

const said = 'This is a stand-in for Electron, which packages are tested with: it cannot be run.\n'
const placeholder = (what: string): string => `A stand-in for ${what} of Electron.\n`

const shell = Buffer.concat([
  Buffer.from(`#!/bin/sh\nprintf '%s' '${said}' >&2\nexit 1\n# `),
  fuseWire,
  Buffer.from('\n'),
])

/** Beside the executable on Linux and Windows. */
const common = {
  'LICENSES.chromium.html': placeholder('the licences'),
  'chrome_100_percent.pak': placeholder('pictures'),
  'icudtl.dat': placeholder('ICU'),
  'resources.pak': placeholder('resources'),
  'v8_context_snapshot.bin': placeholder('a snapshot'),
}

const programs = {
  linux: {
    electron: { bytes: shell, mode: 0o755 },
    'chrome-sandbox': { bytes: Buffer.from(shell), mode: 0o755 },
    chrome_crashpad_handler: { bytes: Buffer.from(shell), mode: 0o755 },
    'libffmpeg.so': { bytes: Buffer.from(placeholder('ffmpeg')), mode: 0o644 },
  },
  win32: {
    'electron.exe': { bytes: executable(), mode: 0o755 },
    'ffmpeg.dll': { bytes: Buffer.from(placeholder('ffmpeg')), mode: 0o644 },
  },
} as const

const put = async (file: string, bytes: string | Buffer): Promise<void> => {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, bytes)
}

/**
 * A folder that packs as Electron's own distribution for that system does, made here byte by byte: what of it is looked
 * at while packing is real, what would run is not.
 */
export const writeDistribution = async (
  folder: string,
  { system, processor }: Target,
  version: string,
): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  await put(join(folder, 'LICENSE'), placeholder('the licence'))
  await put(join(folder, 'version'), version)
  if (system === 'darwin') {
    await put(join(folder, 'LICENSES.chromium.html'), common['LICENSES.chromium.html'])
    return writeMacApplication(join(folder, 'Electron.app'), processor, version)
  }
  for (const [name, text] of Object.entries(common)) await put(join(folder, name), text)
  for (const locale of locales)
    await put(join(folder, 'locales', `${locale}.pak`), placeholder(`the words in ${locale}`))
  await put(join(folder, 'resources/default_app.asar'), emptyArchive)
  for (const [name, { bytes, mode }] of Object.entries(programs[system])) {
    await put(join(folder, name), bytes)
    await chmod(join(folder, name), mode)
  }
}
