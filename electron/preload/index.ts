import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Channel } from '../../src/contract/table.ts'

/** The verbs of each area, put here by the build (electron.vite.config.ts): the preload carries no schemas. */
declare const requestVerbs: Readonly<Record<string, readonly string[]>>

/** `window.desktop`: verbs of the domain. No channel names, no event objects, nothing generic crosses over. */
type Listener = (payload: unknown) => void
const listeners = new Map<string, Set<Listener>>()
ipcRenderer.on('atelier:event', (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload)
})

const ask = async (channel: string, argument: unknown): Promise<unknown> => {
  const answer = await ipcRenderer.invoke('atelier:request', channel, argument)
  if (answer.ok) return answer.value
  // An Error loses its fields on the bridge, so the code travels in the message.
  throw new Error(`${answer.code}\n${answer.message}`)
}

const desktop: Record<string, unknown> = {
  on: (name: string, listener: Listener): (() => void) => {
    const known = listeners.get(name) ?? new Set()
    listeners.set(name, known.add(listener))
    return () => known.delete(listener)
  },
}
for (const [area, verbs] of Object.entries(requestVerbs)) {
  desktop[area] = Object.fromEntries(
    verbs.map((verb) => [verb, (argument?: unknown) => ask(`${area}.${verb}`, argument)]),
  )
}

/** Whoever is handed files by the person says which; where they lie the preload alone says, so no page names a path. */
const droppedChannel: Channel = 'adding.examineDropped'
const [area = '', verb = ''] = droppedChannel.split('.')
desktop[area] = {
  ...(desktop[area] as object),
  /** Of a file that a page made itself the path is empty; no function of a page's says what one is. */
  [verb]: ({ projectId, artifactId }: Record<string, unknown>, files: readonly File[]) =>
    ask(droppedChannel, {
      projectId,
      artifactId,
      paths: Array.from(files, (file) => webUtils.getPathForFile(file)),
    }),
}
contextBridge.exposeInMainWorld('desktop', desktop)
