import type { ExecutionContext } from './execution-context.ts'
import type { Of } from './operation.ts'

/** What the server says of the executable bit, to files that are here: no bytes move. */
export const setExecutable = async (
  operations: Of<'set-executable'>[],
  context: ExecutionContext,
): Promise<void> => {
  const { disk, store } = context.ports
  for (const operation of operations) {
    const { path } = operation.local
    await context.attempt(operation, path, async () => {
      const known = context.state.known.get(path)
      // Whoever watches hears of it.
      context.options.own.add(path)
      const stamp = known
        ? await disk.setExecutable(path, known.stamp, operation.isExecutable)
        : 'changed'
      if (!known || stamp === 'changed') {
        context.result.isStale = true
        return
      }
      const marked = { ...known, stamp }
      await store.saveKnown([marked], [])
      context.state.known.set(path, marked)
      await context.settle({ base: [{ put: { ...operation.base, identity: stamp.identity } }] })
      context.result.done += 1
    })
  }
}
