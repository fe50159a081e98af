import type { FailureCode } from '../domain/failure.ts'
import { waitOf } from './failure-policy.ts'

/** What may decide whether something that was refused would be refused again. Null: the server does not say. */
export type RetryContext = {
  /** Milliseconds since the epoch. */
  now: number
  /** The person's role in the project; `none` when the project is not theirs to see. */
  role: string | null
  /** Size and types that the bucket takes, as text. */
  uploadRules: string | null
}
/** Bytes each. `largest` that may go over a network that is paid by the byte; null is any other network. */
export const waitsForNetwork = (size: number, largest: number | null): boolean =>
  largest !== null && size > largest

/** By rank, as the server has them; before them that the project is not theirs to see. */
const roles = ['none', 'viewer', 'contributor', 'manager', 'owner']

/** Roles with more rights than this one; none of one that is not known. */
export const rolesAbove = (role: string | null): string[] =>
  role !== null && roles.includes(role) ? roles.slice(roles.indexOf(role) + 1) : []

/** What was refused to somebody who lost rights waits for what they have now to become more. */
export const demote = (since: RetryContext, role: string | null): RetryContext =>
  since.role !== null && rolesAbove(role).includes(since.role) ? { ...since, role } : since

const isOther = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b

/** Whether what was blocked `since` then is worth another try. */
export const shouldRetry = (code: FailureCode, since: RetryContext, now: RetryContext): boolean => {
  const wait = waitOf(code)
  return (
    // A clock that was set back must not keep anything waiting.
    Math.abs(now.now - since.now) >= wait.atMost ||
    (wait.role === true && now.role !== null && rolesAbove(since.role).includes(now.role)) ||
    (wait.uploadRules === true && isOther(since.uploadRules, now.uploadRules))
  )
}
