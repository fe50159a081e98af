import { expect, it } from 'vitest'
import { packagingFailure } from './fetching.ts'

it('a network that is not there is said with a way on, anything else as it is', () => {
  const offline = packagingFailure(new Error('getaddrinfo ENOTFOUND github.com'))
  expect(offline).toContain('getaddrinfo ENOTFOUND github.com')
  expect(offline).toContain('--stand-in')
  expect(packagingFailure(new Error('A fuse is not as it should be.'))).toBe(
    'A fuse is not as it should be.',
  )
})
