import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Stamp } from '../../../../src/sync/folder/ports.ts'
import { openDisk } from './disk.ts'
import { markFolder, markOf, unmarkFolder } from './link-marker.ts'
import { openScanner } from './scanner.ts'
import { emptyTrash, listTrash, restoreFromTrash } from './trash.ts'

/* What somebody else may have put into a folder, or puts there while we work in it, and what must not come of it. */

vi.mock('./scanner-thread.ts', () => ({
  openScannerThread: async () => ({ scanner: { close: async () => {} }, scan: async () => ({}) }),
}))

const linkId = '00000000-0000-4000-8000-000000000001'
const key = '00000000-0000-4000-8000-0000000000aa'
let home: string
const at = (...parts: string[]): string => join(home, ...parts)
const linked = (...parts: string[]): string => at('linked', ...parts)
const own = (...parts: string[]): string => linked('.atelier', ...parts)
const open = () => openDisk({ root: linked(), linkId, worker: new URL('file:///none') })
const put = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const stamp = async (path: string): Promise<Stamp> => {
  const found = await (await open()).stat(path)
  if (!found) throw new Error(`${path} is not there`)
  return found
}
const receive = async (text: string): Promise<{ sha256: string }> => {
  const sha256 = hashOf(text)
  const staging = await (await open()).stage({ sha256, size: Buffer.byteLength(text) })
  if (staging.kept === 0) await staging.write(Buffer.from(text))
  await staging.seal()
  await staging.close()
  return { sha256 }
}
/** Everything of a person's, by path. */
const victims = async (): Promise<Record<string, string>> => {
  const tree: Record<string, string> = {}
  for (const entry of await readdir(at('Documents'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name)
      tree[path.slice(home.length)] = await readFile(path, 'utf8')
    }
  return tree
}
let before: Record<string, string>

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'atelier-hostile-')))
  await put(at('Documents/thesis.txt'), 'years of work')
  await put(at('Documents/config.json'), '{"mine":true}')
  await put(at('Documents', key), 'of our form, and not ours')
  await put(at('Documents', hashOf('theirs')), 'of our form, and not ours')
  await put(at(`Documents/${key}.json`), '{}')
  await put(at('Documents/deep', key, 'x.txt'), 'x')
  await mkdir(linked())
  before = await victims()
})
afterEach(async () => {
  // Whatever was tried: nothing of the person's is another one.
  expect(await victims()).toEqual(before)
  await rm(home, { recursive: true, force: true })
})
const marked = async (): Promise<void> => {
  await markFolder(linked(), linkId)
}

describe('at the link, what stands in the place of our folder is not taken for ours', () => {
  const plants: [name: string, plant: () => Promise<unknown>][] = [
    ['a link to a folder', () => symlink('../Documents', own())],
    ['a file', () => put(own(), 'a file')],
    [
      'a mark that is a link',
      async () => {
        await mkdir(own())
        await symlink('../../Documents/config.json', own('link.json'))
      },
    ],
    ...['incoming', 'moving', 'aside', 'trash'].map((name): [string, () => Promise<unknown>] => [
      `${name} that is a link`,
      async () => {
        await mkdir(own())
        await symlink('../../Documents', own(name))
      },
    ]),
    [
      'a staged file that is a link',
      async () => {
        await mkdir(own('incoming'), { recursive: true })
        await symlink('../../../Documents/thesis.txt', own('incoming', hashOf('theirs')))
      },
    ],
    ['a file among what was set aside', () => put(own('aside/x'), 'planted')],
    ['a folder of another name', () => put(own('more/x'), 'planted')],
  ]
  it.each(plants)('%s', async (_name, plant) => {
    await plant()
    await marked()
    expect(await markOf(linked())).toBe(linkId)
    expect((await lstat(own())).isDirectory()).toBe(true)
    expect(await readdir(own())).toEqual(['link.json'])
    expect((await readdir(linked())).sort()).toEqual(['.atelier', 'atelier (set aside)'])
    // What was there is there, and a second time it has another name.
    await rm(own(), { recursive: true })
    await plant()
    await marked()
    expect(await readdir(linked())).toContain('atelier (set aside) 2')
    const disk = await open()
    expect(await disk.aside()).toEqual([])
    await disk.clearStaging()
    expect(await disk.place(await receive('theirs'), 'a.txt', null)).toMatchObject({ size: 6 })
    expect(await readFile(linked('a.txt'), 'utf8')).toBe('theirs')
  })
  it('a folder without one gets ours, for its person alone', async () => {
    await marked()
    expect(await readdir(linked())).toEqual(['.atelier'])
    if (process.platform !== 'win32') expect((await lstat(own())).mode & 0o777).toBe(0o700)
  })
  it('the trash that an unlinked folder kept is found again', async () => {
    await marked()
    await put(linked('a.txt'), 'one')
    await (await open()).discard('a.txt', await stamp('a.txt'), { sha256: hashOf('one') })
    await unmarkFolder(linked())
    expect(await readdir(own())).toEqual(['trash'])
    await marked()
    expect(await readdir(linked())).toEqual(['.atelier'])
    const [entry] = await listTrash(linked())
    expect(await restoreFromTrash(linked(), entry!.id)).toBe('a.txt')
    expect(await readFile(linked('a.txt'), 'utf8')).toBe('one')
  })
  it('another link’s mark is refused', async () => {
    await markFolder(linked(), key)
    await expect(marked()).rejects.toMatchObject({ code: 'folder.not-ours' })
    expect(await markOf(linked())).toBe(key)
  })
})

describe('in a linked folder', () => {
  beforeEach(marked)
  const notOurs = { code: 'folder.not-ours' }

  it.each(['incoming', 'moving', 'aside', 'trash'])(
    'a link in the place of %s is noticed at a start',
    async (name) => {
      const scanner = openScanner(linked())
      scanner.scan(linkId)
      await mkdir(own(name))
      scanner.scan(linkId)
      await rm(own(name), { recursive: true })
      await symlink('../../Documents', own(name))
      expect(() => scanner.scan(linkId)).toThrowError(expect.objectContaining(notOurs))
      expect(() => scanner.look(linkId, ['x'], [])).toThrowError(expect.objectContaining(notOurs))
    },
  )
  it('a link in the place of all of it, or of the mark', async () => {
    await rename(own(), at('elsewhere'))
    await symlink('../elsewhere', own())
    expect(() => openScanner(linked()).scan(linkId)).toThrowError(expect.objectContaining(notOurs))
    await expect((await open()).stage({ sha256: hashOf('theirs'), size: 6 })).rejects.toMatchObject(
      notOurs,
    )
    expect(await markOf(linked())).toBeNull()
    expect(await readdir(at('elsewhere'))).toEqual(['link.json'])
    await rm(own())
    await rename(at('elsewhere'), own())
    await rename(own('link.json'), at('link.json'))
    await symlink('../../link.json', own('link.json'))
    expect(() => openScanner(linked()).scan(linkId)).toThrowError(expect.objectContaining(notOurs))
    expect(await markOf(linked())).toBeNull()
  })
  it('nothing is cleared, staged or placed by way of a link', async () => {
    await symlink('../../Documents', own('incoming'))
    const disk = await open()
    await disk.clearStaging()
    await expect(disk.stage({ sha256: hashOf('theirs'), size: 6 })).rejects.toMatchObject(notOurs)
    await expect(disk.place({ sha256: hashOf('theirs') }, 'a', null)).rejects.toMatchObject(notOurs)
    expect(await readdir(linked())).toEqual(['.atelier'])
  })
  it('what was staged is cleared, and what has no hash for a name stays', async () => {
    await receive('theirs')
    await put(own('incoming/keep.txt'), 'keep')
    await (await open()).clearStaging()
    expect(await readdir(own('incoming'))).toEqual(['keep.txt'])
  })
  it.each<[string, (path: string) => Promise<void>]>([
    ['a link', (path) => symlink('../../../Documents/thesis.txt', path)],
    ['a link that leads nowhere', (path) => symlink('../../../Documents/new.txt', path)],
    ['a second name', (path) => link(at('Documents/thesis.txt'), path)],
  ])('nothing is written into %s of the name of what comes', async (_name, plant) => {
    await mkdir(own('incoming'))
    await plant(own('incoming', hashOf('theirs')))
    expect(await (await open()).place(await receive('theirs'), 'docs/a.txt', null)).toMatchObject({
      size: 6,
    })
    expect(await readFile(linked('docs/a.txt'), 'utf8')).toBe('theirs')
  })
  it('what was put in the place of the received is not placed, nor is its mode changed', async () => {
    await put(linked('old.txt'), 'old')
    const { mode } = await lstat(at('Documents/thesis.txt'))
    for (const plant of [
      (path: string) => symlink('../../../Documents/thesis.txt', path),
      (path: string) => link(at('Documents/thesis.txt'), path),
    ]) {
      const { sha256 } = await receive('theirs')
      await unlink(own('incoming', sha256))
      await plant(own('incoming', sha256))
      const disk = await open()
      const answers = [
        await disk.place({ sha256 }, 'a.txt', null).catch(() => 'changed'),
        await disk.place({ sha256 }, 'old.txt', await stamp('old.txt')).catch(() => 'changed'),
      ]
      expect(answers).toEqual(['changed', 'changed'])
      expect((await lstat(at('Documents/thesis.txt'))).mode).toBe(mode)
    }
    expect((await readdir(linked())).sort()).toEqual(['.atelier', 'old.txt'])
    // Received again, it is placed.
    expect(await (await open()).place(await receive('theirs'), 'a.txt', null)).toMatchObject({
      size: 6,
    })
  })
  it('a received file is gone on with where it was cut', async () => {
    const disk = await open()
    const sha256 = hashOf('theirs')
    const first = await disk.stage({ sha256, size: 6 })
    await first.write(Buffer.from('the'))
    await first.close()
    const second = await disk.stage({ sha256, size: 6 })
    expect(second.kept).toBe(3)
    await second.write(Buffer.from('irs'))
    await second.seal()
    await second.close()
    expect(await disk.place({ sha256 }, 'a.txt', null)).toMatchObject({ size: 6 })
  })
  it('nothing comes back out of a link in the place of what was set aside, and nothing goes there', async () => {
    await symlink('../../Documents', own('aside'))
    await put(linked('a.txt'), 'one')
    const disk = await open()
    await expect(disk.aside()).rejects.toMatchObject(notOurs)
    await expect(disk.bringBack(key, 'recovered')).rejects.toMatchObject(notOurs)
    await expect(disk.setAside('a.txt', key, await stamp('a.txt'))).rejects.toMatchObject(notOurs)
    expect(await readFile(linked('a.txt'), 'utf8')).toBe('one')
  })
  it('what we set aside comes back, and what has no name of ours does not', async () => {
    await put(linked('a.txt'), 'one')
    const disk = await open()
    await disk.setAside('a.txt', key, await stamp('a.txt'))
    await put(own('aside/x'), 'planted')
    expect((await disk.aside()).map((each) => each.key)).toEqual([key])
    expect(await disk.bringBack(key, 'b/a.txt')).toMatchObject({ size: 3 })
    expect(await readFile(linked('b/a.txt'), 'utf8')).toBe('one')
  })
  it('a note about a move is believed of the folder alone', async () => {
    await put(linked('a.txt'), 'one')
    await link(linked('a.txt'), linked('b.txt'))
    await put(at('x'), 'x')
    await link(at('x'), at('y'))
    await mkdir(own('moving'))
    const note = (from: string, to: string): Promise<void> =>
      writeFile(own('moving', randomUUID()), JSON.stringify({ from, to }))
    await note(at('x'), at('y'))
    await note('../x', '../y')
    await put(own('moving/words.txt'), JSON.stringify({ from: 'a.txt', to: 'b.txt' }))
    await (await open()).aside()
    expect([existsSync(at('x')), existsSync(at('y'))]).toEqual([true, true])
    expect(existsSync(linked('a.txt'))).toBe(true)
    expect(await readdir(own('moving'))).toEqual(['words.txt'])
    await note('a.txt', 'b.txt')
    await (await open()).aside()
    expect([existsSync(linked('a.txt')), existsSync(linked('b.txt'))]).toEqual([false, true])
  })
  it('no note is removed by way of a link', async () => {
    await symlink('../../Documents', own('moving'))
    await expect((await open()).aside()).rejects.toMatchObject(notOurs)
    // A move does without a note rather than writing one there.
    await put(linked('a.txt'), 'one')
    expect(await (await open()).move('a.txt', 'b.txt', await stamp('a.txt'))).toMatchObject({
      size: 3,
    })
  })

  const ago = new Date(Date.now() - 40 * 86_400_000)
  it('nothing is listed, emptied or thrown into the trash by way of a link', async () => {
    await symlink('../../Documents/deep', own('trash'))
    await utimes(at('Documents/deep', key), ago, ago)
    await put(linked('a.txt'), 'one')
    await expect(listTrash(linked())).rejects.toMatchObject(notOurs)
    await expect(emptyTrash(linked(), 30)).rejects.toMatchObject(notOurs)
    await expect(restoreFromTrash(linked(), key)).rejects.toMatchObject({
      code: 'server.not-found',
    })
    const disk = await open()
    await expect(disk.discard('a.txt', await stamp('a.txt'), { sha256: '' })).rejects.toMatchObject(
      notOurs,
    )
    expect(await readFile(linked('a.txt'), 'utf8')).toBe('one')
  })
  it('an entry of the trash that is a link is none, and one that is old is removed without what it leads to', async () => {
    await mkdir(own('trash'))
    await symlink('../../../Documents/deep', own('trash', key))
    await symlink(`../../../Documents/${key}.json`, own('trash', `${key}.json`))
    expect(await listTrash(linked())).toEqual([])
    await put(linked('a.txt'), 'one')
    const disk = await open()
    await disk.discard('a.txt', await stamp('a.txt'), { sha256: '' })
    const [entry] = await listTrash(linked())
    await symlink('../../../../Documents/deep', own('trash', entry!.id, 'more'))
    await writeFile(
      own('trash', `${entry!.id}.json`),
      JSON.stringify({ path: 'a.txt', sha256: '', size: 3, removedAt: ago.toISOString() }),
    )
    await emptyTrash(linked(), 30)
    expect((await readdir(own('trash'))).filter((name) => name.startsWith(entry!.id))).toEqual([])
  })
  it('nothing comes out of the trash by way of a link in the place of its folder', async () => {
    await put(linked('docs/a.txt'), 'one')
    const disk = await open()
    await disk.discard('docs/a.txt', await stamp('docs/a.txt'), { sha256: '' })
    await symlink('../Documents', linked('docs'))
    const [entry] = await listTrash(linked())
    await expect(restoreFromTrash(linked(), entry!.id)).rejects.toMatchObject({
      code: 'file.not-regular',
    })
    await rm(linked('docs'))
    expect(await restoreFromTrash(linked(), entry!.id)).toBe('docs/a.txt')
  })
  it('unlinking removes what is ours, gives back what is a person’s, and follows nothing', async () => {
    await put(linked('a.txt'), 'one')
    const disk = await open()
    await receive('theirs')
    await disk.setAside('a.txt', key, await stamp('a.txt'))
    await symlink('../../Documents', own('trash'))
    await symlink('../../Documents', own('moving'))
    await unmarkFolder(linked()).catch(() => {})
    expect(await markOf(linked())).toBeNull()
    expect(await readFile(linked(`recovered ${key}`), 'utf8')).toBe('one')
    await rm(own('moving'))
    await rm(own('trash'))
    await unmarkFolder(linked())
    expect(await readdir(linked())).toEqual([`recovered ${key}`])
  })

  it('nothing is read by way of a link that a folder on the way became meanwhile', async () => {
    await put(linked('docs/thesis.txt'), 'mine')
    const scanner = openScanner(linked())
    const disk = await open()
    const mine = await stamp('docs/thesis.txt')
    expect(scanner.hash('docs/thesis.txt', mine)).toEqual({ sha256: hashOf('mine') })
    expect(scanner.read('docs/thesis.txt', mine, 0, 4)).toEqual(new Uint8Array(Buffer.from('mine')))
    await rm(linked('docs'), { recursive: true })
    await symlink('../Documents', linked('docs'))
    // As a look in that very moment would have found it.
    const theirs = await stamp('docs/thesis.txt')
    expect(scanner.hash('docs/thesis.txt', theirs)).toBe('changed')
    expect(scanner.read('docs/thesis.txt', theirs, 0, 4)).toBe('changed')
    const large = disk.read('docs/thesis.txt', theirs, 0, 1024 * 1024)
    await expect(large[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'file.changed-while-reading',
    })
  })
  it('nothing is placed, moved or brought by way of a link in the place of a folder', async () => {
    await symlink('../Documents', linked('docs'))
    await put(linked('a.txt'), 'one')
    const disk = await open()
    const refused = { code: 'file.not-regular' }
    await expect(disk.place(await receive('theirs'), 'docs/a.txt', null)).rejects.toMatchObject(
      refused,
    )
    await expect(
      disk.place(await receive('theirs'), 'docs/deep/b.txt', null),
    ).rejects.toMatchObject(refused)
    await expect(disk.move('a.txt', 'docs/a.txt', await stamp('a.txt'))).rejects.toMatchObject(
      refused,
    )
    await disk.setAside('a.txt', key, await stamp('a.txt'))
    await expect(disk.bringBack(key, 'docs/a.txt')).rejects.toMatchObject(refused)
    // And what lies there is nobody's to take.
    const thesis = await stamp('docs/thesis.txt')
    expect(await disk.discard('docs/thesis.txt', thesis, { sha256: '' })).toBe('changed')
    expect(await disk.move('docs/thesis.txt', 'b.txt', thesis)).toBe('changed')
    expect(await disk.setAside('docs/thesis.txt', key, thesis)).toBe('changed')
    await expect(
      disk.place(await receive('theirs'), 'docs/thesis.txt', thesis),
    ).rejects.toMatchObject(refused)
    expect(await readlink(linked('docs'))).toBe('../Documents')
  })
})
