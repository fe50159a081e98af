/** Most that go together. */
const maxGroup = 64

type Waiting<T, R> = { item: T; done: (result: R) => void; fail: (error: unknown) => void }

/**
 * Does what is asked for while earlier work is under way together, in one go: one trip for many. `together` does all
 * of them or none, and answers in their order; when it fails with what `isRefusal` takes for one of them refused, each
 * is tried by itself.
 */
export const grouped = <T, R>(
  together: (items: readonly T[]) => Promise<readonly R[]>,
  alone: (item: T) => Promise<R>,
  isRefusal: (error: unknown) => boolean,
): ((item: T) => Promise<R>) => {
  const waiting: Waiting<T, R>[] = []
  let isRunning = false

  const each = ({ item, done, fail }: Waiting<T, R>): Promise<void> => alone(item).then(done, fail)
  const run = async (group: readonly Waiting<T, R>[]): Promise<void> => {
    const [only] = group
    if (group.length === 1 && only) return each(only)
    try {
      const results = await together(group.map(({ item }) => item))
      group.forEach(({ done }, index) => {
        done(results[index] as R)
      })
    } catch (error) {
      if (isRefusal(error)) await Promise.all(group.map(each))
      else for (const { fail } of group) fail(error)
    }
  }
  const runAll = async (): Promise<void> => {
    isRunning = true
    while (waiting.length > 0) await run(waiting.splice(0, maxGroup))
    isRunning = false
  }
  return (item) =>
    new Promise((done, fail) => {
      waiting.push({ item, done, fail })
      if (!isRunning) void runAll()
    })
}
