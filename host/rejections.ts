import { appendFileSync } from 'node:fs'

/** Where each rejection that nobody handles leaves a line; a spec fails on any. */
export const rejectionsFile = 'ATELIER_HOST_REJECTIONS'

/** Electron's main and utility processes warn of it, go on, and only their exit code says it in the end. */
export const countRejections = (process_: 'main' | 'utility'): void => {
  process.on('unhandledRejection', (reason) => {
    const told = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)
    console.error(`(${process_}) UnhandledPromiseRejectionWarning: ${told}`)
    const place = process.env[rejectionsFile]
    if (place) appendFileSync(place, `${JSON.stringify({ process: process_, told })}\n`)
    process.exitCode ??= 1
  })
}
