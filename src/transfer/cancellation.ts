import { Failure } from '../domain/failure.ts'

/** Transfers under way, each of which its person may stop by itself. */
export class CancellationRegistry {
  readonly #moving = new Map<string, () => void>()

  /** @throws sync.stopped when this one was stopped, and not all of them with `signal` */
  async during<T>(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const either = new AbortController()
    let isStopped = false
    const withAll = (): void => either.abort()
    const alone = (): void => {
      isStopped = true
      either.abort()
    }
    if (signal.aborted) withAll()
    signal.addEventListener('abort', withAll, { once: true })
    this.#moving.set(key, alone)
    try {
      return await work(either.signal)
    } catch (error) {
      if (!isStopped || signal.aborted) throw error
      throw new Failure('sync.stopped', 'Its person stopped it.', { cause: error })
    } finally {
      signal.removeEventListener('abort', withAll)
      if (this.#moving.get(key) === alone) this.#moving.delete(key)
    }
  }

  /** Answers whether there was anything to stop. */
  stop(key: string): boolean {
    const stop = this.#moving.get(key)
    stop?.()
    return stop !== undefined
  }
}
