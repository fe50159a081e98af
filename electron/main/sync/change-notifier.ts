import type { EventPayload } from '../../../src/contract/table.ts'

/** Milliseconds in which what changes is told together. */
const gatherMs = 150

/** One message for a burst of finished files. */
export const openChangeNotifier = (
  announce: (change: EventPayload<'artifacts.changed'>) => void,
) => {
  const touched = new Map<string, Set<string>>()
  let timer: NodeJS.Timeout | null = null
  const tell = (): void => {
    timer = null
    for (const [projectId, ids] of touched) announce({ projectId, artifactIds: [...ids] })
    touched.clear()
  }
  return {
    changed: (projectId: string, artifactIds: string[]): void => {
      const ids = touched.get(projectId) ?? new Set()
      for (const id of artifactIds) ids.add(id)
      touched.set(projectId, ids)
      timer ??= setTimeout(tell, gatherMs)
    },
    close: (): void => {
      if (timer) clearTimeout(timer)
    },
  }
}
