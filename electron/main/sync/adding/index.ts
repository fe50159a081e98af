import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import PQueue from 'p-queue'
import {
  type Addition,
  type AdditionOrder,
  type AdditionPlace,
  noPaths,
} from '../../../../src/contract/adding.ts'
import type { Place, PlaceKind } from '../../../../src/contract/folders.ts'
import { nothingCounted } from '../../../../src/contract/linking.ts'
import type { HandlersOf } from '../../../../src/contract/table.ts'
import { asFailure, Failure, type FailureCode } from '../../../../src/domain/failure.ts'
import { maxFileBytes } from '../../../../src/domain/limits.ts'
import { type Placed, type Present, placeFiles } from '../../../../src/sync/adding.ts'
import { logged, loggedOncePerCode } from '../../../log/log.ts'
import type { Cache } from '../../store/client.ts'
import { type Attributes, noAttributes } from '../../store/rows.ts'
import { attributesOf } from './attributes.ts'
import { type Found, type FoundFile, forReading, lookAt, titleOf } from './looking.ts'

export type AddingOptions = {
  cache: Cache
  /** Where files come to lie: by one, and on their way once all are there. */
  replicaFiles: {
    files: (artifactId: string) => Promise<Present[]>
    take: (
      target: { artifactId: string; path: string; wanted: string; replaces: string | null },
      source: AsyncIterable<Uint8Array>,
      attributes: () => Attributes,
    ) => Promise<void>
    taken: (artifactId: string) => Promise<void>
  }
  /** Asks the person for files, or for a folder; empty when they thought better of it. */
  choose: (what: 'files' | 'folder') => Promise<string[]>
  examinePlace: (folder: string) => Promise<Place>
  /** @throws Failure when the server does not make it, or cannot be asked */
  makeArtifact: (artifact: { id: string; projectId: string; title: string }) => Promise<void>
  /** The folder of the sample. */
  sample: string
  /** The built scanner. */
  worker: URL
  tell: (addition: Addition) => void
}

type Known = { shown: Addition; paths: string[]; found: Found; abort: AbortController }

/** Files that are copied at a time: of a disk that makes each durable most of the time is waiting. */
const copiesAtOnce = 4
const maxTold = 100
/** Milliseconds between two words about how far it is. */
const progressEveryMs = 150
/** Additions that are kept: who looks at many brings one in. */
const maxKept = 20
/** As copies no more than linked: their content is nobody's work, or has no end. */
const noWork: ReadonlySet<PlaceKind> = new Set([
  'home',
  'disk-root',
  'system',
  'own-data',
  'no-disk',
])

const firstOf = (paths: readonly string[]): Addition['clashes'] => ({
  count: paths.length,
  paths: paths.slice(0, maxTold),
})
const cancelled = (): Failure => new Failure('sync.cancelled', 'Cancelled.')

/** `told` hears what goes with the bytes, before the last of them. */
async function* bytesOf(
  { disk, size, root }: FoundFile,
  signal: AbortSignal,
  told: (attributes: Attributes) => void,
) {
  const handle = await open(disk, forReading).catch((error: unknown) => {
    throw new Failure('disk.unreadable', 'The file cannot be read.', { cause: error })
  })
  try {
    const before = await handle.stat({ bigint: true })
    if (!before.isFile()) throw new Failure('file.not-regular', 'This is no plain file.')
    const changed = () => new Failure('file.changed-while-reading', 'It changed while it was read.')
    if (Number(before.size) !== size) throw changed()
    const beginning = await handle.read(Buffer.alloc(4), 0, 4, 0)
    told(
      await attributesOf(before, beginning.buffer.subarray(0, beginning.bytesRead), { disk, root }),
    )
    for (let at = 0; at < size; ) {
      if (signal.aborted) throw cancelled()
      const piece = Buffer.allocUnsafe(Math.min(1024 * 1024, size - at))
      const { bytesRead } = await handle.read(piece, 0, piece.length, at)
      if (bytesRead === 0) throw changed()
      at += bytesRead
      yield piece.subarray(0, bytesRead)
    }
    const after = await handle.stat({ bigint: true })
    if (after.mtimeNs !== before.mtimeNs || after.size !== before.size) throw changed()
  } finally {
    await handle.close()
  }
}

const notLookedAt = logged('sync', 'Files to bring in could not be looked at')
const notTaken = loggedOncePerCode('sync', 'A file could not be brought in')

/** Files of this computer become files of an artifact: copied, durable, and queued to be sent like any edit. */
export const openAdding = (options: AddingOptions) => {
  const { cache, replicaFiles } = options
  const all = new Map<string, Known>()
  const tell = (known: Known, change: Partial<Addition>): void => {
    known.shown = { ...known.shown, ...change }
    options.tell(known.shown)
  }
  const known = (id: string): Known => {
    const found = all.get(id)
    if (!found) throw new Failure('server.gone', 'These files were not looked at in this run.')
    return found
  }
  const presentIn = async (artifactId: string | null): Promise<Present[]> =>
    artifactId === null ? [] : replicaFiles.files(artifactId)

  const look = async (each: Known): Promise<void> => {
    const { shown, paths, abort } = each
    const isNew = shown.artifactId === null
    each.found = await lookAt(paths, { isNew, worker: options.worker, signal: abort.signal })
    if (abort.signal.aborted) throw cancelled()
    const { files, asked, leftOut, refused } = each.found
    const manner = { largest: maxFileBytes, clashes: 'both' as const }
    const laid = placeFiles(await presentIn(shown.artifactId), files, manner)
    const no = [...refused, ...laid.refused]
    tell(each, {
      phase: 'ready',
      all: {
        files: laid.placed.length,
        bytes: laid.placed.reduce((sum, { file }) => sum + file.size, 0),
      },
      clashes: firstOf(laid.clashing),
      asked: firstOf(asked),
      leftOut: firstOf(leftOut),
      refused: { count: no.length, files: no.slice(0, maxTold) },
    })
  }

  const begin = async (
    { projectId, artifactId }: AdditionPlace,
    paths: string[],
    title = titleOf(paths),
  ): Promise<Addition> => {
    for (const path of paths) {
      const { findings } = await options
        .examinePlace(path)
        .catch((): Place => ({ root: path, findings: [] }))
      if (findings.some(({ kind }) => noWork.has(kind)))
        throw new Failure('folder.not-here', 'This folder is not brought in.')
    }
    const found = { files: [], asked: [], leftOut: [], refused: [] }
    const shown: Addition = {
      id: randomUUID(),
      projectId,
      artifactId,
      title,
      phase: 'looking',
      failure: null,
      all: nothingCounted,
      done: nothingCounted,
      clashes: noPaths,
      asked: noPaths,
      leftOut: noPaths,
      refused: { count: 0, files: [] },
    }
    const each = { shown, paths, found, abort: new AbortController() }
    all.set(shown.id, each)
    for (const [id, old] of [...all].slice(0, Math.max(0, all.size - maxKept)))
      if (old.shown.phase !== 'adding') all.delete(id)
    void look(each).catch((error: unknown) => {
      if (each.abort.signal.aborted) tell(each, { phase: 'stopped' })
      else {
        notLookedAt(error)
        tell(each, { phase: 'failed', failure: asFailure(error).code })
      }
    })
    return shown
  }

  const copy = async (each: Known, order: AdditionOrder): Promise<void> => {
    const { signal } = each.abort
    const { projectId } = each.shown
    const isNew = each.shown.artifactId === null
    const { found } = order.withAsked
      ? {
          found: await lookAt(
            each.paths,
            { isNew, worker: options.worker, signal },
            each.found.asked,
          ),
        }
      : each
    if (isNew) await options.makeArtifact({ id: order.artifactId, projectId, title: order.title })
    const manner = { largest: maxFileBytes, clashes: order.clashes }
    const { placed, refused } = placeFiles(await presentIn(order.artifactId), found.files, manner)
    const no: { path: string; failure: FailureCode }[] = [...found.refused, ...refused]
    const done = { files: 0, bytes: 0 }
    let told = 0
    const progress = (isLast = false): void => {
      if (!isLast && Date.now() - told < progressEveryMs) return
      told = Date.now()
      tell(each, {
        done: { ...done },
        refused: { count: no.length, files: no.slice(0, maxTold) },
      })
    }
    tell(each, {
      all: {
        files: placed.length,
        bytes: placed.reduce((sum, { file }) => sum + file.size, 0),
      },
    })
    const queue = new PQueue({ concurrency: copiesAtOnce })
    /** Of the whole: a full disk has no room for the next one either. */
    let fault: Failure | null = null
    const take = async ({ file, path, replaces }: Placed<FoundFile>): Promise<void> => {
      if (signal.aborted || fault) return
      try {
        const { artifactId } = order
        const target = { artifactId, path, wanted: file.path, replaces }
        let attributes = noAttributes
        const bytes = bytesOf(file, signal, (told) => {
          attributes = told
        })
        await replicaFiles.take(target, bytes, () => attributes)
        done.files += 1
        done.bytes += file.size
      } catch (error) {
        const failure = asFailure(error)
        if (failure.code === 'disk.full' || failure.code === 'disk.denied') fault = failure
        else if (!signal.aborted) {
          notTaken(failure)
          no.push({ path: file.path, failure: failure.code })
        }
      }
      progress()
    }
    try {
      await queue.addAll(placed.map((each) => () => take(each)))
    } finally {
      progress(true)
      await replicaFiles.taken(order.artifactId)
    }
    if (signal.aborted) throw cancelled()
    if (fault) throw fault
  }

  const handlers: HandlersOf<'adding'> = {
    'adding.choose': async ({ what, ...place }) => {
      const paths = await options.choose(what)
      return paths.length === 0 ? null : begin(place, paths)
    },
    // What a page's dropped files are where they lie, as the preload says; '' where they lie nowhere.
    'adding.examineDropped': async ({ paths: dropped, ...place }) => {
      const paths = dropped.filter((path) => path !== '')
      return paths.length === 0 ? null : begin(place, paths)
    },
    'adding.sample': ({ projectId }) =>
      begin({ projectId, artifactId: null }, [options.sample], 'Tidewater microsite'),
    'adding.start': async (order) => {
      const each = known(order.additionId)
      const { artifactId } = each.shown
      if (each.shown.phase !== 'ready' || (artifactId !== null && artifactId !== order.artifactId))
        throw new Failure('server.conflict', 'It was not looked at to its end.')
      if (artifactId !== null && !(await cache.artifact(artifactId)))
        throw new Failure('server.not-found', 'This artifact is not known on this computer.')
      tell(each, { phase: 'adding', failure: null })
      try {
        await copy(each, order)
        tell(each, { phase: 'done' })
        all.delete(order.additionId)
      } catch (error) {
        const failure = asFailure(error)
        if (each.abort.signal.aborted) tell(each, { phase: 'stopped' })
        // The same order may be given again: the artifact keeps the id it was given.
        else tell(each, { phase: 'ready', failure: failure.code })
        throw failure
      }
    },
    'adding.cancel': async ({ additionId }) => all.get(additionId)?.abort.abort(),
  }

  return {
    handlers,
    close: (): void => {
      for (const { abort } of all.values()) abort.abort()
      all.clear()
    },
  }
}
