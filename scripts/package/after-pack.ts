import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AfterPackContext, Arch } from 'electron-builder'
import { root } from '../run.ts'
import { partsOf } from './application.ts'
import { archiveBytesOf, bytesIn, entriesOf, wrongContents, wrongSizes } from './archive.ts'
import { nativesIn, wrongNatives } from './natives.ts'
import { postgresPackage } from './packages.ts'
import { isSystem, type Target } from './target.ts'
import { addVisualCRuntime } from './visual-c-runtime.ts'

export class PackageError extends Error {}

const targetOf = ({ electronPlatformName, arch }: AfterPackContext): Target => {
  const processor = arch === Arch.arm64 ? 'arm64' : 'x64'
  if (!isSystem(electronPlatformName) || Arch[arch] !== processor)
    throw new PackageError(`Atelier is not packaged for ${electronPlatformName} ${Arch[arch]}.`)
  return { system: electronPlatformName, processor }
}

const shown = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** Completes what electron-builder packed, and refuses what nobody could start, or what should not be in it. */
export const afterPack =
  (options: { notices: string; placeholders: boolean }) =>
  async (context: AfterPackContext): Promise<void> => {
    const target = targetOf(context)
    const { archive, modules, resources } = partsOf(context.appOutDir, target.system)
    const entries = entriesOf(archive)
    // Before the look at what is native: it comes from wherever this machine has it.
    if (target.system === 'win32')
      await addVisualCRuntime(join(modules, postgresPackage(target), 'native/bin'), {
        placeholder: options.placeholders,
      })
    const sizes = {
      archiveBytes: archiveBytesOf(entries),
      besideBytes: await bytesIn(`${archive}.unpacked`),
    }
    const wrong = [
      ...wrongSizes(sizes),
      ...wrongContents(entries, target),
      ...wrongNatives(await nativesIn(modules), target),
    ]
    if (wrong.length > 0)
      throw new PackageError(
        `${wrong.length} things are wrong with what was packed:\n  ${wrong.join('\n  ')}`,
      )
    await writeFile(join(resources, 'THIRD-PARTY-NOTICES.txt'), options.notices)
    await copyFile(join(root, 'LICENSE'), join(resources, 'LICENSE.txt'))
    console.log(
      `  ${entries.length} files: ${shown(sizes.archiveBytes)} in the archive, ${shown(sizes.besideBytes)} beside it`,
    )
  }
