import type { Conflict } from '../../../src/contract/folders.ts'
import { openWay } from '../../../src/contract/network.ts'
import { idleSync } from '../../../src/contract/sync.ts'
import type { EventName, EventPayload } from '../../../src/contract/table.ts'
import type { World } from '../../../src/presence/needs.ts'

/** Milliseconds after which what changed is looked at: sync tells of itself several times a second. */
const settlingMs = 300

/** What main tells the window, heard here too: it goes on where there is none. */
export class WorldWatch {
  readonly #conflicts: () => Promise<Conflict[]>
  readonly #changed: (world: World) => void
  #world: World = {
    session: { status: 'starting' },
    sync: idleSync,
    folders: [],
    conflicts: [],
    network: openWay,
  }
  #settling: NodeJS.Timeout | null = null
  #later: NodeJS.Timeout | null = null
  #settled: Promise<void> = Promise.resolve()
  #isStale = false

  constructor(conflicts: () => Promise<Conflict[]>, changed: (world: World) => void) {
    this.#conflicts = conflicts
    this.#changed = changed
  }

  get now(): World {
    return this.#world
  }

  hear<E extends EventName>(name: E, payload: EventPayload<E>): void {
    // The name says which payload it is; of a generic pair TypeScript does not see that.
    const told = { name, payload } as {
      [N in EventName]: { name: N; payload: EventPayload<N> }
    }[EventName]
    switch (told.name) {
      case 'session.changed':
        this.#set({ session: told.payload })
        // Of whoever was here before nothing waits any more.
        if (told.payload.status === 'signedOut')
          this.#set({ sync: idleSync, folders: [], conflicts: [] })
        this.#isStale = true
        break
      case 'sync.changed':
        this.#set({ sync: told.payload })
        break
      case 'folders.changed':
        this.#set({ folders: told.payload })
        break
      case 'network.changed':
        this.#set({ network: told.payload })
        break
      case 'artifacts.changed':
        this.#isStale = true
        break
      default:
        return
    }
    this.look()
  }

  /** Soon; what comes meanwhile comes with it. */
  look(): void {
    if (this.#settling) return
    this.#settling = setTimeout(() => {
      this.#settling = null
      this.#settle()
    }, settlingMs)
    this.#settling.unref()
  }

  /** Once more, when nothing may have been told meanwhile; it holds up nothing that is. */
  lookAfter(milliseconds: number): void {
    if (this.#later) return
    this.#later = setTimeout(() => {
      this.#later = null
      this.#settle()
    }, milliseconds)
    this.#later.unref()
  }

  close(): void {
    for (const timer of [this.#settling, this.#later]) if (timer) clearTimeout(timer)
  }

  #set(change: Partial<World>): void {
    this.#world = { ...this.#world, ...change }
  }

  /** One after the other: an answer that took long must not take the place of a newer one. */
  #settle(): void {
    this.#settled = this.#settled
      .catch(() => {})
      .then(async () => {
        if (this.#isStale) {
          this.#isStale = false
          // Nobody is signed in, or they are just leaving: there are none.
          const conflicts = await this.#conflicts().catch((): Conflict[] => [])
          this.#set({ conflicts })
        }
        this.#changed(this.#world)
      })
  }
}
