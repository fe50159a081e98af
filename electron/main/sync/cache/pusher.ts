import { asFailure, Failure, failureCode } from '../../../../src/domain/failure.ts'
import { conflictMoment, conflictPath, foldPath } from '../../../../src/domain/file-path.ts'
import type { ArtifactTurns } from '../../../../src/mutations/artifact-turns.ts'
import type { RetryContext } from '../../../../src/sync/blocked.ts'
import type { Operation } from '../../../../src/sync/cache/plan.ts'
import { blocksOneFile, isDenial } from '../../../../src/sync/failure-policy.ts'
import type { CancellationRegistry } from '../../../../src/transfer/cancellation.ts'
import type { Time } from '../../../../src/transfer/clock.ts'
import type { Transfer } from '../../../../src/transfer/transfer.ts'
import { loggedOncePerCode } from '../../../log/log.ts'
import type { ArtifactApi } from '../../server/artifact-api.ts'
import type { Upload } from '../../server/uploads.ts'
import type { Cache } from '../../store/client.ts'
import type { OutboxRow } from '../../store/rows.ts'
import { openCommitter } from './committer.ts'
import type { Progress } from './progress.ts'

export type PusherParts = {
  cache: Cache
  remote: ArtifactApi
  upload: (blob: Upload, signal: AbortSignal, progress: (bytes: number) => void) => Promise<void>
  progress: Progress
  deviceName: string
  time: Time
  newId: () => string
  changed: (artifactId: string) => void
  cancellations: CancellationRegistry
  /** Its person stopped one, which is blocked now. */
  stopped: () => Promise<void>
  turns: ArtifactTurns
}

/** As `runTransfer` does it, under a pass. */
export type RunTransfer = (transfer: Transfer) => Promise<'done' | 'preempted'>
type Send = Exclude<Operation, { kind: 'download' }>
type Under = {
  signal: AbortSignal
  retryContext: RetryContext
  runTransfer: RunTransfer
  /** Its bytes are at the server: whoever waits for a turn to send has it. */
  brought: () => void
}

/** Of bytes on their way. */
export const keyOfUpload = ({ fileId, sha256 }: { fileId: string; sha256: string }): string =>
  `up ${fileId} ${sha256}`

const wasDenied = ({ blocked }: OutboxRow): boolean =>
  isDenial(failureCode.safeParse(blocked).data ?? null)

/** How often one edit may meet another's commit before it waits for the next pass. */
const maxRounds = 4

export const openPusher = ({
  cache,
  remote,
  upload,
  progress,
  deviceName,
  time,
  newId,
  changed,
  cancellations,
  stopped,
  turns,
}: PusherParts) => {
  const committer = openCommitter({ cache, remote })
  const blocked = loggedOncePerCode('sync', 'An edit could not be sent')
  /** One at a time: two must not find the same name free. */
  let turn: Promise<unknown> = Promise.resolve()
  const keepBoth = (edit: OutboxRow): Promise<OutboxRow> => {
    const mine = turn.then(() => standAside(edit))
    turn = mine.catch(() => {})
    return mine
  }
  /** Theirs stays the file; ours becomes a new one beside it. */
  const standAside = async (edit: OutboxRow): Promise<OutboxRow> => {
    const now = new Date(time.now())
    // Any other name has another moment in it.
    const copies = await cache.conflictCopies(edit.artifactId, conflictMoment(now))
    const taken = new Set(copies.map(foldPath))
    return cache.keepBoth(edit.fileId, {
      fileId: newId(),
      path: conflictPath(edit.path, deviceName, now, taken),
      queuedAt: now.toISOString(),
    })
  }

  /**
   * A commit whose answer was lost, and whose file others have changed or removed since: they had it from here. An edit
   * saved meanwhile stands on it.
   */
  const settleSent = async (
    { fileId, sha256, sentSha256, sentRevision }: OutboxRow,
    revision: number,
    signal: AbortSignal,
  ): Promise<boolean> => {
    if (sentRevision === null || sentSha256 !== sha256 || revision <= sentRevision) return false
    const [there] = await remote.versions([{ fileId, revision: sentRevision }], signal)
    if (there?.sha256 !== sha256) return false
    await cache.settle(fileId, sha256, sentRevision)
    return true
  }

  /** `moving.edit` is the edit under whatever name it has by now, for whoever has to block it. */
  const commit = async (
    moving: { edit: OutboxRow },
    firstExpected: number,
    { signal, runTransfer, retryContext, brought }: Under,
  ): Promise<'done' | 'preempted'> => {
    let expected = firstExpected
    let isAgain = false
    for (let round = 0; round < maxRounds; round += 1) {
      const { edit } = moving
      const { fileId, artifactId, path, sha256, size } = edit
      try {
        const shown = { fileId, artifactId, path, direction: 'up' as const, bytesTotal: size }
        const end = await runTransfer({
          key: keyOfUpload(edit),
          name: fileId,
          bytes: size,
          move: (own, moved) => upload(edit, own, moved),
          moved: (bytesDone) => progress.transfer({ ...shown, bytesDone }),
          failed: async ({ code }) => {
            progress.dropped(fileId)
            if (code === 'sync.stopped') await cache.blockEdit(fileId, code, retryContext)
          },
        })
        if (end === 'preempted') return end
        brought()
        const row = { edit, expected, pass: signal }
        const answer = await cancellations.during(fileId, signal, (own) =>
          committer.add(artifactId, { ...row, fileId, name: foldPath(path), signal: own }),
        )
        if (answer.status === 'committed') return 'done'
        // Somebody was faster between our pull and our commit: the same cases, found later.
        const { conflict } = answer
        const sent = { ...edit, sentSha256: sha256, sentRevision: expected + 1 }
        if (await settleSent(sent, conflict?.revision ?? 0, signal)) return 'done'
        const base = await cache.file(fileId)
        const isUnedited =
          conflict?.reason === 'changed' &&
          base?.revision === expected &&
          base.sha256 === conflict.sha256 &&
          base.path === conflict.path
        // Made executable, or the like: what was edited is what is there still.
        if (isUnedited) expected = conflict.revision ?? 0
        else if (conflict?.reason === 'removed') {
          // An edit beats a deletion.
          expected = conflict.revision ?? 0
        } else {
          moving.edit = await keepBoth(edit)
          progress.dropped(fileId)
          expected = 0
          changed(artifactId)
        }
      } catch (error) {
        // The server has not the bytes it had, or others came: they are sent again, or looked at.
        if (asFailure(error).code !== 'server.conflict' || isAgain) throw error
        isAgain = true
      }
    }
    throw new Failure('sync.conflict', 'Others keep changing this file.')
  }

  /**
   * One operation of the plan. A file that cannot go out is blocked; what concerns all files is thrown. `other-role`:
   * the server now denies what it did not, or the other way round. `preempted`: there was news before all bytes had gone.
   */
  const sendEdit = async (
    operation: Send,
    edit: OutboxRow,
    under: Under,
  ): Promise<'done' | 'other-role' | 'preempted'> => {
    const { signal, retryContext } = under
    const moving = { edit }
    let end: 'done' | 'preempted' = 'done'
    try {
      if (operation.kind === 'settle')
        await cache.settle(edit.fileId, operation.edit.sha256, operation.revision)
      else if (operation.kind === 'keepBoth') {
        if (!(await settleSent(edit, operation.theirs.revision, signal))) {
          moving.edit = await keepBoth(edit)
          end = await commit(moving, 0, under)
        }
      } else if (!(await settleSent(edit, operation.expectedRevision, signal)))
        end = await commit(moving, operation.expectedRevision, under)
      if (end === 'preempted') return end
      progress.finished(edit.fileId, 'up')
      if (moving.edit !== edit) progress.dropped(moving.edit.fileId)
      return wasDenied(edit) ? 'other-role' : 'done'
    } catch (error) {
      progress.dropped(moving.edit.fileId)
      const failure = asFailure(error)
      if (!blocksOneFile(failure.code, 'store')) throw failure
      await cache.blockEdit(moving.edit.fileId, failure.code, retryContext)
      if (failure.code === 'sync.stopped') await stopped()
      else blocked(failure)
      return isDenial(failure.code) !== wasDenied(edit) ? 'other-role' : 'done'
    } finally {
      changed(edit.artifactId)
    }
  }

  return async (operation: Send, under: Under): Promise<'done' | 'other-role' | 'preempted'> => {
    const { fileId, artifactId } = operation.edit
    // Another change of these files that was made before goes first, and there is another pass.
    const endTurn = turns.begin('edits', artifactId)
    if (!endTurn) return 'done'
    try {
      const edit = await cache.editToSend(fileId)
      if (edit && !under.signal.aborted) return await sendEdit(operation, edit, under)
      progress.dropped(fileId)
      return 'done'
    } finally {
      endTurn()
    }
  }
}
