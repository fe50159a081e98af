/** How a row becomes text, and a row again. */
export type Packing<Row> = { pack(row: Row): string; unpack(key: string, text: string): Row }

/** Bytes of one piece of memory at most; no row is longer: paths are not. The first ones are smaller. */
const pieceSize = 1 << 20
const firstPiece = 1 << 13
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
  #end = 0
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

  /** @throws RangeError for a row that no piece holds */
  #write(text: string): number {
    for (;;) {
      const piece = this.#pieces.at(-1)
      if (piece && this.#end + prefix < piece.length) {
        const { read, written } = encoder.encodeInto(text, piece.subarray(this.#end + prefix))
        if (read === text.length) {
          const at = this.#end
          new DataView(piece.buffer, at).setUint32(0, written)
          this.#end += prefix + written
          return (this.#pieces.length - 1) * pieceSize + at
        }
        if (this.#end === 0 && piece.length === pieceSize)
          throw new RangeError('A row is longer than a piece of memory.')
      }
      this.#pieces.push(new Uint8Array(piece ? Math.min(pieceSize, piece.length * 2) : firstPiece))
      this.#end = 0
    }
  }

  #forget(key: string): void {
    const place = this.#places.get(key)
    if (place !== undefined) this.#waste += prefix + this.#bytesAt(place).length
  }

  /** Writes all rows anew once more than half of the memory is waste. */
  #gather(): void {
    if (this.#waste < pieceSize || this.#waste * 2 < this.#pieces.length * pieceSize) return
    const rows = [...this.#places].map(([key, place]): [string, Uint8Array] => [
      key,
      this.#bytesAt(place),
    ])
    this.#pieces = []
    this.#end = 0
    this.#waste = 0
    for (const [key, bytes] of rows) this.#places.set(key, this.#write(decoder.decode(bytes)))
  }
}
