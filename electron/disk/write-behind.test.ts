import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { writeBehind } from './write-behind.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-write-behind-'))
})
afterEach(() => rm(folder, { recursive: true }))

const openFile = () => open(join(folder, 'file'), 'a+')
const pieceOf = (value: number, size: number) => new Uint8Array(size).fill(value)

test('pieces of any size come in their order, and all of them by the end', async () => {
  const handle = await openFile()
  const written = writeBehind(handle)
  const pieces = [1, 70_000, 1_048_576, 3, 2_500_000].map((size, value) => pieceOf(value, size))
  for (const piece of pieces) await written.add(piece)
  await written.end()
  await handle.close()
  expect(Buffer.concat(pieces).equals(await readFile(join(folder, 'file')))).toBe(true)
})

test('a write that was cut short goes on where it ended', async () => {
  const handle = await openFile()
  const whole = handle.writev.bind(handle)
  vi.spyOn(handle, 'writev').mockImplementationOnce(async (parts) => {
    const { bytesWritten } = await handle.write(Buffer.concat(parts as Buffer[]).subarray(0, 1000))
    return { bytesWritten, buffers: parts } as Awaited<ReturnType<typeof whole>>
  })
  const written = writeBehind(handle)
  await written.add(pieceOf(7, 5000))
  await written.end()
  await handle.close()
  expect(Buffer.from(pieceOf(7, 5000)).equals(await readFile(join(folder, 'file')))).toBe(true)
})

test('what a write failed with is told by what comes next, and a new beginning knows nothing of it', async () => {
  const handle = await openFile()
  vi.spyOn(handle, 'writev').mockRejectedValueOnce(new Error('no room'))
  const written = writeBehind(handle)
  await written.add(pieceOf(1, 2_000_000))
  await expect(written.add(pieceOf(2, 2_000_000))).rejects.toThrow('no room')
  await written.drop()
  await handle.truncate(0)
  await written.add(pieceOf(3, 10))
  await written.end()
  await handle.close()
  expect([...(await readFile(join(folder, 'file')))]).toEqual([...pieceOf(3, 10)])
})

test('bytes that the disk did not keep are told of though the last sync succeeds', async () => {
  const handle = await openFile()
  vi.spyOn(handle, 'datasync').mockRejectedValueOnce(new Error('input/output error'))
  const written = writeBehind(handle)
  for (let count = 0; count < 40; count += 1) await written.add(pieceOf(count, 1_048_576))
  await expect(written.end()).rejects.toThrow('input/output error')
  await written.drop()
  await written.end()
  await handle.close()
})
