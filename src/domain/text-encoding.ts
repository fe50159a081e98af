/** How the bytes of a text are meant. UTF-16 is what says so by its mark; windows-1252 is what is nothing else. */
export const textEncodings = [
  'utf-8',
  'utf-8-marked',
  'utf-16le',
  'utf-16be',
  'windows-1252',
] as const
export type TextEncoding = (typeof textEncodings)[number]
export type DecodedText = {
  text: string
  encoding: TextEncoding
  /** Whether encoding it again gives these very bytes; what does not must not be saved. */
  isExact: boolean
}

const marks: Partial<Record<TextEncoding, readonly number[]>> = {
  'utf-8-marked': [0xef, 0xbb, 0xbf],
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
}
const begins = (bytes: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, index) => bytes[index] === byte)

const decodeUtf8 = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
const utf16 = (bytes: Uint8Array, label: 'utf-16le' | 'utf-16be'): string =>
  new TextDecoder(label, { fatal: false, ignoreBOM: true }).decode(bytes)

/** Bytes that no text in a single-byte encoding has: the other controls, and what windows-1252 leaves out. */
const noText = new Set([
  ...Array.from({ length: 32 }, (_, code) => code).filter(
    (code) => ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(code),
  ),
  ...[0x7f, 0x81, 0x8d, 0x8f, 0x90, 0x9d],
])
const windows1252 = new TextDecoder('windows-1252', { fatal: false, ignoreBOM: true })
/** Code point to byte, where the two differ. */
const highBytes = new Map<string, number>(
  Array.from({ length: 32 }, (_, index) => {
    const byte = 0x80 + index
    return [windows1252.decode(Uint8Array.of(byte)), byte]
  }),
)

/**
 * What a mark says, then UTF-8 where it is valid, then windows-1252 where nothing speaks against text. Null: no text.
 * `isNamedText`: its name or its type says that it is one, so that a NUL in it is a letter like others.
 */
export const decodeText = (bytes: Uint8Array, isNamedText: boolean): DecodedText | null => {
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    const mark = marks[encoding] ?? []
    if (!begins(bytes, mark)) continue
    const rest = bytes.subarray(mark.length)
    const text = utf16(rest, encoding)
    // Half a letter has no place in a text of ours, and would be lost.
    const isExact = rest.length % 2 === 0 && !text.includes('\ufffd')
    return { text, encoding, isExact }
  }
  const mark = marks['utf-8-marked'] ?? []
  const isMarked = begins(bytes, mark)
  const text = decodeUtf8(isMarked ? bytes.subarray(mark.length) : bytes)
  if (text !== null) {
    if (!isNamedText && text.includes('\0')) return null
    return { text, encoding: isMarked ? 'utf-8-marked' : 'utf-8', isExact: true }
  }
  if (bytes.some((byte) => noText.has(byte))) return null
  return { text: windows1252.decode(bytes), encoding: 'windows-1252', isExact: true }
}

/** Null when the encoding has no sign for something in it. */
export const encodeText = (text: string, encoding: TextEncoding): Uint8Array | null => {
  if (encoding === 'windows-1252') {
    const bytes = new Uint8Array(text.length)
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      const byte =
        code < 0x80 || (code > 0x9f && code < 0x100) ? code : highBytes.get(text[index] ?? '')
      if (byte === undefined) return null
      bytes[index] = byte
    }
    return bytes
  }
  const mark = marks[encoding] ?? []
  if (encoding === 'utf-8' || encoding === 'utf-8-marked') {
    const bytes = new TextEncoder().encode(text)
    if (mark.length === 0) return bytes
    const marked = new Uint8Array(mark.length + bytes.length)
    marked.set(mark)
    marked.set(bytes, mark.length)
    return marked
  }
  const bytes = new Uint8Array(mark.length + 2 * text.length)
  bytes.set(mark)
  const view = new DataView(bytes.buffer, mark.length)
  for (let index = 0; index < text.length; index += 1)
    view.setUint16(2 * index, text.charCodeAt(index), encoding === 'utf-16le')
  return bytes
}
