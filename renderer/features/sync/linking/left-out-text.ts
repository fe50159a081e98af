import type { LeftOutEntry, LeftOutReason } from '../../../../src/contract/left-out.ts'

/** What is left out, by why; the gravest first. */
export const leftOutText: Record<LeftOutReason, { title: string; sentence: string }> = {
  private: {
    title: 'Keys and secrets',
    sentence: 'Private keys, and settings that often hold passwords. Sent only if you say so.',
  },
  'version-control': {
    title: 'Version control',
    sentence:
      'What git and its like keep for themselves. It is never synced: two computers would break it.',
  },
  'nested-link': {
    title: 'Folders of Atelier',
    sentence: 'Another link’s own notes. They mean nothing elsewhere.',
  },
  generated: {
    title: 'Made by tools',
    sentence: 'Packages, builds and caches. A tool makes them again.',
  },
  litter: {
    title: 'Leftovers',
    sentence: 'What systems and editors leave beside your work.',
  },
  gitignore: { title: 'By .gitignore', sentence: 'Left out of git, and so of this folder.' },
  atelierignore: {
    title: 'By .atelierignore',
    sentence: 'The file is part of the folder: its rules hold for everybody.',
  },
  person: { title: 'By you', sentence: 'Left out on this computer.' },
  link: {
    title: 'Links',
    sentence: 'They point elsewhere, and elsewhere is another place on each computer.',
  },
  'not-a-file': { title: 'Not files', sentence: 'Sockets, pipes and devices.' },
  'name-collision': {
    title: 'Names that are one on other systems',
    sentence: 'They differ in capital letters alone. One of them is synced.',
  },
  'name-refused': {
    title: 'Names that work nowhere else',
    sentence: 'Other systems could not have a file of this name. Give it another one.',
  },
  unreadable: { title: 'Unreadable', sentence: 'You may not read it, or the disk cannot.' },
}

const order = Object.keys(leftOutText) as LeftOutReason[]

export type LeftOutGroup = { reason: LeftOutReason; entries: LeftOutEntry[] }

/** By why, the gravest first; `text`: of paths and rules. */
export const groupsOf = (entries: readonly LeftOutEntry[], text = ''): LeftOutGroup[] => {
  const wanted = text.trim().toLowerCase()
  const found = entries.filter(({ path, rule }) =>
    `${path}\n${rule ?? ''}`.toLowerCase().includes(wanted),
  )
  const byReason = Map.groupBy(found, ({ reason }) => reason)
  return order.flatMap((reason) => {
    const own = byReason.get(reason)
    return own ? [{ reason, entries: own }] : []
  })
}

/** "by the rule *.log of docs/.gitignore" */
export const ruleText = ({ path, rule, source }: LeftOutEntry): string | null =>
  rule === null || (source === null && path.endsWith(rule))
    ? null
    : source === null
      ? rule
      : `${rule} in ${source}`
