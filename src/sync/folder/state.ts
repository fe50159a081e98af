import type { FailureCode } from '../../domain/failure.ts'
import { demote, type RetryContext, shouldRetry } from '../blocked.ts'
import { waitOf } from '../failure-policy.ts'
import type { LocalFile } from './operation.ts'
import { marks, PackedMap, type Packing } from './packed-map.ts'
import { meetingAny } from './path-collisions.ts'
import { packPermissions, unpackPermissions } from './permissions.ts'
import type { BaseFile, KnownFile, RemoteFile } from './ports.ts'
import type { LocalChange } from './revert.ts'
import { packStamp, unpackStamp, withoutPermissions } from './stamp.ts'

/** `own`: the person's, which they may give up. */
export type Blocked = { path: string; fileId: string | null; code: FailureCode; own?: LocalChange }
/** With what was so when it was blocked. */
export type BlockedSince = Blocked & { since: RetryContext }

/** The three trees of one link, in memory as they are in the store. */
export type FolderState = {
  readonly known: PackedMap<KnownFile>
  readonly base: PackedMap<BaseFile>
  readonly remote: PackedMap<RemoteFile>
  /** What is there but could not be looked at: path, and which file it is. */
  readonly unknown: Map<string, string>
  /** Files under names that no server takes: which they are, and the hash of those that may be what is missed. */
  astray: { identities: ReadonlySet<string>; hashes: ReadonlySet<string> }
  /** What cannot be done until something changes, by what it is about. */
  readonly blocked: Map<string, BlockedSince>
  /** Files that somebody removed at the server, as it says; what is merely missing there is not among them. */
  readonly decided: Set<string>
  readonly loose: Loose
  /** The beginnings of the hashes that rows of the server name or named. */
  readonly beginnings: Set<number>
  /** As the server said it last. */
  role: string | null
  uploadRules: string | null
}

/**
 * Files that were the same everywhere when they were last compared, by path, and what else there is: whatever
 * becomes another one is among the rest until it is compared again, so that a plan need not look at all others.
 */
type Loose = {
  readonly settled: PackedMap<string>
  readonly paths: PackedMap<true>
  readonly fileIds: PackedMap<true>
}

/*
 * Rows are packed as JSON: a value of a server's may hold anything, and no separator would be safe from all of them.
 * Each was checked when it came in; `unpack` reads what `pack` wrote.
 */
const fieldsOf = <Fields>(text: string): Fields => JSON.parse(text) as Fields

const known: Packing<KnownFile> = {
  pack: ({ sha256, hashedAt, stamp }) => JSON.stringify([packStamp(stamp), hashedAt, sha256]),
  unpack: (path, text) => {
    const [stamp, hashedAt, sha256] = fieldsOf<[string, number, string]>(text)
    return { path, sha256, hashedAt, stamp: unpackStamp(stamp) }
  },
}
/** When a file with this very stamp (packed) was hashed, in milliseconds since the epoch; null: none is known. */
export const hashedAtOf = (
  tree: PackedMap<KnownFile>,
  path: string,
  stamp: string,
): number | null => {
  const text = tree.textOf(path)
  // Without making the row: a hundred thousand are asked for. A stamp is digits and spaces, as JSON has them too.
  const beginning = `["${stamp}",`
  return text?.startsWith(beginning) ? Number.parseInt(text.slice(beginning.length), 10) : null
}
/** What is known of the very file, of which the disk tells other permissions: some did before the bytes were hashed. */
export const knownOtherwise = (
  tree: PackedMap<KnownFile>,
  path: string,
  stamp: string,
): KnownFile | null =>
  tree.textOf(path)?.startsWith(`["${withoutPermissions(stamp)}`) ? (tree.get(path) ?? null) : null

const remote: Packing<RemoteFile> = {
  pack: ({ path, sha256, size, revision, permissions, modifiedAt }) =>
    JSON.stringify([
      ...[path, sha256, size, revision],
      ...[packPermissions(permissions), modifiedAt ?? null],
    ]),
  unpack: (fileId, text) => {
    const [path, sha256, size, revision, permissions, modifiedAt] =
      fieldsOf<[string, string, number, number, number | null, number | null]>(text)
    return {
      fileId,
      path,
      sha256,
      size,
      revision,
      permissions: unpackPermissions(permissions),
      modifiedAt: modifiedAt ?? undefined,
    }
  },
}
const base: Packing<BaseFile> = {
  pack: ({ path, sha256, size, revision, identity, permissions }) =>
    JSON.stringify([path, sha256, size, revision, identity, packPermissions(permissions)]),
  unpack: (fileId, text) => {
    const [path, sha256, size, revision, identity, permissions] =
      fieldsOf<[string, string, number, number, string, number | null]>(text)
    return {
      fileId,
      path,
      sha256,
      size,
      revision,
      identity,
      permissions: unpackPermissions(permissions),
    }
  },
}

const text: Packing<string> = { pack: (row) => row, unpack: (_key, row) => row }
const add = (marked: PackedMap<true>, key: string): void => {
  if (!marked.has(key)) marked.set(key, true)
}

/** 28 bits: few enough for a small number. */
const beginningOf = (sha256: string): number => Number.parseInt(sha256.slice(0, 7), 16)

/** Hashes whose bytes the server has. All rows are read only when one of them may be of such a hash. */
export const hashesAtServer = ({ remote, beginnings }: FolderState) => {
  const added = new Set<string>()
  let all: Set<string> | null = null
  return {
    add: (sha256: string): void => void added.add(sha256),
    has: (sha256: string): boolean => {
      if (added.has(sha256)) return true
      if (!beginnings.has(beginningOf(sha256))) return false
      if (!all) {
        all = new Set()
        for (const file of remote.values()) all.add(file.sha256)
      }
      return all.has(sha256)
    },
  }
}

/** What cannot be looked at is in step with nothing. */
class Unknown extends Map<string, string> {
  readonly #changing: (path: string) => void
  constructor(changing: (path: string) => void) {
    super()
    this.#changing = changing
  }
  override set(path: string, identity: string): this {
    this.#changing(path)
    return super.set(path, identity)
  }
}

/** Nothing known of either side. */
export const emptyState = (): FolderState => {
  const loose: Loose = {
    settled: new PackedMap(text),
    paths: new PackedMap(marks),
    fileIds: new PackedMap(marks),
  }
  const { settled, paths, fileIds } = loose
  const loosen = (path: string): void => {
    const fileId = settled.get(path)
    if (fileId !== undefined) {
      settled.delete(path)
      add(fileIds, fileId)
    }
    add(paths, path)
  }
  const beginnings = new Set<number>()
  const decided = new Set<string>()
  const bases: PackedMap<BaseFile> = new PackedMap(base, (fileId) => loosenFile(fileId))
  const loosenFile = (fileId: string): void => {
    const before = bases.get(fileId)
    if (before) loosen(before.path)
    add(fileIds, fileId)
  }
  return {
    known: new PackedMap(known, loosen),
    base: bases,
    remote: new PackedMap(remote, (fileId, row) => {
      loosenFile(fileId)
      if (!row) return
      beginnings.add(beginningOf(row.sha256))
      decided.delete(fileId)
    }),
    unknown: new Unknown(loosen),
    astray: { identities: new Set(), hashes: new Set() },
    blocked: new Map(),
    loose,
    beginnings,
    decided,
    role: null,
    uploadRules: null,
  }
}

/** Of a disk that says nothing of the executable bit what the server has is what it has. */
const isBitInStep = (here: KnownFile, file: BaseFile, there: RemoteFile): boolean => {
  const bit = there.permissions?.isExecutable
  if (bit === undefined) return true
  return (
    file.permissions?.isExecutable === bit && (here.stamp.permissions?.isExecutable ?? bit) === bit
  )
}

/** As a plan sees it. */
export const localFileOf = ({ path, sha256, stamp }: KnownFile): LocalFile => ({
  path,
  sha256,
  size: stamp.size,
  identity: stamp.identity,
  ...(stamp.permissions && { permissions: stamp.permissions }),
})

const isInStep = (
  { known, unknown }: FolderState,
  file: BaseFile,
  there: RemoteFile | undefined,
): boolean => {
  const here = known.get(file.path)
  return (
    here?.sha256 === file.sha256 &&
    here.stamp.identity === file.identity &&
    there?.sha256 === file.sha256 &&
    there.path === file.path &&
    there.revision === file.revision &&
    isBitInStep(here, file, there) &&
    !unknown.has(file.path)
  )
}

/** Compares all rows that were loaded. */
export const compareLoaded = (state: FolderState): void => {
  const { known, base, remote, loose, beginnings } = state
  const { settled, paths, fileIds } = loose
  for (const file of base.values())
    if (isInStep(state, file, remote.get(file.fileId)) && !settled.has(file.path))
      settled.set(file.path, file.fileId)
    else add(fileIds, file.fileId)
  for (const path of known.keys()) if (!settled.has(path)) add(paths, path)
  for (const { fileId, sha256 } of remote.values()) {
    beginnings.add(beginningOf(sha256))
    const file = base.get(fileId)
    if (!file || settled.get(file.path) !== fileId) add(fileIds, fileId)
  }
}

/** What a plan has to look at: of a hundred thousand files, those that are not the same everywhere already. */
export const outOfStep = (state: FolderState) => {
  const { known, base, remote, unknown, loose } = state
  const restOfBase: BaseFile[] = []
  const restOfRemote: RemoteFile[] = []
  for (const fileId of loose.fileIds.keys()) {
    const [file, there] = [base.get(fileId), remote.get(fileId)]
    const settled = file && loose.settled.get(file.path)
    if (file && (settled ?? fileId) === fileId && isInStep(state, file, there)) {
      loose.settled.set(file.path, fileId)
      loose.paths.delete(file.path)
    } else {
      if (file) restOfBase.push(file)
      if (there) restOfRemote.push(there)
      if (file || there) continue
    }
    loose.fileIds.delete(fileId)
  }
  const local: LocalFile[] = []
  for (const path of loose.paths.keys()) {
    const file = known.get(path)
    if (!file) loose.paths.delete(path)
    else if (!unknown.has(path)) local.push(localFileOf(file))
  }
  return { local, base: restOfBase, remote: restOfRemote }
}

/** What changed in the folder may have been in the way of what was blocked, or makes room for it. */
export const retryWhereChanged = (
  { blocked }: Pick<FolderState, 'blocked'>,
  changed: readonly string[],
): void => {
  if (blocked.size === 0) return
  const isNear = meetingAny(changed)
  for (const [key, { path, code }] of blocked)
    if (waitOf(code).folder && isNear(path)) blocked.delete(key)
}

/** Forgets what was blocked and is in no plan any more, and that whose reason may be over. */
export const unblock = (
  { blocked, role, uploadRules }: FolderState,
  planned: ReadonlySet<string>,
  now: number,
): void => {
  for (const [key, entry] of blocked) {
    const since = demote(entry.since, role)
    if (!planned.has(key) || shouldRetry(entry.code, since, { now, role, uploadRules }))
      blocked.delete(key)
    else blocked.set(key, { ...entry, since })
  }
}
