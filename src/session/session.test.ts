import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeAuthAnswer } from './auth-answer.ts'
import { linkInArguments, parseDeepLink } from './deep-link.ts'
import { flowLifetimeMs, matchFlow, type PendingFlow } from './flow.ts'
import { isFresh } from './refresh.ts'

const id = '11111111-1111-4111-8111-111111111111'
const link = `atelier://auth/callback?flow=${id}&code=abcdef123456`
const pending: PendingFlow = {
  id,
  provider: 'github',
  verifier: 'v'.repeat(56),
  server: 'http://127.0.0.1:1',
  startedAt: 1_000_000,
  loopbackPort: null,
}

describe('deep links', () => {
  it('accepts its own', () => {
    expect(parseDeepLink(link)).toEqual({ kind: 'callback', flow: id, code: 'abcdef123456' })
  })
  it.each([
    ['wrong scheme', `https://auth/callback?flow=${id}&code=abcdef123456`, 'link.wrong-target'],
    ['wrong host', `atelier://evil/callback?flow=${id}&code=abcdef123456`, 'link.wrong-target'],
    ['wrong path', `atelier://auth/callback/x?flow=${id}&code=abcdef123456`, 'link.wrong-target'],
    ['credentials', `atelier://a:b@auth/callback?flow=${id}&code=abcdef12`, 'link.wrong-target'],
    [
      'this computer',
      `http://127.0.0.1:8080/auth/callback?flow=${id}&code=abcdef123456`,
      'link.wrong-target',
    ],
    ['no flow', 'atelier://auth/callback?code=abcdef123456', 'link.malformed'],
    ['two codes', `${link}&code=abcdef123457`, 'link.malformed'],
    ['two flows', `${link}&flow=${id}`, 'link.malformed'],
    ['no link', 'hello', 'link.malformed'],
    ['huge', `${link}${'x'.repeat(9000)}`, 'link.malformed'],
  ])('refuses: %s', (_name, text, reason) => {
    expect(parseDeepLink(text)).toEqual({ kind: 'refused', reason })
  })
  it('never throws and never takes 10,000 random links for a sign-in', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('atelier:', '//', 'auth', '/callback', '?flow=', id, '&code=', '%00', '#'),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        const parsed = parseDeepLink(text)
        if (parsed.kind === 'refused') return
        expect(text.trim()).toMatch(/^atelier:\/\/auth\/callback\?/i)
        expect(matchFlow(parsed, null, new Set(), 0).kind).toBe('refused')
      }),
      { numRuns: 10_000 },
    )
  })
  it('refuses two links in one launch', () => {
    expect(linkInArguments(['app', link, link]).kind).toBe('ambiguous')
    expect(linkInArguments(['app', '--flag']).kind).toBe('none')
    expect(linkInArguments(['app', link])).toEqual({ kind: 'link', link })
  })
})

describe('flows', () => {
  const parsed = parseDeepLink(link)
  it('accepts a pending one once, for ten minutes', () => {
    const now = pending.startedAt + flowLifetimeMs
    expect(matchFlow(parsed, pending, new Set(), now).kind).toBe('accepted')
    expect(matchFlow(parsed, pending, new Set(), now + 1)).toEqual({
      kind: 'refused',
      reason: 'link.expired-flow',
    })
    expect(matchFlow(parsed, pending, new Set([id]), now)).toEqual({
      kind: 'refused',
      reason: 'link.used-flow',
    })
    expect(matchFlow(parsed, null, new Set(), now)).toEqual({
      kind: 'refused',
      reason: 'link.unknown-flow',
    })
  })
  it('tells a provider’s refusal', () => {
    const refusal = parseDeepLink(`atelier://auth/callback?flow=${id}&error=access_denied`)
    expect(matchFlow(refusal, pending, new Set(), pending.startedAt)).toEqual({
      kind: 'refused',
      reason: 'auth.denied-by-provider',
    })
  })
})

describe('answers to a refresh', () => {
  it.each([401, 403, 404, 407, 408, 409, 429, 500, 502, 503, 504, 511, 520, 540, 544])(
    'a bare %i keeps the session',
    (status) => expect(judgeAuthAnswer(status, null, true)).toEqual({ kind: 'network' }),
  )
  it('a rate limit with a code keeps the session', () => {
    expect(judgeAuthAnswer(429, 'over_request_rate_limit', true)).toEqual({ kind: 'network' })
  })
  it('a definite refusal passes', () => {
    expect(judgeAuthAnswer(400, 'refresh_token_already_used', true).kind).toBe('definitive')
  })
})

describe('clocks', () => {
  it('a clock that is a day off does not make tokens stale', () => {
    fc.assert(
      fc.property(fc.integer({ min: -86_400_000, max: 86_400_000 }), (skew) => {
        const server = 1_800_000_000_000
        const fresh = (from: number, until: number) =>
          isFresh({ from: server + from, until: server + until }, server + skew, -skew)
        expect(fresh(0, 3_600_000)).toBe(true)
        expect(fresh(-3_570_000, 30_000)).toBe(false)
        // One that lives no longer than the usual margin is no reason to ask for another each time.
        expect(fresh(0, 60_000)).toBe(true)
        expect(fresh(-55_000, 5_000)).toBe(false)
      }),
    )
  })
})
