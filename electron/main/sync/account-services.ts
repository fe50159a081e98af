/** Milliseconds that anybody waits for a person's things: what reads a disk that is away never ends. */
export const settledMs = 10_000

/**
 * What one person has open, of which there is one at a time: two would write into the same folders. It is opened and
 * closed in turns, so whatever a disk holds up comes after it, and what comes late is closed by who wanted it closed.
 */
export const openCurrent = <Service extends { close(): Promise<void> }>() => {
  let last: Promise<unknown> = Promise.resolve()
  let current: { key: string; service: Service } | null = null
  const end = async (): Promise<void> => {
    const ended = current
    current = null
    await ended?.service.close()
  }
  const turn = (work: () => Promise<void>): Promise<void> => {
    const over = last.then(work)
    last = over.catch(() => {})
    return over
  }
  return {
    get service(): Service | null {
      return current?.service ?? null
    },
    turn,
    /** Within a turn: whose things are open from now on; null is nobody. */
    become: async (next: { key: string; open: () => Promise<Service> } | null): Promise<void> => {
      if (current?.key !== next?.key) await end()
      if (next && !current) current = { key: next.key, service: await next.open() }
    },
    /** Resolves after whatever was begun before, too. */
    close: (): Promise<void> => turn(end),
    /** Every turn so far is over, however it ended. */
    over: (): Promise<void> => last.then(() => {}),
    /** The same, or its time is. */
    settled: async (): Promise<void> => {
      const time = Promise.withResolvers<void>()
      const timer = setTimeout(time.resolve, settledMs)
      await Promise.race([last, time.promise])
      clearTimeout(timer)
    },
  }
}
