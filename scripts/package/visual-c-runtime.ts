import { copyFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * PostgreSQL for Windows is built with Microsoft's compiler, and a Windows on which no program has brought its runtime
 * yet cannot start it (exit code 0xC0000135). Microsoft allows it to lie beside the program. With about its bytes.
 */
const sizes = { 'vcruntime140.dll': 130_000, 'vcruntime140_1.dll': 60_000, 'msvcp140.dll': 620_000 }
export const runtimeLibraries = Object.keys(sizes)

/** The newest first; 14.100 is newer than 14.44, which letters do not know. */
export const newestFirst = (names: readonly string[]): string[] =>
  names
    .filter((name) => /^\d+\.\d+/.test(name))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))

/** Where Visual Studio keeps what may be given away, and last the system's own, which an installer put there. */
const candidates = async (): Promise<string[]> => {
  const { ATELIER_VC_RUNTIME, VCToolsRedistDir, ProgramFiles, SystemRoot } = process.env
  const newest = async (folder: string): Promise<string[]> => {
    const names = await readdir(folder).catch(() => [])
    return newestFirst(names).map((name) => join(folder, name))
  }
  const editions = ['Enterprise', 'Professional', 'Community', 'BuildTools']
  const years = ['2026', '18', '2022']
  const installed = await Promise.all(
    years.flatMap((year) =>
      editions.map((edition) =>
        newest(
          join(
            ProgramFiles ?? 'C:\\Program Files',
            'Microsoft Visual Studio',
            year,
            edition,
            'VC/Redist/MSVC',
          ),
        ),
      ),
    ),
  )
  const redistributables = [...(VCToolsRedistDir ? [VCToolsRedistDir] : []), ...installed.flat()]
  const crts = await Promise.all(
    redistributables.map(async (folder) =>
      (await readdir(join(folder, 'x64')).catch(() => []))
        .filter((name) => /^Microsoft\.VC\d+\.CRT$/.test(name))
        .map((name) => join(folder, 'x64', name)),
    ),
  )
  return [
    ...(ATELIER_VC_RUNTIME ? [ATELIER_VC_RUNTIME] : []),
    ...crts.flat(),
    ...(SystemRoot ? [join(SystemRoot, 'System32')] : []),
  ]
}

const holdsAll = async (folder: string): Promise<boolean> => {
  const found = await Promise.all(
    runtimeLibraries.map((name) =>
      stat(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.every(Boolean)
}

/** Puts the runtime beside postgres.exe. `placeholder`: a build that nobody runs gets files that say what they stand for. */
export const addVisualCRuntime = async (
  bin: string,
  options: { placeholder: boolean },
): Promise<void> => {
  if (options.placeholder) {
    // As large as its own, for whoever weighs the package.
    for (const [name, bytes] of Object.entries(sizes))
      await writeFile(
        join(bin, name),
        `This stands for Microsoft's ${name}; the package cannot run.\n`.padEnd(bytes),
      )
    return
  }
  for (const folder of await candidates())
    if (await holdsAll(folder)) {
      for (const name of runtimeLibraries) await copyFile(join(folder, name), join(bin, name))
      return
    }
  throw new Error(
    `PostgreSQL for Windows needs ${runtimeLibraries.join(', ')}, and no folder here has them. Package on a Windows with Visual Studio's C++ tools, or name the folder of its redistributable files in ATELIER_VC_RUNTIME.`,
  )
}
