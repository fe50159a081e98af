import {
  type FolderLink,
  nothingLeftOut,
  nothingOnlyHere,
  type Watching,
} from '../../contract/folders.ts'
import type { LeftOutList, LinkRules } from '../../contract/left-out.ts'
import { asFailure, Failure, type FailureCode } from '../../domain/failure.ts'
import { backoff } from '../../transfer/backoff.ts'
import type { Time } from '../../transfer/clock.ts'
import { FailureDebouncer } from '../../transfer/failure-debouncer.ts'
import { openPreemption, type Quantum } from '../../transfer/preemption.ts'
import type { FolderSync, PassResult } from './engine.ts'
import type { FolderProgress } from './execution-context.ts'
import { type Figures, openFolderProgress } from './folder-progress.ts'
import { settleMs } from './local-scan.ts'

/** The engine, which is woken here, one pass at a time. */
export type Passes = Pick<
  FolderSync,
  | 'pass'
  | 'isNews'
  | 'allowDeletions'
  | 'refuseDeletions'
  | 'revert'
  | 'retryBlocked'
  | 'stopTransfer'
  | 'setRules'
  | 'leftOut'
  | 'removeLeftOut'
>
/** What tells of changes in a folder, as display paths; it may miss some, or be late. */
export type Watch = (
  changed: (paths: string[] | 'everything') => void,
  /** Of how much of the folder it tells, from now on; before, of all of it. */
  sees: (watching: Watching) => void,
) => {
  /** The folder is another one than it was (a disk that was away): what watched the old one sees nothing more. */
  renew(): void
  close(): void
}
export type FolderLoopOptions = {
  link: Pick<FolderLink, 'id' | 'projectId' | 'artifactId' | 'root' | 'direction'>
  title: string
  isPaused: boolean
  /** All of sync is paused. */
  isSuspended?: boolean
  open: (progress: FolderProgress) => Passes
  watch: Watch
  time: Time
  quantum?: Quantum
  changed: () => void
  /** What others do is told without asking. */
  isTold?: () => boolean
  /** A pass ended badly: the state says its code, and this has the cause. */
  failed?: (error: unknown) => void
  /** Something was brought into step: who else shows this project looks again. */
  advanced: () => void
}
export type FolderLoop = ReturnType<typeof openFolderLoop>

/** Milliseconds. The server is asked this often when nobody says that something has changed. */
const heartbeatMs = 15_000
/** A watcher may miss something: so often the whole folder is looked at. */
const wholeScanMs = 10 * 60_000
/** A file that was just written is not read yet, so nobody hurries before. */
const napMs = settleMs + 30
/** Where something happens all the time, nobody waits longer for it to end. */
const maxNapMs = 2_000
/** The least after a failure. */
const minPauseMs = 2_000

/** Follows one folder until it is closed: wakes at what changes on either side, one pass at a time. */
export const openFolderLoop = (options: FolderLoopOptions) => {
  const { link, time, changed } = options
  let state: Omit<FolderLink, keyof Figures> = {
    id: link.id,
    projectId: link.projectId,
    artifactId: link.artifactId,
    title: options.title,
    root: link.root,
    status: options.isPaused || options.isSuspended ? 'paused' : 'offline',
    failure: null,
    blocked: [],
    held: null,
    direction: link.direction,
    onlyHere: nothingOnlyHere,
    watching: 'full',
    lastSyncedAt: null,
    leftOut: nothingLeftOut,
  }
  const set = (change: Partial<typeof state>): void => {
    state = { ...state, ...change }
    changed()
  }
  const moving = openFolderProgress(link.artifactId, time, changed)
  const sync = options.open({
    ...moving.progress,
    stopped: (path) => {
      moving.progress.stopped(path)
      // Its person sees it at once, though the pass goes on.
      const failure = 'sync.stopped' as const
      const others = state.blocked.filter((each) => each.path !== path)
      set({ blocked: [...others, { path, fileId: null, failure, own: null }] })
    },
  })

  let online = false
  let paused = options.isPaused
  let suspended = options.isSuspended ?? false
  let closed = false
  let running: { abort: AbortController; done: Promise<void> } | null = null
  /** Of the pass under way. */
  let preemption: ReturnType<typeof openPreemption> | null = null
  /** What is done once it has ended. */
  const next: (() => Promise<void>)[] = []
  let alarm: AbortController | null = null
  let failures = 0
  /** What a watcher noticed since the last pass; null is everything. */
  let noticed: Set<string> | null = null
  /** When the first of it was. */
  let noticedAt: number | null = null
  let lookedAt = 0
  let isWanted = false
  const patience = new FailureDebouncer()
  let wasMissing = false

  /** Of a folder that is not watched as a whole the heartbeat is what finds out. */
  const untilNextLook = (): number =>
    options.isTold?.() && state.watching === 'full' ? wholeScanMs : heartbeatMs

  const silence = (): void => {
    alarm?.abort(null)
    alarm = null
  }
  /** There is one alarm: whoever sets it takes the place of who set it before. */
  const later = (milliseconds: number): void => {
    silence()
    if (closed) return
    const own = new AbortController()
    alarm = own
    void time.sleep(milliseconds, own.signal).then(
      () => {
        if (alarm === own) wake()
      },
      () => {},
    )
  }
  /** Milliseconds until what was noticed has its pass. */
  const untilNoticed = (): number =>
    noticedAt === null
      ? Number.POSITIVE_INFINITY
      : Math.max(0, Math.min(napMs, noticedAt + maxNapMs - time.elapsed()))
  /** Nothing that was noticed may be forgotten over a pass that failed. */
  const noticeAll = (): void => {
    noticed = null
    noticedAt = null
  }
  const went = (
    { done, blocked, held, kept, leftOut }: PassResult,
    status: FolderLink['status'],
  ): void => {
    failures = 0
    patience.went()
    if (wasMissing) watcher.renew()
    wasMissing = false
    if (done > 0) options.advanced()
    set({
      status,
      failure: null,
      blocked: blocked.map(({ path, fileId, code, own }) => ({
        path,
        fileId,
        failure: code,
        own: own?.kind ?? null,
      })),
      held,
      leftOut,
      onlyHere: {
        count: kept.count,
        files: kept.files.map(({ path, own }) => ({ path, own: own.kind })),
      },
      lastSyncedAt: new Date(time.now()).toISOString(),
    })
  }
  const settled = (result: PassResult): void => {
    const { again, blocked, held, present } = result
    moving.settled()
    // What waits has a name. A file that is being written is looked at again by itself, in a moment.
    const isWaiting = held || blocked.length > 0
    const status = isWaiting ? 'waiting' : again !== null ? 'syncing' : 'in-step'
    went(result, present ? status : 'gone')
    // A pass is quicker than a nap: what was noticed meanwhile is not left for the heartbeat.
    later(Math.min(again ?? untilNextLook(), untilNoticed()))
  }
  const failed = (code: FailureCode): void => {
    failures += 1
    noticeAll()
    wasMissing ||= code === 'folder.missing'
    if (patience.failed(code, time.elapsed()) === 'wait') set({ status: 'syncing', failure: null })
    else set({ status: code.startsWith('network.') ? 'offline' : 'failed', failure: code })
    later(
      Math.max(
        minPauseMs,
        backoff(failures, () => time.random(), null),
      ),
    )
  }
  const take = (): string[] | null => {
    // A clock that was set back must not put it off.
    const whole =
      noticed === null || state.watching !== 'full' || Math.abs(time.now() - lookedAt) > wholeScanMs
    const paths = whole ? null : [...(noticed ?? [])]
    noticed = new Set()
    noticedAt = null
    isWanted = false
    if (whole) lookedAt = time.now()
    return paths
  }
  const workBetween = async (): Promise<void> => {
    for (let work = next.shift(); work; work = next.shift()) await work()
  }
  const passOnce = async (signal: AbortSignal): Promise<PassResult> => {
    await workBetween()
    const own = openPreemption(time, options.quantum)
    preemption = own
    try {
      return await sync.pass(signal, take(), own)
    } finally {
      own.end()
      preemption = null
    }
  }
  /** Passes, until no bytes move any more. */
  const pass = async (signal: AbortSignal): Promise<void> => {
    set({ status: 'syncing' })
    moving.began()
    try {
      let result = await passOnce(signal)
      while (result.goesOn) {
        went(result, 'syncing')
        await time.sleep(result.again ?? 0, signal).catch(() => {})
        result = await passOnce(signal)
      }
      settled(result)
    } catch (error) {
      const { code } = asFailure(error)
      if (code === 'sync.cancelled' || signal.aborted) {
        noticeAll()
        set({ status: paused || suspended ? 'paused' : 'offline', failure: null })
      } else {
        options.failed?.(error)
        failed(code)
      }
    } finally {
      moving.ended()
    }
  }
  const wake = (): void => {
    silence()
    // What comes while a pass is under way has the next one.
    isWanted = running !== null
    preemption?.tell()
    if (closed || paused || suspended || !online || running) return
    const abort = new AbortController()
    const done = pass(abort.signal).finally(async () => {
      if (next.length > 0) await workBetween()
      running = null
      if (isWanted) later(0)
      else if (alarm === null) later(untilNextLook())
    })
    running = { abort, done }
  }
  const stop = async (): Promise<void> => {
    silence()
    running?.abort.abort()
    await running?.done
  }
  /** Between two passes, soon. */
  const between = async (work: () => Promise<void>): Promise<void> => {
    if (!running) return work()
    preemption?.tell()
    await new Promise<void>((resolve, reject) => {
      next.push(() => work().then(resolve, reject))
    })
  }
  /** After the person's word on pausing, of this folder or of all. */
  const obey = async (): Promise<void> => {
    if (paused || suspended) {
      await stop()
      // Who thinks better of it meanwhile is not overruled.
      if (paused || suspended) set({ status: 'paused', failure: null })
    } else {
      set({ status: online ? 'syncing' : 'offline' })
      wake()
    }
  }
  const watcher = options.watch(
    (paths) => {
      if (paths === 'everything') noticed = null
      else for (const path of paths) noticed?.add(path)
      noticedAt ??= time.elapsed()
      if (!running || paths === 'everything' || sync.isNews(paths)) later(untilNoticed())
    },
    (watching) => {
      if (watching !== state.watching) set({ watching })
    },
  )

  return {
    link,
    state: (): FolderLink => ({ ...state, ...moving.figures(state.status === 'syncing') }),
    rename: (title: string): void => {
      if (title !== state.title) set({ title })
    },
    setOnline: async (now: boolean): Promise<void> => {
      if (online === now) return
      online = now
      if (!now) {
        await stop()
        if (!paused && !suspended) set({ status: 'offline' })
      } else wake()
    },
    setPaused: async (now: boolean): Promise<void> => {
      paused = now
      await obey()
    },
    /** All of sync is paused, or goes on. */
    setSuspended: async (now: boolean): Promise<void> => {
      suspended = now
      await obey()
    },
    decideDeletions: async (decision: 'delete' | 'keep'): Promise<void> => {
      await between(async () => {
        if (decision === 'delete') sync.allowDeletions()
        else await sync.refuseDeletions()
        // What was asked for is done at once.
        set({ held: null, ...(state.status === 'waiting' ? { status: 'syncing' } : {}) })
      })
      wake()
    },
    /** @throws server.conflict when nothing of it waits any more */
    revert: async (path: string | null): Promise<void> => {
      await between(async () => {
        if (sync.revert(path) === 0)
          throw new Failure('server.conflict', 'Nothing of this waits any more.')
      })
      wake()
    },
    /** `before`: what else has to know them, between the same two passes. */
    setRules: async (rules: LinkRules, before: () => Promise<void>): Promise<void> => {
      await between(async () => {
        await before()
        sync.setRules(rules)
        noticeAll()
      })
      wake()
    },
    leftOut: (): LeftOutList => sync.leftOut(),
    /** @throws server.conflict when it is not left out any more */
    removeLeftOut: async (path: string): Promise<void> => {
      await between(() => sync.removeLeftOut(path))
      wake()
    },
    retry: (): void => {
      sync.retryBlocked()
      noticed = null
      patience.asked()
      wake()
    },
    stopTransfer: (path: string): boolean => sync.stopTransfer(path),
    /** Something at the server changed. */
    poke: (): void => {
      // A pass asks again by itself.
      if (running) isWanted = true
      else wake()
    },
    close: async (): Promise<void> => {
      closed = true
      watcher.close()
      await stop()
    },
  }
}
