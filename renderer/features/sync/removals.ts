import { plural, t } from '@lingui/core/macro'
import { z } from 'zod'
import type { FolderLink, TrashEntry } from '../../../src/contract/folders.ts'
import { formatRelativeTime } from '../../ui/format.ts'

/** What the server says of a file that was removed there. */
export const removal = z.object({
  fileId: z.uuid(),
  /** It is there again, so nothing is undone. */
  isBack: z.boolean(),
  /** ISO time of the last removal. */
  at: z.string(),
  personId: z.string().nullable(),
  name: z.string().nullable(),
})
export type Removal = z.infer<typeof removal>

/** One person's removals, or those of whom nobody knows. */
export type Decision = { name: string | null; at: string | null; files: number }

/** Somebody's who is not the one who looks, as far as `removals` (undefined: the server has not said) tell. */
const isOthers = (known: Removal | undefined, you: string | null): boolean =>
  !known || (!known.isBack && (known.personId === null || known.personId !== you))

/** Whose decisions are undone for everybody when these come back; a person's own are theirs to undo. */
export const decisionsUndone = (
  link: Pick<FolderLink, 'direction'>,
  entries: readonly Pick<TrashEntry, 'fileId'>[],
  removals: readonly Removal[] | undefined,
  you: string | null,
): Decision[] => {
  // What comes back into a folder that sends nothing comes back for nobody else.
  if (link.direction === 'down') return []
  const decisions = new Map<string | null, Decision>()
  for (const { fileId } of entries) {
    if (fileId === null) continue
    const known = removals?.find((each) => each.fileId === fileId)
    if (!isOthers(known, you)) continue
    const { name = null, personId = null, at = null } = known ?? {}
    const who = name === null ? null : personId
    const decision = decisions.get(who) ?? { name, at: name === null ? null : at, files: 0 }
    decision.files += 1
    if (at !== null && decision.at !== null && at > decision.at) decision.at = at
    decisions.set(who, decision)
  }
  return [...decisions.values()]
}

export const decisionText = ({ name, at, files }: Decision, of: number, now?: number): string => {
  const since = at === null ? null : formatRelativeTime(at, now)
  if (name === null)
    return of === 1
      ? t`Somebody removed it at the server; who did is not known here now. Restoring undoes that for everybody.`
      : plural(files, {
          one: 'Somebody removed one file of these at the server; who did is not known here now. Restoring undoes that for everybody.',
          other:
            'Somebody removed # files of these at the server; who did is not known here now. Restoring undoes that for everybody.',
        })
  if (of === 1)
    return since === null
      ? t`${name} removed it. Restoring undoes that for everybody.`
      : t`${name} removed it, ${since}. Restoring undoes that for everybody.`
  return since === null
    ? plural(files, {
        one: `${name} removed one file of these. Restoring undoes that for everybody.`,
        other: `${name} removed # files of these. Restoring undoes that for everybody.`,
      })
    : plural(files, {
        one: `${name} removed one file of these, ${since}. Restoring undoes that for everybody.`,
        other: `${name} removed # files of these, ${since}. Restoring undoes that for everybody.`,
      })
}

/** In a row of the trash: " by Ben Okafor", " by you", or nothing where nobody knows. */
export const removerText = (
  { fileId }: Pick<TrashEntry, 'fileId'>,
  removals: readonly Removal[] | undefined,
  you: string | null,
): string => {
  const known = removals?.find((each) => each.fileId === fileId)
  if (!known?.personId) return ''
  return known.personId === you ? t` by you` : known.name ? t` by ${known.name}` : ''
}
