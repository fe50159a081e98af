/**
 * An editor knows lines, not how they end. The ends of a text are kept beside it, so that what nobody touched is
 * written as it was read: LF, CRLF and CR, mixed ones too.
 */
export type LineBreak = '\n' | '\r\n' | '\r'
/** One for all of them, or one for each line but the last. */
export type LineBreaks = LineBreak | readonly LineBreak[]

const anyBreak = /\r\n?|\n/g

export const breaksOf = (text: string): LineBreaks => {
  const breaks = (text.match(anyBreak) ?? []) as LineBreak[]
  const [first = '\n'] = breaks
  return breaks.every((each) => each === first) ? first : breaks
}

/** How the line that ends with break `at` does. */
export const breakAt = (breaks: LineBreaks, at: number): LineBreak =>
  typeof breaks === 'string' ? breaks : (breaks[at] ?? breaks[at - 1] ?? breaks[0] ?? '\n')

/**
 * From break `at` on `removed` are gone and `inserted` came instead. What replaces a break is like it, what is new
 * like the end of its line.
 */
export const spliceBreaks = (
  breaks: LineBreaks,
  at: number,
  removed: number,
  inserted: number,
): LineBreaks => {
  if (typeof breaks === 'string' || (removed === 0 && inserted === 0)) return breaks
  const like = breakAt(breaks, at)
  const came = Array.from({ length: inserted }, (_, index) =>
    index < removed ? breakAt(breaks, at + index) : like,
  )
  return [...breaks.slice(0, at), ...came, ...breaks.slice(at + removed)]
}

/** Puts back ends that were there once, each at its place; `total` is how many the text has. */
export const restoreBreaks = (
  breaks: LineBreaks,
  former: readonly (readonly [at: number, LineBreak])[],
  total: number,
): LineBreaks => {
  if (former.every(([at, written]) => breakAt(breaks, at) === written)) return breaks
  const all = typeof breaks === 'string' ? Array.from({ length: total }, () => breaks) : [...breaks]
  for (const [at, written] of former) all[at] = written
  return all
}

/** `text` with LF alone, as it is written. */
export const withBreaks = (text: string, breaks: LineBreaks): string => {
  if (breaks === '\n') return text
  if (typeof breaks === 'string') return text.replaceAll('\n', breaks)
  let next = 0
  return text.replace(/\n/g, () => {
    const written = breakAt(breaks, next)
    next += 1
    return written
  })
}

/** Of two texts with the same `total` of them. */
export const isSameBreaks = (one: LineBreaks, other: LineBreaks, total: number): boolean => {
  if (one === other) return true
  for (let at = 0; at < total; at += 1) if (breakAt(one, at) !== breakAt(other, at)) return false
  return true
}
