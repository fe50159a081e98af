import { mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run } from '../run.ts'

const dist = join(root, 'dist')

/** Where the system's own installer puts the program; a package that is no installer is unpacked below dist. */
export const installedBinary = (
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): string =>
  platform === 'darwin'
    ? '/Applications/Atelier.app/Contents/MacOS/Atelier'
    : platform === 'win32'
      ? join(environment.LOCALAPPDATA ?? '', 'Programs', 'Atelier', 'Atelier.exe')
      : '/opt/Atelier/atelier'

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

/** As a person does it, with nobody asked: this computer has the program afterwards. */
export const installHere = async (): Promise<void> => {
  const names = readdirSync(dist)
  const at = (ending: string): string => join(dist, packageHere(names, ending, process.arch))
  if (process.platform === 'win32') await must(at('.exe'), ['/S'])
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
