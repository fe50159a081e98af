import { foldPath } from './file-path.ts'

/** `name 2.ext`, or the next that is free among `taken` (folded paths). */
export const freePath = (path: string, taken: { has(foldedPath: string): boolean }): string => {
  const slash = path.lastIndexOf('/') + 1
  const dot = path.lastIndexOf('.')
  const end = dot > slash ? dot : path.length
  for (let count = 2; ; count += 1) {
    const candidate = `${path.slice(0, end)} ${count}${path.slice(end)}`
    if (!taken.has(foldPath(candidate))) return candidate
  }
}
