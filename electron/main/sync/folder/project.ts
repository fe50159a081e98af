import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectLink } from '../../../../src/contract/folders.ts'
import { displayNameOf, ownFolder } from '../../../../src/domain/disk-name.ts'
import type { LinkRow, ProjectLinkRow } from './store.ts'

/** Droppings of systems, which nobody misses. */
const litter = /^(\.DS_Store|\.localized|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory)$/i

/** What lies at the top of a project's folder: folders, and what else there is. Names as the disk has them. */
export const topOf = async (root: string): Promise<{ folders: string[]; files: string[] }> => {
  const entries = (await readdir(root, { withFileTypes: true })).filter(
    ({ name }) => name.toLowerCase() !== ownFolder && !litter.test(name),
  )
  const names = (isFolder: boolean): string[] =>
    entries
      .filter((entry) => entry.isDirectory() === isFolder)
      .map(({ name }) => name)
      .sort()
  return { folders: names(true), files: names(false) }
}

/** A project's link, and what in its folder follows no artifact. A folder that is not there holds nothing. */
export const withStrays = async (
  project: ProjectLinkRow,
  links: readonly LinkRow[],
): Promise<ProjectLink> => {
  const followed = new Set(links.map(({ root }) => root.toLowerCase()))
  const { folders, files } = await topOf(project.root).catch(() => ({ folders: [], files: [] }))
  return {
    ...project,
    folders: folders.filter((name) => !followed.has(join(project.root, name).toLowerCase())),
    files: files.map(displayNameOf),
  }
}
