import { conflictPath, foldPath } from '../../domain/file-path.ts'
import { settleNames } from './name-conflicts.ts'
import type { LocalFile, Operation } from './operation.ts'
import { isMarkedHere, mergedExecutable } from './permissions.ts'
import type { BaseFile, RemoteFile } from './ports.ts'
import { revertLocalChanges } from './revert.ts'
import type { Decided, Trees } from './trees.ts'

export type Plan = {
  operations: Operation[]
  /** Deletions that wait for the person, when there are too many at once. */
  deletions: Operation[]
}

/** Deletions in one pass that nobody is asked about. */
const unaskedDeletions = 3
const maxUnaskedDeletions = 200
const unaskedShare = 0.25

export const areTooMany = (deletions: number, files: number): boolean =>
  deletions > maxUnaskedDeletions ||
  (deletions > unaskedShare * files && (deletions > unaskedDeletions || deletions === files))

/**
 * Which local file is which of the base: the one that is as the server has it, else the one at its path, else the
 * very same file (its identity on the disk) under another name, else the only new file with the same bytes.
 */
const matchLocal = ({ local, base, remote, isUnknown }: Trees) => {
  const byPath = new Map(local.map((file) => [file.path, file]))
  const matched = new Map<string, LocalFile>()
  const taken = new Set<LocalFile>()
  const take = (fileId: string, file: LocalFile): void => {
    matched.set(fileId, file)
    taken.add(file)
  }
  // The same file at the same path, or one that an editor put in its place: but not one that moved there.
  const homes = new Map<string, BaseFile[]>()
  for (const file of base) homes.set(file.identity, [...(homes.get(file.identity) ?? []), file])
  const movedHere = (here: LocalFile, known: BaseFile): boolean =>
    (homes.get(here.identity) ?? []).some(
      (from) => from !== known && byPath.get(from.path)?.identity !== here.identity,
    )
  const isStill = (here: LocalFile): boolean =>
    (homes.get(here.identity) ?? []).some(
      ({ path, sha256 }) => path === here.path && sha256 === here.sha256,
    )
  // Where the server has it now and as the server has it: placed by us before a crash, or by somebody who did the
  // same. Stronger than an identity, which some disks give to another file.
  const theirs = new Map(remote.map((file) => [file.fileId, file]))
  const knownOf = new Map(base.map((file) => [file.fileId, file]))
  const agreed = new Set<LocalFile>()
  const byFold = new Map(local.map((file) => [foldPath(file.path), file]))
  for (const there of remote) {
    const here = byFold.get(foldPath(there.path))
    const known = knownOf.get(there.fileId)
    if (!here) continue
    if (!known && here.sha256 === there.sha256) agreed.add(here)
    if (!known || here.path === known.path) continue
    // Placed, or moved there by its person as by somebody else.
    const isPlaced =
      here.path === there.path && here.sha256 === there.sha256 && here.size > 0 && !isStill(here)
    const isMoved = here.identity === known.identity && here.sha256 === known.sha256
    if (there.path !== known.path && (isPlaced || isMoved)) take(there.fileId, here)
  }
  for (const here of agreed) taken.add(here)
  // An identity that was given to another file since: of two that have it, the one of these bytes.
  const isAnothers = (here: LocalFile, known: BaseFile): boolean =>
    here.sha256 !== known.sha256 &&
    (homes.get(here.identity) ?? []).some(({ sha256 }) => sha256 === here.sha256)
  for (const known of base) {
    const here = byPath.get(known.path)
    if (here?.identity === known.identity && !taken.has(here) && !matched.has(known.fileId))
      if (!isAnothers(here, known)) take(known.fileId, here)
  }
  for (const known of base) {
    const here = byPath.get(known.path)
    if (here && !taken.has(here) && !matched.has(known.fileId) && !movedHere(here, known))
      take(known.fileId, here)
  }
  const loose = local.filter((file) => !taken.has(file))
  const byIdentity = new Map(loose.map((file) => [file.identity, file]))
  const bySha = new Map<string, LocalFile[]>()
  for (const file of loose) bySha.set(file.sha256, [...(bySha.get(file.sha256) ?? []), file])
  const lost = base.filter((file) => !matched.has(file.fileId) && !isUnknown(file))
  // Some disks give the identity of a file that is gone to another one: the bytes decide between two that claim it.
  const isOfBytes = (same: LocalFile, known: BaseFile): boolean => same.sha256 === known.sha256
  const isRespelled = (same: LocalFile, known: BaseFile): boolean =>
    isOfBytes(same, known) && foldPath(same.path) === foldPath(known.path)
  for (const isIt of [isRespelled, isOfBytes, () => true])
    for (const known of lost) {
      const same = byIdentity.get(known.identity)
      if (same && !taken.has(same) && !matched.has(known.fileId) && isIt(same, known))
        take(known.fileId, same)
    }
  // Copied elsewhere (another disk, an archive), or put there by us before a crash under a name that its person had
  // given it: the bytes alone tell, if they can mean one file only.
  for (const shaOf of [
    (known: BaseFile) => known.sha256,
    (known: BaseFile) => theirs.get(known.fileId)?.sha256 ?? known.sha256,
  ]) {
    const wanting = new Map<string, number>()
    for (const known of lost)
      if (!matched.has(known.fileId))
        wanting.set(shaOf(known), (wanting.get(shaOf(known)) ?? 0) + 1)
    for (const known of lost) {
      if (matched.has(known.fileId)) continue
      const [only, ...more] = (bySha.get(shaOf(known)) ?? []).filter((file) => !taken.has(file))
      if (only && only.size > 0 && more.length === 0 && wanting.get(shaOf(known)) === 1)
        take(known.fileId, only)
    }
  }
  return { matched, fresh: local.filter((file) => !taken.has(file) || agreed.has(file)) }
}

/** The name for a file of which the folders alone are spelled otherwise than at the server. */
const respelled = ({ spell }: Trees, local: LocalFile, remote: RemoteFile): string =>
  local.path !== remote.path && foldPath(local.path) === foldPath(remote.path) && spell
    ? spell(local.path)
    : local.path

/** Whether it is known that both sides were as the server is now. */
const isBitKnown = (base: BaseFile, remote: RemoteFile): boolean =>
  remote.permissions === undefined ||
  base.permissions?.isExecutable === remote.permissions.isExecutable

/** Null where the disk says nothing of the executable bit, or has it as it is to be. */
const settingBit = (
  local: LocalFile,
  base: BaseFile,
  remote: RemoteFile,
  isExecutable: boolean | undefined,
): Operation | null => {
  const here = local.permissions?.isExecutable
  const permissions = base.permissions ?? remote.permissions
  if (here === undefined || isExecutable === undefined || !permissions || here === isExecutable)
    return null
  return {
    kind: 'set-executable',
    local,
    isExecutable,
    base: { ...base, permissions: { ...permissions, isExecutable } },
  }
}

/** What becomes of each file that was the same on both sides once. */
const decideKnown = (trees: Trees): Decided => {
  const { matched, fresh } = matchLocal(trees)
  const remotes = new Map(trees.remote.map((file) => [file.fileId, file]))
  const decided: Decided = { operations: [], deletions: [], fresh: [...fresh] }
  const { operations, deletions } = decided
  for (const base of trees.base) {
    const local = matched.get(base.fileId)
    const remote = remotes.get(base.fileId)
    if (!local) {
      if (trees.isUnknown(base)) continue
      if (!remote) operations.push({ kind: 'forget', fileId: base.fileId })
      // Whatever was done to it there beats the deletion here. Even where it is as it was: it may have been gone
      // meanwhile, and have been discarded here by us, which a crash let nobody note.
      else if (remote.revision !== base.revision)
        operations.push({ kind: 'download', remote, over: null })
      else if (!trees.isAstray?.(base))
        deletions.push({ kind: 'remove', fileId: base.fileId, expected: remote.revision })
      continue
    }
    const edited = local.sha256 !== base.sha256
    const isMarked = isMarkedHere(local, base)
    if (!remote) {
      // Spelled otherwise it is still there: a disk that knows no case does so by itself.
      const isThere = foldPath(local.path) === foldPath(base.path)
      // A bit alone keeps nothing that others deleted: its bytes are theirs.
      if (!edited && isThere) deletions.push({ kind: 'discard', local, base })
      else {
        operations.push({ kind: 'forget', fileId: base.fileId })
        decided.fresh.push(local)
      }
      continue
    }
    const sameBytes = local.sha256 === remote.sha256
    const editedThere = remote.sha256 !== base.sha256
    const bit = mergedExecutable(local, base, remote)
    const put: Operation = {
      kind: 'put',
      local,
      fileId: base.fileId,
      expected: remote.revision,
    }
    const set = settingBit(local, base, remote, bit)
    if (sameBytes && local.path === remote.path) {
      const same =
        base.path === local.path && base.sha256 === local.sha256 && isBitKnown(base, remote)
      if (set) operations.push(set)
      else if (bit !== remote.permissions?.isExecutable) operations.push(put)
      else if (!same || base.revision !== remote.revision || base.identity !== local.identity)
        operations.push({ kind: 'adopt', local, remote })
    } else if (!sameBytes && edited && editedThere) {
      operations.push({ kind: 'step-aside', local, to: '', fileId: base.fileId })
      // Nobody sees more of the file of this name than before.
      const keeps = local.permissions?.isOwnerOnly ? { keeps: { isOwnerOnly: true } } : {}
      operations.push({ kind: 'download', remote, over: null, ...keeps })
    } else if (local.path !== remote.path && remote.path !== base.path)
      // Of two new names the server's counts; what else there is to do comes in the next round.
      operations.push({
        kind: 'move',
        local,
        to: remote.path,
        base: { ...base, path: remote.path },
      })
    else if (editedThere && !sameBytes) {
      const keeps = isMarked && bit !== undefined ? { keeps: { isExecutable: bit } } : {}
      operations.push({ kind: 'download', remote, over: local, ...keeps })
    } else if (respelled(trees, local, remote) !== local.path)
      operations.push({ kind: 'move', local, to: respelled(trees, local, remote), base: null })
    // Its bytes follow in the next round: what is sent is what is here.
    else operations.push(set ?? put)
  }
  return decided
}

/** What becomes of files that only one side knows. */
const decideFresh = (trees: Trees, fresh: readonly LocalFile[]): Operation[] => {
  const known = new Set(trees.base.map(({ fileId }) => fileId))
  const arriving = new Map(
    trees.remote
      .filter(({ fileId }) => !known.has(fileId))
      .map((file) => [foldPath(file.path), file]),
  )
  const sitting = new Set(trees.local.map(({ path }) => foldPath(path)))
  const operations: Operation[] = []
  for (const local of fresh) {
    const remote = arriving.get(foldPath(local.path))
    if (!remote) {
      operations.push({ kind: 'put', local, fileId: null, expected: null })
      continue
    }
    if (remote.sha256 === local.sha256) {
      arriving.delete(foldPath(local.path))
      // Whatever its name: that follows once it is known to be the same file.
      operations.push({ kind: 'adopt', local, remote })
      continue
    }
    // Placed here before a crash, and renamed there since: it follows, instead of being a second one of the same.
    const renamed = [...arriving.values()].find(
      ({ path, size, sha256 }) =>
        size > 0 && sha256 === local.sha256 && !sitting.has(foldPath(path)),
    )
    if (renamed) {
      arriving.delete(foldPath(renamed.path))
      operations.push({ kind: 'adopt', local, remote: renamed })
    } else operations.push({ kind: 'step-aside', local, to: '', fileId: null })
  }
  for (const remote of arriving.values()) operations.push({ kind: 'download', remote, over: null })
  return operations
}

/**
 * What one round has to do so that folder and server become the same. Pure. Nothing here loses bytes: an edit
 * beats a deletion, of two edits both are kept, and what a person may not want comes apart, as `deletions`.
 */
export const planFolder = (
  trees: Trees,
  {
    deviceName,
    now,
    isTaken = takenIn(trees),
    isReverted,
  }: {
    deviceName: string
    now: Date
    /** Whether a folded path is somebody's: of files too that the trees leave out because they are in step. */
    isTaken?: (foldedPath: string) => boolean
    /** Whether its person gives up own work of this word, for what the server has. */
    isReverted?: (fingerprint: string) => boolean
  },
): Plan => {
  const decided = decideKnown(trees)
  decided.operations.push(...decideFresh(trees, decided.fresh))
  // The name of a file that cannot be looked at now is its own at the server still: whoever has it here would be refused.
  const held = new Set(trees.base.filter(trees.isUnknown).map(({ path }) => foldPath(path)))
  if (held.size > 0)
    decided.operations = decided.operations.filter(
      (operation) => operation.kind !== 'put' || !held.has(foldPath(operation.local.path)),
    )
  if (isReverted) Object.assign(decided, revertLocalChanges(decided, trees.remote, isReverted))
  const given = new Set<string>()
  const nameFor = (path: string): string => {
    const name = conflictPath(path, deviceName, now, {
      has: (folded) => given.has(folded) || isTaken(folded),
    })
    given.add(foldPath(name))
    return name
  }
  return {
    operations: settleNames(trees, decided, nameFor),
    deletions: decided.deletions,
  }
}

const takenIn = ({ local, remote }: Trees): ((foldedPath: string) => boolean) => {
  let taken: Set<string> | null = null
  return (folded) => {
    taken ??= new Set([...local, ...remote].map(({ path }) => foldPath(path)))
    return taken.has(folded)
  }
}
