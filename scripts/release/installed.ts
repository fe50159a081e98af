import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { root, run } from '../run.ts'

const dist = join(root, 'dist')

/** What installs nothing is unpacked there, and begun as it begins itself. */
const unpacked = join(root, 'test-output/AppImage')
export const isAppImage = (environment: NodeJS.ProcessEnv): boolean =>
  environment.ATELIER_E2E_INSTALLED === 'AppImage'

/** Where the system's own installer puts the program. */
export const installedBinary = (
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): string =>
  platform === 'darwin'
    ? '/Applications/Atelier.app/Contents/MacOS/Atelier'
    : platform === 'win32'
      ? join(environment.LOCALAPPDATA ?? '', 'Programs', 'Atelier', 'Atelier.exe')
      : isAppImage(environment)
        ? join(unpacked, 'squashfs-root/AppRun')
        : '/opt/Atelier/atelier'

/** The file that has the fuses: an AppImage begins with a script. */
export const fusedBinary = (binary: string): string =>
  basename(binary) === 'AppRun' ? join(dirname(binary), 'atelier') : binary

/** The package of this system, by its ending; of two processors' the one that this is. */
export const packageHere = (
  names: readonly string[],
  ending: string,
  processor: string,
): string => {
  const fitting = names.filter((name) => name.endsWith(ending))
  const words = processor === 'x64' ? ['x64', 'amd64', 'x86_64'] : ['arm64', 'aarch64']
  const found =
    fitting.find((name) => words.some((word) => name.includes(word))) ??
    (fitting.length === 1 ? fitting[0] : undefined)
  if (!found) throw new Error(`There is no package that ends with ${ending} for ${processor}.`)
  return found
}

/**
 * What codesign is told after a fuse was flipped. @electron/fuses would keep the hardened runtime and the requirements of
 * the certificate, which a signature of nobody cannot meet: macOS would end it at its start.
 */
export const signingAsNobody = (binary: string): string[] => [
  ...['--force', '--deep', '--sign', '-'],
  ...['--entitlements', join(import.meta.dirname, 'test-entitlements.plist')],
  dirname(dirname(dirname(binary))),
]

const must = async (command: string, args: string[]): Promise<void> => {
  if ((await run(command, args)) !== 0) throw new Error(`${command} ${args[0] ?? ''} failed.`)
}

/** By the program that an AppImage begins with: what it mounts otherwise, it lays out. */
export const unpack = (image: string, folder = unpacked): void => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // Whoever downloads it gives it the right; so it is with what came from another job.
  chmodSync(image, 0o755)
  const { status } = spawnSync(image, ['--appimage-extract'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${basename(image)} could not be unpacked.`)
}

/** As a person does it, with nobody asked: this computer has the program afterwards. */
export const installHere = async (): Promise<void> => {
  const names = readdirSync(dist)
  const at = (ending: string): string => join(dist, packageHere(names, ending, process.arch))
  if (process.platform === 'win32') await must(at('.exe'), ['/S'])
  else if (isAppImage(process.env)) unpack(at('.AppImage'))
  else if (process.platform === 'linux') {
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo']
    const [command = '', ...args] = [...asRoot, 'apt-get', 'install', '-y', at('.deb')]
    await must(command, args)
  } else {
    const volume = join(root, 'test-output/volume')
    mkdirSync(volume, { recursive: true })
    await must('hdiutil', ['attach', '-nobrowse', '-mountpoint', volume, at('.dmg')])
    await must('cp', ['-R', join(volume, 'Atelier.app'), '/Applications/'])
    await must('hdiutil', ['detach', volume])
  }
}
