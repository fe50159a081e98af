import { Writable } from 'node:stream'

/** Chromium's end of the pipe is gone (MOJO_RESULT_FAILED_PRECONDITION). */
const pipeCut = (): Error => new Error('mojo result not ok: 9')

type Taken = (error?: Error) => void
type Options = {
  /** Hands a piece to whoever sends it, who calls back when it is gone. */
  send: (piece: Buffer, gone: () => void) => void
  isAborted: () => boolean
}

/**
 * The stream inside a request whose body goes out in pieces. What it fails with is its own `error`, which nobody
 * hears unless they look inside; only the first piece of one that was given up ends in silence.
 */
export class ChunkedBody extends Writable {
  readonly #options: Options
  #pieces = 0
  #underWay: { piece: Buffer; taken: Taken } | null = null
  constructor(options: Options) {
    super()
    this.#options = options
  }
  override _write(piece: Buffer, _encoding: string, taken: Taken): void {
    this.#pieces += 1
    this.#underWay = { piece, taken }
    this.#send(piece)
  }
  /** Over another connection; false where that cannot be: nobody has kept what was sent. */
  restart(): boolean {
    if (this.#pieces > 1 || !this.#underWay) return false
    this.#send(this.#underWay.piece)
    return true
  }
  /** What is under way will not be taken any more. */
  cut(): void {
    const { taken } = this.#underWay ?? {}
    this.#underWay = null
    if (this.#pieces === 1 && this.#options.isAborted()) return
    taken?.(pipeCut())
  }
  #send(piece: Buffer): void {
    this.#options.send(piece, () => {
      if (this.#underWay?.piece !== piece) return
      const { taken } = this.#underWay
      this.#underWay = null
      taken()
    })
  }
}
