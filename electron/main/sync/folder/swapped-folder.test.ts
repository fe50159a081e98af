import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Stamp } from '../../../../src/sync/folder/ports.ts'
import { openDisk } from './disk.ts'
import type { Held, Holding, Way } from './held.ts'
import { markFolder } from './mark.ts'
import { listTrash, restoreFromTrash } from './trash.ts'

/* Whoever may write in a linked folder swaps one of its folders with a link, or moves it away, while we work in it. */

vi.mock('./scanner-thread.ts', () => ({
  openScannerThread: async () => ({ scanner: { close: async () => {} }, scan: async () => ({}) }),
}))
/** `held`: once a folder is held; `looked`: once it was found in its place. Of the folder that is named, once. */
const moment: { of: string | null; when: 'held' | 'looked'; act: () => Promise<void> } = {
  ...{ of: null, when: 'held', act: async () => {} },
}
const at = async (when: 'held' | 'looked', segments: readonly string[]): Promise<void> => {
  if (moment.when !== when || segments.join('/') !== moment.of) return
  moment.of = null
  await moment.act()
}
vi.mock('./held.ts', async (original) => {
  const real = await original<typeof import('./held.ts')>()
  const holdingIn = (root: string, way?: Way): Holding => {
    const holding = real.holdingIn(root, way)
    return (segments, make, work) =>
      holding(segments, make, async (folder: Held) => {
        await at('held', segments)
        return work({
          ...folder,
          isInPlace: async () => {
            const isSo = await folder.isInPlace()
            await at('looked', segments)
            return isSo
          },
        })
      })
  }
  return { ...real, holdingIn }
})

const linkId = '00000000-0000-4000-8000-000000000001'
const key = '00000000-0000-4000-8000-0000000000aa'
let home: string
const linked = (...parts: string[]): string => join(home, 'linked', ...parts)
const outside = (...parts: string[]): string => join(home, 'outside', ...parts)
const open = (way?: Way) =>
  openDisk({ root: linked(), linkId, worker: new URL('file:///none'), ...(way ? { way } : {}) })
const put = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const stamp = async (path: string): Promise<Stamp> => (await (await open()).stat(path))!
const receive = async (text: string, way?: Way): Promise<{ sha256: string }> => {
  const sha256 = hashOf(text)
  const staging = await (await open(way)).stage({ sha256, size: Buffer.byteLength(text) })
  if (staging.kept === 0) await staging.write(Buffer.from(text))
  await staging.seal()
  await staging.close()
  return { sha256 }
}
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'atelier-swapped-')))
  await mkdir(linked())
  await put(outside('a.txt'), 'theirs')
  await markFolder(linked(), linkId)
})
afterEach(async () => {
  moment.of = null
  await rm(home, { recursive: true, force: true })
})
const swap = (folder: string) => async (): Promise<void> => {
  await rename(linked(folder), join(home, 'taken'))
  await symlink(outside(), linked(folder))
}
const swapBack = async (folder: string): Promise<void> => {
  await rm(linked(folder))
  await rename(join(home, 'taken'), linked(folder))
}
const nothingOutside = async (): Promise<void> => {
  expect(await readdir(outside())).toEqual(['a.txt'])
  expect(await readFile(outside('a.txt'), 'utf8')).toBe('theirs')
}

const ways: Way[] = process.platform === 'linux' ? ['handles', 'paths'] : ['paths']
describe.each(ways)('by %s', (way) => {
  describe.each(['held', 'looked'] as const)('swapped once it was %s', (when) => {
    const swapping = (folder: string): void => {
      Object.assign(moment, { of: folder, when, act: swap(folder) })
    }
    it('a file that comes is placed nowhere else', async () => {
      await put(linked('docs/old.txt'), 'old')
      const disk = await open(way)
      const blob = await receive('new')
      swapping('docs')
      expect(await disk.place(blob, 'docs/b.txt', null).catch(() => 'changed')).toBe('changed')
      await nothingOutside()
      await swapBack('docs')
      expect(await readdir(linked('docs'))).toEqual(['old.txt'])
      // Nothing is lost: it is placed once the folder is one again.
      expect(await disk.place(await receive('new'), 'docs/b.txt', null)).toMatchObject({ size: 3 })
      expect(await readFile(linked('docs/b.txt'), 'utf8')).toBe('new')
    })
    it('a file that is replaced is the old one again', async () => {
      await put(linked('docs/b.txt'), 'old')
      const disk = await open(way)
      const blob = await receive('new')
      const expects = await stamp('docs/b.txt')
      swapping('docs')
      expect(await disk.place(blob, 'docs/b.txt', expects).catch(() => 'changed')).toBe('changed')
      await nothingOutside()
      await swapBack('docs')
      expect(await readFile(linked('docs/b.txt'), 'utf8')).toBe('old')
      const again = await stamp('docs/b.txt')
      expect(await disk.place(await receive('new'), 'docs/b.txt', again)).toMatchObject({ size: 3 })
    })
    it('a file that is moved stays where it was', async () => {
      await put(linked('from/b.txt'), 'mine')
      await put(linked('docs/c.txt'), 'c')
      const disk = await open(way)
      const expects = await stamp('from/b.txt')
      swapping('docs')
      expect(await disk.move('from/b.txt', 'docs/b.txt', expects).catch(() => 'changed')).toBe(
        'changed',
      )
      await nothingOutside()
      expect(await readFile(linked('from/b.txt'), 'utf8')).toBe('mine')
      await swapBack('docs')
      expect(await disk.move('from/b.txt', 'docs/b.txt', await stamp('from/b.txt'))).toMatchObject({
        size: 4,
      })
    })
    it('a file that is brought back stays set aside', async () => {
      await put(linked('b.txt'), 'mine')
      await put(linked('docs/c.txt'), 'c')
      const disk = await open(way)
      await disk.setAside('b.txt', key, await stamp('b.txt'))
      swapping('docs')
      expect(await disk.bringBack(key, 'docs/b.txt').catch(() => 'changed')).toBe('changed')
      await nothingOutside()
      expect((await disk.aside()).map((each) => each.key)).toEqual([key])
      await swapBack('docs')
      expect(await disk.bringBack(key, 'docs/b.txt')).toMatchObject({ size: 4 })
    })
    it('what is restored from the trash stays in it', async () => {
      await put(linked('docs/b.txt'), 'mine')
      await put(linked('docs/c.txt'), 'c')
      const disk = await open(way)
      await disk.discard('docs/b.txt', await stamp('docs/b.txt'), { sha256: '' })
      const [entry] = await listTrash(linked())
      swapping('docs')
      await expect(restoreFromTrash(linked(), entry!.id)).rejects.toMatchObject({
        code: 'file.busy',
      })
      await nothingOutside()
      await swapBack('docs')
      expect(await restoreFromTrash(linked(), entry!.id)).toBe('docs/b.txt')
    })
  })
  it.each(['incoming', 'aside'])(
    'our %s is swapped once it was held: nothing of a person’s goes there',
    async (name) => {
      await put(linked('docs/b.txt'), 'mine')
      await mkdir(linked('.atelier', name))
      const disk = await open(way)
      const expects = await stamp('docs/b.txt')
      const folder = `.atelier/${name}`
      Object.assign(moment, { of: folder, when: 'held', act: swap(folder) })
      const work =
        name === 'aside'
          ? disk.setAside('docs/b.txt', key, expects)
          : disk.stage({ sha256: hashOf('new'), size: 3 }).then((staging) => staging.close())
      const answer = await work.catch((error: { code: string }) => error.code)
      expect(['changed', 'file.busy']).toContain(answer)
      await nothingOutside()
      expect(await readFile(linked('docs/b.txt'), 'utf8')).toBe('mine')
      await swapBack(folder)
      if (name === 'aside')
        expect(await disk.setAside('docs/b.txt', key, expects).catch(() => null)).not.toBeNull()
    },
  )
  it('a file is thrown away while its folder is moved: it is in the trash, or where it was', async () => {
    await put(linked('docs/b.txt'), 'mine')
    const disk = await open(way)
    const expects = await stamp('docs/b.txt')
    await put(outside('b.txt'), 'not ours')
    Object.assign(moment, { of: 'docs', when: 'held', act: swap('docs') })
    await disk.discard('docs/b.txt', expects, { sha256: '' }).catch(() => {})
    expect(await readFile(outside('b.txt'), 'utf8')).toBe('not ours')
    await swapBack('docs')
    const there = await lstat(linked('docs/b.txt')).catch(() => null)
    expect((await listTrash(linked())).length + (there ? 1 : 0)).toBe(1)
  })
})

/** Ends by itself. It rests now and then with the folder in its place: else it is luck whether a file is ever placed. */
const swapper = `
  const { renameSync, symlinkSync, unlinkSync } = require('node:fs')
  const [folder, taken, outside] = process.argv.slice(1)
  const resting = new Int32Array(new SharedArrayBuffer(4))
  process.stdout.write('begun')
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    for (let swaps = 0; swaps < 1_000; swaps += 1) {
      try { renameSync(folder, taken) } catch {}
      try { symlinkSync(outside, folder) } catch {}
      try { unlinkSync(folder) } catch {}
      try { renameSync(taken, folder) } catch {}
    }
    Atomics.wait(resting, 0, 0, 10)
  }`

it.runIf(process.platform === 'linux')(
  'a hundred files while another program swaps all the time: none is outside',
  async () => {
    await mkdir(linked('docs'))
    const places = [linked('docs'), join(home, 'taken'), outside()]
    const child = spawn(process.execPath, ['-e', swapper, ...places], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve))
      const seen = { placed: 0, changed: 0 }
      for (let count = 0; count < 100 || !seen.placed || !seen.changed; count += 1) {
        const disk = await open()
        const blob = await receive(`file ${count}`)
        const answer = await disk.place(blob, `docs/${count}.txt`, null).catch(() => 'changed')
        seen[answer === 'changed' ? 'changed' : 'placed'] += 1
        await disk.close()
      }
      await nothingOutside()
    } finally {
      child.kill()
    }
  },
)
