import { expect, it } from 'vitest'
import { devServerOf, loosenFor } from './dev-server.ts'

it('is one of this computer, and none of an installed application', () => {
  expect(devServerOf('http://localhost:5173', false)).toBe('http://localhost:5173')
  expect(devServerOf('http://[::1]:5173/', false)).toBe('http://[::1]:5173')
  expect(devServerOf('http://localhost:5173', true)).toBeNull()
  for (const told of [
    undefined,
    '',
    'x',
    'http://evil.example:5173',
    'file:///etc',
    'https://localhost',
  ])
    expect(devServerOf(told, false)).toBeNull()
})

it('loosens two rules and no other', () => {
  const policy =
    "default-src 'none'; script-src 'self'; connect-src 'self' http://a; frame-src 'none'"
  expect(loosenFor(policy, 'http://localhost:1')).toBe(
    "default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src 'self' http://a http://localhost:1 ws://localhost:1; frame-src 'none'",
  )
})
