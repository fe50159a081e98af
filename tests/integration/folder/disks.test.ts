import { randomBytes } from 'node:crypto'
import { open as openFile, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeArtifact, openScene, type Scene, sha256, until } from '../sync/support.ts'
import { atServer, becomes, editThere, linkOn, put, rowsOf, treeOf } from './linked.ts'
import { mountDisk, whyNoDisk } from './mounts.ts'

/* Disks that fill up, refuse, go away and come back, and one that knows neither case nor hard links. */
let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

type Kind = Parameters<typeof mountDisk>[0]
const onDisk = (kind: Kind, what: string, play: () => Promise<void>): void => {
  const why = whyNoDisk(kind)
  test.skipIf(why !== null)(why === null ? what : `${what} (skipped: ${why})`, play)
}
const linkedOn = async (kind: Kind, megabytes: number, files: Record<string, string>) => {
  const disk = mountDisk(kind, megabytes)
  open.push(disk.close)
  const artifact = await makeArtifact(scene, files)
  const linked = await linkOn(scene, artifact, { root: disk.root })
  open.push(linked.close)
  await becomes(() => treeOf(disk.root), files)
  const server = () => atServer(scene, artifact)
  const there = (path: string, text: string | Uint8Array, to?: string) =>
    editThere(scene, artifact, path, text, to)
  return { ...linked, disk, artifact, server, there, tree: () => treeOf(disk.root) }
}
const sizesOf = async (scene: Scene, artifact: Parameters<typeof rowsOf>[1]) =>
  Object.fromEntries((await rowsOf(scene, artifact)).map((row) => [row.file_path, row.file_size]))

onDisk('tmpfs', 'a full disk takes nothing more and sends what it has', async () => {
  const { disk, root, artifact, link, poke, there } = await linkedOn('tmpfs', 7, {
    'a.txt': 'one',
    'b.txt': 'two',
    // What comes would have room on an empty disk: what would not is that file's trouble alone.
    'filler.txt': 'f'.repeat(2 * 1024 * 1024),
  })
  const big = randomBytes(6 * 1024 * 1024)
  await there('big.bin', big)
  await poke()
  await until(async () => (await link()).failure === 'disk.full', 20_000)
  // The person has the room that is left: nothing of what did not fit is in their way.
  await put(root, 'c.txt', 'x'.repeat(1024 * 1024))
  await put(root, 'a.txt', 'one and more')
  await rename(join(root, 'b.txt'), join(root, 'moved.txt'))
  const sizes = {
    'a.txt': 12,
    'moved.txt': 3,
    'c.txt': 1024 * 1024,
    'big.bin': big.length,
    'filler.txt': 2 * 1024 * 1024,
  }
  await becomes(() => sizesOf(scene, artifact), sizes)
  expect((await link()).failure).toBe('disk.full')
  expect(Object.keys(await treeOf(root)).sort()).toEqual([
    'a.txt',
    'c.txt',
    'filler.txt',
    'moved.txt',
  ])
  // Two at once that would fit one by one.
  const [one, other] = [randomBytes(2 * 1024 * 1024), randomBytes(2 * 1024 * 1024)]
  await Promise.all([there('one.bin', one), there('other.bin', other)])
  await poke()
  await new Promise((done) => setTimeout(done, 3_000))
  await put(root, 'd.txt', 'there is room for this')
  disk.remount('size=32m')
  await until(async () => (await link()).status === 'in-step', 40_000)
  const all = { ...sizes, 'one.bin': one.length, 'other.bin': other.length, 'd.txt': 22 }
  await becomes(() => sizesOf(scene, artifact), all)
  expect(Object.keys(await treeOf(root)).sort()).toEqual(Object.keys(all).sort())
  const file = await openFile(join(root, 'big.bin'))
  expect(sha256(await file.readFile())).toBe(sha256(big))
  await file.close()
  expect(await readdir(join(root, '.atelier/incoming'))).toEqual([])
})

onDisk(
  'tmpfs',
  'a disk that nobody may write to is left as it is, and caught up with',
  async () => {
    const files = { 'a.txt': 'one', 'b.txt': 'two', 'c.txt': 'three', 'd.txt': 'four' }
    const { disk, artifact, desk, link, poke, there, tree, server } = await linkedOn(
      'tmpfs',
      4,
      files,
    )
    disk.remount('ro')
    await there('a.txt', 'from elsewhere')
    const gone = artifact.files.get('b.txt')!
    await scene.ada.client.rpc('commit_artifact_changes', {
      artifact_id: artifact.id,
      expected: { [gone]: 1 },
      changes: [{ op: 'remove', file_id: gone }],
    })
    await poke()
    const refused = async () => (await link()).blocked.map(({ failure }) => failure)
    await until(async () => (await refused()).length > 0, 20_000)
    expect(new Set(await refused())).toEqual(new Set(['disk.denied']))
    expect(await tree()).toEqual(files)
    const wanted = { 'a.txt': 'from elsewhere', 'c.txt': 'three', 'd.txt': 'four' }
    expect(await server()).toEqual(wanted)
    disk.remount('rw')
    await desk.service.handlers['folders.retry']({ linkId: (await link()).id })
    await becomes(tree, wanted)
    expect(await server()).toEqual(wanted)
  },
)

onDisk('ext4', 'a disk that is pulled out deletes nothing, and is followed again', async () => {
  const files = { 'a.txt': 'one', 'sub/b.txt': 'two', 'c.txt': 'three' }
  const { disk, root, artifact, link, poke, there, tree } = await linkedOn('ext4', 64, files)
  const big = randomBytes(20 * 1024 * 1024)
  await there('deep/big.bin', big)
  void poke()
  // While it comes.
  const incoming = () => readdir(join(root, '.atelier/incoming')).catch(() => [])
  await until(async () => (await incoming()).length > 0)
  disk.take()
  await until(async () => (await link()).failure === 'folder.missing', 20_000)
  await there('a.txt', 'from elsewhere')
  await poke()
  await new Promise((done) => setTimeout(done, 3_000))
  expect((await link()).failure).toBe('folder.missing')
  // What is below the mount is another disk: nothing is written to it, and its emptiness is no news.
  expect(await readdir(root)).toEqual([])
  expect(Object.keys(await sizesOf(scene, artifact))).toHaveLength(4)

  disk.bringBack()
  await put(root, 'c.txt', 'edited while away')
  const sizes = { 'a.txt': 14, 'sub/b.txt': 3, 'c.txt': 17, 'deep/big.bin': big.length }
  await becomes(() => sizesOf(scene, artifact), sizes)
  await until(async () => Object.keys(await tree()).length === 4, 20_000)
  expect((await tree())['a.txt']).toBe('from elsewhere')
  // And what happens now is noticed.
  await put(root, 'sub/b.txt', 'and followed')
  await becomes(() => sizesOf(scene, artifact), { ...sizes, 'sub/b.txt': 12 })
})

onDisk(
  'exfat',
  'a disk without case, hard links and fine clocks is followed both ways',
  async () => {
    const files = { 'a.txt': 'one', 'Sub/b.txt': 'two', 'c.txt': 'three' }
    const { disk, root, artifact, desk, link, poke, there, tree, server } = await linkedOn(
      'exfat',
      32,
      files,
    )
    const ids = async () => (await rowsOf(scene, artifact)).map(({ id }) => id).sort()
    const before = await ids()
    // Another case alone, here and there.
    await rename(join(root, 'a.txt'), join(root, 'A.txt'))
    await becomes(server, { 'A.txt': 'one', 'Sub/b.txt': 'two', 'c.txt': 'three' })
    await there('A.txt', 'one', 'a.TXT')
    await there('Sub/b.txt', 'two', 'sub/b.txt')
    await poke()
    const spelled = { 'a.TXT': 'one', 'sub/b.txt': 'two', 'c.txt': 'three' }
    await becomes(tree, spelled)
    await becomes(server, spelled)
    // Edits of one length in one tick of its clock.
    for (const text of ['uno', 'due', 'tre']) {
      await put(root, 'a.TXT', text)
      await new Promise((done) => setTimeout(done, 300))
    }
    await becomes(server, { ...spelled, 'a.TXT': 'tre' })
    // A name it does not take holds up no other.
    await there('what?.txt', 'refused')
    await there('c.txt', 'four')
    await poke()
    const here = { ...spelled, 'a.TXT': 'tre', 'c.txt': 'four' }
    await becomes(tree, here)
    await until(async () => (await link()).blocked.length > 0, 20_000)
    expect((await link()).blocked).toMatchObject([
      { path: 'what?.txt', failure: 'file.name-refused' },
    ])
    expect(await server()).toEqual({ ...here, 'what?.txt': 'refused' })

    // All files are others after a mount, by the numbers this disk gives them.
    await desk.service.close()
    disk.take()
    disk.bringBack()
    await put(root, 'c.txt', 'five')
    await desk.restart()
    await poke()
    await becomes(server, { ...here, 'c.txt': 'five', 'what?.txt': 'refused' })
    expect(await tree()).toEqual({ ...here, 'c.txt': 'five' })
    expect((await ids()).filter((id) => before.includes(id))).toEqual(before)
  },
)

onDisk(
  'exfat',
  'a folder that others spell otherwise has one name everywhere in the end',
  async () => {
    const files = { 'Docs/a.txt': 'one', 'Docs/b.txt': 'two', 'c.txt': 'three' }
    const { poke, there, tree, server } = await linkedOn('exfat', 32, files)
    await there('docs/new.txt', 'four')
    await poke()
    const docs = { 'Docs/a.txt': 'one', 'Docs/b.txt': 'two', 'Docs/new.txt': 'four' }
    await becomes(tree, { ...docs, 'c.txt': 'three' })
    await becomes(server, { ...docs, 'c.txt': 'three' })
    await there('c.txt', 'three', 'docs/deep/c.txt')
    await poke()
    await becomes(tree, { ...docs, 'Docs/deep/c.txt': 'three' })
    await becomes(server, { ...docs, 'Docs/deep/c.txt': 'three' })
  },
)
