import { z } from 'zod'
import { oauthProvider } from '../contract/session.ts'
import type { FailureCode } from '../domain/failure.ts'
import type { DeepLink } from './deep-link.ts'

/** A browser sign-in under way (RFC 7636): kept in the vault, so that quitting half-way survives. */
export const pendingFlow = z.object({
  id: z.uuid(),
  provider: oauthProvider,
  /** The PKCE code verifier. */
  verifier: z.string().min(43).max(256),
  server: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  /** Of this computer, at which its answer is waited for; null where the system hands it over. */
  loopbackPort: z.int().min(1).max(65_535).nullable().default(null),
})
export type PendingFlow = z.infer<typeof pendingFlow>

export const flowLifetimeMs = 10 * 60 * 1000

export type Match =
  | { kind: 'accepted'; code: string; flow: PendingFlow }
  | { kind: 'refused'; reason: FailureCode }

/** A callback counts only for a pending flow of that id, younger than ten minutes, once. */
export const matchFlow = (
  link: DeepLink,
  pending: PendingFlow | null,
  used: ReadonlySet<string>,
  /** Milliseconds since 1970; or what the clock would say had nobody set it since the flow began. */
  now: number,
): Match => {
  if (link.kind === 'refused') return link
  if (used.has(link.flow)) return { kind: 'refused', reason: 'link.used-flow' }
  if (!pending || pending.id !== link.flow) return { kind: 'refused', reason: 'link.unknown-flow' }
  const age = now - pending.startedAt
  if (age > flowLifetimeMs || age < -60_000) return { kind: 'refused', reason: 'link.expired-flow' }
  if (link.kind === 'providerRefused') return { kind: 'refused', reason: 'auth.denied-by-provider' }
  return { kind: 'accepted', code: link.code, flow: pending }
}
