import type { ExecutionContext } from './execution-context.ts'
import type { Of } from './operation.ts'

/** What the server says of the executable bit, to files that are here: no bytes move. */
export const setExecutable = async (
  operations: Of<'set-executable'>[],
  run: ExecutionContext,
): Promise<void> => {
  const { disk, store } = run.ports
  for (const operation of operations) {
    const { path } = operation.local
    await run.attempt(operation, path, async () => {
      const known = run.state.known.get(path)
      // Whoever watches hears of it.
      run.options.own.add(path)
      const stamp = known
        ? await disk.setExecutable(path, known.stamp, operation.isExecutable)
        : 'changed'
      if (!known || stamp === 'changed') {
        run.outcome.isStale = true
        return
      }
      const marked = { ...known, stamp }
      await store.saveKnown([marked], [])
      run.state.known.set(path, marked)
      await run.settle({ base: [{ put: { ...operation.base, identity: stamp.identity } }] })
      run.outcome.done += 1
    })
  }
}
