import type { FailureCode } from '../../contract/failure.ts'
import type { BaseFile, KnownFile, RemoteFile } from './ports.ts'

export type Parked = { path: string; fileId: string | null; code: FailureCode }

/** The three trees of one link, in memory as they are in the store. */
export type FolderState = {
  known: Map<string, KnownFile>
  base: Map<string, BaseFile>
  remote: Map<string, RemoteFile>
  /** What is there but could not be looked at: path, and which file it is. */
  unknown: Map<string, string>
  /** What cannot be done until something changes, by what it is about. */
  parked: Map<string, Parked>
}
