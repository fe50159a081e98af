import { plural, t } from '@lingui/core/macro'
import type { TrashEntry } from '../../../src/contract/folders.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { trashDays } from '../../../src/sync/policy.ts'

/** Milliseconds. */
const dayMs = 24 * 3600_000

/** "27 days left"; `now` in milliseconds. */
export const daysLeftText = (removedAt: string, now: number): string => {
  const days = Math.ceil((Date.parse(removedAt) - now) / dayMs) + trashDays
  if (days <= 0) return t`goes today`
  return plural(Math.min(days, trashDays), { one: 'one day left', other: '# days left' })
}

export type Restored = {
  back: number
  /** Of them, those whose name was taken: they have another one. */
  renamed: number
  failed: { path: string; code: FailureCode }[]
  /** Not tried: somebody stopped it, or nothing more would have gone. */
  left: number
}

/** What holds for one file holds for all that come after it. */
const ofAll: ReadonlySet<FailureCode> = new Set(['folder.missing', 'disk.full', 'disk.denied'])

/** One after another; `restore` answers the path a file has now, or why it has none. */
export const restoreAll = async (
  entries: readonly TrashEntry[],
  restore: (entry: TrashEntry) => Promise<{ path: string } | { code: FailureCode }>,
  { signal, told }: { signal: AbortSignal; told: (done: number) => void },
): Promise<Restored> => {
  const restored: Restored = { back: 0, renamed: 0, failed: [], left: 0 }
  for (const [index, entry] of entries.entries()) {
    if (signal.aborted) return { ...restored, left: entries.length - index }
    const answer = await restore(entry)
    if ('code' in answer) restored.failed.push({ path: entry.path, code: answer.code })
    else {
      restored.back += 1
      if (answer.path !== entry.path) restored.renamed += 1
    }
    told(index + 1)
    if ('code' in answer && ofAll.has(answer.code))
      return { ...restored, left: entries.length - index - 1 }
  }
  return restored
}

/** What came of it, in a sentence or three. */
export const restoredText = ({ back, renamed, failed, left }: Restored): string =>
  [
    back > 0
      ? plural(back, { one: 'One file is back.', other: '# files are back.' })
      : failed.length > 0
        ? t`Nothing came back.`
        : null,
    renamed > 0
      ? plural(renamed, {
          one: 'The name of one file was taken: it has “(restored)” in its name.',
          other: 'The name of # files was taken: they have “(restored)” in their name.',
        })
      : null,
    failed.length > 0
      ? plural(failed.length, {
          one: 'One file could not be restored.',
          other: '# files could not be restored.',
        })
      : null,
    left > 0
      ? plural(left, {
          one: 'One file is in the trash still.',
          other: '# files are in the trash still.',
        })
      : null,
  ]
    .filter((part) => part !== null)
    .join(' ')
