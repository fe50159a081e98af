import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callbackOf, isCallback, parseDeepLink } from './deep-link.ts'
import { isBrowsable, judgeLoopbackRequest, mayClaim, wayBackBy } from './loopback.ts'

const flow = '11111111-1111-4111-8111-111111111111'
const port = 40_123
const link = `${callbackOf(flow, port)}&code=abcdef123456`

describe('which way an answer comes back', () => {
  const fine = { platform: 'linux', isPackaged: true, isClaimed: true, isDefault: true }
  it('by the scheme only where the system took it and would use it', () => {
    expect(wayBackBy(fine)).toBe('scheme')
    expect(wayBackBy({ ...fine, isClaimed: false })).toBe('loopback')
    expect(wayBackBy({ ...fine, isDefault: false })).toBe('loopback')
    expect(wayBackBy({ ...fine, isPackaged: false })).toBe('scheme')
  })
  it('never by the scheme from source on macOS, which asks the bundle', () => {
    expect(wayBackBy({ ...fine, platform: 'darwin' })).toBe('scheme')
    expect(wayBackBy({ ...fine, platform: 'darwin', isPackaged: false })).toBe('loopback')
  })
  it('is claimed only where a link would come to this very Atelier', () => {
    const installed = { platform: 'linux', isPackaged: true, isApart: false }
    const fromSource = { ...installed, isPackaged: false }
    for (const platform of ['linux', 'win32', 'darwin']) {
      expect(mayClaim({ ...installed, platform }), platform).toBe(true)
      expect(mayClaim({ ...installed, platform, isApart: true }), platform).toBe(false)
      expect(mayClaim({ ...fromSource, platform, isApart: true }), platform).toBe(false)
      expect(mayClaim({ ...fromSource, platform }), platform).toBe(platform === 'win32')
    }
  })
})

describe('addresses of this computer', () => {
  it('are a callback only at the port of the flow', () => {
    expect(parseDeepLink(link, port)).toEqual({ kind: 'callback', flow, code: 'abcdef123456' })
    for (const other of [null, port + 1])
      expect(parseDeepLink(link, other)).toEqual({ kind: 'refused', reason: 'link.wrong-target' })
  })
  it('the scheme is one whatever is listened at', () => {
    expect(parseDeepLink(`${callbackOf(flow, null)}&code=abcdef123456`, port).kind).toBe('callback')
  })
  it.each([
    `http://localhost:${port}/auth/callback`,
    `http://127.0.0.2:${port}/auth/callback`,
    `http://[::1]:${port}/auth/callback`,
    `https://127.0.0.1:${port}/auth/callback`,
    `http://127.0.0.1:${port}/auth/callback/`,
    `http://127.0.0.1:${port}/auth/v1/callback`,
    `http://a:b@127.0.0.1:${port}/auth/callback`,
    'http://127.0.0.1/auth/callback',
    `http://127.0.0.1:${port}@evil.example/auth/callback`,
  ])('%s is none', (address) => {
    expect(isCallback(address, port)).toBe(false)
    expect(isCallback(address, 'any')).toBe(false)
  })
})

describe('requests of the listener', () => {
  const asked = { method: 'GET', host: `127.0.0.1:${port}`, fetchMode: undefined }
  const target = `/auth/callback?flow=${flow}&code=abcdef123456`
  it('only a request for this very flow is its answer, whatever else comes', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('/auth/callback', '?flow=', flow, '&code=', 'abcdef123456', '//', '%2f', '#'),
    )
    fc.assert(
      fc.property(
        fc.record({
          method: fc.oneof(fc.constant('GET'), fc.string()),
          host: fc.oneof(fc.constant(asked.host), fc.string(), fc.constant(undefined)),
          fetchMode: fc.oneof(fc.constantFrom(undefined, 'navigate', 'cors'), fc.string()),
        }),
        fc.oneof(
          fc.constant(target),
          fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
        ),
        (head, path) => {
          const verdict = judgeLoopbackRequest({ ...head, target: path }, { flow, port })
          if (verdict.kind !== 'answer') return
          expect(head.method).toBe('GET')
          expect(head.host).toBe(asked.host)
          expect(['navigate', undefined]).toContain(head.fetchMode)
          const parsed = parseDeepLink(verdict.link, port)
          expect(parsed.kind).not.toBe('refused')
          if (parsed.kind !== 'refused') expect(parsed.flow).toBe(flow)
        },
      ),
      { numRuns: 10_000 },
    )
    expect(judgeLoopbackRequest({ ...asked, target }, { flow, port }).kind).toBe('answer')
  })
})

it('ports that browsers refuse are none', () => {
  expect([80, 6000, 6667, 10_080].map(isBrowsable)).toEqual([false, false, false, false])
  expect([1024, 49_152, 65_535].map(isBrowsable)).toEqual([true, true, true])
})
