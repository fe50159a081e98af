export type Picture = { size: number; png: Buffer }

/** Windows' container: a directory of pictures, each a PNG as every Windows since Vista reads it. */
export const ico = (pictures: Picture[]): Buffer => {
  const header = Buffer.alloc(6 + 16 * pictures.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.length, 4)
  let place = header.length
  pictures.forEach(({ size, png }, index) => {
    const entry = 6 + 16 * index
    // A byte holds no 256: that is written as 0.
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(png.length, entry + 8)
    header.writeUInt32LE(place, entry + 12)
    place += png.length
  })
  return Buffer.concat([header, ...pictures.map(({ png }) => png)])
}

/** What macOS calls each size; the second of a size is the double of half of it, for finer screens. */
const icnsTypes: [type: string, size: number][] = [
  ['icp4', 16],
  ['ic11', 32],
  ['icp5', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]

export const icnsSizes = [...new Set(icnsTypes.map(([, size]) => size))]

export const icns = (pictures: Picture[]): Buffer => {
  const entries = icnsTypes.map(([type, size]) => {
    const picture = pictures.find((each) => each.size === size)
    if (!picture) throw new Error(`There is no picture of ${size} pixels.`)
    const header = Buffer.alloc(8)
    header.write(type, 'latin1')
    header.writeUInt32BE(8 + picture.png.length, 4)
    return Buffer.concat([header, picture.png])
  })
  const header = Buffer.alloc(8)
  header.write('icns', 'latin1')
  header.writeUInt32BE(8 + entries.reduce((sum, { length }) => sum + length, 0), 4)
  return Buffer.concat([header, ...entries])
}

/** NSIS shows bitmaps alone, of 24 bits and from the bottom up. */
export const bitmap = (image: { width: number; height: number; pixels: Uint8Array }): Buffer => {
  const { width, height, pixels } = image
  const row = Math.ceil((width * 3) / 4) * 4
  const header = Buffer.alloc(54)
  header.write('BM', 'latin1')
  header.writeUInt32LE(54 + row * height, 2)
  header.writeUInt32LE(54, 10)
  header.writeUInt32LE(40, 14)
  header.writeInt32LE(width, 18)
  header.writeInt32LE(height, 22)
  header.writeUInt16LE(1, 26)
  header.writeUInt16LE(24, 28)
  header.writeUInt32LE(row * height, 34)
  const body = Buffer.alloc(row * height)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 3; channel += 1)
        body[(height - 1 - y) * row + x * 3 + channel] =
          pixels[(y * width + x) * 4 + 2 - channel] ?? 0
  return Buffer.concat([header, body])
}
