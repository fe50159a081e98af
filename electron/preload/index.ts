import { contextBridge, ipcRenderer } from 'electron'
import { areas } from '../../src/contract/areas.ts'

/** `window.desktop`: verbs of the domain. No channel names, no event objects, nothing generic crosses over. */
type Listener = (payload: unknown) => void
const listeners = new Map<string, Set<Listener>>()
ipcRenderer.on('atelier:event', (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload)
})

const desktop: Record<string, unknown> = {
  on: (name: string, listener: Listener): (() => void) => {
    const known = listeners.get(name) ?? new Set()
    listeners.set(name, known.add(listener))
    return () => known.delete(listener)
  },
}
for (const [area, verbs] of Object.entries(areas)) {
  desktop[area] = Object.fromEntries(
    verbs.map((verb) => [
      verb,
      async (argument?: unknown) => {
        const answer = await ipcRenderer.invoke('atelier:request', `${area}.${verb}`, argument)
        if (answer.ok) return answer.value
        // An Error loses its fields on the bridge, so the code travels in the message.
        throw new Error(`${answer.code}\n${answer.message}`)
      },
    ]),
  )
}
contextBridge.exposeInMainWorld('desktop', desktop)
