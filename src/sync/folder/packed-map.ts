/** How a row becomes text, and a row again. */
export type Packing<Row> = { pack(row: Row): string; unpack(key: string, text: string): Row }

/** Of keys alone. */
export const marks: Packing<true> = { pack: () => '', unpack: () => true }

/** Memory for rows, filled from its beginning. */
type Piece = { bytes: Uint8Array; words: Uint32Array; end: number }

/** Bytes of one piece at most; no key and row together are longer: paths are not. The first ones are smaller. */
const pieceSize = 1 << 20
const firstPiece = 1 << 13
/** Before each row: the hash of its key, the bytes of the key and of the row, and when it was met; then both of them. */
const headerBytes = 16
/** In place of the bytes of a key that leads elsewhere now, or nowhere. */
const dead = 1 << 31
const firstSlots = 16
/** No key was here; one was. */
const free = 0
const left = 1
const encoder = new TextEncoder()
/** Where hashes begin: nobody outside can choose names that all come to one place. It shows in nothing else. */
const seed = Math.floor(Math.random() * 2 ** 32)
// A name may begin with what would be a mark of the order of bytes.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A text in memory with room for it. */
const encoded = (text: string, room: Uint8Array): { memory: Uint8Array; length: number } => {
  const memory = text.length * 3 > room.length ? new Uint8Array(text.length * 3) : room
  return { memory, length: encoder.encodeInto(text, memory).written }
}
/** A key as it is sought: its bytes lie here until the next one is. */
let sought: Uint8Array = new Uint8Array(1024)
const seek = (key: string): { length: number; hash: number } => {
  const { memory, length } = encoded(key, sought)
  sought = memory
  // FNV-1a.
  let hash = seed
  for (let at = 0; at < length; at += 1) hash = Math.imul(hash ^ (sought[at] ?? 0), 0x01000193)
  return { length, hash: hash >>> 0 }
}
/** Where rows become bytes. */
let packed: Uint8Array = new Uint8Array(1024)
const newPiece = (size: number): Piece => {
  const bytes = new Uint8Array(size)
  return { bytes, words: new Uint32Array(bytes.buffer), end: 0 }
}
const word = ({ words }: Piece, at: number, which: number): number => words[(at >> 2) + which] ?? 0
/** Bytes of a row with all that belongs to it. */
const sizeOf = (key: number, row: number): number => headerBytes + ((key + row + 3) & ~3)
const sizeAt = (piece: Piece, at: number): number =>
  sizeOf(word(piece, at, 1) & ~dead, word(piece, at, 2))

const keyAt = (piece: Piece, at: number): string => {
  const from = at + headerBytes
  return decoder.decode(piece.bytes.subarray(from, from + word(piece, at, 1)))
}
const textAt = (piece: Piece, at: number): string => {
  const from = at + headerBytes + word(piece, at, 1)
  return decoder.decode(piece.bytes.subarray(from, from + word(piece, at, 2)))
}
const rowsOf = function* (pieces: readonly Piece[]): Generator<[Piece, number]> {
  const until = pieces.map((piece): [Piece, number] => [piece, piece.end])
  for (const [piece, end] of until)
    for (let at = 0; at < end; at += sizeAt(piece, at))
      if (!(word(piece, at, 1) & dead)) yield [piece, at]
}

/**
 * Rows by their key, both packed outside of the heap: of a hundred thousand files, objects would be most of what the
 * application needs, and the room that the collector keeps for them most of the rest. What comes out is made anew
 * each time, in the order in which rows were written. Who goes through them and writes meanwhile sees no row that is
 * new, and of those that went or became others possibly the one before.
 */
export class PackedMap<Row> {
  readonly #packing: Packing<Row>
  readonly #changing: (key: string, row: Row | null) => void
  #pieces: Piece[] = []
  /** Where the rows of keys lie, and two more, by the hashes of the keys; at most half of them are taken. */
  #slots = new Uint32Array(firstSlots)
  #taken = 0
  #size = 0
  /** Bytes of all pieces, and those to which no key leads any more. */
  #held = 0
  #waste = 0

  /** `changing` is told before a key has another row; null: none. */
  constructor(packing: Packing<Row>, changing: (key: string, row: Row | null) => void = () => {}) {
    this.#packing = packing
    this.#changing = changing
  }

  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#find(seek(key)) !== null
  }

  get(key: string): Row | undefined {
    const text = this.textOf(key)
    return text === undefined ? undefined : this.#packing.unpack(key, text)
  }

  /** The row as it is packed: for whoever asks of a hundred thousand. */
  textOf(key: string): string | undefined {
    const slot = this.#find(seek(key))
    return slot === null ? undefined : textAt(...this.#at(slot))
  }

  /** @throws RangeError for a row that no piece holds; there is the one before, then */
  set(key: string, row: Row): void {
    this.#changing(key, row)
    this.load(key, row)
  }

  /** The same, and nobody is told. */
  load(key: string, row: Row): void {
    const written = this.#write(key, this.#packing.pack(row))
    const slot = this.#find(seek(key))
    if (slot !== null) this.#drop(slot)
    else this.#size += 1
    this.#point(written, slot)
    this.#gather()
  }

  delete(key: string): void {
    if (!this.has(key)) return
    this.#changing(key, null)
    const slot = this.#find(seek(key))
    if (slot === null) return
    this.#drop(slot)
    this.#slots[slot] = left
    this.#size -= 1
    this.#gather()
  }

  /** Notes that a row was met in a round of somebody's. Answers whether there is one, and was not yet. */
  meet(key: string, round: number): boolean {
    const slot = this.#find(seek(key))
    if (slot === null) return false
    const [piece, at] = this.#at(slot)
    const isFirst = word(piece, at, 3) !== round
    piece.words[(at >> 2) + 3] = round
    return isFirst
  }

  /** Keys of rows that were not met in it. */
  *unmet(round: number): Generator<string> {
    for (const [piece, at] of rowsOf(this.#pieces))
      if (word(piece, at, 3) !== round) yield keyAt(piece, at)
  }

  *keys(): Generator<string> {
    for (const [piece, at] of rowsOf(this.#pieces)) yield keyAt(piece, at)
  }

  *values(): Generator<Row> {
    for (const [piece, at] of rowsOf(this.#pieces))
      yield this.#packing.unpack(keyAt(piece, at), textAt(piece, at))
  }

  #at(slot: number): [Piece, number] {
    const place = (this.#slots[slot] ?? 0) - left - 1
    const piece = this.#pieces[Math.floor(place / pieceSize)]
    if (!piece) throw new Error('A slot leads nowhere.')
    return [piece, place % pieceSize]
  }

  /** The slot of what is sought. */
  #find({ length, hash }: { length: number; hash: number }): number | null {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#slots[slot] ?? free
      if (place === free) return null
      if (place === left) continue
      const [piece, at] = this.#at(slot)
      if (word(piece, at, 0) !== hash || word(piece, at, 1) !== length) continue
      const from = at + headerBytes
      let same = 0
      while (same < length && piece.bytes[from + same] === sought[same]) same += 1
      if (same === length) return slot
    }
  }

  /** Room for a row, and its place. */
  #room(size: number): [Piece, number] {
    if (size > pieceSize) throw new RangeError('A row is longer than a piece of memory.')
    for (;;) {
      const piece = this.#pieces.at(-1)
      if (piece && piece.end + size <= piece.bytes.length) {
        const at = piece.end
        piece.end += size
        return [piece, (this.#pieces.length - 1) * pieceSize + at]
      }
      const next = newPiece(piece ? Math.min(pieceSize, piece.bytes.length * 2) : firstPiece)
      this.#pieces.push(next)
      this.#held += next.bytes.length
    }
  }

  /** Answers where it lies. */
  #write(key: string, row: string): number {
    const text = encoded(row, packed)
    packed = text.memory.length > pieceSize ? packed : text.memory
    const { length, hash } = seek(key)
    const [piece, place] = this.#room(sizeOf(length, text.length))
    const at = place % pieceSize
    piece.words.set([hash, length, text.length, 0], at >> 2)
    piece.bytes.set(sought.subarray(0, length), at + headerBytes)
    piece.bytes.set(text.memory.subarray(0, text.length), at + headerBytes + length)
    return place
  }

  /** Has a slot lead to a row that is written: that of its key, or null for the next free one. */
  #point(place: number, own: number | null): void {
    let slot = own
    if (slot === null) {
      if (this.#taken * 2 >= this.#slots.length) this.#spread()
      const piece = this.#pieces[Math.floor(place / pieceSize)]
      const mask = this.#slots.length - 1
      slot = (piece ? word(piece, place % pieceSize, 0) : 0) & mask
      while (this.#slots[slot] !== free) slot = (slot + 1) & mask
      this.#taken += 1
    }
    this.#slots[slot] = place + left + 1
  }

  /** As many slots as there are keys for, and none that was left. */
  #spread(): void {
    let length = firstSlots
    while (length < this.#size * 4) length *= 2
    const before = this.#slots
    this.#slots = new Uint32Array(length)
    this.#taken = 0
    for (const place of before) if (place > left) this.#point(place - left - 1, null)
  }

  #drop(slot: number): void {
    const [piece, at] = this.#at(slot)
    this.#waste += sizeAt(piece, at)
    piece.words[(at >> 2) + 1] = word(piece, at, 1) | dead
  }

  /** Writes all rows anew once more than half of the memory is waste. */
  #gather(): void {
    if (this.#waste < firstPiece || this.#waste * 2 < this.#held) return
    const before = this.#pieces
    this.#pieces = []
    this.#held = 0
    this.#waste = 0
    this.#taken = 0
    this.#slots = new Uint32Array(firstSlots)
    for (const [piece, at] of rowsOf(before)) {
      const size = sizeAt(piece, at)
      const [room, place] = this.#room(size)
      room.bytes.set(piece.bytes.subarray(at, at + size), place % pieceSize)
      this.#point(place, null)
    }
  }
}
