/** Each item once, a few at a time; the first failure ends it when those under way have ended. */
export const forEachLimited = async <T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  let next = 0
  let failed: { error: unknown } | null = null
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const item = items[next]
      next += 1
      if (item === undefined) continue
      await work(item).catch((error: unknown) => {
        failed ??= { error }
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  const { error } = (failed as { error: unknown } | null) ?? { error: null }
  if (failed) throw error
}
