import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openDisk } from './disk.ts'

vi.mock('./scanner-thread.ts', () => ({
  openScannerThread: async () => ({ scanner: { close: async () => {} }, scan: async () => ({}) }),
}))

const linkId = '00000000-0000-4000-8000-000000000001'
let home: string
const root = () => join(home, 'linked')
const open = () => openDisk({ root: root(), linkId, worker: new URL('file:///none') })
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'atelier-hash-'))
  await mkdir(join(root(), '.atelier'), { recursive: true })
  await writeFile(join(root(), '.atelier', 'link.json'), JSON.stringify({ linkId }))
  await writeFile(join(home, '.bashrc'), 'mine')
})
afterEach(() => rm(home, { recursive: true, force: true }))

it.each(['../../../.bashrc', '../../.bashrc', '', '.', 'a'.repeat(63), `${'a'.repeat(64)}/../x`])(
  'what is no hash is staged nowhere and placed from nowhere: %j',
  async (sha256) => {
    const disk = await open()
    await expect(disk.stage({ sha256, size: 30 })).rejects.toMatchObject({
      code: 'server.unexpected-answer',
    })
    await expect(disk.place({ sha256 }, 'taken', null)).rejects.toMatchObject({
      code: 'server.unexpected-answer',
    })
    expect(await readFile(join(home, '.bashrc'), 'utf8')).toBe('mine')
    expect((await readdir(root())).filter((name) => name !== '.atelier')).toEqual([])
  },
)
it('a file that is larger than the disk is that file’s trouble alone', async () => {
  const disk = await open()
  const sha256 = 'ab'.repeat(32)
  await expect(disk.stage({ sha256, size: 9e15 })).rejects.toMatchObject({ code: 'disk.no-room' })
})
it('a hash is staged and placed', async () => {
  const disk = await open()
  const bytes = Buffer.from('theirs')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const staging = await disk.stage({ sha256, size: bytes.length })
  await staging.write(bytes)
  await staging.seal()
  await staging.close()
  expect(await disk.place({ sha256 }, 'a/b.txt', null)).toMatchObject({ size: bytes.length })
  expect(await readFile(join(root(), 'a/b.txt'), 'utf8')).toBe('theirs')
})
