import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Processor } from '../target.ts'
import { emptyArchive } from './archive.ts'
import { fuseWire } from './fuses.ts'

const cpuTypes: Record<Processor, number> = { x64: 0x01000007, arm64: 0x0100000c }
const languages = ['de', 'en', 'en_GB', 'es', 'fr', 'ja', 'sv', 'zh_CN']

/** The header of a Mach-O program for that processor, and no code. */
const machO = (processor: Processor): Buffer => {
  const header = Buffer.alloc(32)
  header.writeUInt32LE(0xfeedfacf, 0)
  header.writeUInt32LE(cpuTypes[processor], 4)
  header.writeUInt32LE(2, 12)
  return header
}

const infoPlist = (executable: string, values: Record<string, string> = {}): string => {
  const entries = {
    CFBundleDisplayName: executable,
    CFBundleExecutable: executable,
    CFBundleIdentifier: `com.github.${executable.replaceAll(/\W/g, '-')}`,
    CFBundleName: executable,
    CFBundlePackageType: 'APPL',
    ...values,
  }
  const lines = Object.entries(entries).map(
    ([key, value]) => `  <key>${key}</key>\n  <string>${value}</string>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
${lines.join('\n')}
</dict>
</plist>
`
}

const put = async (file: string, bytes: string | Buffer, mode = 0o644): Promise<void> => {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, bytes)
  await chmod(file, mode)
}

/** With its versions and their links, as every framework of macOS has them. */
const writeFramework = async (folder: string, name: string, program: Buffer): Promise<void> => {
  const versions = join(folder, `${name}.framework/Versions`)
  await put(join(versions, 'A', name), program, 0o755)
  await put(
    join(versions, 'A/Resources/Info.plist'),
    infoPlist(name, { CFBundlePackageType: 'FMWK' }),
  )
  for (const language of languages)
    await put(join(versions, `A/Resources/${language}.lproj/locale.pak`), `Words in ${language}.\n`)
  await symlink('A', join(versions, 'Current'))
  for (const entry of [name, 'Resources'])
    await symlink(`Versions/Current/${entry}`, join(versions, '..', entry))
}

/** Electron.app: the program, its framework with the fuses, and the four helpers. */
export const writeMacApplication = async (
  folder: string,
  processor: Processor,
  version: string,
): Promise<void> => {
  const contents = join(folder, 'Contents')
  const program = machO(processor)
  await put(
    join(contents, 'Info.plist'),
    infoPlist('Electron', {
      CFBundleShortVersionString: version,
      CFBundleVersion: version,
      CFBundleIconFile: 'electron.icns',
      LSMinimumSystemVersion: '12.0',
    }),
  )
  await put(join(contents, 'PkgInfo'), 'APPL????')
  await put(join(contents, 'MacOS/Electron'), program, 0o755)
  await put(join(contents, 'Resources/electron.icns'), 'icns')
  await put(join(contents, 'Resources/default_app.asar'), emptyArchive)
  for (const language of languages)
    await put(join(contents, `Resources/${language}.lproj/locale.pak`), `Words in ${language}.\n`)
  const frameworks = join(contents, 'Frameworks')
  await writeFramework(frameworks, 'Electron Framework', Buffer.concat([program, fuseWire]))
  for (const helper of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
    const name = `Electron Helper${helper}`
    const bundle = join(frameworks, `${name}.app/Contents`)
    await put(join(bundle, 'Info.plist'), infoPlist(name))
    await put(join(bundle, 'MacOS', name), program, 0o755)
  }
}
