import { BroadcastChannel, isMainThread } from 'node:worker_threads'
import { type LogLevel, type LogRecord, logLevels, recordOf } from '../../src/log/record.ts'

/** Where records go from this process or thread. Only main has a file: everybody else's come to it. */
export type LogSink = (record: LogRecord) => void
export type Log = Record<LogLevel, (what: string, thrown?: unknown) => void>

export const workerChannel = 'atelier-log'
/** Records that wait for a sink: a start that fails before there is one has little to say. */
const maxWaiting = 200

let waiting: LogRecord[] = []
const wait: LogSink = (record) => {
  if (waiting.length < maxWaiting) waiting.push(record)
}

let channel: BroadcastChannel | null = null
/** A worker's go to the thread that has the sink. */
const broadcast: LogSink = (record) => {
  channel ??= new BroadcastChannel(workerChannel)
  // It keeps no thread alive.
  channel.unref()
  channel.postMessage(record)
}

let sink: LogSink = isMainThread ? wait : broadcast

/** For what nobody waits for, or what goes on without it: `work.catch(logged('sync', 'The trash was not emptied'))`. */
export const logged =
  (area: string, what: string, level: LogLevel = 'warn') =>
  (error: unknown): void =>
    log(area)[level](what, error)

/** Milliseconds after which what goes on failing is said once more. */
const sayAgainMs = 3_600_000

/** For what is tried again and again: the same failure in a row is one line, or it would fill the log. */
export const loggedOnce = (area: string, what: string): ((error: unknown) => void) => {
  const say = logged(area, what)
  let last: { code: unknown; at: number } | null = null
  return (error) => {
    const code = (error as { code?: unknown } | null)?.code ?? String(error)
    const at = performance.now()
    if (last && last.code === code && at - last.at < sayAgainMs) return
    last = { code, at }
    say(error)
  }
}

/** The same where many things fail beside each other, each for its own reason. */
export const loggedOncePerCode = (area: string, what: string): ((error: unknown) => void) => {
  const byCode = new Map<unknown, (error: unknown) => void>()
  return (error) => {
    const code = (error as { code?: unknown } | null)?.code
    const say = byCode.get(code) ?? loggedOnce(area, what)
    byCode.set(code, say)
    say(error)
  }
}

/** From now on, and for what was said before. */
export const setLogSink = (next: LogSink): void => {
  sink = next
  const before = waiting
  waiting = []
  for (const record of before) next(record)
}

/** A record that another process or thread made. */
export const passOn = (record: LogRecord): void => sink(record)

/**
 * The log of one part of the application. Say what happened in words of ours, and hand over what was thrown; what
 * nobody may read is taken out where it is written, so nothing has to be left out for it.
 */
export const log = (area: string): Log =>
  Object.fromEntries(
    logLevels.map((level) => [
      level,
      (what: string, thrown?: unknown): void =>
        sink(recordOf({ time: new Date().toISOString(), level, area }, what, thrown)),
    ]),
  ) as Log
