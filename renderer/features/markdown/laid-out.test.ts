import type { Nodes } from 'hast'
import { describe, expect, it } from 'vitest'
import { laidOut } from './laid-out.ts'

const all = (node: Nodes): Nodes[] => [
  node,
  ...('children' in node ? node.children.flatMap((child) => all(child)) : []),
]
const words = (text: string): string =>
  all(laidOut(text)!)
    .map((node) => (node.type === 'text' ? node.value : ''))
    .join('')
const tags = (text: string): string[] =>
  all(laidOut(text)!).flatMap((node) => (node.type === 'element' ? [node.tagName] : []))

describe('Markdown', () => {
  it('keeps the words of HTML, and what GitHub keeps of its elements', () => {
    const text = '<details><summary>More</summary>hidden</details> <kbd>Ctrl</kbd><br>after'
    expect(words(text)).toBe('Morehidden Ctrlafter')
    expect(tags(text)).toEqual(expect.arrayContaining(['details', 'summary', 'kbd', 'br']))
  })
  it('keeps nothing that runs, loads, or takes a name of ours', () => {
    const text = `<script>alert(1)</script><img src=x onerror="alert(1)"><iframe src="https://x"></iframe>
<a href="javascript:alert(1)">link</a> [other](javascript:alert(1)) [file](file:///etc/passwd)
<form action="https://x"><input name="a"></form><style>*{display:none}</style><svg onload=alert(1)>

# location`
    const elements = all(laidOut(text)!).filter((node) => node.type === 'element')
    expect(elements.map(({ tagName }) => tagName)).not.toEqual(
      expect.arrayContaining(['script', 'iframe', 'form', 'style', 'svg']),
    )
    for (const tag of ['script', 'iframe', 'form', 'style', 'svg'])
      expect(elements.map(({ tagName }) => tagName)).not.toContain(tag)
    const properties = elements.flatMap((node) => Object.entries(node.properties))
    expect(properties.filter(([name]) => /^on/i.test(name) || name === 'style')).toEqual([])
    expect(properties.filter(([, value]) => /javascript|file:/.test(String(value)))).toEqual([])
    expect(properties.filter(([name]) => name === 'id')).toEqual([['id', 'user-content-location']])
  })
  it('shows what stands before the page as it is', () => {
    expect(tags('---\ntitle: Tides\ntags: a\n---\n# Page')).toEqual(['pre', 'code', 'h1'])
    expect(tags('text\n\n---\n\nmore')).toEqual(['p', 'hr', 'p'])
  })
  it('gives up on what is too deep, too large or too much, and on nothing that people write', () => {
    for (const text of [
      `${'- '.repeat(2_000)}x`,
      `${'> '.repeat(1_500)}x`,
      `${'<b>'.repeat(3_000)}x`,
      'x'.repeat(1_000_001),
      'a\n\n'.repeat(30_000),
    ])
      expect(laidOut(text)).toBeNull()
    const long = Array.from({ length: 500 }, (_, index) => `## ${index}\n\n- a\n  - b *c*\n`)
    expect(laidOut(long.join('\n'))).not.toBeNull()
  }, 60_000)
})
