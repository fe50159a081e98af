import type { FailureCode } from '../../contract/failure.ts'
import { type Circumstances, isDue, lowered } from '../parking.ts'
import type { LocalFile } from './plan.ts'
import type { BaseFile, KnownFile, Pulled, RemoteFile } from './ports.ts'

export type Parked = { path: string; fileId: string | null; code: FailureCode }
/** With what was so when it was parked. */
export type ParkedSince = Parked & { since: Circumstances }

/** The three trees of one link, in memory as they are in the store. */
export type FolderState = {
  known: Map<string, KnownFile>
  base: Map<string, BaseFile>
  remote: Map<string, RemoteFile>
  /** What is there but could not be looked at: path, and which file it is. */
  unknown: Map<string, string>
  /** What cannot be done until something changes, by what it is about. */
  parked: Map<string, ParkedSince>
  /** As the server said it last. */
  role: string | null
  uploadRules: string | null
}

/** What a plan has to look at: of a hundred thousand files, those that are not the same everywhere already. */
export const outOfStep = ({ known, base, remote, unknown }: FolderState) => {
  const inStep = new Set<string>()
  const restOfBase: BaseFile[] = []
  const settled = new Set<string>()
  for (const file of base.values()) {
    const here = known.get(file.path)
    const there = remote.get(file.fileId)
    const isInStep =
      here?.sha256 === file.sha256 &&
      here.stamp.identity === file.identity &&
      there?.sha256 === file.sha256 &&
      there.path === file.path &&
      there.revision === file.revision &&
      !unknown.has(file.path)
    if (isInStep) {
      inStep.add(file.path)
      settled.add(file.fileId)
    } else restOfBase.push(file)
  }
  const local: LocalFile[] = []
  for (const { path, sha256, stamp } of known.values())
    if (!inStep.has(path) && !unknown.has(path))
      local.push({ path, sha256, size: stamp.size, identity: stamp.identity })
  const restOfRemote: RemoteFile[] = []
  for (const file of remote.values()) if (!settled.has(file.fileId)) restOfRemote.push(file)
  return { local, base: restOfBase, remote: restOfRemote }
}

/** Forgets what was parked and is in no plan any more, and that whose reason may be over. */
export const unpark = (
  { parked, role, uploadRules }: FolderState,
  planned: ReadonlySet<string>,
  now: number,
): void => {
  for (const [key, entry] of parked) {
    const since = lowered(entry.since, role)
    if (!planned.has(key) || isDue(entry.code, since, { now, role, uploadRules }))
      parked.delete(key)
    else parked.set(key, { ...entry, since })
  }
}

export const applyPull = (remote: Map<string, RemoteFile>, pulled: Pulled): void => {
  if (pulled.whole) remote.clear()
  for (const file of pulled.files) remote.set(file.fileId, file)
  for (const fileId of pulled.removed) remote.delete(fileId)
}
