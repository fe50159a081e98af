import {
  type AuthError,
  GoTrueClient,
  isAuthRetryableFetchError,
  type Session,
} from '@supabase/auth-js'
import { z } from 'zod'
import type { OAuthProvider } from '../../../src/contract/session.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { judgeAuthAnswer, meaningOf } from '../../../src/session/auth-answer.ts'
import { logged } from '../../log/log.ts'
import { guardedFetch } from '../../network/bounded.ts'

const storageKey = 'atelier'
const verifierKey = `${storageKey}-code-verifier`
const goTrueError = z.object({
  error_code: z.string().optional(),
  code: z.unknown().optional(),
  error: z.string().optional(),
})

/** What GoTrue grants (its OpenAPI description, `AccessTokenResponseSchema`), as far as we use it. */
const token = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[!-~]+$/)
const grant = z.looseObject({
  access_token: token(16_384),
  // The keychain takes no more on Windows, with what is kept beside it.
  refresh_token: token(2_000),
  user: z.looseObject({
    id: z.uuid(),
    email: z.string().nullish(),
    user_metadata: z.record(z.string(), z.unknown()).nullish(),
  }),
})
export type Grant = z.infer<typeof grant>

export type AuthServer = ReturnType<typeof openAuthServer>

/** Milliseconds that the server has to answer. */
const timeoutMs = 10_000
/** The same of a sign-out, which holds here whatever the answer. */
const signOutTimeoutMs = 3_000

/** One auth server through the one auth client of this application. Nothing here is ever written to disk. */
export const openAuthServer = (options: {
  url: string
  publishableKey: string
  fetch: typeof fetch
}) => {
  const memory = new Map<string, string>()
  const ask = guardedFetch(options.fetch)
  const codeOf = async (response: Response): Promise<string | null> => {
    const { data } = goTrueError.safeParse(
      await response
        .clone()
        .json()
        .catch(() => null),
    )
    const named = typeof data?.code === 'string' ? data.code : data?.error
    return data?.error_code ?? named ?? null
  }
  /** What the last request that did not get through met: auth-js keeps no more of it than that. */
  let stopped: Failure | null = null
  const judgedFetch: typeof fetch = async (input, init) => {
    stopped = null
    const response = await ask(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch(
      (error: unknown) => {
        if (error instanceof Failure) stopped = error
        throw error
      },
    )
    if (response.ok) return response
    const code = await codeOf(response)
    const isRefresh = String(input instanceof Request ? input.url : input).includes(
      'grant_type=refresh_token',
    )
    if (judgeAuthAnswer(response.status, code, isRefresh).kind === 'definitive') return response
    // auth-js would delete the session on many of these; a thrown error it takes for the network.
    throw new TypeError(`auth answered ${response.status}`)
  }
  const client = new GoTrueClient({
    url: `${options.url}/auth/v1`,
    headers: { apikey: options.publishableKey },
    fetch: judgedFetch,
    storageKey,
    storage: {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
      removeItem: (key) => void memory.delete(key),
    },
    autoRefreshToken: false,
    persistSession: true,
    detectSessionInUrl: false,
    flowType: 'pkce',
  })

  const offline = (error: unknown): Failure =>
    stopped ?? new Failure('network.offline', 'The server could not be reached.', { cause: error })
  const failure = (error: AuthError): Failure =>
    isAuthRetryableFetchError(error)
      ? offline(error)
      : new Failure(meaningOf(error.code), error.message, { cause: error })
  const sessionOf = (answer: {
    data: { session: Session | null }
    error: AuthError | null
  }): Grant => {
    if (answer.error) throw failure(answer.error)
    if (!answer.data.session)
      throw new Failure(
        'auth.email-not-confirmed',
        'The account waits for its e-mail to be confirmed.',
      )
    const { data } = grant.safeParse(answer.data.session)
    if (!data) throw new Failure('server.unexpected-answer', 'What was granted is no session.')
    return data
  }

  return {
    signInWithPassword: async (email: string, password: string) =>
      sessionOf(await client.signInWithPassword({ email, password })),
    signUp: async (email: string, password: string, displayName: string) =>
      sessionOf(
        await client.signUp({ email, password, options: { data: { display_name: displayName } } }),
      ),
    /** @throws auth.user-exists */
    changeAddress: async (
      accessToken: string,
      change: { email: string; password: string },
    ): Promise<void> => {
      const response = await judgedFetch(`${options.url}/auth/v1/user`, {
        method: 'PUT',
        headers: {
          apikey: options.publishableKey,
          authorization: `Bearer ${accessToken}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(change),
      }).catch((error: unknown) => {
        throw offline(error)
      })
      if (!response.ok)
        throw new Failure(
          meaningOf((await codeOf(response)) ?? undefined),
          'The address was refused.',
        )
    },
    /** `email`: the address that it was before. */
    verifyChange: async (email: string, token: string) =>
      sessionOf(await client.verifyOtp({ email, token, type: 'email_change' })),
    requestCode: async (email: string) => {
      const { error } = await client.signInWithOtp({ email, options: { shouldCreateUser: true } })
      if (error) throw failure(error)
    },
    verifyCode: async (email: string, token: string) =>
      sessionOf(await client.verifyOtp({ email, token, type: 'email' })),
    /** The page to open in the browser, and the PKCE verifier to keep until it comes back. */
    startOAuth: async (provider: OAuthProvider, redirectTo: string) => {
      const { data, error } = await client.signInWithOAuth({
        provider,
        options: { redirectTo, skipBrowserRedirect: true },
      })
      if (error) throw failure(error)
      const verifier = z.string().parse(JSON.parse(memory.get(verifierKey) ?? 'null'))
      if (!data.url) throw new Failure('server.unexpected-answer', 'No sign-in page was given.')
      return { url: data.url, verifier }
    },
    exchangeCode: async (code: string, verifier: string) => {
      memory.set(verifierKey, JSON.stringify(verifier))
      return sessionOf(await client.exchangeCodeForSession(code))
    },
    /** Not auth-js's: that tries for 30 s and then refuses for a while, however soon the network is back. */
    refresh: async (refreshToken: string): Promise<Grant> => {
      const response = await judgedFetch(`${options.url}/auth/v1/token?grant_type=refresh_token`, {
        method: 'POST',
        headers: { apikey: options.publishableKey, 'content-type': 'application/json' },
        body: JSON.stringify({ refresh_token: refreshToken }),
      }).catch((error: unknown) => {
        throw offline(error)
      })
      if (!response.ok)
        throw new Failure(
          meaningOf((await codeOf(response)) ?? undefined),
          'The refresh was refused.',
        )
      const { data } = grant.safeParse(await response.json().catch(() => null))
      if (!data)
        throw new Failure('server.unexpected-answer', 'The refresh was answered with noise.')
      return data
    },
    /** Best effort: what counts is what is forgotten here. */
    revoke: async (accessToken: string) => {
      await ask(`${options.url}/auth/v1/logout?scope=local`, {
        method: 'POST',
        headers: { apikey: options.publishableKey, authorization: `Bearer ${accessToken}` },
        signal: AbortSignal.timeout(signOutTimeoutMs),
      }).catch(logged('session', 'The server was not told of a sign-out', 'info'))
    },
    dispose: () => client.dispose(),
  }
}
