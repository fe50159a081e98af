/**
 * What is typed and not saved is told word by word, beside the saving of it, and neither waits for the other: the
 * order they arrive in says nothing. Each carries a turn of whoever writes; a save ends all up to its own.
 */
export type Turn = {
  /** One window's page. */
  writer: string
  /** Counts what the person did there, in one file. */
  turn: number
}
export type DraftText = { text: string; base: string }
/** What is known of one file's words. */
export type DraftOrder = {
  writer: string
  /** The newest word that was kept, and the newest that a save ended. */
  turn: number
  /** What was begun with any of these, by this writer, stands on the last that was saved. */
  from: readonly string[]
  to: string | null
}

const orderOf = (known: DraftOrder | null, writer: string): DraftOrder =>
  known?.writer === writer ? known : { writer, turn: -1, from: [], to: null }

/** Null: a newer word is known, or it was saved; this one is to be dropped. `here`: the hash of what the file is now. */
export const keepWord = (
  known: DraftOrder | null,
  at: Turn,
  draft: DraftText | null,
  here: string | null,
): { order: DraftOrder; draft: DraftText | null } | null => {
  const order = orderOf(known, at.writer)
  if (at.turn <= order.turn) return null
  return { order: { ...order, turn: at.turn }, draft: draft && rebased(order, draft, here) }
}

/** Whether what was begun with `base` stands on what is here: its writer saved that itself, and nobody else has since. */
export const standsOn = (order: DraftOrder, base: string, here: string | null): boolean =>
  order.to !== null && order.to === here && order.from.includes(base)

const rebased = (order: DraftOrder, draft: DraftText, here: string | null): DraftText =>
  order.to !== null && standsOn(order, draft.base, here) ? { ...draft, base: order.to } : draft

/** `stored` is the draft that is kept now. Answers what is left of it: words that are newer than what was saved. */
export const saveWord = (
  known: DraftOrder | null,
  at: Turn,
  saved: { from: string | null; to: string },
  stored: DraftText | null,
): { order: DraftOrder; draft: DraftText | null } => {
  const before = orderOf(known, at.writer)
  const isNewer = known?.writer === at.writer && before.turn > at.turn
  const from = [
    ...before.from,
    ...(saved.from === null ? [] : [saved.from]),
    ...(before.to ? [before.to] : []),
  ]
  const order: DraftOrder = {
    writer: at.writer,
    turn: Math.max(before.turn, at.turn),
    from: [...new Set(from)].filter((hash) => hash !== saved.to),
    to: saved.to,
  }
  return { order, draft: isNewer && stored ? rebased(order, stored, saved.to) : null }
}
