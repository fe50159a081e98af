import { t } from '@lingui/core/macro'
import type { z } from 'zod'
import { fileVersion } from './revisions.ts'

/** A row of `artifact_file_versions`, as far as going back needs it. */
export const changedVersion = fileVersion.pick({
  file_id: true,
  revision: true,
  artifact_revision: true,
  file_path: true,
  sha256: true,
  is_executable: true,
  removed: true,
  created_at: true,
  created_by: true,
})
export type ChangedVersion = z.infer<typeof changedVersion>

/** What going back does to files, by their names; and who removed what it brings back. */
export type GoingBack = {
  /** Of the artifact, when this was found out. */
  newest: number
  removed: string[]
  changed: string[]
  back: string[]
  undoes: { by: string | null; files: number; at: string }[]
  /** There is more than was read. */
  isCut: boolean
}

/** The versions that the files had then, which the first change since tells of; one that was new then had none. */
export const versionsBefore = (since: readonly ChangedVersion[]) => {
  const first = new Map<string, number>()
  for (const { file_id, revision } of since)
    first.set(file_id, Math.min(revision, first.get(file_id) ?? revision))
  return [...first].flatMap(([fileId, revision]) =>
    revision > 1 ? [{ fileId, revision: revision - 1 }] : [],
  )
}

/** `since`: what became of files after the revision to go back to. `before`: what they were at it. */
export const goingBackOf = (
  since: readonly ChangedVersion[],
  before: readonly ChangedVersion[],
): Omit<GoingBack, 'isCut'> => {
  const then = new Map(before.map((version) => [version.file_id, version]))
  const now = new Map<string, ChangedVersion>()
  for (const version of since)
    if (version.revision > (now.get(version.file_id)?.revision ?? 0))
      now.set(version.file_id, version)
  const found: Omit<GoingBack, 'isCut'> = {
    newest: since.reduce((most, each) => Math.max(most, each.artifact_revision), 0),
    removed: [],
    changed: [],
    back: [],
    undoes: [],
  }
  for (const [fileId, current] of now) {
    const past = then.get(fileId)
    const wasThere = past !== undefined && !past.removed
    if (!wasThere) {
      if (!current.removed) found.removed.push(current.file_path)
    } else if (current.removed) {
      found.back.push(past.file_path)
      const { created_by: by, created_at: at } = current
      const undone = found.undoes.find((each) => each.by === by)
      if (!undone) found.undoes.push({ by, files: 1, at })
      else {
        undone.files += 1
        if (at > undone.at) undone.at = at
      }
    } else if (past.sha256 !== current.sha256) found.changed.push(past.file_path)
    else if (past.file_path !== current.file_path)
      found.changed.push(`${current.file_path} → ${past.file_path}`)
    else if (past.is_executable !== current.is_executable)
      found.changed.push(
        past.is_executable
          ? t`${past.file_path} (executable again)`
          : t`${past.file_path} (not executable any more)`,
      )
  }
  for (const list of [found.removed, found.changed, found.back]) list.sort()
  return found
}
