import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Database } from '../../src/database.types.ts'
import { Failure, type FailureCode } from '../../src/domain/failure.ts'
import { desktop } from './desktop.ts'
import { retryDelayMs } from './live-topics.ts'
import { useBackend } from './stores.ts'

/** Milliseconds after which a request counts as unanswered. */
const answerTimeoutMs = 15_000

/**
 * Never goes out as nobody: without a token the server would answer with empty lists, and an empty
 * list is indistinguishable from "all is gone".
 */
const accessToken = async (): Promise<string> => {
  const token = await desktop.session.accessToken()
  if (!token) throw new Failure('network.offline', 'No access token to go out with.')
  return token
}

/** A server that went without a word is missed after two of these. */
const heartbeatIntervalMs = 15_000

let current: { url: string; publishableKey: string; client: SupabaseClient<Database> } | null = null

/** The client for the chosen backend, made anew when that changes. */
export const supabase = (): SupabaseClient<Database> => {
  const backend = useBackend.getState()
  if (backend.status !== 'ready') throw new Failure('network.offline', 'No backend is ready.')
  const { url, publishableKey } = backend
  if (current?.url !== url || current.publishableKey !== publishableKey) {
    const client = createClient<Database>(url, publishableKey, {
      accessToken,
      realtime: {
        heartbeatIntervalMs,
        // A backend without Realtime is asked for it less and less often.
        reconnectAfterMs: (tries) => retryDelayMs(tries, Math.random),
      },
      global: {
        fetch: (input, init) => {
          // Whoever listens where a backend of this computer was is not told its key.
          if (useBackend.getState().status !== 'ready')
            throw new Failure('network.offline', 'No backend is ready.')
          const limit = AbortSignal.timeout(answerTimeoutMs)
          const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit
          // What rows say is kept by main alone, which also forgets it: never in Chromium's cache.
          return fetch(input, { ...init, signal, redirect: 'error', cache: 'no-store' })
        },
      },
    })
    current = { url, publishableKey, client }
  }
  return current.client
}

type Answered<Data> = {
  data: Data | null
  error: { code: string; message: string } | null
  status: number
}

const codeFor = (status: number, code: string, message: string): FailureCode => {
  // claim_domain's own refusal; every other conflict is that somebody was faster.
  if (code === 'PT409' && message.startsWith('This domain')) return 'server.domain-taken'
  if (code === '42501' || status === 403) return 'server.denied'
  // A claim of the token is past, or a moment early: whether the session goes on is main's to say.
  if (status === 401) return code === 'PGRST303' ? 'server.unavailable' : 'auth.refused'
  if (status === 404 || code === 'PGRST116') return 'server.not-found'
  if (status === 402) return 'billing.no-tokens'
  if (status === 410) return 'server.gone'
  if (status === 408) return 'network.timeout'
  if (status === 409) return 'server.conflict'
  if (status === 429) return 'server.rate-limited'
  if (status >= 500) return 'server.unavailable'
  // What the database refuses of what was given: a rule, a form, a limit.
  if (status === 400 && /^(22|23|54)/.test(code)) return 'server.refused-input'
  if (status === 0) return navigator.onLine ? 'server.unavailable' : 'network.offline'
  return 'server.unexpected-answer'
}

/** The data of a PostgREST answer, or its failure as a typed one. */
export const dataOf = <Data>({ data, error, status }: Answered<Data>): Data => {
  if (error)
    throw new Failure(codeFor(status, error.code, error.message), `${status} ${error.code}`)
  if (data === null) throw new Failure('server.unexpected-answer', `${status} without data`)
  return data
}
