import type { FailureCode } from '../domain/failure.ts'

/**
 * Codes with which GoTrue itself says that a refresh token is no longer any good. auth-js deletes the
 * session on many other answers too (a proxy's page, a 429); those must never reach it.
 */
export const definitiveRefusals: ReadonlySet<string> = new Set([
  'refresh_token_not_found',
  'refresh_token_already_used',
  'session_not_found',
  'session_expired',
  'user_banned',
  'user_not_found',
])

/** What GoTrue may answer that concerns the person and not the network. Source: its error code list. */
const meanings: Record<string, FailureCode> = {
  invalid_credentials: 'auth.invalid-credentials',
  email_not_confirmed: 'auth.email-not-confirmed',
  over_request_rate_limit: 'auth.rate-limited',
  over_email_send_rate_limit: 'auth.rate-limited',
  weak_password: 'auth.weak-password',
  user_already_exists: 'auth.user-exists',
  email_exists: 'auth.user-exists',
  otp_expired: 'auth.invalid-code',
  bad_code_verifier: 'auth.refused',
  flow_state_not_found: 'link.unknown-flow',
  flow_state_expired: 'link.expired-flow',
  signup_disabled: 'auth.refused',
  user_banned: 'auth.banned',
  validation_failed: 'auth.refused',
}

export type AuthAnswer =
  | { kind: 'passed' }
  | { kind: 'definitive'; code: string }
  /** Nothing the auth server said: try again later, keep the session. */
  | { kind: 'network' }

/** Judges one answer of `/auth/v1`. `code` is GoTrue's error code when the body was its JSON. */
export const judgeAuthAnswer = (
  status: number,
  code: string | null,
  isRefresh: boolean,
): AuthAnswer => {
  if (status >= 200 && status < 300) return { kind: 'passed' }
  if (code === null) return { kind: 'network' }
  if (isRefresh)
    return definitiveRefusals.has(code) ? { kind: 'definitive', code } : { kind: 'network' }
  return code in meanings ? { kind: 'definitive', code } : { kind: 'network' }
}

export const meaningOf = (code: string | undefined): FailureCode =>
  (code && meanings[code]) ||
  (code && definitiveRefusals.has(code) ? 'auth.refused' : 'server.unexpected-answer')
