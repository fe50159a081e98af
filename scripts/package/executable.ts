import type { Processor, System } from './target.ts'

/** What a program or library is built for, by its first bytes; null for any other file. */
export type Executable = { system: System; processors: (Processor | 'other')[] }

const elfProcessors: Record<number, Processor> = { 62: 'x64', 183: 'arm64' }
const peProcessors: Record<number, Processor> = { 34404: 'x64', 43620: 'arm64' }
const machProcessors: Record<number, Processor> = { 16777223: 'x64', 16777228: 'arm64' }

/** The slices of a universal file: where each begins, and how long it is. */
export const slicesOf = (
  bytes: Buffer,
): { processor: Processor | 'other'; offset: number; size: number }[] => {
  if (bytes.length < 8) return []
  const magic = bytes.readUInt32BE(0)
  // A class file of Java begins with the same word; what follows is its version, more than any file has slices.
  if (magic !== 0xcafebabe && magic !== 0xcafebabf) return []
  const count = bytes.readUInt32BE(4)
  const long = magic === 0xcafebabf
  const width = long ? 32 : 20
  if (count > 16 || bytes.length < 8 + count * width) return []
  return Array.from({ length: count }, (_, index) => {
    const entry = 8 + index * width
    return {
      processor: machProcessors[bytes.readUInt32BE(entry)] ?? 'other',
      offset: long ? Number(bytes.readBigUInt64BE(entry + 8)) : bytes.readUInt32BE(entry + 8),
      size: long ? Number(bytes.readBigUInt64BE(entry + 16)) : bytes.readUInt32BE(entry + 12),
    }
  })
}

const elf = (bytes: Buffer): Executable | null =>
  bytes.length >= 20 && bytes.readUInt32BE(0) === 0x7f454c46
    ? { system: 'linux', processors: [elfProcessors[bytes.readUInt16LE(18)] ?? 'other'] }
    : null

const portable = (bytes: Buffer): Executable | null => {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 2) !== 'MZ') return null
  const place = bytes.readUInt32LE(60)
  if (bytes.length < place + 6 || bytes.readUInt32BE(place) !== 0x50450000) return null
  return { system: 'win32', processors: [peProcessors[bytes.readUInt16LE(place + 4)] ?? 'other'] }
}

const mach = (bytes: Buffer): Executable | null => {
  const slices = slicesOf(bytes)
  if (slices.length)
    return { system: 'darwin', processors: slices.map(({ processor }) => processor) }
  if (bytes.length < 8 || ![0xfeedfacf, 0xfeedface].includes(bytes.readUInt32LE(0))) return null
  return { system: 'darwin', processors: [machProcessors[bytes.readUInt32LE(4)] ?? 'other'] }
}

/** A header lies in the first kilobytes: that much of the file is enough. */
export const headerBytes = 4096

export const executableOf = (bytes: Buffer): Executable | null =>
  elf(bytes) ?? portable(bytes) ?? mach(bytes)

/** A universal file cut down to one processor; its own bytes when it is none. */
export const thinned = (bytes: Buffer, processor: Processor): Buffer => {
  const slices = slicesOf(bytes)
  if (slices.length === 0) return bytes
  const slice = slices.find((each) => each.processor === processor)
  if (!slice) throw new Error(`This universal file has nothing for ${processor}.`)
  return bytes.subarray(slice.offset, slice.offset + slice.size)
}

/** Whether a Windows program carries a signature: its header leads to a table of certificates. */
export const isSigned = (bytes: Buffer): boolean => {
  if (executableOf(bytes)?.system !== 'win32') return false
  const optional = bytes.readUInt32LE(60) + 24
  // The tables begin 16 bytes later in a program of 64 bits.
  const tables = optional + (bytes.readUInt16LE(optional) === 0x20b ? 112 : 96)
  return bytes.readUInt32LE(tables + 4 * 8 + 4) > 0
}
