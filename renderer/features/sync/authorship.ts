import { z } from 'zod'
import type { Conflict } from '../../../src/contract/folders.ts'
import { formatRelativeTime } from '../../ui/format.ts'

/** Who made one revision of a file. */
export const author = z.object({
  fileId: z.uuid(),
  /** ISO time. */
  at: z.string(),
  name: z.string().nullable(),
})
type Author = z.infer<typeof author>

/** "Ada Lovelace, 3 minutes ago, revision 7"; what is not known is left out. */
export const theirsText = (
  known: Pick<Author, 'at' | 'name'> | null,
  { originalRevision }: Pick<Conflict, 'originalRevision'>,
  now?: number,
): string =>
  [
    known?.name,
    known && formatRelativeTime(known.at, now),
    originalRevision === null ? null : `revision ${originalRevision}`,
  ]
    .filter(Boolean)
    .join(', ')

/** "Ada Lovelace on desk, 2026-01-31 14:03:22": the name of the copy itself says where and when. */
export const mineText = (
  known: Pick<Author, 'name'> | null,
  { device, at }: Pick<Conflict, 'device' | 'at'>,
): string => {
  const [day = '', time = ''] = at.split(' ')
  return `${known?.name ? `${known.name} on ${device}` : device}, ${day} ${time.replaceAll('.', ':')}`
}
