/** Milliseconds: a page that goes again within them would most likely go on so. */
export const againWithinMs = 60_000

/** What follows when the page's process has gone: by itself once, and then by the person's word. */
export const afterCrash = (lastCrash: number | null, now: number): 'reload' | 'ask' =>
  lastCrash !== null && now - lastCrash < againWithinMs ? 'ask' : 'reload'

/** Crash dumps that are kept, and bytes of them. Each is some megabytes, and only the newest are asked for. */
const maxDumps = 5
const maxDumpBytes = 100_000_000

export type Dump = { path: string; bytes: number; time: number }

/** The newest are kept; answers those that are not. */
export const dumpsToRemove = (dumps: readonly Dump[]): Dump[] => {
  let bytes = 0
  return dumps
    .toSorted((a, b) => b.time - a.time)
    .filter((dump, index) => {
      bytes += dump.bytes
      return index >= maxDumps || (index > 0 && bytes > maxDumpBytes)
    })
}
