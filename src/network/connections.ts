/** Chromium's connections to one host over HTTP/1.1: it makes wait, and tells nobody, what is more. */
const connectionsPerHost = 6

type Host = { most: number; active: number; waiting: (() => void)[] }

/**
 * Who waits for a connection waits here, where it is known, and not inside Chromium, where it looks like a server
 * that is silent. Over HTTP/2 one connection carries all; until a host has said which it speaks there are few.
 */
export class Connections {
  readonly #hosts = new Map<string, Host>()

  /** Resolves to what gives the place back. `waits` hears when it has to be waited for, and when no more. */
  async enter(
    origin: string,
    signal: AbortSignal,
    waits: (isWaiting: boolean) => void = () => {},
  ): Promise<() => void> {
    const host = this.#host(origin)
    if (host.active >= host.most) {
      waits(true)
      try {
        await this.#turn(host, signal)
      } finally {
        waits(false)
      }
    } else host.active += 1
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      host.active -= 1
      this.#admit(host)
    }
  }

  /** What an answer of that host came by. */
  speaks(origin: string, httpVersion: '1.1' | '2'): void {
    const host = this.#host(origin)
    host.most = httpVersion === '2' ? Number.POSITIVE_INFINITY : connectionsPerHost
    this.#admit(host)
  }

  #host(origin: string): Host {
    const known = this.#hosts.get(origin) ?? { most: connectionsPerHost, active: 0, waiting: [] }
    this.#hosts.set(origin, known)
    return known
  }

  /** Resolves with the place taken. */
  #turn(host: Host, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        host.waiting = host.waiting.filter((each) => each !== go)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      host.waiting.push(go)
    })
  }

  #admit(host: Host): void {
    while (host.active < host.most) {
      const next = host.waiting.shift()
      if (!next) return
      host.active += 1
      next()
    }
  }
}
