import type { Permissions } from './permissions.ts'
import type { BaseFile, RemoteFile } from './ports.ts'

/** A file of the folder, with its hash. */
export type LocalFile = {
  path: string
  sha256: string
  /** Bytes. */
  size: number
  identity: string
  /** Absent where the disk says nothing of them. */
  permissions?: Permissions
}

export type Operation =
  /** Both sides have the same bytes already: remember it. */
  | { kind: 'adopt'; local: LocalFile; remote: RemoteFile }
  /** Both sides have let it go. */
  | { kind: 'forget'; fileId: string }
  /** Bytes, a name, or both go to the server. `fileId` null is a new file, and `expected` null then. */
  | { kind: 'put'; local: LocalFile; fileId: string | null; expected: number | null }
  | { kind: 'remove'; fileId: string; expected: number }
  /**
   * `isOwnWork`: what it replaces is the person's own and goes into the trash. `at`: the name it gets here, because a
   * folder has its own; the server hears of it with the next round. `keeps`: what of its permissions is its person's own.
   */
  | {
      kind: 'download'
      remote: RemoteFile
      over: LocalFile | null
      isLocalChange?: true
      at?: string
      keeps?: Partial<Permissions>
    }
  /** No bytes move. `base`: what is the same on both sides then, but for the identity. */
  | { kind: 'set-executable'; local: LocalFile; isExecutable: boolean; base: BaseFile }
  /** `base`: what is the same on both sides then, but for the identity; its path is the server's. */
  | { kind: 'move'; local: LocalFile; to: string; base: BaseFile | null }
  /** `base` null: the server never had it. */
  | { kind: 'discard'; local: LocalFile; base: BaseFile | null }
  /** Both changed, or two want one name: the local file takes a name of its own, and theirs keeps its own. */
  | { kind: 'step-aside'; local: LocalFile; to: string; fileId: string | null }

export type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>

/** Where a download puts its bytes. */
export const placeOf = ({ remote, over, at }: Of<'download'>): string =>
  at ?? over?.path ?? remote.path

/** What an operation is about, so that it is not tried again and again while nothing has changed. */
export const keyOf = (operation: Operation): string => {
  switch (operation.kind) {
    case 'put':
      return `put ${operation.local.path} ${operation.local.sha256}${operation.local.permissions?.isExecutable ? ' executable' : ''}`
    case 'remove':
      return `remove ${operation.fileId} ${operation.expected}`
    case 'download':
      return `download ${operation.remote.path} ${operation.remote.sha256}${operation.at ? ' beside' : ''}`
    case 'discard':
      return `discard ${operation.base?.fileId ?? operation.local.path} ${operation.local.sha256}`
    case 'move':
      return operation.base && operation.base.path !== operation.to
        ? `move ${operation.local.path} ${operation.base.path} beside`
        : `move ${operation.local.path} ${operation.to}`
    case 'set-executable':
      return `set-executable ${operation.local.path} ${operation.isExecutable}`
    case 'step-aside':
      // The name it gets has the time in it.
      return `step-aside ${operation.local.path} ${operation.local.sha256}`
    case 'adopt':
      return `adopt ${operation.remote.fileId}`
    case 'forget':
      return `forget ${operation.fileId}`
  }
}
