import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../run.ts'
import { icns, ico } from './icon-files.ts'
import { pictures } from './pictures.ts'

const drawing = pictures()

test('what lies in resources is what icon.svg is drawn as today, every byte', async () => {
  const drawn = await drawing
  for (const [path, bytes] of drawn) {
    const kept = await readFile(join(root, 'resources', path))
    expect(kept.equals(bytes), `resources/${path} is older than icon.svg: npm run icons`).toBe(true)
  }
  const files = await readdir(join(root, 'resources'), { recursive: true })
  const kept = files.filter((file) => /\.(png|ico|icns|bmp)$/.test(file))
  expect(kept.map((file) => file.replaceAll('\\', '/')).sort()).toEqual([...drawn.keys()].sort())
})

test('the containers say where each picture begins and ends', async () => {
  const drawn = await drawing
  const png = Buffer.from('\x89PNG', 'latin1')
  const windows = drawn.get('icon.ico')!
  for (let entry = 6; entry < 6 + 16 * windows.readUInt16LE(4); entry += 16)
    expect(windows.subarray(windows.readUInt32LE(entry + 12)).subarray(0, 4)).toEqual(png)
  const mac = drawn.get('icon.icns')!
  expect(mac.readUInt32BE(4)).toBe(mac.length)
  let place = 8
  while (place < mac.length) {
    expect(mac.subarray(place + 8, place + 12)).toEqual(png)
    place += mac.readUInt32BE(place + 4)
  }
  expect(place).toBe(mac.length)
})

test('a picture of 256 pixels is written as 0, and a missing one is no icon', () => {
  expect(ico([{ size: 256, png: Buffer.from('x') }]).readUInt8(6)).toBe(0)
  expect(() => icns([])).toThrow('16 pixels')
})
