/** Letters from which on a text is shown plain. */
const heavyTextLetters = 1_000_000
/** Letters of one line. */
const heavyLineLetters = 20_000

/** Whether colours, wrapping and comparing would hold the window. */
export const isHeavy = (text: string): boolean => {
  if (text.length > heavyTextLetters) return true
  let from = 0
  while (text.length - from > heavyLineLetters) {
    const at = text.indexOf('\n', from)
    const end = at < 0 ? text.length : at
    if (end - from > heavyLineLetters && !hasCarriageReturn(text, from, end)) return true
    from = end + 1
  }
  return false
}

/** Lines that end with CR alone. */
const hasCarriageReturn = (text: string, from: number, end: number): boolean => {
  for (let place = from; end - place > heavyLineLetters; ) {
    const at = text.indexOf('\r', place)
    if (at < 0 || at - place > heavyLineLetters) return false
    place = at + 1
  }
  return true
}
