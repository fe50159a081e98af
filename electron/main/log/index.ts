import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BroadcastChannel } from 'node:worker_threads'
import { lineOf, logRecord } from '../../../src/log/record.ts'
import { type KnownFolder, redactor } from '../../../src/log/redact.ts'
import { passOn, setLogSink, workerChannel } from '../../log/log.ts'
import { logFiles, openLogFile } from './file.ts'

export type LogFile = {
  folder: string
  redact: (text: string) => string
  /** The newest lines, oldest first. */
  lastLines: (count: number) => Promise<string[]>
}

/** The one place where the log is written: by main, for every process and thread; and redacted here, whoever wrote. */
export const openLog = (options: {
  folder: string
  /** What else hears of each record, for whoever runs it from a terminal. */
  alsoTo?: (line: string) => void
  known: readonly KnownFolder[]
}): LogFile => {
  const { folder, known, alsoTo } = options
  const redact = redactor(known)
  const write = openLogFile(folder)
  setLogSink((record) => {
    const line = lineOf(record, redact)
    write(line)
    if (record.level === 'error') alsoTo?.(line)
  })
  const workers = new BroadcastChannel(workerChannel)
  workers.onmessage = (event: unknown) => {
    const record = logRecord.safeParse((event as { data: unknown }).data)
    if (record.success) passOn(record.data)
  }
  workers.unref()
  return {
    folder,
    redact,
    lastLines: async (count) => {
      const lines: string[] = []
      for (const name of logFiles(folder).toReversed()) {
        if (lines.length >= count) break
        const text = await readFile(join(folder, name), 'utf8').catch(() => '')
        lines.unshift(...text.split(/\r?\n/).filter(Boolean))
      }
      return lines.slice(-count)
    },
  }
}
