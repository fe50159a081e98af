import { desktop } from './desktop.ts'

/** Tells what is kept back for a moment; resolves once that has arrived, or cannot. */
type LastWord = () => Promise<unknown>
const words = new Set<LastWord>()

/** Whoever keeps something back, so as not to tell it with every key, says here how it is told at once. */
export const beforeLeaving = (word: LastWord): void => void words.add(word)

const sayAll = (): Promise<unknown> => Promise.allSettled([...words].map((say) => say()))

/** Who leaves the window, by whatever way, leaves nothing unsaid; main waits for it before the window goes. */
export const connectLastWords = (): void => {
  for (const name of ['blur', 'pagehide', 'beforeunload', 'visibilitychange'])
    addEventListener(name, () => void sayAll(), { capture: true })
  desktop.on('app.leaving', () => void sayAll().then(() => desktop.app.saidAll()))
}
