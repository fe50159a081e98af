import { RateLimiterMemory } from 'rate-limiter-flexible'
import { z } from 'zod'
import { parsedJson } from '../../../src/domain/parsed-json.ts'
import { isCallback, type LoopbackPort } from '../../../src/session/deep-link.ts'

/** What a client may say of itself; anything else of that name is nothing that lite looks at before it uses it. */
const text = z.string().max(4096).nullish()
const body = z.looseObject({
  email: text,
  phone: text,
  password: text,
  type: text,
  token: text,
  token_hash: text,
  refresh_token: text,
  auth_code: text,
  code_verifier: text,
  code_challenge: text,
  code_challenge_method: text,
  nonce: text,
  data: z.record(z.string(), z.unknown()).nullish(),
  create_user: z.boolean().nullish(),
})

const windowSeconds = 5 * 60
const refusal = (status: number, code: string, message: string): Response =>
  Response.json({ code: status, error_code: code, msg: message }, { status })

/** Which count a request is taken from: tries at a secret, mails, new accounts. Null for what needs the person's token. */
const countOf = ({ pathname, searchParams }: URL): 'try' | 'mail' | 'account' | null => {
  switch (pathname.slice('/auth/v1/'.length)) {
    case 'token':
      return searchParams.get('grant_type') === 'refresh_token' ? null : 'try'
    case 'verify':
      return 'try'
    case 'otp':
    case 'magiclink':
    case 'recover':
    case 'resend':
      return 'mail'
    case 'signup':
      return 'account'
    default:
      return null
  }
}

/**
 * What hosted Auth refuses and lite does not: a sign-in through the browser without PKCE or to elsewhere than the
 * application, the link that ends with the tokens in an address, bodies of another shape, and guessing. What is
 * tried is counted for one address and for all together, as whoever guesses here comes from this computer, too.
 */
export const authRules = (callbackPort: () => LoopbackPort | 'any') => {
  const each = new RateLimiterMemory({ points: 30, duration: windowSeconds })
  const all = {
    try: new RateLimiterMemory({ points: 100, duration: windowSeconds }),
    mail: new RateLimiterMemory({ points: 60, duration: windowSeconds }),
    account: new RateLimiterMemory({ points: 60, duration: windowSeconds }),
  }
  const isTooMuch = async (limiter: RateLimiterMemory, key: string): Promise<boolean> =>
    limiter.consume(key).then(
      () => false,
      () => true,
    )

  return async (
    { request, url, body: given }: { request: Request; url: URL; body: string | null },
    ask: () => Promise<Response>,
  ): Promise<Response> => {
    const { pathname, searchParams } = url
    if (pathname === '/auth/v1/authorize') {
      if (!/^s256$/i.test(searchParams.get('code_challenge_method') ?? ''))
        return refusal(400, 'validation_failed', 'Signing in needs PKCE with S256.')
      if (!isCallback(searchParams.get('redirect_to') ?? '', callbackPort()))
        return refusal(400, 'validation_failed', 'Signing in ends in the application alone.')
    }
    // Its link signs in whoever opens it, with the tokens in the address it leads to; the code does the same here.
    if (pathname === '/auth/v1/verify' && request.method !== 'POST')
      return refusal(405, 'validation_failed', 'Codes are typed in.')
    const parsed = body.safeParse(given ? parsedJson(given) : {})
    if (!parsed.success) return refusal(400, 'validation_failed', 'This is no request of its kind.')
    const count = request.method === 'POST' ? countOf(url) : null
    if (!count) return ask()
    const address = `${count} ${(parsed.data.email ?? parsed.data.phone ?? '').toLowerCase()}`
    if ((await isTooMuch(each, address)) || (await isTooMuch(all[count], 'all')))
      return refusal(429, 'over_request_rate_limit', 'Request rate limit reached')
    const answer = await ask()
    // Only what was guessed wrongly counts, and only by who has the key.
    const isNoTry = answer.status === 401 || (count === 'try' && answer.ok)
    if (isNoTry) await Promise.all([each.reward(address), all[count].reward('all')])
    return answer
  }
}
