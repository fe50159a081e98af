import { app } from 'electron'
import { log } from '../../log/log.ts'

const said = log('process')

/** What nobody caught, and every process of ours that dies. `broke`: something in main did, and main goes on. */
export const watchFaults = (broke: (error: unknown) => void): void => {
  process.on('uncaughtException', (error) => {
    said.error('Nobody caught what was thrown', error)
    broke(error)
  })
  process.on('unhandledRejection', (reason) => said.error('Nobody waited for what failed', reason))
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    if (reason !== 'clean-exit') said.error(`A page’s process has gone: ${reason}, ${exitCode}`)
  })
  app.on('child-process-gone', (_event, { type, reason, exitCode, name, serviceName }) => {
    // By itself, or by our word, is how most of them end.
    if (reason === 'clean-exit' || reason === 'killed') return
    said.error(`A process has gone: ${name ?? serviceName ?? type}: ${reason}, ${exitCode}`)
  })
}
