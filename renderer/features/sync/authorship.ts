import { t } from '@lingui/core/macro'
import { z } from 'zod'
import type { Conflict } from '../../../src/contract/folders.ts'
import { formatRelativeTime } from '../../ui/format.ts'

/** Who made one revision of a file. */
export const author = z.object({
  fileId: z.uuid(),
  /** ISO time. */
  at: z.string(),
  personId: z.string().nullable(),
  name: z.string().nullable(),
})
export type Author = z.infer<typeof author>

/** One of the two in a conflict, in words that say the same on every computer. */
export type Side = {
  heading: string
  /** Where and when it was made, as far as that is known. */
  detail: string
  /** On the button that keeps it alone. */
  keep: string
}
type Known = Pick<Author, 'at' | 'personId' | 'name'> | null

/**
 * The file as it stands and the copy that was kept beside it, each by the person who made it and "you" for whoever
 * looks. Where people do not tell the two apart (the same one made both, or nobody knows) their places do.
 */
export const sidesOf = (
  { originalId, device, at }: Pick<Conflict, 'originalId' | 'device' | 'at'>,
  authors: { original: Known; copy: Known },
  you: string | null,
  now?: number,
): { original: Side; copy: Side } => {
  const named = (known: Known): { heading: string; keep: string } | null =>
    known?.personId && known.personId === you
      ? { heading: t`You`, keep: t`Keep your version` }
      : known?.name
        ? { heading: known.name, keep: t`Keep ${known.name}’s version` }
        : null
  const [day = '', time = ''] = at.split(' ')
  const place = t`on ${device}, ${day} ${time.replaceAll('.', ':')}`
  const since = authors.original ? formatRelativeTime(authors.original.at, now) : ''
  const [original, copy] = [named(authors.original), named(authors.copy)]
  if (originalId === null)
    return {
      original: { heading: t`Deleted since`, detail: '', keep: t`Let the copy go` },
      copy: copy
        ? { ...copy, detail: place }
        : { heading: t`The copy from ${device}`, detail: place, keep: t`Keep the copy` },
    }
  if (original && copy && original.heading !== copy.heading)
    return { original: { ...original, detail: since }, copy: { ...copy, detail: place } }
  return {
    original: {
      heading: t`The file as it stands`,
      detail: [original?.heading, since].filter(Boolean).join(', '),
      keep: t`Keep the file as it stands`,
    },
    copy: {
      heading: t`The copy from ${device}`,
      detail: [copy?.heading, place].filter(Boolean).join(' '),
      keep: t`Keep the copy from ${device}`,
    },
  }
}
