import { executableOf, slicesOf } from './executable.ts'

const text = (bytes: Buffer, place: number): string =>
  bytes.toString('latin1', place, bytes.indexOf(0, place))

/** From an address in memory to the place in the file, by the parts that are laid there. */
type Part = { address: number; place: number; size: number }
const placeOf = (parts: Part[], address: number): number => {
  const part = parts.find((each) => address >= each.address && address < each.address + each.size)
  if (!part) throw new Error('This program names an address that none of its parts holds.')
  return address - part.address + part.place
}

const neededByElf = (bytes: Buffer): string[] => {
  const number = (place: number) => Number(bytes.readBigUInt64LE(place))
  const width = bytes.readUInt16LE(54)
  const headers = Array.from(
    { length: bytes.readUInt16LE(56) },
    (_, index) => number(32) + index * width,
  )
  const loaded = headers
    .filter((header) => bytes.readUInt32LE(header) === 1)
    .map((header) => ({
      place: number(header + 8),
      address: number(header + 16),
      size: number(header + 32),
    }))
  const dynamic = headers.find((header) => bytes.readUInt32LE(header) === 2)
  if (dynamic === undefined) return []
  const names: number[] = []
  let strings = 0
  for (let entry = number(dynamic + 8); number(entry) !== 0; entry += 16) {
    if (number(entry) === 1) names.push(number(entry + 8))
    if (number(entry) === 5) strings = placeOf(loaded, number(entry + 8))
  }
  return names.map((name) => text(bytes, strings + name))
}

const neededByPortable = (bytes: Buffer): string[] => {
  const header = bytes.readUInt32LE(60)
  const optional = header + 24
  // The tables begin 16 bytes later in a program of 64 bits.
  const tables = optional + (bytes.readUInt16LE(optional) === 0x20b ? 112 : 96)
  const sections = optional + bytes.readUInt16LE(header + 20)
  const parts = Array.from({ length: bytes.readUInt16LE(header + 6) }, (_, index) => {
    const section = sections + index * 40
    return {
      address: bytes.readUInt32LE(section + 12),
      size: bytes.readUInt32LE(section + 16),
      place: bytes.readUInt32LE(section + 20),
    }
  })
  const listed = (table: number, width: number, nameAt: number): string[] => {
    const address = bytes.readUInt32LE(tables + table * 8)
    if (address === 0) return []
    const names: string[] = []
    for (
      let entry = placeOf(parts, address);
      bytes.readUInt32LE(entry + nameAt) !== 0;
      entry += width
    )
      names.push(text(bytes, placeOf(parts, bytes.readUInt32LE(entry + nameAt))))
    return names
  }
  // What is loaded at the start, and what is loaded when it is first called.
  return [...listed(1, 20, 12), ...listed(13, 32, 4)]
}

const loadCommands = [0xc, 0x80000018, 0x8000001f]

const neededByMach = (bytes: Buffer): string[] => {
  const slice = slicesOf(bytes)[0]
  if (slice) return neededByMach(bytes.subarray(slice.offset, slice.offset + slice.size))
  const names: string[] = []
  let command = 32
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    if (loadCommands.includes(bytes.readUInt32LE(command)))
      names.push(text(bytes, command + bytes.readUInt32LE(command + 8)))
    command += bytes.readUInt32LE(command + 4)
  }
  return names
}

/** The libraries that a program or library asks the system to load with it, as it names them. */
export const neededLibraries = (bytes: Buffer): string[] => {
  switch (executableOf(bytes)?.system) {
    case 'linux':
      return neededByElf(bytes)
    case 'win32':
      return neededByPortable(bytes)
    case 'darwin':
      return neededByMach(bytes)
    case undefined:
      return []
  }
}
