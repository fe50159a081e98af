import { hash } from 'node:crypto'
import { setImmediate as turnEnds } from 'node:timers/promises'
import { Failure } from '../../../../src/domain/failure.ts'
import type { RemoteFile } from '../../../../src/sync/folder/ports.ts'

/** Files of one turn: whoever waits for the main process does not wait for a hundred thousand. */
const filesAtOnce = 2_000

/**
 * The number of files and one sum over all, whatever their order, as `pull_project` makes it; null of none.
 * @throws sync.cancelled
 */
export const digestOf = async (
  files: Iterable<Pick<RemoteFile, 'fileId' | 'sha256' | 'size' | 'revision' | 'path'>>,
  signal?: AbortSignal,
): Promise<string | null> => {
  let count = 0
  let sum = 0n
  // Halves, because a number holds the sum of a turn's: big ones of each file would be most of the work.
  let [high, low] = [0, 0]
  const add = (): void => {
    sum += (BigInt(high) << 32n) + BigInt(low)
    high = 0
    low = 0
  }
  for (const { fileId, sha256, size, revision, path } of files) {
    const digest = hash('sha256', `${fileId} ${sha256} ${size} ${revision} ${path}`)
    // The first is signed, as PostgreSQL's bigint is.
    high += Number.parseInt(digest.slice(0, 8), 16) | 0
    low += Number.parseInt(digest.slice(8, 16), 16)
    count += 1
    if (count % filesAtOnce !== 0) continue
    add()
    await turnEnds()
    if (signal?.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
  }
  add()
  return count === 0 ? null : `${count} ${sum}`
}
