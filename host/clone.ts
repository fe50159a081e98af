/**
 * The structured clone as text, for what goes between main and a page. One function without a word from outside, since
 * it runs in pages, too.
 */
export const cloneCodec = () => {
  type Coded = string | boolean | null | number | [kind: string, ...parts: unknown[]]
  const views = { Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array }
  const floats = { Float32Array, Float64Array, Uint8ClampedArray, BigInt64Array, BigUint64Array }
  const kinds: Record<string, new (buffer: ArrayBuffer) => ArrayBufferView> = {
    ...views,
    ...floats,
    DataView,
  }
  const textOf = (buffer: ArrayBufferLike, start = 0, length = buffer.byteLength): string =>
    Array.from(new Uint8Array(buffer, start, length), (byte) => String.fromCharCode(byte)).join('')
  const bytesOf = (text: string): ArrayBuffer =>
    Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer
  /** In V8's words as Electron has them, whatever it was. */
  const check = (value: unknown): void => {
    try {
      structuredClone(value)
    } catch {
      throw new Error('An object could not be cloned.')
    }
  }
  const encode = (value: unknown): Coded => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number')
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ['number', Object.is(value, -0) ? '-0' : String(value)]
    if (typeof value === 'bigint') return ['bigint', String(value)]
    if (typeof value !== 'object') return ['undefined']
    if (Array.isArray(value)) return ['array', value.map(encode)]
    if (value instanceof Date) return ['date', value.getTime()]
    if (value instanceof RegExp) return ['pattern', value.source, value.flags]
    if (value instanceof Map) return ['map', Array.from(value, (pair) => pair.map(encode))]
    if (value instanceof Set) return ['set', Array.from(value, encode)]
    if (value instanceof Error) return ['error', value.name, value.message]
    if (value instanceof ArrayBuffer) return ['bytes', 'ArrayBuffer', textOf(value)]
    if (ArrayBuffer.isView(value)) {
      // Node's own kind of bytes is a page's usual one.
      const name = value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name
      return ['bytes', name, textOf(value.buffer, value.byteOffset, value.byteLength)]
    }
    return ['object', Object.entries(value).map(([key, inner]) => [key, encode(inner)])]
  }
  const decode = (coded: unknown): unknown => {
    if (!Array.isArray(coded)) return coded
    const [kind, first, second] = coded as [string, unknown, unknown]
    if (kind === 'number') return Number(first)
    if (kind === 'bigint') return BigInt(first as string)
    if (kind === 'undefined') return undefined
    if (kind === 'date') return new Date(first as number)
    if (kind === 'pattern') return new RegExp(first as string, second as string)
    if (kind === 'error') return Object.assign(new Error(second as string), { name: first })
    if (kind === 'bytes') {
      const bytes = bytesOf(second as string)
      const View = kinds[first as string]
      return View ? new View(bytes) : bytes
    }
    const parts = first as unknown[]
    if (kind === 'array') return parts.map(decode)
    if (kind === 'set') return new Set(parts.map(decode))
    const pairs = (parts as [unknown, unknown][]).map(([key, inner]) => [key, decode(inner)])
    if (kind === 'map') return new Map(pairs.map(([key, inner]) => [decode(key), inner]))
    return Object.fromEntries(pairs)
  }
  return {
    encode: (value: unknown): Coded => {
      check(value)
      return encode(value)
    },
    decode,
  }
}
