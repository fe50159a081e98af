import type { FailureCode } from '../../src/domain/failure.ts'
import { failureOf } from './desktop.ts'

/*
 * A first answer may fail for a few seconds: a token of a moment ago, a proxy that starts, a sign-in page of the
 * network. Nobody should have to press a button for that.
 */

/** Trouble that mostly ends by itself. Of a network that is away, or a server that is silent, others tell. */
const passing: ReadonlySet<FailureCode> = new Set([
  'server.unavailable',
  'server.unexpected-answer',
  'server.rate-limited',
  'auth.refused',
])

const quickTries = 3

/** Whether to ask again before anybody is told. */
export const isAskedAgain = (failures: number, error: unknown): boolean =>
  failures < quickTries && passing.has(failureOf(error))

/** Milliseconds before the next of these: three and a half seconds in all. */
export const quickDelayMs = (failures: number): number => 500 * 2 ** failures

/** Milliseconds after which a question that was told to have failed is asked again, by how often it was; false: never. */
export const askAgainMs = (error: unknown, told: number): number | false =>
  error && passing.has(failureOf(error)) ? Math.min(60_000, 2_500 * 2 ** told) : false
