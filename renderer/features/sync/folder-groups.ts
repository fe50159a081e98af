import { plural, t } from '@lingui/core/macro'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { needsAttention } from '../../../src/sync/attention.ts'
import { compareNames } from '../../ui/format.ts'

export type FolderGroup = { projectId: string; name: string; links: FolderLink[] }

/** Linked folders under their projects, by name; those of a project that is not known here come last. */
export const groupsOf = (
  links: readonly FolderLink[],
  projects: readonly { id: string; name: string }[],
): FolderGroup[] => {
  const names = new Map(projects.map(({ id, name }) => [id, name]))
  const known = (projectId: string): number => (names.has(projectId) ? 0 : 1)
  return [...Map.groupBy(links, ({ projectId }) => projectId)]
    .map(([projectId, own]) => ({
      projectId,
      name: names.get(projectId) ?? t`A project that is not shared with you now`,
      links: own.toSorted((a, b) => compareNames(a.title, b.title)),
    }))
    .sort((a, b) => known(a.projectId) - known(b.projectId) || compareNames(a.name, b.name))
}

/** By title or place, whatever the case. */
export const matching = (links: readonly FolderLink[], text: string): FolderLink[] => {
  const wanted = text.trim().toLowerCase()
  return links.filter(({ title, root }) => `${title}\n${root}`.toLowerCase().includes(wanted))
}

/** The first of a long list, and besides all that somebody has to see. */
export const firstOf = (links: readonly FolderLink[], maxShown: number): FolderLink[] =>
  links.filter((link, index) => index < maxShown || needsAttention(link))

/** "12 folders · 2 need you". */
export const countText = (links: readonly FolderLink[]): string => {
  const needing = links.filter(needsAttention).length
  const folders = plural(links.length, { one: 'One folder', other: '# folders' })
  if (needing === 0) return folders
  return `${folders} · ${plural(needing, { one: 'one needs you', other: '# need you' })}`
}
