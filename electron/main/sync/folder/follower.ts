import { randomUUID } from 'node:crypto'
import { asFailure, type FailureCode } from '../../../../src/contract/failure.ts'
import type { FolderLink } from '../../../../src/contract/folders.ts'
import { nothingPending } from '../../../../src/contract/sync.ts'
import { FolderSync, type PassResult } from '../../../../src/sync/folder/engine.ts'
import type { Disk, Remote, Store } from '../../../../src/sync/folder/ports.ts'
import { Patience } from '../../../../src/sync/patience.ts'
import { backoff } from '../../../../src/sync/retry.ts'
import { Speedometer } from '../../../../src/sync/speed.ts'
import { WaitingList } from '../../../../src/sync/waiting-list.ts'
import type { Moving } from '../progress.ts'
import type { LinkRow } from './store.ts'
import { watchFolder } from './watcher.ts'

export type FollowerOptions = {
  link: LinkRow
  title: string
  disk: Disk
  remote: Remote
  store: Store
  deviceName: string
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest?: () => number | null
  /** All of sync is paused. */
  isSuspended?: boolean
  changed: () => void
  /** Something was brought into step: who else shows this project looks again. */
  advanced: () => void
}
export type Follower = ReturnType<typeof follow>

/** Milliseconds. The server is asked this often when nobody says that something has changed. */
const heartbeat = 15_000
/** A watcher may miss something: so often the whole folder is looked at. */
const wholeLook = 10 * 60_000
/** A file that was just written is not read yet (see FolderOptions.settle), so nobody hurries before. */
const settle = 200

/** Follows one folder until it is closed: wakes at what changes on either side, one pass at a time. */
export const follow = (options: FollowerOptions) => {
  const { link, changed } = options
  const transfers = new Map<string, Moving>()
  /** What was planned and is not done; after a pass that ended early it still waits. */
  const waiting = new WaitingList()
  const speed = new Speedometer(() => performance.now())
  let state: FolderLink = {
    id: link.id,
    projectId: link.projectId,
    artifactId: link.artifactId,
    title: options.title,
    root: link.root,
    status: link.paused || options.isSuspended ? 'paused' : 'offline',
    failure: null,
    filesDone: 0,
    filesTotal: 0,
    bytesDone: 0,
    bytesTotal: 0,
    bytesPerSecond: null,
    secondsLeft: null,
    transfers: [],
    pending: nothingPending,
    parked: [],
    held: null,
    lastSyncedAt: null,
  }
  const set = (change: Partial<FolderLink>): void => {
    state = { ...state, ...change }
    changed()
  }
  const sync = new FolderSync(
    {
      disk: options.disk,
      remote: options.remote,
      store: options.store,
      clock: { now: () => Date.now() },
    },
    {
      deviceName: options.deviceName,
      ...(options.largest ? { largest: options.largest } : {}),
      newId: randomUUID,
      settle,
      progress: {
        planned: (files) => {
          speed.restart()
          waiting.replace(
            files.map(({ path, direction }) => [
              path,
              { artifactId: link.artifactId, title: null, path, direction },
            ]),
          )
          const bytesTotal = files.reduce((sum, { bytes }) => sum + bytes, 0)
          set({ filesDone: 0, filesTotal: files.length, bytesDone: 0, bytesTotal })
        },
        transfer: ({ path, direction, bytesDone, bytesTotal }) => {
          const before = transfers.get(path)?.bytesDone ?? 0
          const { artifactId } = link
          speed.note(path, bytesDone, bytesTotal)
          transfers.set(path, {
            fileId: artifactId,
            artifactId,
            path,
            direction,
            bytesDone,
            bytesTotal,
          })
          set({ bytesDone: Math.max(0, state.bytesDone + bytesDone - before) })
        },
        finished: (path) => {
          transfers.delete(path)
          waiting.done(path)
          speed.drop(path)
          set({ filesDone: state.filesDone + 1 })
        },
      },
    },
  )

  let online = false
  let paused = link.paused === 1
  let suspended = options.isSuspended ?? false
  let closed = false
  let running: { abort: AbortController; done: Promise<void> } | null = null
  let timer: NodeJS.Timeout | null = null
  let failures = 0
  /** What a watcher noticed since the last pass; null is everything. */
  let noticed: Set<string> | null = null
  let lookedAt = 0
  let isWanted = false
  const patience = new Patience()
  let wasMissing = false

  const later = (milliseconds: number): void => {
    if (timer) clearTimeout(timer)
    if (!closed) timer = setTimeout(wake, milliseconds).unref()
  }
  const settled = ({ done, again, parked, held, present }: PassResult): void => {
    failures = 0
    waiting.replace([])
    patience.went()
    if (wasMissing) watcher.renew()
    wasMissing = false
    if (done > 0) options.advanced()
    set({
      status: !present
        ? 'gone'
        : held || parked.length > 0 || again !== null
          ? 'waiting'
          : 'in-step',
      failure: null,
      parked: parked.map(({ path, fileId, code }) => ({ path, fileId, failure: code })),
      held,
      lastSyncedAt: new Date().toISOString(),
    })
    later(again ?? heartbeat)
  }
  const failed = (code: FailureCode): void => {
    failures += 1
    // Nothing that was noticed may be forgotten over it.
    noticed = null
    wasMissing ||= code === 'folder.missing'
    if (patience.failed(code, performance.now()) === 'wait')
      set({ status: 'syncing', failure: null })
    else set({ status: code.startsWith('network.') ? 'offline' : 'failed', failure: code })
    later(Math.max(2_000, backoff(failures, Math.random, null)))
  }
  const pass = async (signal: AbortSignal): Promise<void> => {
    const whole = noticed === null || Date.now() - lookedAt > wholeLook
    const paths = whole ? null : [...(noticed ?? [])]
    noticed = new Set()
    if (whole) lookedAt = Date.now()
    set({ status: 'syncing' })
    try {
      settled(await sync.pass(signal, paths))
    } catch (error) {
      const { code } = asFailure(error)
      if (code === 'sync.cancelled' || signal.aborted) {
        noticed = null
        set({ status: paused || suspended ? 'paused' : 'offline', failure: null })
      } else failed(code)
    } finally {
      transfers.clear()
    }
  }
  const wake = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    // What comes while a pass is under way has the next one.
    isWanted = running !== null
    if (closed || paused || suspended || !online || running) return
    const abort = new AbortController()
    const done = pass(abort.signal).finally(() => {
      running = null
      if (isWanted) later(0)
      else if (timer === null) later(heartbeat)
    })
    running = { abort, done }
  }
  const stop = async (): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    running?.abort.abort()
    await running?.done
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
  const watcher = watchFolder(link.root, (paths) => {
    if (paths === 'everything') noticed = null
    else for (const path of paths) noticed?.add(path)
    later(settle + 30)
  })

  return {
    link,
    state: (): FolderLink => ({
      ...state,
      ...(state.status === 'syncing' ? speed.all(state.bytesTotal - state.bytesDone) : {}),
      transfers: [...transfers.values()].slice(0, 12).map((each) => ({
        ...each,
        ...speed.of(each.path, each.bytesTotal - each.bytesDone),
      })),
      pending: waiting.pending(new Set(transfers.keys())),
    }),
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
      await running?.done
      if (decision === 'delete') sync.allowDeletions()
      else await sync.refuseDeletions()
      set({ held: null })
      wake()
    },
    retry: (): void => {
      sync.retryParked()
      noticed = null
      patience.asked()
      wake()
    },
    /** Something at the server changed. */
    poke: (): void => wake(),
    close: async (): Promise<void> => {
      closed = true
      watcher.close()
      await stop()
    },
  }
}
