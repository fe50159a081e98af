import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { displayName } from '../domain/fields.ts'
import { maxDisplayNameLetters } from '../domain/limits.ts'
import { isLocalAddress } from '../domain/local-address.ts'
import { event, nothing, request } from './ipc.ts'

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

/** Of whom nobody has to be asked for one, main alone knows it. */
const email = z
  .email()
  .max(320)
  .refine((address) => !isLocalAddress(address))
const password = z.string().min(1).max(1024)

export const sessionRequests = {
  'session.state': request(nothing, sessionState),
  /** A fresh access token, or null when there is none to give (signed out, offline). Never waits for a dead network. */
  'session.accessToken': request(nothing, z.string().nullable()),
  'session.signInWithPassword': request(z.object({ email, password }), sessionState),
  'session.signUp': request(
    z.object({ email, password, displayName: z.string().max(maxDisplayNameLetters) }),
    sessionState,
  ),
  /**
   * On this computer's own backend, by a name alone: as the one account there that has no address, which is made where
   * there is none. Whoever uses this computer is that person.
   */
  'session.enterHere': request(z.object({ displayName }), sessionState),
  /** The account that a name was enough for gets an address and a password, so that somebody else can join it. */
  'session.addAddress': request(z.object({ email, password }), sessionState),
  'session.signInWithOAuth': request(z.object({ provider: oauthProvider }), sessionState),
  'session.openBrowserAgain': request(nothing, nothing),
  'session.requestCode': request(z.object({ email }), sessionState),
  'session.verifyCode': request(z.object({ email, code: z.string().max(200) }), sessionState),
  'session.pasteLink': request(z.object({ link: z.string().max(8192) }), sessionState),
  'session.cancelSignIn': request(nothing, sessionState),
  'session.retryVault': request(nothing, sessionState),
  /** Whether the keychain's own window waits for the person. */
  'session.keychain': request(nothing, keychainState),
  'session.continueInMemory': request(nothing, sessionState),
  'session.signOut': request(z.object({ removeLocalCopies: z.boolean() }), sessionState),
}

export const sessionEvents = {
  'session.changed': event(sessionState),
  'session.keychainChanged': event(keychainState),
}
