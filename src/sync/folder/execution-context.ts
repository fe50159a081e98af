import type { Failure, FailureCode } from '../../domain/failure.ts'
import type { CancellationRegistry } from '../../transfer/cancellation.ts'
import type { InFlightTransfers } from '../../transfer/in-flight.ts'
import type { PreemptionSignal } from '../../transfer/preemption.ts'
import { runTransfer, type Transfer } from '../../transfer/transfer.ts'
import type { Of, Operation } from './operation.ts'
import type {
  BaseChange,
  BaseFile,
  Clock,
  Disk,
  KnownFile,
  Remote,
  RemoteFile,
  Sent,
  Store,
} from './ports.ts'
import type { FolderState, hashesAtServer } from './state.ts'

export type PlannedFile = { path: string; direction: 'up' | 'down'; bytes: number }
/** What a person watches. Bytes. */
export type FolderProgress = {
  /** In the order in which they begin. */
  planned(files: PlannedFile[]): void
  transfer(file: {
    path: string
    direction: 'up' | 'down'
    bytesDone: number
    bytesTotal: number
  }): void
  finished(path: string): void
  /** Its person stopped it. */
  stopped(path: string): void
}
export type Ports = { disk: Disk; remote: Remote; store: Store; clock: Clock }
export type ExecutionResult = {
  done: number
  /** Something was not as the plan had it: look again. */
  isStale: boolean
  /** Bytes were left on their way, or for later, because there was news. */
  isPreempted: boolean
  /** Ways in which something concerns all: there nothing new begins. */
  failed: Set<'up' | 'down'>
  /** Paths that were given a file here: a watcher that hears of two changes at once may tell of neither. */
  touched: string[]
  /** Files of the base that gave way: another's version has their place. */
  displaced: string[]
  /** Refused, as far as was heard: an earlier try of the same may have been done, or be done yet. */
  unconfirmed: Sent[]
}
export type ExecutionContext = {
  state: FolderState
  ports: Ports
  options: {
    newId: () => string
    progress?: FolderProgress
    /** Why a file cannot be done, for the log: what a person sees has the code alone. */
    blocked?: (failure: Failure) => void
    /** What was placed and is not noted yet, by file id: a pass that fails leaves it to the next one. */
    placed: Map<string, BaseFile>
    /** Operations whose names the server refused as another's, since the last pass that surprised nobody. */
    taken: Set<string>
    cancellations: CancellationRegistry
    inFlight: InFlightTransfers
    preemption: PreemptionSignal
    /** Paths that files were placed at, and their folders: a watcher that tells of them tells nothing new. */
    own: Set<string>
  }
  signal: AbortSignal
  result: ExecutionResult
  /** Hashes that live rows of this artifact name: their bytes need not be sent. */
  atServer: ReturnType<typeof hashesAtServer>
  /** Remembers why it cannot be done. */
  block(operation: Operation, path: string, code: FailureCode): void
  /** Does it; what concerns this file alone blocks it, what concerns all ends the pass. */
  attempt(operation: Operation, path: string, work: () => Promise<void>): Promise<void>
  /** The same for one of many files, a few at a time: should it be lost, the next pass sees what is so. */
  note(file: KnownFile, base: BaseFile): Promise<void>
  /** Makes durable what is the same on both sides now, and remembers it. */
  settle(change: {
    base: BaseChange[]
    intents?: string[]
    remote?: RemoteFile[]
    gone?: string[]
  }): Promise<void>
}

/** Moves the bytes of a file that is shown under this path, as `runTransfer` does. */
export const moveFile = async (
  context: ExecutionContext,
  operation: Of<'put'> | Of<'download'>,
  { path, bytes }: { path: string; bytes: number },
  move: Transfer['move'],
): Promise<'done' | 'preempted'> => {
  const { options, ports, signal, result } = context
  const { cancellations, inFlight, preemption, progress } = options
  const direction = operation.kind === 'put' ? 'up' : 'down'
  const end = await runTransfer(
    {
      key: transferKey(operation),
      name: path,
      bytes,
      move,
      moved: (bytesDone) => progress?.transfer({ path, direction, bytesDone, bytesTotal: bytes }),
      failed: ({ code }) => {
        if (code !== 'sync.stopped') return
        context.block(operation, path, code)
        progress?.stopped(path)
      },
    },
    {
      inFlight,
      cancellations,
      preemption,
      signal,
      runLimited: ports.remote.runLimited,
      isClosed: () => result.failed.has(direction),
    },
  )
  if (end === 'preempted') result.isPreempted = true
  return end
}

/** Of bytes on their way, whatever files they are of. */
export const transferKey = (operation: Of<'put'> | Of<'download'>): string =>
  operation.kind === 'put' ? `up ${operation.local.sha256}` : `down ${operation.remote.sha256}`
