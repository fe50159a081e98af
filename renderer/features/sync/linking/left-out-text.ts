import type { MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import type { LeftOutEntry, LeftOutReason } from '../../../../src/contract/left-out.ts'

/** What is left out, by why; the gravest first. */
export const leftOutText: Record<
  LeftOutReason,
  { title: MessageDescriptor; sentence: MessageDescriptor }
> = {
  private: {
    title: msg`Keys and secrets`,
    sentence: msg`Private keys, and settings that often hold passwords. Sent only if you say so.`,
  },
  'version-control': {
    title: msg`Version control`,
    sentence: msg`What git and its like keep for themselves. It is never synced: two computers would break it.`,
  },
  'nested-link': {
    title: msg`Folders of Atelier`,
    sentence: msg`Another link’s own notes. They mean nothing elsewhere.`,
  },
  generated: {
    title: msg`Made by tools`,
    sentence: msg`Packages, builds and caches. A tool makes them again.`,
  },
  litter: {
    title: msg`Leftovers`,
    sentence: msg`What systems and editors leave beside your work.`,
  },
  gitignore: { title: msg`By .gitignore`, sentence: msg`Left out of git, and so of this folder.` },
  atelierignore: {
    title: msg`By .atelierignore`,
    sentence: msg`The file is part of the folder: its rules hold for everybody.`,
  },
  person: { title: msg`By you`, sentence: msg`Left out on this computer.` },
  link: {
    title: msg`Links`,
    sentence: msg`They point elsewhere, and elsewhere is another place on each computer.`,
  },
  'not-a-file': { title: msg`Not files`, sentence: msg`Sockets, pipes and devices.` },
  'name-collision': {
    title: msg`Names that are one on other systems`,
    sentence: msg`They differ in capital letters alone. One of them is synced.`,
  },
  'name-refused': {
    title: msg`Names that work nowhere else`,
    sentence: msg`Other systems could not have a file of this name. Give it another one.`,
  },
  unreadable: { title: msg`Unreadable`, sentence: msg`You may not read it, or the disk cannot.` },
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
      : t`${rule} in ${source}`
