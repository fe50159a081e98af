import { z } from 'zod'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** One line of the log. What is in it was not redacted yet: that happens where it is written. */
export const logRecord = z.object({
  /** ISO. */
  time: z.string().max(40),
  level: z.enum(logLevels),
  /** Which part of the application speaks: a few small letters. */
  area: z.string().regex(/^[a-z][a-z-]{0,29}$/),
  /** A failure's code, or the system's (ENOENT). */
  code: z.string().max(80).optional(),
  message: z.string(),
  /** Where it came from, and what caused it. */
  stack: z.string().optional(),
})
export type LogRecord = z.infer<typeof logRecord>

/** Characters that are kept of a message and of a stack. */
const maxMessageLetters = 2_000
const maxStackLetters = 6_000
/** An error that causes itself would go on for ever. */
const maxCauses = 5

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Only of an error: what else was thrown may be anything, the person's own included. */
const messageOf = (thrown: unknown): string => {
  if (thrown instanceof Error) return thrown.message
  if (typeof thrown === 'string') return thrown
  return isObject(thrown) && typeof thrown.message === 'string' ? thrown.message : typeof thrown
}
const codeOf = (thrown: unknown): string | undefined =>
  isObject(thrown) && typeof thrown.code === 'string' ? thrown.code.slice(0, 80) : undefined

/** Without its first lines, which are the message again. */
const framesOf = (thrown: unknown): string => {
  if (!isObject(thrown) || typeof thrown.stack !== 'string') return ''
  const at = thrown.stack.search(/^\s+at /m)
  return at < 0 ? '' : thrown.stack.slice(at)
}

const stackOf = (thrown: unknown): string => {
  const parts = [framesOf(thrown)]
  let current = isObject(thrown) ? thrown.cause : undefined
  for (let depth = 0; current !== undefined && depth < maxCauses; depth += 1) {
    const code = codeOf(current)
    parts.push(`Caused by: ${code ? `${code}: ` : ''}${messageOf(current)}`, framesOf(current))
    current = isObject(current) ? current.cause : undefined
  }
  return parts.filter(Boolean).join('\n')
}

/** `what`: in words of ours. `thrown`: what it was about, where something was thrown. */
export const recordOf = (
  about: Pick<LogRecord, 'time' | 'level' | 'area'>,
  what: string,
  thrown?: unknown,
): LogRecord => {
  if (thrown === undefined) return { ...about, message: what }
  const code = codeOf(thrown)
  const stack = stackOf(thrown)
  return {
    ...about,
    ...(code ? { code } : {}),
    message: `${what}: ${messageOf(thrown)}`,
    ...(stack ? { stack } : {}),
  }
}

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text

/** As it is written: one line of JSON, every word of it redacted first. */
export const lineOf = (record: LogRecord, redact: (text: string) => string): string => {
  const { time, level, area, code, message, stack } = record
  return JSON.stringify({
    time,
    level,
    area,
    ...(code ? { code: redact(code) } : {}),
    message: cut(redact(message), maxMessageLetters),
    ...(stack ? { stack: cut(redact(stack), maxStackLetters) } : {}),
  })
}
