/** The first comes first, as far as the person said; what they did not name comes after, as it came. */
export const inOrder = <Place extends { id: string }>(
  places: readonly Place[],
  order: readonly string[],
): Place[] => {
  const ranks = new Map(order.map((id, rank) => [id, rank]))
  const rankOf = ({ id }: Place): number => ranks.get(id) ?? order.length
  return places.toSorted((one, other) => rankOf(one) - rankOf(other))
}

/**
 * The ids of all, one of them moved to where another stands now. What is not shown keeps its neighbours: `all` has it,
 * and `target` is one that is shown.
 */
export const movedTo = (all: readonly string[], moved: string, target: string): string[] => {
  const from = all.indexOf(moved)
  const to = all.indexOf(target)
  if (from < 0 || to < 0 || from === to) return [...all]
  const rest = all.filter((id) => id !== moved)
  return rest.toSpliced(to, 0, moved)
}
