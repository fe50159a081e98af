import type { FailureCode } from '../../domain/failure.ts'
import type { LeftOutThing, LeftOutThings } from './ignore/things.ts'
import type { Permissions } from './permissions.ts'

/*
 * What a linked folder needs of the world. One artifact, one folder. Every call may fail with a `Failure`;
 * the process may end between any two of them. Paths are display paths: `/`-separated, NFC, relative to the root.
 */

/**
 * What the system says of one regular file: equal stamps, equal bytes (but for a racy clock). Times are ns since the
 * epoch, as text; `identity` is device, inode and, where the disk has one, time of birth: inodes are used again.
 * `permissions`: absent where the disk has none, and where it keeps none that it is given.
 */
export type Stamp = {
  size: number
  modified: string
  changed: string
  identity: string
  permissions?: Permissions
}
export type DiskFile = { path: string; stamp: Stamp }

export type Scan = {
  files: DiskFile[]
  /** Left alone and shown: links, devices, names no server takes, twins that differ in case alone, folders not read. */
  refused: { path: string; code: FailureCode }[]
  /** Files under names that no server takes, however deep: what was known of them by another name is not gone. */
  astray: DiskFile[]
  /** Folders that could not be read, by path ('' is the root): what was in them is unknown, not gone. */
  unread: string[]
  /** What rules leave out: not looked at, and not gone. */
  leftOut: LeftOutThings
}

/** A path that is left out, asked for by itself. `thing`: the topmost that is. `stamp`: null where no file is. */
export type LeftOutPath = { path: string; thing: LeftOutThing; stamp: Stamp | null }

/** Bytes on their way to disk; they bear no name of a person's until they are whole. */
export type Staging = {
  /** Bytes kept of an earlier try: go on from here. */
  kept: number
  write(bytes: Uint8Array): Promise<void>
  /** Begins anew. */
  reset(): Promise<void>
  /** Hashed and flushed. @throws file.hash-mismatch (what was kept is gone then) */
  seal(): Promise<void>
  /** Keeps what is there for a later try. */
  close(): Promise<void>
}

/** `isSecret`: its bytes are a private key, or hold a token. */
export type Hashed = { sha256: string; isSecret?: boolean }

/**
 * How a file comes to its place. `isExecutable` undefined: as what was there. `isOwnerOnly`: nobody else may read it,
 * whoever could before; false opens nothing. `modifiedAt`: milliseconds since the epoch.
 */
export type Placing = {
  isExecutable: boolean | undefined
  isOwnerOnly: boolean
  modifiedAt: number | undefined
}

export type Disk = {
  /**
   * Tells of files while it goes on, each with its stamp packed: of a hundred thousand most are as they were.
   * @throws folder.missing when the root, or the mark that it is this link's, is not there: never an empty scan
   */
  scan(found: (path: string, stamp: string) => void): Promise<Omit<Scan, 'files'>>
  /** The same of some paths alone: what a watcher noticed. Folders among them are read whole. */
  look(paths: string[]): Promise<Scan>
  /** Those of some paths that rules leave out, with what is there now. */
  leftOut(paths: string[]): Promise<LeftOutPath[]>
  stat(path: string): Promise<Stamp | null>
  /** `changed` when the stamp is another one before or after the reading, `busy` when another program holds it. */
  hash(path: string, expects: Stamp): Promise<Hashed | 'changed' | 'busy'>
  /** Bytes `from` to `to` (exclusive). @throws file.changed-while-reading when the stamp is another one */
  read(path: string, expects: Stamp, from: number, to: number): AsyncIterable<Uint8Array>
  stage(blob: { sha256: string; size: number }): Promise<Staging>
  /** What was staged and is wanted no more goes away; what cannot be removed stays. */
  clearStaging(): Promise<void>
  /**
   * Gives sealed bytes their name, atomically and durably, if what is there is what is expected (null: nothing). What is
   * there gives its permissions to what takes its place, but for what `as` says, if anything.
   */
  place(
    blob: { sha256: string },
    path: string,
    expects: Stamp | null,
    as?: Placing,
  ): Promise<Stamp | 'changed'>
  /**
   * For those who may read it. Never where the disk tells nothing of it. @throws disk.denied when the disk does not keep it
   */
  setExecutable(path: string, expects: Stamp, isExecutable: boolean): Promise<Stamp | 'changed'>
  /** Durable. Never over another file; changes of case alone work everywhere. */
  move(from: string, to: string, expects: Stamp): Promise<Stamp | 'changed'>
  /** Puts a file out of everybody's way, under a name of ours, so that names can be swapped. */
  setAside(path: string, key: string, expects: Stamp): Promise<Stamp | 'changed'>
  /** What was set aside, by its key. */
  aside(): Promise<{ key: string; stamp: Stamp }[]>
  /** Brings it back to a path where nothing is; `changed` when something is there. */
  bringBack(key: string, path: string): Promise<Stamp | 'changed'>
  /** Into the trash of this link, from where it can be restored for thirty days. `fileId`: removed at the server. */
  discard(
    path: string,
    expects: Stamp,
    entry: { sha256: string; fileId?: string | null },
  ): Promise<'done' | 'changed'>
}

export type RemoteFile = {
  fileId: string
  path: string
  sha256: string
  /** Bytes. */
  size: number
  revision: number
  /** Both absent where the server says nothing of them; milliseconds since the epoch. */
  permissions?: Permissions | undefined
  modifiedAt?: number | undefined
}
export type Version = Pick<RemoteFile, 'fileId' | 'path' | 'sha256' | 'revision'>
export type Cursor = { cursor: string; epoch: string }

export type RemoteChanges = {
  cursor: Cursor
  files: RemoteFile[]
  /** Files that are gone. */
  removed: string[]
}
export type Pulled = RemoteChanges & {
  /**
   * Everything there is, a few thousand files at a time; null: what changed is in `files` and `removed`. More than
   * one piece are of more than one moment: they are true together with what changed since the cursor.
   */
  whole: AsyncIterable<RemoteFile[]> | null
  /** False when the artifact is deleted, or not ours to see any more. */
  present: boolean
  /** The person's role and what the bucket takes; null where the server does not say. */
  role: string | null
  uploadRules: string | null
}

export type Change =
  | {
      op: 'put'
      fileId: string
      path: string
      sha256: string
      size: number
      /** Absent: they stay as the server has them. */
      permissions?: Permissions | undefined
      modifiedAt?: number | undefined
    }
  | { op: 'remove'; fileId: string }

export type Committed =
  | { status: 'committed'; revisions: Record<string, number> }
  /** `taken`: those of them whose name another file has. */
  | { status: 'conflict'; fileIds: string[]; taken: string[] }

export type Remote = {
  /** `known`: what the server had last; where that is all there is, without a cursor too, nothing is told again. */
  pull(since: Cursor | null, signal: AbortSignal, known?: Iterable<RemoteFile>): Promise<Pulled>
  /** Moves a file of so many bytes in its turn: others share the server. */
  runLimited<T>(bytes: number, work: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** Resolves once the server shows the bytes whole. What is there already is not sent. */
  send(
    blob: { sha256: string; size: number; path: string },
    read: (from: number, to: number) => AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<void>
  /** Bytes from an offset on; the server may start over, so the answer says from where. */
  fetch(
    blob: { sha256: string; size: number },
    from: number,
    signal: AbortSignal,
  ): Promise<{ from: number; body: AsyncIterable<Uint8Array> }>
  /** What files were at some of their revisions, as far as there are such: paths and hashes of history. */
  versions(
    files: readonly { fileId: string; revision: number }[],
    signal: AbortSignal,
  ): Promise<Version[]>
  /** All or nothing. `expected`: revision by file id, absent for a new file. */
  commit(
    expected: Record<string, number>,
    changes: Change[],
    signal: AbortSignal,
  ): Promise<Committed>
}

/** What was the same on both sides when it was last looked at: the merge base. */
export type BaseFile = {
  fileId: string
  path: string
  sha256: string
  size: number
  revision: number
  /** Which file on this disk it is, so that a move is one. */
  identity: string
  /** Absent where nobody knows in what both sides were the same. */
  permissions?: Permissions | undefined
}
/** What a hash was of, so that it need not be made again. */
export type KnownFile = { path: string; stamp: Stamp; sha256: string; hashedAt: number }

/**
 * Written before the effect, gone with it: what a crash may leave half done and a look at the three trees alone
 * could not tell. (A moved or discarded file is seen by the next pass for what it is.)
 */
export type Intent =
  /** A local file gives its name to the server's: from then on it is a file of its own. */
  | { id: string; kind: 'step-aside'; fileId: string; from: string; to: string; identity: string }
  /** A local file makes room for the server's version of it, by its person's word, and goes into the trash. */
  | { id: string; kind: 'put-back'; fileId: string; path: string }
  /** A local file takes the server's name for it by way of a name of ours, `id`, because another has it still. */
  | { id: string; kind: 'swap'; from: string; to: string; identity: string }
  /** Files on their way to the server, with the revisions they get there: the answer may be lost. */
  | { id: string; kind: 'commit'; files: BaseFile[] }
  /** Files on their way to this disk, `at` some path: placed ones may be changed before they were noted. */
  | { id: string; kind: 'download'; files: (RemoteFile & { at: string })[] }

/** A commit under way: whether it was done nobody knows yet. */
export type Sent = Extract<Intent, { kind: 'commit' }>

export type BaseChange = { put: BaseFile } | { forget: string }

/** Of one link, durable when a call has resolved; each call is one transaction. */
export type Store = {
  load(): Promise<{ cursor: Cursor | null; intents: Intent[]; decided: string[] }>
  /** Rows of a tree after a key, in the order of their keys, a few thousand at a time; none: there are no more. */
  knownAfter(path: string): Promise<KnownFile[]>
  baseAfter(fileId: string): Promise<BaseFile[]>
  remoteAfter(fileId: string): Promise<RemoteFile[]>
  saveKnown(put: KnownFile[], remove: string[]): Promise<void>
  /** `decided`: of the files that are gone those that somebody removed; kept until they are gone here or back there. */
  savePull(pulled: RemoteChanges, decided: readonly string[]): Promise<void>
  begin(intents: Intent[]): Promise<void>
  /** Intents that are done, and what is the same on both sides since. */
  finish(intents: string[], base: BaseChange[], remote: RemoteFile[], gone: string[]): Promise<void>
}

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
}
