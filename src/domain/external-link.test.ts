import { describe, expect, it } from 'vitest'
import { externalLinkOf } from './external-link.ts'

describe('a link that leaves the application', () => {
  it.each([
    ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['mailto:ada@example.com', 'mailto:ada@example.com'],
    ['mailto:a@example.com,b@example.com', 'mailto:a@example.com,b@example.com'],
    [
      'mailto:ada@example.com?subject=Hi%20there&body=a%0D%0Ab&cc=bob@example.com',
      'mailto:ada@example.com?subject=Hi%20there&body=a%0D%0Ab&cc=bob%40example.com',
    ],
  ])('is opened: %s', (link, opened) => expect(externalLinkOf(link)).toBe(opened))
  it.each([
    ['mailto:a@example.com?attach=/etc/passwd', 'mailto:a@example.com'],
    ['mailto:a@example.com?attachment=~/.ssh/id&subject=x', 'mailto:a@example.com?subject=x'],
    ['mailto:a@example.com?bcc=spy@evil.example', 'mailto:a@example.com'],
    ['mailto:a@example.com?subject=x%0d%0aBcc:%20spy@evil.example', 'mailto:a@example.com'],
    ['mailto:a@example.com?cc=b@c.example%0aBcc:d@e.example', 'mailto:a@example.com'],
    ['mailto:a@example.com?subject=a&subject=b', 'mailto:a@example.com'],
  ])('goes without what nobody would see: %s', (link, opened) =>
    expect(externalLinkOf(link)).toBe(opened),
  )
  it.each([
    'mailto:a@example.com%0d%0aBcc:spy@evil.example',
    'mailto:a@example.com%3Fattach=x',
    'https://bank.example@evil.example/',
    'https://user:pass@example.com/',
    'http://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/share',
    'no link',
    '',
  ])('is not opened: %s', (link) => expect(externalLinkOf(link)).toBe(null))
})
