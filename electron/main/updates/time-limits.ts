type TimeLimit = {
  /** It begins anew, as something was heard. */
  again(): void
  end(): void
}

export type TimeLimits = ReturnType<typeof openTimeLimits>

/** Limits that stand still while a person is asked something: they read, and look for a password, as long as they like. */
export const openTimeLimits = () => {
  const running = new Set<{ start(): void; pause(): void }>()
  let questions = 0
  return {
    start: (milliseconds: number, over: () => void): TimeLimit => {
      let timer: NodeJS.Timeout | undefined
      const limit = {
        start: (): void => {
          clearTimeout(timer)
          if (questions === 0) timer = setTimeout(over, milliseconds)
        },
        pause: (): void => clearTimeout(timer),
      }
      running.add(limit)
      limit.start()
      return {
        again: () => {
          if (running.has(limit)) limit.start()
        },
        end: () => {
          running.delete(limit)
          limit.pause()
        },
      }
    },
    /** Until what it answers is called. */
    hold: (): (() => void) => {
      questions += 1
      for (const limit of running) limit.pause()
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        questions -= 1
        if (questions === 0) for (const limit of running) limit.start()
      }
    },
  }
}
