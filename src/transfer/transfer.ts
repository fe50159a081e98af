import { asFailure, Failure } from '../domain/failure.ts'
import type { CancellationRegistry } from './cancellation.ts'
import type { InFlightTransfers } from './in-flight.ts'
import type { PreemptionSignal } from './preemption.ts'

/** The bytes of one file on their way. */
export type Transfer = {
  /** Of these bytes: whoever wants the same joins what moves them already. */
  key: string
  /** Of the file: by this its person stops it. */
  name: string
  bytes: number
  /** Moves them, and tells how many have moved so far. */
  move: (signal: AbortSignal, moved: (bytesDone: number) => void) => Promise<void>
  /** Hears it while somebody still wants them. */
  moved: (bytesDone: number) => void
  /** It ended, and not well: whether a pass waits for it or not. */
  failed: (failure: Failure) => void | Promise<void>
}

/** What moves the bytes of a replica, pass by pass. */
export type TransferService = {
  inFlight: InFlightTransfers
  cancellations: CancellationRegistry
  /** Work in its turn among all that moves bytes. */
  runLimited: <T>(bytes: number, work: () => Promise<T>, signal: AbortSignal) => Promise<T>
}
export type TransferPass = TransferService & {
  preemption: PreemptionSignal
  signal: AbortSignal
  /** Something failed meanwhile that concerns all of them: none begins any more. */
  isClosed: () => boolean
}

/**
 * Moves these bytes in their turn, or joins whoever does. `preempted` when there was news before all of them had moved:
 * they go on, and the next pass that wants them joins. @throws sync.stopped, sync.cancelled, and what `move` throws
 */
export const runTransfer = (
  { key, name, bytes, move, moved, failed }: Transfer,
  { inFlight, cancellations, runLimited, preemption, signal, isClosed }: TransferPass,
): Promise<'done' | 'preempted'> =>
  inFlight.join(key, signal, preemption, (own) => {
    const work = async (): Promise<void> => {
      if (own.aborted || isClosed()) throw new Failure('sync.cancelled', 'Cancelled.')
      try {
        await cancellations.during(name, own, (either) =>
          move(either, (bytesDone) => {
            if (!either.aborted) moved(bytesDone)
          }),
        )
      } catch (error) {
        await failed(asFailure(error))
        throw error
      }
    }
    return runLimited(bytes, work, own)
  })

/**
 * Tries again from where it was cut for as long as each try comes further than the one before. `reached`: bytes that are
 * there. @throws what the last try threw
 */
export const resumeWhileAdvancing = async (
  attempt: () => Promise<void>,
  reached: () => number,
): Promise<void> => {
  for (;;) {
    const before = reached()
    try {
      return await attempt()
    } catch (error) {
      const failure = asFailure(error)
      if (!failure.code.startsWith('network.') || reached() <= before) throw failure
    }
  }
}
