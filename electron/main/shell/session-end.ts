import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds that a session's end is held for the page's last words; Windows shows who holds it after five seconds. */
const heldMs = 1_500

type Ending = { preventDefault: () => void; reasons: readonly string[] }

/**
 * Windows asks each window before it ends a session, without closing windows first. The session is held until the page
 * has said what it kept back, and then the application ends, upon which Windows goes on. What is critical waits for
 * nobody, and an installer that has us closed takes a no for an answer and fails: there the page is asked all the same,
 * and Electron ends us at the end that follows.
 */
export const holdSessionEnd = ({
  ask,
  quit,
}: {
  ask: () => Promise<void>
  quit: () => void
}): ((event: Ending) => void) => {
  let isHeld = false
  return (event) => {
    if (event.reasons.includes('critical') || event.reasons.includes('close-app')) {
      void ask()
      return
    }
    event.preventDefault()
    if (isHeld) return
    isHeld = true
    void Promise.race([ask(), pause(heldMs)]).finally(() => {
      isHeld = false
      quit()
    })
  }
}
