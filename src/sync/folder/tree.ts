/** How a row becomes text, and a row again. */
export type Packing<Row> = { pack(row: Row): string; unpack(key: string, text: string): Row }

/** Bytes of one piece of memory. No row is longer: paths are not. */
const pieceSize = 1 << 20
/** Before each row: how many bytes it is. */
const prefix = 4
const encoder = new TextEncoder()
// A name may begin with what would be a mark of the order of bytes.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Rows by their key, packed outside of the heap: of a hundred thousand files, objects would be most of what the
 * application needs. What comes out is made anew each time, in the order in which keys came first.
 */
export class Tree<Row> {
  readonly #packing: Packing<Row>
  readonly #changing: (key: string, row: Row | null) => void
  readonly #places = new Map<string, number>()
  #pieces: Uint8Array[] = []
  /** Where the last piece is free. */
  #end = pieceSize
  /** Bytes that no key leads to any more. */
  #waste = 0

  /** `changing` is told before a key has another row; null: none. */
  constructor(packing: Packing<Row>, changing: (key: string, row: Row | null) => void = () => {}) {
    this.#packing = packing
    this.#changing = changing
  }

  get size(): number {
    return this.#places.size
  }

  has(key: string): boolean {
    return this.#places.has(key)
  }

  get(key: string): Row | undefined {
    const place = this.#places.get(key)
    return place === undefined
      ? undefined
      : this.#packing.unpack(key, decoder.decode(this.#bytesAt(place)))
  }

  set(key: string, row: Row): void {
    this.#changing(key, row)
    this.#forget(key)
    this.#places.set(key, this.#write(this.#packing.pack(row)))
    this.#gather()
  }

  delete(key: string): void {
    if (!this.#places.has(key)) return
    this.#changing(key, null)
    this.#forget(key)
    this.#places.delete(key)
    this.#gather()
  }

  keys(): MapIterator<string> {
    return this.#places.keys()
  }

  *values(): Generator<Row> {
    for (const [key, place] of this.#places)
      yield this.#packing.unpack(key, decoder.decode(this.#bytesAt(place)))
  }

  #bytesAt(place: number): Uint8Array {
    const piece = this.#pieces[Math.floor(place / pieceSize)] ?? new Uint8Array(prefix)
    const at = place % pieceSize
    const length = new DataView(piece.buffer, at).getUint32(0)
    return piece.subarray(at + prefix, at + prefix + length)
  }

  #write(text: string): number {
    for (let tries = 0; tries < 2; tries += 1) {
      const piece = this.#pieces.at(-1)
      if (piece && this.#end + prefix < pieceSize) {
        const { read, written } = encoder.encodeInto(text, piece.subarray(this.#end + prefix))
        if (read === text.length) {
          const at = this.#end
          new DataView(piece.buffer, at).setUint32(0, written)
          this.#end += prefix + written
          return (this.#pieces.length - 1) * pieceSize + at
        }
      }
      this.#pieces.push(new Uint8Array(pieceSize))
      this.#end = 0
    }
    throw new RangeError('A row is longer than a piece of memory.')
  }

  #forget(key: string): void {
    const place = this.#places.get(key)
    if (place !== undefined) this.#waste += prefix + this.#bytesAt(place).length
  }

  /** Writes all rows anew once more than half of the memory is waste. */
  #gather(): void {
    if (this.#waste < pieceSize || this.#waste * 2 < this.#pieces.length * pieceSize) return
    const before = this.#pieces
    const rows = [...this.#places].map(([key, place]): [string, Uint8Array] => [
      key,
      this.#bytesAt(place),
    ])
    this.#pieces = []
    this.#end = pieceSize
    this.#waste = 0
    for (const [key, bytes] of rows) this.#places.set(key, this.#write(decoder.decode(bytes)))
    before.length = 0
  }
}
