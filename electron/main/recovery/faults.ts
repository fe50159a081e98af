import { app } from 'electron'
import { log } from '../../log/log.ts'

const said = log('process')

/** Faults that are written down in one run: what breaks again and again has no end of them. */
const maxFaults = 200
/** Milliseconds in which the person is told of one fault and no more. */
const tellAgainMs = 60_000

/** What nobody caught, and every process of ours that dies. `broke`: something in main did, and main goes on. */
export const watchFaults = (broke: (error: unknown) => void): void => {
  let faults = 0
  let lastTold: number | null = null
  const say = (what: string, thrown?: unknown): void => {
    faults += 1
    if (faults <= maxFaults) said.error(what, thrown)
  }
  const tell = (error: unknown): void => {
    const now = performance.now()
    if (lastTold !== null && now - lastTold < tellAgainMs) return
    lastTold = now
    broke(error)
  }
  // A terminal that was closed says so by an error: to write that down there would be the next, without end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.on('uncaughtException', (error) => {
    say('Nobody caught what was thrown', error)
    // What is thrown here would be the end of main.
    try {
      tell(error)
    } catch (again) {
      say('The person could not be told', again)
    }
  })
  process.on('unhandledRejection', (reason) => say('Nobody waited for what failed', reason))
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    if (reason !== 'clean-exit') say(`A page’s process has gone: ${reason}, ${exitCode}`)
  })
  app.on('child-process-gone', (_event, { type, reason, exitCode, name, serviceName }) => {
    // By itself, or by our word, is how most of them end.
    if (reason === 'clean-exit' || reason === 'killed') return
    say(`A process has gone: ${name ?? serviceName ?? type}: ${reason}, ${exitCode}`)
  })
}
