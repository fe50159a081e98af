/**
 * What opens or closes the backend, one after the other: two at once would start two over one folder. While an update
 * has it closed nobody gets a turn: a backend that started would take away the copy that is being made of its database.
 */
export const openTurns = () => {
  let last: Promise<void> = Promise.resolve()
  let isHeld = false
  const after = (work: () => Promise<void>): Promise<void> => {
    last = last.catch(() => {}).then(work)
    return last
  }
  return {
    take: (work: () => Promise<void>): Promise<void> =>
      after(async () => {
        if (!isHeld) await work()
      }),
    /** After whoever is at it; whoever waits, or comes, has no turn before `release`. */
    hold: (work: () => Promise<void>): Promise<void> => {
      isHeld = true
      return after(work)
    },
    release: (work: () => Promise<void>): Promise<void> => {
      isHeld = false
      return after(work)
    },
    /** However they ended. */
    over: (): Promise<void> => last.catch(() => {}),
  }
}
