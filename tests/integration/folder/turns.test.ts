import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeArtifact, openScene, type Scene, until } from '../sync/support.ts'
import { atServer, becomes, linkOn, put, rowsOf, treeOf } from './linked.ts'

/* Paths that turn from a file into a folder, or back, on one computer: the other one has the same soon. */
let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const nine = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`n${at}.txt`, `n${at}`]))
const two = async (files: Record<string, string>) => {
  const all = { ...files, ...nine }
  const artifact = await makeArtifact(scene, all)
  const desks = []
  for (const name of ['desk', 'lap']) {
    const desk = await linkOn(scene, artifact, { name })
    open.push(desk.close)
    await becomes(() => treeOf(desk.root), all)
    desks.push(desk)
  }
  const [desk, lap] = desks as [(typeof desks)[number], (typeof desks)[number]]
  const both = async (wanted: Record<string, string>): Promise<void> => {
    for (const { root, link, poke } of [desk, lap]) {
      await becomes(() => atServer(scene, artifact), { ...wanted, ...nine }, 20_000)
      await poke()
      await becomes(() => treeOf(root), { ...wanted, ...nine }, 20_000)
      await until(async () => (await link()).status === 'in-step', 20_000)
      expect((await link()).blocked).toEqual([])
    }
  }
  const idOf = async (path: string) =>
    (await rowsOf(scene, artifact)).find(({ file_path }) => file_path === path)?.id
  return { artifact, desk, lap, both, idOf, at: (...path: string[]) => join(desk.root, ...path) }
}

/** What one does in their folder, what was there before, and what is there for both afterwards. */
const turns: [
  string,
  Record<string, string>,
  Record<string, string>,
  (at: (path: string) => string) => Promise<void>,
][] = [
  [
    'a file lies in a folder of its name',
    { A: 'aa' },
    { 'A/A': 'aa' },
    async (at) => {
      await rename(at('A'), at('A_'))
      await mkdir(at('A'))
      await rename(at('A_'), at('A/A'))
    },
  ],
  [
    'and under another name, deep in it',
    { A: 'aa' },
    { 'A/deep/er/part 1': 'aa' },
    async (at) => {
      await rename(at('A'), at('A_'))
      await mkdir(at('A/deep/er'), { recursive: true })
      await rename(at('A_'), at('A/deep/er/part 1'))
    },
  ],
  [
    'the only file of a folder takes its name',
    { 'r/s': 'rs' },
    { r: 'rs' },
    async (at) => {
      await rename(at('r/s'), at('r_'))
      await rm(at('r'), { recursive: true })
      await rename(at('r_'), at('r'))
    },
  ],
  [
    'a file goes, and a folder of its name comes',
    { A: 'aa' },
    { 'A/other': 'new' },
    async (at) => {
      await rm(at('A'))
      await put(at('A'), 'other', 'new')
    },
  ],
  [
    'a folder goes, and a file of its name comes',
    { 'k/l': 'kl' },
    { k: 'new' },
    async (at) => {
      await rm(at('k'), { recursive: true })
      await put(at('.'), 'k', 'new')
    },
  ],
  [
    'a file and a folder change places',
    { a: 'file', 'd/1': 'one', 'd/x/2': 'two' },
    { d: 'file', 'a/1': 'one', 'a/x/2': 'two' },
    async (at) => {
      await rename(at('a'), at('t'))
      await rename(at('d'), at('a'))
      await rename(at('t'), at('d'))
    },
  ],
  [
    'one after the other, each where the next one was',
    { a: 'A', b: 'B', c: 'C' },
    { 'b/a': 'A', 'c/b': 'B', 'a/c': 'C' },
    async (at) => {
      for (const name of ['a', 'b', 'c']) await rename(at(name), at(`${name}_`))
      for (const [name, to] of [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ] as const) {
        await mkdir(at(to))
        await rename(at(`${name}_`), at(`${to}/${name}`))
      }
    },
  ],
]

test.each(turns)('%s: it arrives, with its history', async (_what, before, after, turn) => {
  const { both, idOf, at } = await two(before)
  const ids = new Map(
    await Promise.all(
      Object.entries(before).map(async ([path, text]) => [text, await idOf(path)] as const),
    ),
  )
  await turn(at)
  await both(after)
  for (const [path, text] of Object.entries(after))
    if (text !== 'new') expect([path, await idOf(path)]).toEqual([path, ids.get(text)])
})

test.each(turns)('%s, while the other is off', async (_what, before, after, turn) => {
  const { both, at, lap, artifact } = await two(before)
  const { id: linkId } = await lap.link()
  await lap.desk.service.handlers['folders.setPaused']({ linkId, paused: true })
  await turn(at)
  await becomes(() => atServer(scene, artifact), { ...after, ...nine })
  await lap.desk.service.handlers['folders.setPaused']({ linkId, paused: false })
  await both(after)
})

test('an edit that was made meanwhile goes where the file went', async () => {
  const { both, at, lap } = await two({ A: 'aa', 'r/s': 'rs' })
  const { id: linkId } = await lap.link()
  await lap.desk.service.handlers['folders.setPaused']({ linkId, paused: true })
  await turns[0]![3](at)
  await turns[2]![3](at)
  await put(lap.root, 'A', 'aa, edited')
  await put(lap.root, 'r/s', 'rs, edited')
  await lap.desk.service.handlers['folders.setPaused']({ linkId, paused: false })
  await both({ 'A/A': 'aa, edited', r: 'rs, edited' })
})

test('a file here and a folder of its name there, made at once: the file gets another name, for both', async () => {
  const { desk, lap } = await two({})
  await Promise.all([
    put(desk.root, 'clash', 'the file'),
    put(lap.root, 'clash/in.txt', 'in the folder'),
  ])
  await Promise.all([desk.poke(), lap.poke()])
  const isSo = async (): Promise<boolean> => {
    const trees = [await treeOf(desk.root), await treeOf(lap.root)]
    const names = Object.keys(trees[0]!).filter((path) => path.startsWith('clash'))
    const copy = names.find((path) => /^clash \(conflict, .*\)$/.test(path))
    return (
      JSON.stringify(trees[0]) === JSON.stringify(trees[1]) &&
      names.length === 2 &&
      trees[0]!['clash/in.txt'] === 'in the folder' &&
      trees[0]![copy ?? ''] === 'the file'
    )
  }
  await until(isSo, 30_000)
  for (const { link } of [desk, lap])
    await until(async () => (await link()).status === 'in-step', 20_000)
})

test('an empty folder makes room for a file of its name; one with something of its own in it does not', async () => {
  const { desk, lap } = await two({})
  await mkdir(join(lap.root, 'empty/with/another'), { recursive: true })
  await mkdir(join(lap.root, 'full'))
  await symlink('/elsewhere', join(lap.root, 'full/link'))
  await put(desk.root, 'empty', 'a file')
  await put(desk.root, 'full', 'another')
  await becomes(async () => ({ text: (await treeOf(lap.root)).empty }), { text: 'a file' })
  const blocked = async () =>
    Object.fromEntries((await lap.link()).blocked.map(({ path, failure }) => [path, failure]))
  await becomes(blocked, { full: 'file.name-collision' })
  // What is blocked is told while the rest of its pass still runs.
  await becomes(async () => ({ status: (await lap.link()).status }), { status: 'waiting' })
  await rm(join(lap.root, 'full'), { recursive: true })
  const { id: linkId } = await lap.link()
  await lap.desk.service.handlers['folders.retry']({ linkId })
  await becomes(async () => ({ text: (await treeOf(lap.root)).full }), { text: 'another' })
})
