import { z } from 'zod'
import { failureCode } from './failure.ts'

export const oauthProvider = z.enum(['github', 'google'])
export type OAuthProvider = z.infer<typeof oauthProvider>

export const account = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
})
export type Account = z.infer<typeof account>

/** How the refresh token is kept. `memory` is the person's own choice when the keychain cannot be used. */
export const vaultKind = z.enum(['keychain', 'memory'])

/** `isWaiting`: it has not answered for a while, most likely because a window of its own asks the person. */
export const keychainState = z.object({ isWaiting: z.boolean() })
export type KeychainState = z.infer<typeof keychainState>

/** What the renderer knows of the session (design §4). It never holds a refresh token. */
export const sessionState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('starting') }),
  z.object({ status: z.literal('signedOut'), failure: failureCode.nullable() }),
  z.object({
    status: z.literal('signingIn'),
    method: z.enum(['password', 'code', 'oauth']),
    provider: oauthProvider.nullable(),
    /** The browser page to open again if it was closed; null for methods without one. */
    authorizeUrl: z.string().nullable(),
    /** Where the code went; null for methods without one. */
    email: z.string().nullable(),
    failure: failureCode.nullable(),
  }),
  z.object({ status: z.literal('active'), account, vault: vaultKind }),
  z.object({ status: z.literal('offline'), account, vault: vaultKind }),
  z.object({ status: z.literal('reauthenticate'), account, failure: failureCode }),
  z.object({
    status: z.literal('locked'),
    reason: z.enum(['missing', 'locked', 'denied', 'corrupt']),
    account: account.nullable(),
  }),
])
export type SessionState = z.infer<typeof sessionState>
