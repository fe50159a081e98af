import type { Disk, Intent } from '../../src/sync/folder/ports.ts'
import type { FaultInjector } from './faults.ts'

type Open = { intent: Intent; effect: 'before' | 'after' }

const brings = ({ files }: Extract<Intent, { kind: 'download' }>, path: string): boolean =>
  files.some(({ at }) => at === path)

/** What of the engine's own journal is open, and how far each entry of it was when something went wrong. */
export class Journal {
  readonly #open = new Map<string, Open>()
  /** Where files were placed that are not noted yet. */
  readonly #placed = new Set<string>()
  readonly #injector: FaultInjector

  constructor(injector: FaultInjector) {
    this.#injector = injector
  }

  begun(intents: readonly Intent[]): void {
    for (const intent of intents) this.#open.set(intent.id, { intent, effect: 'before' })
  }

  finished(ids: readonly string[]): void {
    for (const id of ids) this.#open.delete(id)
  }

  crashed(): void {
    for (const { intent, effect } of this.#open.values())
      this.#injector.count(`intent ${intent.kind} crash ${effect}`)
  }

  failed(is: (intent: Intent) => boolean): void {
    for (const { intent } of this.#open.values())
      if (is(intent)) this.#injector.count(`intent ${intent.kind} error`)
  }

  /** Told by the disk, whether the engine lives to hear of it or not. */
  moved(from: string, to: string): void {
    for (const open of this.#open.values())
      if ('to' in open.intent && open.intent.to === to)
        if (open.intent.from === from || from.startsWith('(')) open.effect = 'after'
  }

  placed(path: string): void {
    for (const open of this.#open.values())
      if (open.intent.kind === 'download' && brings(open.intent, path)) {
        open.effect = 'after'
        this.#placed.add(path)
      }
  }

  noted(path: string): void {
    this.#placed.delete(path)
  }

  /** What its person made of it before anybody looked, nobody can tell from what they made alone. */
  isUnnoted(path: string): boolean {
    return this.#placed.has(path)
  }

  discarded(path: string): void {
    for (const open of this.#open.values())
      if (open.intent.kind === 'put-back' && open.intent.path === path) open.effect = 'after'
  }

  /** Told by the server. */
  committed(fileId: string): void {
    for (const open of this.#open.values())
      if (open.intent.kind === 'commit' && open.intent.files.some((file) => file.fileId === fileId))
        open.effect = 'after'
  }

  /** The file at the server that a local one gives way to under another name; null where the journal has none. */
  asideFor(from: string, to: string): string | null {
    for (const { intent } of this.#open.values())
      if (intent.kind === 'step-aside' && intent.from === from && intent.to === to)
        return intent.fileId
    return null
  }

  /** What a call did for an entry that is open: its effect, or nothing because it failed. */
  watched(disk: Disk): Disk {
    const failed = (is: (intent: Intent) => boolean) => (error: unknown) => {
      this.failed(is)
      throw error
    }
    return {
      ...disk,
      move: (from, to, expects) =>
        disk
          .move(from, to, expects)
          .catch(failed((each) => 'to' in each && each.from === from && each.to === to)),
      place: (blob, path, expects, as) =>
        disk
          .place(blob, path, expects, as)
          .catch(failed((each) => each.kind === 'download' && brings(each, path))),
      discard: (path, expects, entry) =>
        disk
          .discard(path, expects, entry)
          .catch(failed((each) => each.kind === 'put-back' && each.path === path)),
      setAside: (path, key, expects) =>
        disk.setAside(path, key, expects).catch(failed(({ id }) => id === key)),
      bringBack: (key, path) => disk.bringBack(key, path).catch(failed(({ id }) => id === key)),
    }
  }
}
