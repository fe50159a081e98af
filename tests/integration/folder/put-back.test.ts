import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { letIn, openPerson } from '../sync/person.ts'
import { linkHere, makeArtifact, openScene, type Scene, until } from '../sync/support.ts'
import { atServer, becomes, editThere, put, treeOf } from './linked.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** Somebody who may only read, with a linked folder. */
const viewer = async (files: Record<string, string>) => {
  const artifact = await makeArtifact(scene, files)
  const root = await mkdtemp('/tmp/atelier-linked-')
  open.push(() => rm(root, { recursive: true, force: true }))
  const person = await openPerson(scene, { chooseFolder: async () => root })
  open.push(person.close)
  await letIn(scene, artifact, person.id, 'viewer')
  const { projectId, id: artifactId } = artifact
  await person.desk.run(projectId)
  await linkHere(person.service.handlers, { projectId, artifactId })
  await becomes(() => treeOf(root), files)
  const { id: linkId } = await person.link()
  const { handlers } = person.service
  return {
    artifact,
    root,
    person,
    /** "own path" of what waits, in order. */
    waiting: async () =>
      (await person.link()).blocked.map(({ own, path }) => `${own} ${path}`).sort(),
    revert: (path: string | null) => handlers['folders.revert']({ linkId, path }),
    trash: () => handlers['folders.trash']({ linkId }),
    restore: async (path: string) => {
      const entry = (await handlers['folders.trash']({ linkId })).find((each) => each.path === path)
      return handlers['folders.restore']({ linkId, entryId: entry!.id })
    },
  }
}

const files = { 'a.txt': 'one', 'b.txt': 'two', 'sub/c.txt': 'three', 'd.txt': 'four' }

test('one file that may not be sent is as at the server again, and is in the trash', async () => {
  const { artifact, root, person, waiting, revert, trash, restore } = await viewer(files)
  await put(root, 'a.txt', 'mine')
  await put(root, 'b.txt', 'mine too')
  await until(async () => (await waiting()).length === 2, 20_000)
  expect(await waiting()).toEqual(['edit a.txt', 'edit b.txt'])
  expect((await person.link()).blocked).toMatchObject([
    { failure: 'server.denied' },
    { failure: 'server.denied' },
  ])

  await revert('a.txt')
  await becomes(() => treeOf(root), { ...files, 'b.txt': 'mine too' })
  await until(async () => (await waiting()).length === 1)
  expect(await waiting()).toEqual(['edit b.txt'])
  expect((await trash()).map(({ path, size }) => `${path} ${size}`)).toEqual(['a.txt 4'])
  // Nothing of it waits any more.
  await expect(revert('a.txt')).rejects.toMatchObject({ code: 'server.conflict' })

  // It is followed as before, and what was given up comes back beside it.
  await editThere(scene, artifact, 'a.txt', 'one, later')
  await person.desk.run(artifact.projectId)
  await becomes(() => treeOf(root), { ...files, 'a.txt': 'one, later', 'b.txt': 'mine too' })
  expect(await restore('a.txt')).toBe('a (restored).txt')
  expect(await readFile(join(root, 'a (restored).txt'), 'utf8')).toBe('mine')
  expect(await atServer(scene, artifact)).toEqual({ ...files, 'a.txt': 'one, later' })
})

test('all of it at once: edits, names, deletions, and what is here alone', async () => {
  const { artifact, root, person, waiting, revert, trash } = await viewer({
    ...files,
    'x.txt': 'swapped one',
    'y.txt': 'swapped two',
    'e.txt': 'renamed and edited',
  })
  const before = { ...(await atServer(scene, artifact)) }
  await put(root, 'a.txt', 'mine')
  await put(root, 'new/own.txt', 'here alone')
  await mkdir(join(root, 'moved'))
  await rename(join(root, 'b.txt'), join(root, 'moved/b.txt'))
  await rm(join(root, 'd.txt'))
  await rename(join(root, 'x.txt'), join(root, 'z'))
  await rename(join(root, 'y.txt'), join(root, 'x.txt'))
  await rename(join(root, 'z'), join(root, 'y.txt'))
  await rename(join(root, 'e.txt'), join(root, 'f.txt'))
  await writeFile(join(root, 'f.txt'), 'and edited here')
  await until(async () => (await waiting()).length === 7, 20_000)
  expect(await waiting()).toEqual([
    'deletion d.txt',
    'edit a.txt',
    'edit f.txt',
    'edit moved/b.txt',
    'edit x.txt',
    'edit y.txt',
    'new new/own.txt',
  ])

  await revert(null)
  await until(async () => (await person.link()).status === 'in-step', 30_000)
  expect(await treeOf(root)).toEqual(before)
  expect((await trash()).map(({ path }) => path).sort()).toEqual(['a.txt', 'e.txt', 'new/own.txt'])
  expect(await readdir(root)).not.toContain('new')
  expect(await atServer(scene, artifact)).toEqual(before)
})

test('without the bytes of the server nothing goes, and it comes once they are there', async () => {
  const { artifact, root, person, waiting, revert, trash } = await viewer({
    'a.txt': 'one',
    'b.txt': 'two',
  })
  await put(root, 'a.txt', 'mine')
  await until(async () => (await waiting()).length === 1, 20_000)
  person.wires.before = async ({ method, path }) =>
    method === 'GET' && path.includes('/object/authenticated/')
      ? new Response('', { status: 503 })
      : undefined
  await revert('a.txt')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await readFile(join(root, 'a.txt'), 'utf8')).toBe('mine')
  expect(await trash()).toEqual([])
  person.wires.before = async () => undefined
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'b.txt': 'two' })
  expect((await trash()).map(({ path }) => path)).toEqual(['a.txt'])
  expect(await atServer(scene, artifact)).toEqual({ 'a.txt': 'one', 'b.txt': 'two' })
})

test('what is edited again after the word was given stays', async () => {
  const { root, person, waiting, revert, trash } = await viewer({ 'a.txt': 'one', 'b.txt': 'two' })
  await put(root, 'a.txt', 'mine')
  await until(async () => (await waiting()).length === 1, 20_000)
  // Between the word and the deed: while the bytes of the server are on their way.
  let asked = 0
  let edited = false
  person.wires.before = async ({ method, path }) => {
    if (method === 'GET' && path.includes('/object/authenticated/') && asked++ === 0) {
      await put(root, 'a.txt', 'mine, and better')
      edited = true
    }
    return undefined
  }
  await revert('a.txt')
  await until(() => edited, 20_000)
  const { lastSyncedAt } = await person.link()
  await until(async () => (await person.link()).lastSyncedAt !== lastSyncedAt, 20_000)
  await until(async () => (await waiting()).join() === 'edit a.txt', 20_000)
  expect(await readFile(join(root, 'a.txt'), 'utf8')).toBe('mine, and better')
  expect(await trash()).toEqual([])
})
