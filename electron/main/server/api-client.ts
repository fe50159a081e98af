import type { z } from 'zod'
import { asFailure, Failure, type FailureCode } from '../../../src/domain/failure.ts'
import { backoff, retryAfterOf } from '../../../src/transfer/backoff.ts'
import { CircuitBreaker, type Ticket, type Trouble } from '../../../src/transfer/circuit-breaker.ts'
import type { Time } from '../../../src/transfer/clock.ts'
import { ConcurrencyLimiter } from '../../../src/transfer/concurrency-limiter.ts'
import { type OnReachability, Reachability } from '../../../src/transfer/reachability.ts'
import {
  isOtherSchema,
  isStrain,
  type Judgement,
  judge,
} from '../../../src/transfer/response-policy.ts'
import type { Transport, TransportRequest, TransportResponse } from '../../network/transport.ts'
import { realTime } from '../system-clock.ts'
import { beginningOf, jsonOf } from './response-stream.ts'

export type ServerOptions = {
  server: { url: string; publishableKey: string }
  fetch: Transport
  /** `refused`: one that the server took no more; the same again when there is no better one. */
  accessToken: (refused?: string) => Promise<string | null>
  /** Milliseconds without a byte after which an answer counts as lost. */
  silence?: number
  time?: Time
  /** Hears whether the server is to be had. */
  reached?: OnReachability
}
export type ApiClient = ReturnType<typeof openApiClient>

const maxAttempts = 4
/** Of these the text tells what is meant; one that was cut is asked for again. */
const byText = [400, 403, 409]
/** Milliseconds until an answer has to begin; uploads may take their time. */
const answerTimeoutMs = 60_000
/** The same for a question that only asks whether there is anybody. */
const shortAnswerTimeoutMs = 8_000

/** How something is asked. */
export type RequestManner = {
  /** Milliseconds until its answer has to begin. */
  limit?: number
  /** What a refusal may be the trouble of: the one file that is sent or fetched, the one change, or whoever asks. */
  of?: 'file' | 'change' | 'all'
  /** Before each request that goes out, which waits for it. */
  begin?: () => Promise<void>
  /** Whether an answer that says that all is well is somebody else's. */
  isOther?: (answer: TransportResponse) => boolean
}

/** So often a file is sent, or asked for, that somebody on the way refuses while others pass. */
const maxSuspicions = 3

type Refusal = {
  judgement: Judgement
  status: number
  wait: number | null
  /** Others pass, and it is asked again by whoever wants it to. */
  isAlone: boolean
  /** Its text was cut, and would have told more. */
  isUnclear: boolean
}

const lightQuestion = '/rest/v1/projects?select=id&limit=1'
const isPage = (answer: TransportResponse): boolean =>
  answer.headers.get('content-type')?.startsWith('text/html') === true

const cancelled = (cause: unknown) => new Failure('sync.cancelled', 'Cancelled.', { cause })

/** Requests to one server as one person: fresh token, retries, and every refusal typed. */
export const openApiClient = ({
  server,
  fetch,
  accessToken,
  silence,
  time = realTime,
  reached = () => {},
}: ServerOptions) => {
  const reachability = new Reachability(time, reached)
  const limiter = new ConcurrencyLimiter()
  const breaker = new CircuitBreaker(time.now, time.random)
  /** When anything last passed, by the clock that nobody sets. */
  let passedAt = Number.NEGATIVE_INFINITY
  let passing: Promise<boolean> | null = null

  const once = async (
    path: string,
    asked: TransportRequest,
    signal: AbortSignal,
    token: string,
    limit: number,
  ): Promise<TransportResponse> => {
    const headers = {
      ...asked.headers,
      apikey: server.publishableKey,
      authorization: `Bearer ${token}`,
    }
    // Both until the answer begins; whoever reads it looks after the rest.
    const given = new AbortController()
    const stop = (): void => given.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    let inTime = new AbortController()
    let isLate = false
    const count = (): void => {
      inTime = new AbortController()
      void time.sleep(limit, inTime.signal).then(
        () => {
          isLate = true
          given.abort()
        },
        () => {},
      )
    }
    count()
    try {
      return await fetch(`${server.url}${path}`, {
        ...asked,
        headers,
        signal: given.signal,
        redirect: 'error',
        // A reason of its own: the default one is an error with a stack, for every request.
        waits: (isWaiting) => {
          inTime.abort(null)
          if (!isWaiting) count()
        },
      })
    } catch (error) {
      if (signal.aborted) throw cancelled(error)
      // What the reading of its body failed with is no trouble of the network.
      if (error instanceof Failure) throw error
      if (error instanceof Error && error.cause instanceof Failure) throw error.cause
      if (isLate)
        throw new Failure('network.timeout', 'The server did not answer in time.', { cause: error })
      throw new Failure('network.offline', 'The server could not be reached.', { cause: error })
    } finally {
      inTime.abort(null)
      signal.removeEventListener('abort', stop)
    }
  }

  /** Whether a light question passes now: asked once for all who want to know. */
  const passes = (token: string, signal: AbortSignal): Promise<boolean> => {
    passing ??= once(lightQuestion, {}, signal, token, shortAnswerTimeoutMs)
      .then(async (answer) => {
        await beginningOf(answer, signal, silence, time)
        const isFine = answer.ok && !isPage(answer)
        if (isFine) passedAt = time.elapsed()
        return isFine
      })
      .catch(() => false)
      .finally(() => {
        passing = null
      })
    return passing
  }

  /** One try, told to all who want to know how the server is. */
  const attempt = async (
    ticket: Ticket,
    path: string,
    asked: TransportRequest | (() => TransportRequest),
    signal: AbortSignal,
    token: string,
    { limit = answerTimeoutMs, of = 'file', isOther = () => false }: RequestManner,
  ): Promise<TransportResponse | Refusal> => {
    const { generation } = limiter
    const beganAt = time.elapsed()
    let outcome: 'answered' | Trouble | null = null
    try {
      const request = typeof asked === 'function' ? asked() : asked
      const response = await once(path, request, signal, token, limit)
      if (response.httpVersion === '1.1') limiter.fewConnections()
      const isFine = response.ok && !isOther(response)
      if (isFine) {
        // One change says nothing of others.
        if (!isPage(response) && of !== 'change') passedAt = time.elapsed()
        outcome = 'answered'
        return response
      }
      const { status } = response
      const { text, isCut } = await beginningOf(response, signal, silence, time)
      let judgement: Judgement = response.ok
        ? { kind: 'suspect', code: 'server.unexpected-answer' }
        : judge(status, text, response.headers.get('content-type'))
      const mayBeAlone =
        of === 'file'
          ? judgement.kind === 'suspect'
          : of === 'change' && (judgement.kind === 'suspect' || judgement.kind === 'retry')
      const isAlone = mayBeAlone && (passedAt >= beganAt || (await passes(token, signal)))
      if (of === 'change' && judgement.kind === 'retry' && isOtherSchema(status, text))
        judgement = { kind: 'retry', code: 'server.older' }
      if (judgement.kind === 'suspect' && !(isAlone && of === 'file'))
        judgement = { kind: 'retry', code: judgement.code }
      const wait = retryAfterOf(response.headers.get('retry-after'), time.now())
      if (isStrain(status, text)) limiter.onCongestion(generation)
      outcome =
        judgement.kind === 'retry' && !isAlone
          ? { code: judgement.code, retryAfterSeconds: wait }
          : 'answered'
      return { judgement, status, wait, isAlone, isUnclear: isCut && byText.includes(status) }
    } catch (error) {
      const { code } = asFailure(error)
      if (code === 'network.timeout') limiter.onCongestion(generation)
      if (code.startsWith('network.')) outcome = { code, retryAfterSeconds: null }
      throw error
    } finally {
      breaker.release(ticket, outcome)
      if (outcome === 'answered') reachability.answered()
      else if (outcome) reachability.failed(outcome.code)
    }
  }

  /**
   * Retries what is worth retrying; throws the rest. `duplicate` is an answer of its own. A body that can be read
   * once only is made anew for every try.
   */
  const request = async (
    path: string,
    asked: TransportRequest | (() => TransportRequest),
    signal: AbortSignal,
    manner: RequestManner = {},
  ): Promise<TransportResponse | 'duplicate'> => {
    let refused: { token: string; code: FailureCode } | null = null
    let suspected = 0
    for (let tried = 0; ; tried += 1) {
      if (signal.aborted) throw cancelled(signal.reason)
      const token = await accessToken(refused?.token)
      if (token === null) throw new Failure('network.offline', 'There is no fresh access token.')
      // Not the file's fault: the run ends, and nothing is blocked.
      if (refused && token === refused.token)
        throw new Failure(refused.code, 'The server refused the access token.')
      const ticket = breaker.acquire()
      if (typeof ticket === 'string')
        throw new Failure(ticket, 'The server is given a rest after several failures.')
      let failure: Failure
      let wait: number | null = null
      await manner.begin?.().catch((error: unknown) => {
        breaker.release(ticket, null)
        throw error
      })
      try {
        const answer = await attempt(ticket, path, asked, signal, token, manner)
        if (!('judgement' in answer)) return answer
        const { judgement, status } = answer
        const isAgain = answer.isUnclear && tried + 1 < maxAttempts
        if (judgement.kind === 'duplicate') return 'duplicate'
        if (judgement.kind === 'block' && !isAgain)
          throw new Failure(judgement.code, `The server refused (${status}).`)
        if (judgement.kind === 'reauthorise') {
          if (refused) throw new Failure(judgement.code, `The server refused (${status}).`)
          refused = { token, code: judgement.code }
          continue
        }
        if (judgement.kind === 'suspect') {
          suspected += 1
          if (suspected >= maxSuspicions)
            throw new Failure('sync.file-refused', `Refused on the way (${status}); others pass.`)
        }
        wait = answer.wait
        failure = new Failure(judgement.code, `The server answered ${status}.`)
        if (answer.isAlone && manner.of === 'change') throw failure
      } catch (error) {
        if (!(error instanceof Failure) || !error.code.startsWith('network.')) throw error
        failure = error
      }
      if (tried + 1 >= maxAttempts) throw failure
      await time.sleep(backoff(tried, time.random, wait), signal).catch((error: unknown) => {
        throw cancelled(error)
      })
    }
  }

  /** `body` null: nothing is sent, something is read. */
  const json = async <T>(
    schema: z.ZodType<T>,
    path: string,
    body: unknown,
    signal: AbortSignal,
    {
      of = 'all',
      mostBytes,
      begin,
    }: Pick<RequestManner, 'of' | 'begin'> & { mostBytes?: number } = {},
  ): Promise<T> => {
    const response = await request(
      path,
      body === null
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          },
      signal,
      { of, ...(begin && { begin }) },
    ).catch((error: unknown) => {
      // A row that is not there is another matter than bytes that are not there.
      if (error instanceof Failure && error.code === 'sync.remote-object-missing')
        throw new Failure('server.not-found', error.message, { cause: error })
      throw error
    })
    if (response === 'duplicate')
      throw new Failure('server.conflict', 'The server already has this.')
    const parsed = schema.safeParse(await jsonOf(response, signal, silence, time, mostBytes))
    if (!parsed.success)
      throw new Failure('server.unexpected-answer', 'The server’s answer is not of its form.')
    return parsed.data
  }

  /** Whether the server answers a question that is nobody's, and has since `time.elapsed` said so much. */
  const answersOthers = async (since: number, signal: AbortSignal): Promise<boolean> => {
    if (passedAt >= since) return true
    const token = await accessToken()
    return token !== null && (await passes(token, signal))
  }

  /** One light question, once; what it finds out is told to all who want to know. */
  const ping = async (signal: AbortSignal): Promise<void> => {
    const token = await accessToken()
    const ticket = token === null ? null : breaker.acquire()
    if (token === null || ticket === null || typeof ticket === 'string') return
    const manner: RequestManner = { limit: shortAnswerTimeoutMs, of: 'all' }
    const answer = await attempt(ticket, lightQuestion, {}, signal, token, manner).catch(() => null)
    // An answer that nobody reads keeps its connection.
    if (answer && !('judgement' in answer)) await beginningOf(answer, signal, silence, time)
  }

  return {
    request,
    json,
    ping,
    answersOthers,
    reachability,
    time,
    limiter,
    resetBreaker: () => breaker.reset(),
  }
}
