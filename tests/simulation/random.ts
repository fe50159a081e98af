/** A stream of random numbers that is the same for the same seed (sfc32). */
export type Random = {
  /** 0 to 1, exclusive. */
  next(): number
  /** 0 to `bound`, exclusive. */
  below(bound: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** One of the keys, as likely as its weight says. */
  weighted<K extends string>(weights: Partial<Record<K, number>>): K
  shuffle<T>(items: readonly T[]): T[]
  /** A number that seeds another stream. */
  seed(): number
  uuid(): string
}

export const createRandom = (seed: number): Random => {
  let a = 0x9e3779b9 ^ seed
  let b = 0x243f6a88 ^ Math.imul(seed, 0x85ebca6b)
  let c = 0xb7e15162
  let counter = 1
  const word = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let warm = 0; warm < 12; warm += 1) word()
  const random: Random = {
    next: () => word() / 2 ** 32,
    below: (bound) => Math.floor(random.next() * bound),
    chance: (probability) => random.next() < probability,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new Error('nothing to pick from')
      return items[random.below(items.length)] as T
    },
    weighted: <K extends string>(weights: Partial<Record<K, number>>): K => {
      const entries = Object.entries(weights) as [K, number][]
      let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      return entries[entries.length - 1]![0]
    },
    shuffle: <T>(items: readonly T[]): T[] => {
      const mixed = [...items]
      for (let at = mixed.length - 1; at > 0; at -= 1) {
        const other = random.below(at + 1)
        const kept = mixed[at] as T
        mixed[at] = mixed[other] as T
        mixed[other] = kept
      }
      return mixed
    },
    seed: () => word(),
    uuid: () => {
      const hex = [word(), word(), word(), word()]
        .map((part) => part.toString(16).padStart(8, '0'))
        .join('')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
  return random
}
