import { logRecord } from '../log/record.ts'
import type { Dump } from './crash.ts'

export type ReportFacts = {
  /** ISO. */
  made: string
  versions: Record<string, string>
  system: Record<string, string>
  /** How this installation is set up and does, in words. */
  state: Record<string, string>
  /** Bytes of what is kept; of a folder of very many files at least that. */
  stores: { name: string; bytes: number; isWhole: boolean }[]
  dumps: readonly Dump[]
  /** Redacted, oldest first. */
  lines: readonly string[]
  failures: readonly LoggedFailure[]
  /** The last of sync, however long ago: what speaks more would push them out of the others. */
  syncFailures: readonly LoggedFailure[]
}

/** Failures that are listed by themselves. */
const maxFailures = 15

type LoggedFailure = {
  area: string
  code: string
  message: string
  count: number
  last: string
}

type AboutFailure = Pick<LoggedFailure, 'area' | 'message'>
/** What is sent and received, and what a person asks of it. */
export const isOfSync = ({ area, message }: AboutFailure): boolean =>
  ['sync', 'folder', 'cache', 'mutations'].includes(area) ||
  (area === 'request' && /^(sync|folders|mutations|transfers|adding)\./.test(message))

/** What failed, each once and the newest last; of lines that are none of ours nothing is said. */
export const failuresIn = (
  lines: readonly string[],
  isWanted: (about: AboutFailure) => boolean = () => true,
): LoggedFailure[] => {
  const found = new Map<string, LoggedFailure>()
  for (const line of lines) {
    const record = logRecord.safeParse(parsed(line)).data
    if (!record || record.level === 'info' || record.level === 'debug') continue
    const { area, code = '', message, time } = record
    if (!isWanted(record)) continue
    const key = `${area} ${code} ${message}`
    const count = (found.get(key)?.count ?? 0) + 1
    // To the end: the newest is what somebody asks about.
    found.delete(key)
    found.set(key, { area, code, message, count, last: time })
  }
  return [...found.values()].slice(-maxFailures)
}
const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

const listed = (facts: Record<string, string>): string[] =>
  Object.entries(facts).map(([name, value]) => `  ${name}: ${value}`)

const shortTime = (iso: string): string => iso.replace('T', ' ').slice(0, 19)

const failureLine = ({ area, code, message, count, last }: LoggedFailure): string =>
  `  ${shortTime(last)} ${area}${code ? ` ${code}` : ''}${count > 1 ? ` (${count} times)` : ''}: ${message.replace(/\s+/g, ' ')}`

/**
 * The report, word for word as a person sees it before they give it to anybody. Redacted line by line: of a text as long
 * as the whole only the beginning would be kept, and the newest lines be gone.
 */
export const reportText = (facts: ReportFacts, redact: (text: string) => string): string => {
  const part = (title: string, lines: string[]): string[] => [
    '',
    title,
    ...(lines.length > 0 ? lines : ['  none']),
  ]
  return [
    'Atelier: report of a problem',
    `Made ${shortTime(facts.made)} UTC on this computer. Atelier sends it to nobody.`,
    ...part('Versions', listed(facts.versions)),
    ...part('System', listed(facts.system)),
    ...part('State', listed(facts.state)),
    ...part(
      'Space',
      facts.stores.map(
        ({ name, bytes, isWhole }) => `  ${name}: ${isWhole ? '' : 'at least '}${size(bytes)}`,
      ),
    ),
    ...part(
      'Crash dumps (they stay on this computer and are no part of this report)',
      facts.dumps.map(
        ({ path, bytes, time }) =>
          `  ${shortTime(new Date(time).toISOString())} ${path} ${size(bytes)}`,
      ),
    ),
    ...part('What failed last', facts.failures.map(failureLine)),
    ...part('What failed last of sync', facts.syncFailures.map(failureLine)),
    ...part(
      `Log, its last ${facts.lines.length} lines; secrets, addresses and places are taken out`,
      facts.lines.map((line) => `  ${line}`),
    ),
    '',
  ]
    .map(redact)
    .join('\n')
}
