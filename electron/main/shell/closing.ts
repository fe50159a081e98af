import { log } from '../../log/log.ts'

const said = log('closing')

/** Milliseconds that one part of the application has to close. The backend kills what does not stop after eight seconds. */
export const partMs = 10_000
/** Milliseconds for all of them: longer than each in turn, so that it counts only where something else hangs. */
export const allMs = 45_000

/** Closes what may not answer: a folder on a disk that is away holds whoever waits for it for ever. */
export class Closing {
  readonly #leftBehind = new Set<Promise<unknown>>()

  /** Something has not ended yet. Where it sits in a call of the system that nothing calls off, no ordinary end comes either. */
  get isStuck(): boolean {
    return this.#leftBehind.size > 0
  }

  /** Resolves when this part is closed, has failed to, or has had its time: then it is false, and the part left behind. */
  async part(name: string, closed: Promise<unknown> | undefined, most = partMs): Promise<boolean> {
    const time = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => time.resolve(false), most)
    const ended = Promise.resolve(closed).then(
      () => true,
      (error: unknown) => {
        said.warn(`Not closed as it should be: ${name}`, error)
        return true
      },
    )
    const isOver = await Promise.race([ended, time.promise])
    if (!isOver) {
      this.#leftBehind.add(ended)
      void ended.then(() => this.#leftBehind.delete(ended))
      said.error(`Still not closed after ${most / 1000} seconds, and left behind: ${name}`)
    }
    clearTimeout(timer)
    return isOver
  }
}
