import { t } from '@lingui/core/macro'
import { z } from 'zod'

/** A row of `artifact_file_versions`. Sizes in bytes. */
export const fileVersion = z.object({
  file_id: z.uuid(),
  revision: z.number().int().positive(),
  artifact_revision: z.number().int().positive(),
  file_path: z.string(),
  file_size: z.number().int().nonnegative(),
  sha256: z.string(),
  is_executable: z.boolean(),
  is_owner_only: z.boolean(),
  modified_at: z.string(),
  removed: z.boolean(),
  created_at: z.string(),
  created_by: z.uuid().nullable(),
})
export type FileVersion = z.infer<typeof fileVersion>

/** In words, as far as the version before is among those that were read. */
export const whatHappened = (
  { removed, revision, sha256, file_path, is_executable }: FileVersion,
  before: FileVersion | undefined,
): string => {
  if (removed) return t`removed`
  if (revision === 1) return t`new`
  const isBitAlone =
    before !== undefined &&
    !before.removed &&
    before.sha256 === sha256 &&
    before.file_path === file_path &&
    before.is_executable !== is_executable
  if (!isBitAlone) return t`changed`
  return is_executable ? t`made executable` : t`not executable any more`
}

/** What one commit made of an artifact. */
export const revision = z.object({
  number: z.number().int().positive(),
  /** ISO time. */
  at: z.string(),
  by: z.string().nullable(),
  files: z.array(fileVersion),
  /** It has more files than were read. */
  isCut: z.boolean(),
})
export type Revision = z.infer<typeof revision>

/**
 * Rows, newest first, as the commits they came with. Of a full page the last commit may be cut, and comes
 * whole with the next one, unless it fills the page by itself.
 */
export const revisionsOf = (rows: FileVersion[], pageSize: number): Revision[] => {
  const revisions: Revision[] = []
  for (const row of rows) {
    const last = revisions.at(-1)
    if (last?.number === row.artifact_revision) last.files.push(row)
    else
      revisions.push({
        number: row.artifact_revision,
        at: row.created_at,
        by: row.created_by,
        files: [row],
        isCut: false,
      })
  }
  if (rows.length < pageSize) return revisions
  if (revisions.length > 1) return revisions.slice(0, -1)
  return revisions.map((revision) => ({ ...revision, isCut: true }))
}
