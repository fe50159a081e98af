import { type BrowserWindow, powerMonitor } from 'electron'
import { log } from '../../log/log.ts'

const said = log('power')

/** Milliseconds of being awake after which a system that told of sleep has woken, though it did not say so. */
const forgottenMs = 60_000

export type PowerOptions = {
  /** Transfers end where they can go on from. */
  asleep: () => Promise<void>
  /** They go on, and the server is asked at once. */
  awake: () => Promise<void>
}

/** Once the application is ready. */
export const watchPower = ({ asleep, awake }: PowerOptions): void => {
  let isAsleep = false
  let timer: ReturnType<typeof setTimeout> | null = null
  // One after the other: a lid that is closed and opened again must not end asleep.
  let turn: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): void => {
    turn = turn.then(work).catch((error: unknown) => said.error('Sleep was not followed', error))
  }
  const wake = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    isAsleep = false
    inTurn(awake)
  }
  powerMonitor.on('suspend', () => {
    said.info('The computer goes to sleep')
    if (isAsleep) return
    isAsleep = true
    timer = setTimeout(wake, forgottenMs)
    inTurn(asleep)
  })
  powerMonitor.on('resume', () => {
    said.info('The computer is awake')
    wake()
  })
}

/**
 * Windows ends a session without a word to the application itself: its windows hear of it, and only they. Where it
 * waits for nobody, the page's last words may still be on their way: nothing is closed before them, and what the
 * databases have is whole without it.
 */
export const followSessionEnd = (window: BrowserWindow): void => {
  window.on('session-end', () => said.info('The system ends the session'))
}
