import { expect, it } from 'vitest'
import { addressOf } from './own-address.ts'

it.each([
  ['#second', { kind: 'anchor', id: 'second' }],
  ['guide.md', { kind: 'file', path: 'docs/guide.md', anchor: null }],
  ['./a%20b/c.md#one', { kind: 'file', path: 'docs/a b/c.md', anchor: 'one' }],
  ['../images/p.png?raw=1', { kind: 'file', path: 'images/p.png', anchor: null }],
  ['/docs/guide.md', { kind: 'file', path: 'docs/guide.md', anchor: null }],
  ['https://example.com/x#y', { kind: 'outside', url: 'https://example.com/x#y' }],
  ['mailto:ada@example.com', { kind: 'outside', url: 'mailto:ada@example.com' }],
  ['../../etc/passwd', { kind: 'nowhere' }],
  ['file:///etc/passwd', { kind: 'nowhere' }],
  ['javascript:alert(1)', { kind: 'nowhere' }],
  ['//example.com/x', { kind: 'nowhere' }],
  ['', { kind: 'nowhere' }],
  ['%E0%A4%A', { kind: 'file', path: 'docs/%E0%A4%A', anchor: null }],
] as const)('%s', (href, address) => {
  expect(addressOf(href, 'docs/index.md')).toEqual(address)
})
