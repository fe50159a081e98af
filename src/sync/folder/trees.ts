import type { LocalFile, Operation } from './operation.ts'
import type { BaseFile, RemoteFile } from './ports.ts'

/** What a plan compares. */
export type Trees = {
  local: readonly LocalFile[]
  base: readonly BaseFile[]
  remote: readonly RemoteFile[]
  /** Whether what is there is unknown just now (being written, held, in a folder that could not be read). */
  isUnknown: (file: { path: string; identity: string }) => boolean
  /** Whether a file that is missed is here under a name that no server takes: it is not gone. */
  isAstray?: (file: BaseFile) => boolean
  /** Whether a place cannot be used just now: something unknown is there, above it or below. */
  isClosed?: (path: string) => boolean
  /** Files that are in step, and so left out of the trees, in the way of these paths. */
  standing?: (targets: readonly string[]) => readonly LocalFile[]
  /** A path with its folders as they are to be spelled where the server has several ways. */
  spell?: (path: string) => string
}

/** What is to be done about it, before names are seen to. */
export type Decided = {
  operations: Operation[]
  deletions: Operation[]
  /** Files of the folder that the base knows nothing of (any more). */
  fresh: LocalFile[]
}
