import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isModestDrawing } from './drawing.ts'

const svg = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${inside}</svg>`
const rect = '<rect width="1" height="1"/>'
const level = (tag: (level: number, inside: string) => string, inside: (below: number) => string) =>
  Array.from({ length: 9 }, (_, place) => tag(place + 1, inside(place).repeat(10))).join('')
const uses = (name: string, href: (below: number) => string): string =>
  `<g id="a0">${rect}</g>${level(
    (at, inside) => `<g id="a${at}">${inside}</g>`,
    (below) => `<${name} ${href(below)}/>`,
  )}<${name} ${href(9)}/>`
const patterns = (inPattern: string): string =>
  `<pattern id="a0" width="1" height="1">${rect}</pattern>${level(
    (at, inside) => `<pattern id="a${at}" width="1" height="1">${inPattern}${inside}</pattern>`,
    (below) => `<rect fill="url(#a${below})" width="1" height="1"/>`,
  )}<rect fill="url(#a9)" width="9" height="9"/>`

describe('a drawing that would hold the window', () => {
  test.each([
    ['what is shown again', svg(uses('use', (below) => `href="#a${below}"`))],
    ['the same with a sign for the sign', svg(uses('use', (below) => `href="&#35;a${below}"`))],
    [
      'the same under another prefix',
      `<s:svg xmlns:s="http://www.w3.org/2000/svg">${uses('s:use', (below) => `href="#a${below}"`)}</s:svg>`,
    ],
    ['patterns of patterns', svg(patterns(''))],
    ['patterns that seem to end in a comment', svg(patterns('<!--</pattern>-->'))],
    ['patterns in patterns', svg(patterns('<pattern id="x"></pattern>'))],
    [
      'patterns that a style names',
      svg(
        `<style>rect{fill:url(\\23 a0)}</style>${`<mask id="a0">${rect.repeat(200)}</mask>`.repeat(4)}`,
      ),
    ],
    [
      'words that stand for more words',
      `<!DOCTYPE svg [<!ENTITY a "${rect}"><!ENTITY b "&a;&a;">]>${svg('&b;')}`,
    ],
    ['more than anybody draws', svg(rect.repeat(60_000))],
    [
      'a large page in it',
      svg('<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
    ],
    ['thousands that move', svg('<rect><animate attributeName="x"/></rect>'.repeat(2_000))],
    [
      'thousands of styles for thousands',
      svg(`<style>${'a b{}'.repeat(4_000)}</style>${rect.repeat(4_000)}`),
    ],
    ['one in letters that hide others', `<?xml version="1.0" encoding="utf-16"?>${svg(rect)}`],
    ['one of two bytes a letter', Buffer.from(svg(rect), 'utf16le').toString('latin1')],
  ])('%s', (_, text) => {
    expect(isModestDrawing(text)).toBe(false)
  })
})

describe('a drawing as people make them', () => {
  test.each([
    ['a few shapes', svg(rect.repeat(30))],
    ['thousands of them', svg(rect.repeat(10_000))],
    [
      'a mark that is used some times',
      svg(`<g id="m">${rect}</g>${'<use href="#m"/>'.repeat(12)}`),
    ],
    [
      'clipped groups',
      svg(
        `${`<clipPath id="c">${rect}</clipPath>`.repeat(6)}${`<g clip-path="url(#c)">${rect}</g>`.repeat(80)}`,
      ),
    ],
    [
      'with its words before it',
      `<?xml version="1.0" encoding="UTF-8"?>\n<!-- a & b -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">${svg(rect)}`,
    ],
    ['one that moves', svg('<circle><animate attributeName="r"/></circle>'.repeat(20))],
    ['styled', svg(`<style>.a{fill:red}.b{fill:blue}</style>${rect.repeat(500)}`)],
    ['none', '<svg/>'],
  ])('%s', (_, text) => {
    expect(isModestDrawing(text)).toBe(true)
  })
  test('the sample has some', () => {
    const folder = join(import.meta.dirname, '../../electron/backend/seed/sites/tidewater/images')
    const drawings = readdirSync(folder).filter((name) => name.endsWith('.svg'))
    expect(drawings).toHaveLength(2)
    for (const name of drawings)
      expect(isModestDrawing(readFileSync(join(folder, name), 'utf8'))).toBe(true)
  })
})

test('it is told at once, whatever is in it', () => {
  for (const part of [
    '<pattern>',
    '<pattern',
    '<!--',
    '<![CDATA[',
    '<?',
    '<',
    '<a:',
    ':',
    '&',
    '<?xml encoding=',
  ])
    for (const text of [
      part.repeat(1_000_000 / part.length),
      svg(part.repeat(900_000 / part.length)),
    ]) {
      const began = performance.now()
      isModestDrawing(text)
      expect([part, performance.now() - began < 2_000]).toEqual([part, true])
    }
})
