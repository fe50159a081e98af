import type { LeftOutEntry, LeftOutReason, LinkRules } from '../../../../src/contract/left-out.ts'
import { emptyCounts, type LinkCounts } from '../../../../src/contract/linking.ts'
import { diskPathOf, type Platform } from '../../../../src/domain/disk-name.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { foldPath } from '../../../../src/domain/file-path.ts'
import { canSend } from '../../../../src/sync/folder/ignore/level.ts'
import { type LeftOutThings, maxTold } from '../../../../src/sync/folder/ignore/things.ts'
import type { DiskFile, Scan } from '../../../../src/sync/folder/ports.ts'
import { unpackStamp } from '../../../../src/sync/folder/stamp.ts'
import { sizesOf } from './rule-files.ts'
import { openScannerThread } from './scanner-thread.ts'

/** A file of the server, by its path in the artifact. Size in bytes. */
export type FileThere = { path: string; size: number; sha256: string }

const reasonOf = (code: string): LeftOutReason =>
  code === 'file.name-collision'
    ? 'name-collision'
    : code.startsWith('file.')
      ? 'name-refused'
      : 'unreadable'

/** What rules leave out, and what no server takes. Links are told as both. */
const leftOutOf = ({ things, counts }: LeftOutThings, refused: Scan['refused']) => {
  const isTold = new Set(things.map(({ path }) => path))
  const nobody = { rule: null, source: null, bytes: null, atServer: 0, undecided: 0 }
  const others = refused.filter(({ path }) => !isTold.has(path))
  const entries = [
    ...things.map(
      (thing): LeftOutEntry => ({
        ...nobody,
        ...thing,
        canSend: canSend(thing.reason),
      }),
    ),
    ...others.map(
      ({ path, code }): LeftOutEntry => ({
        ...nobody,
        path,
        kind: 'file',
        reason: reasonOf(code),
        canSend: false,
      }),
    ),
  ]
  const known = Object.values(counts).reduce((sum, count) => sum + (count ?? 0), 0)
  return { entries: entries.slice(0, maxTold), total: known + others.length }
}

/** Bytes of one folder that are read to compare them; of what is beyond, the size has to do. */
const maxComparedBytes = 2_000_000_000

export const addCounts = (a: LinkCounts, b: LinkCounts): LinkCounts => {
  const sum = (key: keyof LinkCounts) => ({
    files: a[key].files + b[key].files,
    bytes: a[key].bytes + b[key].bytes,
  })
  return {
    up: sum('up'),
    down: sum('down'),
    same: sum('same'),
    differ: sum('differ'),
    unsure: sum('unsure'),
  }
}

/** Of what the server has and nobody looked for yet. */
export const onlyThere = (there: readonly FileThere[]): LinkCounts => ({
  ...emptyCounts,
  down: { files: there.length, bytes: there.reduce((sum, { size }) => sum + size, 0) },
})

/** Each number of its own: a clone keeps what two of them share. */
const ownCopy = ({ up, down, same, differ, unsure }: LinkCounts): LinkCounts => ({
  up: { ...up },
  down: { ...down },
  same: { ...same },
  differ: { ...differ },
  unsure: { ...unsure },
})

/**
 * Counts what linking a folder to files of the server would move. It reads, and writes nothing.
 * `told` hears how far it is. @throws sync.cancelled when `signal` is aborted; folder.missing
 */
export const countFolder = async (options: {
  root: string
  there: readonly FileThere[]
  rules: LinkRules
  /** The built scanner. */
  worker: URL
  signal: AbortSignal
  told: (counts: LinkCounts) => void
}): Promise<{ counts: LinkCounts; leftOut: LeftOutEntry[]; leftOutCount: number }> => {
  const { root, there, rules, worker, signal, told } = options
  const cancelled = () => new Failure('sync.cancelled', 'Cancelled.')
  if (signal.aborted) throw cancelled()
  const { scanner, scan } = await openScannerThread(root, worker)
  // What hangs on a disk that does not answer is not waited for.
  const stop = Promise.withResolvers<never>()
  const abort = (): void => stop.reject(cancelled())
  signal.addEventListener('abort', abort, { once: true })
  stop.promise.catch(() => {})
  try {
    const missing = new Map(there.map((file) => [foldPath(file.path), file]))
    const counts = ownCopy(onlyThere(there))
    const count = (as: keyof LinkCounts, bytes: number): void => {
      counts[as].files += 1
      counts[as].bytes += bytes
    }
    const alike: { here: DiskFile; file: FileThere }[] = []
    const tell = (): void => told(ownCopy(counts))
    const found = (path: string, packed: string): void => {
      const stamp = unpackStamp(packed)
      const file = missing.get(foldPath(path))
      if (!file) {
        count('up', stamp.size)
        return
      }
      missing.delete(foldPath(path))
      counts.down.files -= 1
      counts.down.bytes -= file.size
      if (file.size === stamp.size) {
        count('unsure', stamp.size)
        alike.push({ here: { path, stamp }, file })
      } else count('differ', stamp.size)
    }
    const look = async () => {
      await scanner.setRules(rules)
      const { spelled, refused, leftOut } = await scan(null, (path, stamp) => {
        found(path, stamp)
        if ((counts.up.files + alike.length) % 500 === 0) tell()
      })
      tell()
      const spelling = new Map(spelled)
      let compared = 0
      for (const { here, file } of alike) {
        if (signal.aborted) throw cancelled()
        const { size } = here.stamp
        if (compared + size > maxComparedBytes) continue
        compared += size
        const disk = spelling.get(here.path) ?? diskPathOf(here.path, process.platform as Platform)
        const hash = await scanner.hash(disk, here.stamp).catch(() => 'changed' as const)
        if (typeof hash === 'string') continue
        counts.unsure.files -= 1
        counts.unsure.bytes -= size
        count(hash.sha256 === file.sha256 ? 'same' : 'differ', size)
        tell()
      }
      return leftOutOf(leftOut, refused)
    }
    const { entries, total } = await Promise.race([look(), stop.promise])
    const sizes = await sizesOf(root, entries)
    return {
      counts,
      leftOut: entries.map((entry) => ({ ...entry, bytes: sizes.get(entry.path) ?? null })),
      leftOutCount: total,
    }
  } finally {
    signal.removeEventListener('abort', abort)
    void scanner.close().catch(() => {})
  }
}
