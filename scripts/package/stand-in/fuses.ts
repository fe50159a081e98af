/*
 * Electron keeps its fuses as text in its binary: this sentinel, a version, their number, and a character each. What
 * has it is taken for Electron by whoever flips fuses.
 */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** As Electron 45 leaves its factory. */
const factory = '101100011'
export const fuseWire: Buffer = Buffer.concat([
  Buffer.from(sentinel),
  Buffer.from([1, factory.length]),
  Buffer.from(factory),
])

/** The characters of the fuses of a binary, in Electron's order. */
export const fusesOf = (binary: Buffer): string => {
  const at = binary.indexOf(sentinel)
  if (at < 0) throw new Error('There are no fuses in this binary.')
  const begin = at + sentinel.length + 2
  return binary.toString('latin1', begin, begin + (binary[begin - 1] ?? 0))
}
