import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { parsedJson } from '../../../src/domain/parsed-json.ts'
import type { LoopbackPort } from '../../../src/session/deep-link.ts'
import { authRules } from './auth-rules.ts'

type Fetch = (request: Request, context: unknown) => Response | Promise<Response>

const grant = z.looseObject({
  access_token: z.string(),
  user: z.looseObject({
    phone: z.string().nullish(),
    app_metadata: z.record(z.string(), z.unknown()).nullish(),
    user_metadata: z.record(z.string(), z.unknown()).nullish(),
  }),
})
const verification = z.looseObject({ type: z.string() })

/** How the person came in, as GoTrue names it in `amr`; lite does not keep it over a refresh. */
const methodOf = (url: URL): string => {
  if (url.pathname !== '/auth/v1/token')
    return url.pathname === '/auth/v1/verify' ? 'otp' : 'password'
  const methods: Record<string, string> = {
    password: 'password',
    pkce: 'oauth',
    refresh_token: 'token_refresh',
  }
  return methods[url.searchParams.get('grant_type') ?? ''] ?? 'password'
}

/** A grant whose access token says what GoTrue's does; anything else as it is. */
const completeToken = async (
  response: Response,
  url: URL,
  { secret, issuer }: { secret: string; issuer: string },
): Promise<Response> => {
  if (response.status !== 200) return response
  if (!response.headers.get('content-type')?.includes('json')) return response
  const { data } = grant.safeParse(parsedJson(await response.clone().text()))
  if (!data) return response
  const key = new TextEncoder().encode(secret)
  const { payload } = await jwtVerify(data.access_token, key)
  const accessToken = await new SignJWT({
    ...payload,
    iss: issuer,
    phone: data.user.phone ?? '',
    app_metadata: data.user.app_metadata ?? {},
    user_metadata: data.user.user_metadata ?? {},
    is_anonymous: false,
    aal: 'aal1',
    amr: [{ method: methodOf(url), timestamp: payload.iat }],
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(key)
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return Response.json({ ...data, access_token: accessToken }, { status: 200, headers })
}

/** `verifyOtp({ type: 'email' })` is what supabase-js documents; lite knows it by its older name. */
const withOlderName = (body: string): string => {
  const { data } = verification.safeParse(parsedJson(body))
  return data?.type === 'email' ? JSON.stringify({ ...data, type: 'magiclink' }) : body
}

/** Lite tells every page that it may read; a page that may ask at all was asked at the door. */
const nameOrigin = (answer: Response, origin: string | null): Response => {
  const headers = new Headers(answer.headers)
  headers.delete('access-control-allow-origin')
  headers.append('vary', 'origin')
  if (origin !== null) headers.set('access-control-allow-origin', origin)
  const { status, statusText } = answer
  return new Response(answer.body, { status, statusText, headers })
}

export type AnswerRepair = 'tokens' | 'email-code' | 'auth-rules'

/** The repairs that take the request or the answer of lite, not its connection. */
export const repairAnswers = (
  fetchApp: Fetch,
  options: {
    secret: string
    issuer: string
    without: readonly string[]
    callbackPort: () => LoopbackPort | 'any'
  },
): Fetch => {
  const on = (repair: AnswerRepair): boolean => !options.without.includes(repair)
  const rules = authRules(options.callbackPort)
  const answerAuth = async (request: Request, url: URL, context: unknown): Promise<Response> => {
    const body = request.method === 'GET' ? null : await request.text()
    const renamed =
      body !== null && on('email-code') && url.pathname === '/auth/v1/verify'
        ? withOlderName(body)
        : body
    const ask = async () => {
      const { method, headers } = request
      // A body that is there but empty is another thing to lite than none.
      return fetchApp(new Request(url, { method, headers, body: renamed || null }), context)
    }
    const answer = on('auth-rules') ? await rules({ request, url, body }, ask) : await ask()
    return on('tokens') ? completeToken(answer, url, options) : answer
  }
  const answer = async (request: Request, context: unknown): Promise<Response> => {
    const url = new URL(request.url)
    return url.pathname.startsWith('/auth/v1/') && request.method !== 'OPTIONS'
      ? answerAuth(request, url, context)
      : fetchApp(request, context)
  }
  return async (request, context) =>
    nameOrigin(await answer(request, context), request.headers.get('origin'))
}
