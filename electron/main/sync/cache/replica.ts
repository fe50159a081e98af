import type { SyncState } from '../../../../src/contract/sync.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { ArtifactTurns } from '../../../../src/mutations/artifact-turns.ts'
import { isDenial } from '../../../../src/sync/failure-policy.ts'
import { type LinkedCopies, noLinkedCopies } from '../../../../src/sync/linked-copies.ts'
import { LookSchedule } from '../../../../src/sync/look-schedule.ts'
import { backoff } from '../../../../src/transfer/backoff.ts'
import { CancellationRegistry } from '../../../../src/transfer/cancellation.ts'
import type { Time } from '../../../../src/transfer/clock.ts'
import type { Quantum } from '../../../../src/transfer/preemption.ts'
import { loggedOnce } from '../../../log/log.ts'
import type { ArtifactApi, RemoteBlob } from '../../server/artifact-api.ts'
import type { Send } from '../../server/uploads.ts'
import type { BlobStore } from '../../store/blobs.ts'
import type { Cache } from '../../store/client.ts'
import { openDownloader } from './downloader.ts'
import { SyncEngine } from './engine.ts'
import { openFiles } from './files.ts'
import type { Progress } from './progress.ts'
import { openPusher } from './pusher.ts'
import { openQuota } from './quota.ts'

export type ReplicaOptions = {
  cache: Cache
  blobs: BlobStore
  remote: ArtifactApi
  upload: Send
  progress: Progress
  time: Time
  newId: () => string
  deviceName: string
  /** What lies in linked folders. */
  copies?: LinkedCopies
  /** Bytes; null is no limit. */
  keepLimit: number | null
  isPaused: boolean
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest: () => number | null
  quantum?: Quantum
  /** Rows of everything in one answer of the server. */
  rowsAtOnce?: number | undefined
  changed: (projectId: string, artifactIds: string[]) => void
  /** A pass has ended: edits may have gone. */
  passed?: () => void
  /** With other changes of the same files; where there are none, its own. */
  turns?: ArtifactTurns
  /** What others do there is told without asking. */
  isTold?: (projectId: string) => boolean
  /** Something changed there, and nobody said so. */
  unheard?: (projectId: string) => void
  /** Projects that are linked to a folder as a whole: a new artifact of one announces itself nowhere else. */
  linked?: () => Promise<readonly string[]>
}

/** Milliseconds after which the server is asked for news, about. */
const heartbeatMs = 60_000
/** Milliseconds before unsent edits are tried again by themselves, at the least. */
const minRetryMs = 5_000
/** Milliseconds that a word of a change may come after it was found: a hidden page is slow. */
const wordMs = 15_000

/** The index of what is kept follows the disk, unless the disk cannot say what there is. */
export const recount = async (cache: Cache, blobs: BlobStore): Promise<void> => {
  const there = await blobs.list().catch(() => null)
  if (there) await cache.matchBlobs(there)
}

/** What is opened in the application: copies that are kept here, and edits that go out by themselves. */
export const openReplica = (options: ReplicaOptions) => {
  const { cache, blobs, remote, upload, progress, time, newId, deviceName, changed } = options
  const copies = options.copies ?? noLinkedCopies
  const closing = new AbortController()
  let online = false
  let paused = options.isPaused
  /** The person stopped a pass. */
  let stopped = false
  const setStopped = (now: boolean): void => {
    if (stopped === now) return
    stopped = now
    progress.set({ stopped })
  }
  const cancellations = new CancellationRegistry()
  /** What pausing interrupted, to go on with. */
  let interrupted: readonly { projectId: string; all: boolean }[] = []
  const quota = openQuota({
    cache,
    blobs,
    now: time.now,
    limit: options.keepLimit,
    changed,
  })
  const downloader = openDownloader({ blobs, remote, claim: quota.claim })
  const artifactChanged = (artifactId: string): void =>
    void cache.artifact(artifactId).then(
      (artifact) => artifact && changed(artifact.projectId, [artifactId]),
      () => {},
    )
  let hearing: Promise<void> = Promise.resolve()
  /** One after another: of two parts the older one may not be the last. */
  const hearOfCopies = (): Promise<void> => {
    const heard = hearing.then(() => copies.tell((part) => cache.applyCopies(part)))
    hearing = heard.catch(() => {})
    return heard
  }
  const isTold = (projectId: string): boolean => options.isTold?.(projectId) ?? false
  const notSent = loggedOnce('sync', 'What waits to be sent could not be looked at')
  const looks = new LookSchedule()
  const engine = new SyncEngine({
    cache,
    hearOfCopies,
    remote,
    downloader,
    send: openPusher({
      cache,
      remote,
      upload: (blob, signal, report) =>
        upload(blob, (from, to) => blobs.bytes(blob.sha256, from, to), signal, report),
      progress,
      deviceName,
      time,
      newId,
      changed: artifactChanged,
      cancellations,
      turns: options.turns ?? new ArtifactTurns(),
      stopped: async () => void (await engine.outbox.tell()),
    }),
    progress,
    time,
    ...(options.quantum ? { quantum: options.quantum } : {}),
    rowsAtOnce: options.rowsAtOnce,
    largest: options.largest,
    isPaused: () => paused,
    isStopped: () => stopped,
    cancellations,
    changed,
    began: (projectId) => looks.began(projectId),
    passed: (projectId, end, isNews) => {
      options.passed?.()
      quota.enforce()
      if (isNews && isTold(projectId)) expectWord(projectId)
      if (end === 'well') {
        looks.wentWell(projectId, time.elapsed())
        failedLooks = 0
      } else if (end === 'looked') return
      else if (isDenial(end)) looks.wasDenied(projectId)
      else if (isTold(projectId)) lookAgainSoon()
    },
  })

  let tries = 0
  let again: AbortController | null = null
  /** Edits go out by themselves, and again after a failure, as long as the server can be asked. */
  const sendWaiting = async (): Promise<void> => {
    again?.abort(null)
    again = null
    const unsent = await engine.outbox.tell()
    if (!online || paused || stopped) return
    await Promise.all([...unsent].map((projectId) => engine.run(projectId, false)))
    const left = (await engine.outbox.tell()).size > 0
    tries = left ? tries + 1 : 0
    if (!left || !online || paused || stopped || closing.signal.aborted || again) return
    again = new AbortController()
    void time.sleep(minRetryMs + backoff(tries, time.random, null), again.signal).then(
      () => sendSoon(),
      () => {},
    )
  }
  const sendSoon = (): void => void sendWaiting().catch(notSent)
  /** The project that a person asked for last. */
  let opened: string | null = null
  /** Where others' work is told: what was told and not looked at yet, what nobody heard of for long, what may come again. */
  const isDueThoughTold = (projectId: string): boolean =>
    !stopped &&
    !engine.jobs.some((job) => job.projectId === projectId) &&
    (looks.isDue(projectId, time.elapsed()) || engine.hasBlockedDue(projectId))
  /** What others did in the projects that are kept here or linked, and in the one that is open, comes by itself. */
  const follow = async (): Promise<void> => {
    const linked = options.linked ? await options.linked() : []
    const followed = new Set([
      ...(opened ? [opened] : []),
      ...(await cache.pins()),
      ...linked,
      ...looks.owed.filter(isTold),
    ])
    if (!online || paused) return
    const due = [...followed].filter((id) => !isTold(id) || isDueThoughTold(id))
    await Promise.all(due.map((projectId) => engine.run(projectId, false)))
  }
  const notFollowed = loggedOnce('sync', 'Others’ work could not be followed')
  const followSoon = (): void => void follow().catch(notFollowed)
  /** What is found where it is told somebody tells of, before or in a moment; else nobody does. */
  const expectWord = (projectId: string): void => {
    const isUnheard = looks.unheard(projectId)
    if (!isUnheard) return
    void time.sleep(wordMs, closing.signal).then(
      () => {
        if (isUnheard() && isTold(projectId)) options.unheard?.(projectId)
      },
      () => {},
    )
  }
  let failedLooks = 0
  let nextLook: AbortController | null = null
  /** Of what is told nobody says twice that there is something: a look that failed is made up for. */
  const lookAgainSoon = (): void => {
    if (nextLook || closing.signal.aborted) return
    failedLooks += 1
    nextLook = new AbortController()
    const wait = Math.min(heartbeatMs, minRetryMs + backoff(failedLooks, time.random, null))
    void time.sleep(wait, nextLook.signal).then(
      () => {
        nextLook = null
        followSoon()
      },
      () => {},
    )
  }
  /** What waits for time alone nobody else would think of: copies nobody looks at any more, what is blocked, and others' work. */
  const heartbeat = async (): Promise<void> => {
    for (;;) {
      // Not all computers at once.
      await time.sleep(heartbeatMs + (time.random() * heartbeatMs) / 6, closing.signal)
      quota.enforce()
      if (online && again === null) sendSoon()
      await follow().catch(notFollowed)
    }
  }

  const fetch = async (file: RemoteBlob): Promise<void> => {
    if (!online) throw new Failure('file.not-cached', 'This file is not on this computer.')
    await downloader.now(file, closing.signal)
    artifactChanged(file.artifactId)
    quota.enforce()
  }

  const files = openFiles({
    cache,
    blobs,
    quota,
    copies,
    hearOfCopies,
    time,
    newId,
    fetch,
    queued: async (artifactId) => {
      setStopped(false)
      await engine.outbox.tell()
      artifactChanged(artifactId)
      if (online) sendSoon()
    },
  })
  const rest = (): void =>
    progress.set({
      paused,
      phase: paused ? 'paused' : online ? 'idle' : 'offline',
      failure: null,
    })

  const isOffline = (): SyncState => {
    progress.set({ phase: 'offline', failure: 'network.offline' })
    return progress.snapshot()
  }

  return {
    engine,
    files,
    fetch,
    artifactChanged,
    closing: closing.signal,
    isOnline: (): boolean => online,
    isOffline,
    start: async (): Promise<void> => {
      await engine.outbox.tell()
      quota.enforce()
      if (paused) rest()
      void heartbeat().catch(() => {})
    },
    isPaused: (): boolean => paused,
    /** Ends the pass under way. Whatever began one by itself waits until the person goes on. */
    stop: async (): Promise<void> => {
      setStopped(true)
      await engine.cancel()
    },
    stopTransfer: (fileId: string): boolean => cancellations.stop(fileId),
    /** The person waits for something: what they stopped goes on with it. */
    goOn: (): void => setStopped(false),
    /** One pass over a project, as far as there is a server to ask. */
    run: async (projectId: string, all: boolean): Promise<SyncState> => {
      opened = projectId
      return online || paused ? engine.run(projectId, all) : isOffline()
    },
    pin: async (projectId: string, pinned: boolean): Promise<void> => {
      await quota.holding(() => cache.pin(projectId, pinned))
      if (pinned) setStopped(false)
      quota.enforce()
      if (pinned && online && !paused) void engine.run(projectId, false)
    },
    usage: () => quota.usage(),
    sendSoon: (): void => {
      if (online) sendSoon()
    },
    followSoon,
    /** Files that waited for another network may come over this one. */
    networkChanged: async (): Promise<void> => {
      for (const projectId of await cache.pins()) looks.owe(projectId)
      if (online) sendSoon()
      followSoon()
    },
    /** The project that was asked for last, and those that are kept here. */
    followed: async (): Promise<string[]> => [...(opened ? [opened] : []), ...(await cache.pins())],
    /** Somebody changed something there. */
    heard: (projectId: string): void => {
      looks.heard(projectId)
      if (online && !paused) void engine.run(projectId, false)
    },
    /** The server is to be had again. */
    isBack: (): void => {
      if (!online) return
      if (progress.snapshot().phase === 'offline') rest()
      sendSoon()
      followSoon()
    },
    setKeepLimit: (limit: number | null): void => quota.setLimit(limit),
    setOnline: (now: boolean): void => {
      const before = online
      online = now
      if (paused) rest()
      else if (!now) progress.set({ phase: 'offline' })
      else if (!before) {
        rest()
        sendSoon()
        followSoon()
      }
    },
    setPaused: async (now: boolean): Promise<void> => {
      if (now === paused) return
      paused = now
      if (paused) {
        interrupted = [...engine.jobs]
        progress.set({ paused })
        await engine.cancel()
        // Who thinks better of it meanwhile is not overruled.
        if (paused) rest()
        return
      }
      setStopped(false)
      rest()
      const before = interrupted
      interrupted = []
      if (!online) return
      sendSoon()
      for (const { projectId, all } of before) void engine.run(projectId, all)
      followSoon()
    },
    close: async (): Promise<void> => {
      closing.abort(null)
      again?.abort(null)
      nextLook?.abort(null)
      await engine.close()
      await quota.close()
    },
  }
}
