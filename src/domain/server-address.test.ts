import { describe, expect, it } from 'vitest'
import { isSecretKey, parseServerAddress } from './server-address.ts'

const jwt = (payload: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}.${'s'.repeat(43)}`
}

describe('an address of a project', () => {
  it.each([
    ['https://abc.supabase.co', 'https://abc.supabase.co'],
    ['  HTTPS://ABC.supabase.co/  ', 'https://abc.supabase.co'],
    ['https://abc.supabase.co/rest/v1', 'https://abc.supabase.co'],
    ['https://abc.supabase.co/auth/v1/settings?x=1#y', 'https://abc.supabase.co'],
    ['https://team.example/supabase/', 'https://team.example/supabase'],
    ['https://team.example/supabase/rest/v1/', 'https://team.example/supabase'],
    ['https://team.example:8443/a/b', 'https://team.example:8443/a/b'],
    ['http://127.0.0.1:54321', 'http://127.0.0.1:54321'],
    ['http://localhost:54321/', 'http://localhost:54321'],
  ])('is taken: %s', (text, url) =>
    expect(parseServerAddress(text)).toEqual({ kind: 'address', url }),
  )
  it.each([
    ['', 'no-address'],
    ['abc.supabase.co', 'no-address'],
    ['ftp://abc.supabase.co', 'no-address'],
    ['javascript:alert(1)', 'no-address'],
    ["https://team.example/a;script-src'*'", 'no-address'],
    [`https://${'a'.repeat(3000)}.example`, 'no-address'],
    ['http://team.example', 'not-encrypted'],
    ['http://192.168.1.5:8000', 'not-encrypted'],
    ['http://127.0.0.1.evil.example', 'not-encrypted'],
    ['http://localhost.evil.example', 'not-encrypted'],
    ['https://abc.supabase.co@evil.example', 'has-credentials'],
    ['http://[::1]:54321', 'is-ipv6'],
    ['https://[2001:db8::1]', 'is-ipv6'],
  ])('is refused: %s', (text, reason) =>
    expect(parseServerAddress(text)).toEqual({ kind: 'refused', reason }),
  )
})

describe('a key', () => {
  it.each([
    ['sb_secret_abcdefghij'],
    [jwt({ role: 'service_role', iss: 'supabase' })],
    [jwt({ iss: 'supabase', role: 'supabase_admin', note: 'ü' })],
  ])('that opens everything is known: %#', (key) => expect(isSecretKey(key)).toBe(true))
  it.each([['sb_publishable_abcdefghij'], [jwt({ role: 'anon' })], ['a.b.c'], ['ey.%%.x']])(
    'that is public is none of them: %#',
    (key) => expect(isSecretKey(key)).toBe(false),
  )
})
