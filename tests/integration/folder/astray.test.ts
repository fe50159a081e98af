import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openScanner } from '../../../electron/main/sync/folder/scanner.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { makeArtifact, openScene, type Scene, until } from '../sync/support.ts'
import { atServer, becomes, linkOn, put, rowsOf, treeOf } from './linked.ts'

/* What a person has under a name that nobody takes, behind a link or where nobody may look: it is not gone. */
let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const files = {
  ...Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`n${at}.txt`, `n${at}`])),
  'Report.txt': 'the report',
  'notes/a.txt': 'a',
  'notes/b.txt': 'b',
}
const linked = async () => {
  const artifact = await makeArtifact(scene, files)
  const desk = await linkOn(scene, artifact)
  open.push(desk.close)
  await becomes(() => treeOf(desk.root), files)
  await until(async () => (await desk.link()).status === 'in-step', 20_000)
  const idsOf = async () =>
    Object.fromEntries((await rowsOf(scene, artifact)).map(({ file_path, id }) => [file_path, id]))
  const named = async () =>
    Object.fromEntries((await desk.link()).blocked.map(({ path, failure }) => [path, failure]))
  /** An edit beside it is sent: so the pass that saw the rest is over. */
  const edit = async (text: string): Promise<void> => {
    await put(desk.root, 'n0.txt', text)
    await until(async () => (await atServer(scene, artifact))['n0.txt'] === text, 20_000)
  }
  return { ...desk, artifact, idsOf, named, edit, at: (path: string) => join(desk.root, path) }
}

const names: [string, FailureCode][] = [
  ['Report 10:30.txt', 'file.name-refused'],
  ['back\\slash.txt', 'file.name-refused'],
  ['Report\r', 'file.name-control'],
]
test.each(names)(
  'a file that is moved to %j is kept, and goes on when it comes back',
  async (name, code) => {
    const { artifact, idsOf, named, edit, at, root } = await linked()
    const before = await idsOf()
    await rename(at('Report.txt'), at(name))
    await becomes(named, { [name]: code })
    await edit('edited')
    expect(await idsOf()).toEqual(before)
    await rename(at(name), at('Report, final.txt'))
    await becomes(named, {})
    await until(async () => 'Report, final.txt' in (await idsOf()), 20_000)
    expect((await idsOf())['Report, final.txt']).toBe(before['Report.txt'])
    // And what is deleted under such a name is gone.
    await rename(at('Report, final.txt'), at(name))
    await becomes(named, { [name]: code })
    await rm(at(name))
    await until(async () => !('Report, final.txt' in (await idsOf())), 20_000)
    expect(await treeOf(root)).toEqual(await atServer(scene, artifact))
  },
)

test('so is a folder, with all that is in it', async () => {
  const { idsOf, named, edit, at } = await linked()
  const before = await idsOf()
  await rename(at('notes'), at('notes: 2026'))
  await becomes(named, { 'notes: 2026': 'file.name-refused' })
  await edit('edited')
  expect(await idsOf()).toEqual(before)
  await rename(at('notes: 2026'), at('notes 2026'))
  await until(async () => 'notes 2026/b.txt' in (await idsOf()), 20_000)
  expect((await idsOf())['notes 2026/b.txt']).toBe(before['notes/b.txt'])
})

test('a copy under such a name that outlives its original is known by its bytes', async () => {
  const { idsOf, named, edit, at } = await linked()
  const before = await idsOf()
  await writeFile(at('Report 10:30.txt'), 'the report')
  await rm(at('Report.txt'))
  await becomes(named, { 'Report 10:30.txt': 'file.name-refused' })
  await edit('edited')
  expect(await idsOf()).toEqual(before)
})

test('what was moved to another disk, with a link left in its place, is deleted nowhere', async () => {
  const { idsOf, edit, at, link } = await linked()
  const before = await idsOf()
  const big = await mkdtemp('/tmp/atelier-elsewhere-')
  open.push(() => rm(big, { recursive: true }))
  await rename(at('notes'), join(big, 'notes'))
  await symlink(join(big, 'notes'), at('notes'))
  await rm(at('Report.txt'))
  await symlink('/etc/hostname', at('Report.txt'))
  await edit('edited')
  expect(await idsOf()).toEqual(before)
  // It is no trouble: nothing waits for it.
  await until(async () => (await link()).status === 'in-step', 20_000)
  expect((await link()).blocked).toEqual([])
  // Without the link it is gone.
  await rm(at('notes'))
  await until(async () => !('notes/a.txt' in (await idsOf())), 20_000)
  expect('Report.txt' in (await idsOf())).toBe(true)
})

const scan = (root: string) => {
  const scanner = openScanner(root)
  scanner.scan('link')
  for (;;) {
    const { end } = scanner.more()
    if (end) return end
  }
}
const folder = async (): Promise<string> => {
  const root = await mkdtemp('/tmp/atelier-astray-')
  open.push(() => rm(root, { recursive: true, force: true }))
  await mkdir(join(root, '.atelier'))
  await writeFile(join(root, '.atelier/link.json'), JSON.stringify({ linkId: 'link' }))
  return root
}

test('a name that is no text, and a path that is too long, say so', async () => {
  const root = await folder()
  await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]), 'latin')
  const deep = Array.from({ length: 5 }, () => 'x'.repeat(250)).join('/')
  await mkdir(join(root, deep), { recursive: true })
  await writeFile(join(root, deep, 'y'.repeat(30)), 'deep')
  const { refused, astray } = scan(root)
  expect(refused.map(({ code }) => code).sort()).toEqual([
    'file.name-not-text',
    'file.name-too-long',
  ])
  expect(astray.map(({ stamp }) => stamp.size).sort()).toEqual([4, 5])
})

test.skipIf(process.getuid?.() !== 0)(
  'a folder that may not be read is named, and nothing in it is missed',
  async () => {
    const root = await folder()
    await put(root, 'secret/a.txt', 'a')
    await put(root, 'open.txt', 'b')
    await chmod(root, 0o755)
    await chmod(join(root, '.atelier'), 0o755)
    await chmod(join(root, 'secret'), 0)
    const scanner = openScanner(root)
    process.seteuid?.(65_534)
    try {
      const { refused, unread } = scan(root)
      expect(refused).toEqual([{ path: 'secret', code: 'disk.denied' }])
      expect(unread).toEqual(['secret'])
      // By the name of what lies in it, too.
      const looked = scanner.look('link', ['secret/a.txt'], [])
      expect(looked.refused).toEqual([{ path: 'secret', code: 'disk.denied' }])
      expect(looked.unread).toEqual(['secret'])
    } finally {
      process.seteuid?.(0)
    }
  },
)
