/*
 * An SVG in a page of ours is drawn by the thread that answers its person, and a few hundred letters can mean a
 * billion shapes: each `use` shows another part once more, and patterns, masks and their like what is in them wherever
 * they are named. How many there would be at most is told by counting, without following any of it.
 */

/** Letters; a larger one is shown as a page of its own. */
export const maxDrawingLetters = 1_000_000
const maxShapes = 200_000
/** Shapes times rules of style: each is held against each. */
const maxStyling = 2_000_000
/** Shapes of one that moves. */
const maxMoving = 1_000

/** Others could hide what is counted. */
const plainEncoding = /encoding\s*=\s*["'](utf-8|us-ascii|iso-8859-1|windows-1252)["']/i
/** Letters. */
const maxDeclarationLetters = 200
const isPlainlyWritten = (text: string): boolean => {
  if (/[\0\uFFFD]/.test(text)) return false
  const begun = text.replace(/^\uFEFF?\s*/, '')
  if (!begun.startsWith('<?xml')) return true
  const declaration = begun.slice(0, begun.indexOf('?>') + 1)
  if (declaration === '' || declaration.length > maxDeclarationLetters) return false
  return !declaration.includes('encoding') || plainEncoding.test(declaration)
}

const passedOver = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const
/** Without what is not drawn; null of one that does not end. */
const bareOf = (text: string): string | null => {
  let bare = ''
  let from = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const [start, end] = passedOver.find(([start]) => text.startsWith(start, at)) ?? []
    if (!start) continue
    const after = text.indexOf(end, at + start.length)
    if (after < 0) return null
    bare += `${text.slice(from, at)} `
    from = after + end.length
    at = from - 1
  }
  return bare + text.slice(from)
}
/** Whether words of its own stand for others. */
const hasWords = (bare: string): boolean => {
  const type = bare.indexOf('<!DOCTYPE')
  const end = bare.indexOf('>', type)
  return bare.includes('<!ENTITY') || (type >= 0 && bare.slice(type, end).includes('['))
}

/** With any prefix, as XML has it. */
const container =
  /<(?:[^\s<>/]*:)?(pattern|mask|marker|clipPath)[\s>]([\s\S]*?)<\/(?:[^\s<>/]*:)?\1\s*>/g
const containerName = /[<:](pattern|mask|marker|clipPath)[\s/>]/g
const maxContainers = 200
const repetition = /[<:](use|feImage)[\s/>]/g
const movement = /[<:](set|animate\w*)[\s/>]|@keyframes|animation/
const countOf = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

/** How many shapes there are to be at most. */
const shapesOf = (bare: string): number => {
  const elements = countOf(bare, /<[^/]/g)
  const containers = countOf(bare, containerName)
  if (containers > maxContainers) return Number.POSITIVE_INFINITY
  const insides = [...bare.matchAll(container)].map(([, , inside = '']) => inside)
  const inside = insides.join(' ')
  // Whether one may name another: then each may be in the next as often as there are shapes in that.
  const isNested =
    insides.length < containers ||
    countOf(inside, containerName) > 0 ||
    /#|&|\\|url/i.test(inside) ||
    (containers > 0 && /[<:]style[\s>]/.test(bare))
  const shown = isNested
    ? (elements / (containers + 1)) ** (containers + 1)
    : elements * (1 + countOf(inside, /<[^/]/g))
  return Math.max(elements, shown) * 3 ** (countOf(bare, repetition) / 3)
}

/** Whether a page of ours may draw an SVG: of what would hold the window, or may, the answer is no. */
export const isModestDrawing = (text: string): boolean => {
  if (text.length > maxDrawingLetters || !isPlainlyWritten(text)) return false
  const bare = bareOf(text)
  if (bare === null || hasWords(bare) || /[<:]foreignObject[\s/>]/.test(bare)) return false
  const shapes = shapesOf(bare)
  if (movement.test(text) && shapes > maxMoving) return false
  // In what is passed over, too: styles may be written so.
  return shapes <= maxShapes && shapes * countOf(text, /\{/g) <= maxStyling
}
