import type { Draft } from '../../../src/contract/artifacts.ts'
import type { Turn } from '../../../src/domain/drafts.ts'

/** Milliseconds between what is typed and its being kept: what a window that dies without a word may lose. */
const pauseMs = 100
/** The longer a text is the rarer it goes whole to main. */
const lettersPerMs = 5_000

export type DraftPorts = {
  writer: string
  tell: (draft: Draft | null, at: Turn) => Promise<void>
  /** Answers what takes it back. */
  later: (milliseconds: number, work: () => void) => () => void
  /** Null when it went well. */
  told: (error: unknown) => void
}

/**
 * Keeps what is typed in one file and not saved: not with every key, and all of it at once when somebody leaves. Each
 * message has its turn, so that they may overtake each other; a save takes one among them, and so ends those before it.
 */
export class DraftKeeper {
  #turn = 0
  #word: (() => Draft | null) | null = null
  #cancel: (() => void) | null = null
  readonly #underWay = new Set<Promise<void>>()
  readonly #ports: DraftPorts
  constructor(ports: DraftPorts) {
    this.#ports = ports
  }

  /** `word` reads what is there when it goes out. */
  typed(word: () => Draft | null, letters = 0): void {
    this.#turn += 1
    this.#word = word
    this.#tellIn(pauseMs + letters / lettersPerMs)
  }

  /**
   * What was typed goes out now, whatever is still on its way: nobody may be there in half a second. Resolves when all
   * has arrived, or cannot.
   */
  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = null
    this.#tell()
    await Promise.all(this.#underWay)
  }

  /** All that was typed is in what is saved now; what is typed from here on is not. Answers the turn of the save. */
  saving(): Turn {
    this.#cancel?.()
    this.#cancel = null
    this.#word = null
    this.#turn += 1
    return { writer: this.#ports.writer, turn: this.#turn }
  }

  #tellIn(milliseconds: number): void {
    this.#cancel ??= this.#ports.later(milliseconds, () => {
      this.#cancel = null
      // A slow main is not given more before it is done with the last.
      if (this.#underWay.size > 0) this.#tellIn(milliseconds)
      else this.#tell()
    })
  }

  #tell(): void {
    if (!this.#word) return
    const draft = this.#word()
    this.#word = null
    const telling = this.#send(draft, this.#turn).finally(() => this.#underWay.delete(telling))
    this.#underWay.add(telling)
  }

  async #send(draft: Draft | null, turn: number): Promise<void> {
    try {
      await this.#ports.tell(draft, { writer: this.#ports.writer, turn })
      this.#ports.told(null)
    } catch (error) {
      this.#ports.told(error)
      // With the next word or the next leave it is tried again, unless a save has ended it.
      if (turn === this.#turn) this.#word ??= () => draft
    }
  }
}
