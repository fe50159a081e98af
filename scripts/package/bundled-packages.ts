import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** As much of a build's output as says where it comes from. */
type Output =
  | { type: 'chunk'; moduleIds: string[] }
  | { type: 'asset'; originalFileNames: string[] }

/** The folder of the package that a module lies in: the last node_modules of its path, and the name after it. */
export const packageFolderOf = (path: string): string | null =>
  /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/?]+)\//.exec(path.replaceAll('\\', '/'))?.[1] ?? null

/** Tailwind's own rules come by a style sheet that another one names, and those are in no list of a build. */
const found = new Set(['tailwindcss'])

/**
 * Writes down which packages a build took into itself: their licences travel with it as those of packed ones do.
 * One for all builds of a run, since workers are built apart from their page.
 */
export const listBundledPackages = (file: string) => ({
  name: 'bundled-packages',
  async generateBundle(_: unknown, bundle: Record<string, Output>): Promise<void> {
    const paths = Object.values(bundle).flatMap((output) =>
      output.type === 'chunk' ? output.moduleIds : output.originalFileNames,
    )
    for (const path of paths) {
      const folder = packageFolderOf(path)
      if (folder !== null) found.add(folder.slice(folder.indexOf('/node_modules/') + 14))
    }
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify([...found].sort(), null, 2))
  },
})
