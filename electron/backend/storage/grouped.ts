/** Most that go together. */
const most = 64

type Waiting<T> = { item: T; done: () => void; fail: (error: unknown) => void }

/**
 * Does what is asked for while earlier work is under way together, in one go: one trip for many. `together` does all
 * of them or none; when it fails with what `isRefusal` takes for one of them refused, each is tried by itself.
 */
export const grouped = <T>(
  together: (items: readonly T[]) => Promise<void>,
  alone: (item: T) => Promise<void>,
  isRefusal: (error: unknown) => boolean,
): ((item: T) => Promise<void>) => {
  const waiting: Waiting<T>[] = []
  let isRunning = false

  const each = ({ item, done, fail }: Waiting<T>): Promise<void> => alone(item).then(done, fail)
  const run = async (group: readonly Waiting<T>[]): Promise<void> => {
    const [only] = group
    if (group.length === 1 && only) return each(only)
    try {
      await together(group.map(({ item }) => item))
      for (const { done } of group) done()
    } catch (error) {
      if (isRefusal(error)) await Promise.all(group.map(each))
      else for (const { fail } of group) fail(error)
    }
  }
  const runAll = async (): Promise<void> => {
    isRunning = true
    while (waiting.length > 0) await run(waiting.splice(0, most))
    isRunning = false
  }
  return (item) =>
    new Promise((done, fail) => {
      waiting.push({ item, done, fail })
      if (!isRunning) void runAll()
    })
}
