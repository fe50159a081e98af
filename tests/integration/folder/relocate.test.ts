import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { linkHere, makeArtifact, openDesk, openScene, type Scene, until } from '../sync/support.ts'
import { atServer, becomes, editThere, put, rowsOf, treeOf } from './linked.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A computer whose person answers each question for a folder with the next place. */
const openComputer = async () => {
  const home = await mkdtemp('/tmp/atelier-home-')
  const answers: (string | null)[] = []
  const desk = await openDesk(scene, { chooseFolder: async () => answers.shift() ?? null })
  open.push(async () => {
    await desk.close()
    await rm(home, { recursive: true, force: true })
  })
  const links = () => desk.service.handlers['folders.list'](undefined)
  return {
    home,
    desk,
    links,
    at: (...path: string[]) => join(home, ...path),
    link: async (projectId: string, artifactId: string | null, root: string) => {
      await desk.run(projectId, 'pinned')
      await mkdir(root, { recursive: true })
      answers.push(root)
      await linkHere(desk.service.handlers, { projectId, artifactId })
    },
    isMissing: () =>
      until(
        async () => (await links()).every(({ failure }) => failure === 'folder.missing'),
        30_000,
      ),
    relocate: (linkId: string, place: string | null) => {
      answers.push(place)
      return desk.service.handlers['folders.relocate']({ linkId })
    },
  }
}
const files = { 'a.txt': 'one', 'b.txt': 'two', 'sub/c.txt': 'three' }
/** Every commit leaves rows here. */
const versionsOf = async (artifactId: string): Promise<string[]> => {
  const { data, error } = await scene.ada.client
    .from('artifact_file_versions')
    .select('file_path, revision, removed')
    .eq('artifact_id', artifactId)
  if (error) throw error
  return data.map((row) => `${row.file_path} ${row.revision} ${row.removed}`).sort()
}

test('a folder that was moved is followed in its new place: what was edited in it is sent, nothing is deleted', async () => {
  const artifact = await makeArtifact(scene, files)
  const computer = await openComputer()
  const { at, links, desk } = computer
  await computer.link(artifact.projectId, artifact.id, at('site'))
  await becomes(() => treeOf(at('site')), files)
  await until(async () => (await links())[0]!.status === 'in-step')
  const [before] = await links()
  const rows = await rowsOf(scene, artifact)

  await mkdir(at('elsewhere'))
  await rename(at('site'), at('elsewhere/site'))
  await put(at('elsewhere/site'), 'a.txt', 'one, edited after the move')
  await editThere(scene, artifact, 'b.txt', 'two, by somebody else')
  await desk.service.handlers['folders.retry']({ linkId: before!.id })
  await computer.isMissing()

  expect(await computer.relocate(before!.id, at('elsewhere/site'))).toBe(at('elsewhere/site'))
  const after = {
    ...files,
    'a.txt': 'one, edited after the move',
    'b.txt': 'two, by somebody else',
  }
  await until(async () => (await links())[0]!.status === 'in-step', 30_000)
  expect(await atServer(scene, artifact)).toEqual(after)
  expect(await treeOf(at('elsewhere/site'))).toEqual(after)
  // The same link, the same files, one revision for each edit, and nothing else.
  expect(await links()).toMatchObject([
    { id: before!.id, root: at('elsewhere/site'), failure: null },
  ])
  expect((await rowsOf(scene, artifact)).map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
  expect(await versionsOf(artifact.id)).toEqual([
    'a.txt 1 false',
    'a.txt 2 false',
    'b.txt 1 false',
    'b.txt 2 false',
    'sub/c.txt 1 false',
  ])
  expect(await desk.service.handlers['folders.trash']({ linkId: before!.id })).toEqual([])
  expect(await readdir(computer.home)).toEqual(['elsewhere'])

  // Its place is kept, and watched.
  await desk.restart()
  await until(async () => (await links())[0]!.status === 'in-step', 30_000)
  await put(at('elsewhere/site'), 'd.txt', 'four')
  await becomes(() => atServer(scene, artifact), { ...after, 'd.txt': 'four' })
})

test('another folder is refused, and so is one that is linked; then nothing is touched', async () => {
  const artifact = await makeArtifact(scene, files)
  const other = await makeArtifact(scene, { 'o.txt': 'other' })
  const computer = await openComputer()
  const { at, links } = computer
  await computer.link(other.projectId, other.id, at('other'))
  await computer.link(artifact.projectId, artifact.id, at('site'))
  await becomes(() => treeOf(at('site')), files)
  const { id } = (await links()).find(({ root }) => root === at('site'))!
  const mine = async () => (await links()).find((link) => link.id === id)!
  await until(async () => (await mine()).status === 'in-step')
  await rename(at('site'), at('moved'))
  await put(at('unmarked'), 'a.txt', 'one')
  await computer.desk.service.handlers['folders.retry']({ linkId: id })
  await until(async () => (await mine()).failure === 'folder.missing', 30_000)

  await mkdir(at('other/inside'))
  for (const [place, code] of [
    [at('unmarked'), 'folder.not-the-same'],
    [at('nowhere'), 'folder.not-the-same'],
    [at('moved/sub'), 'folder.not-the-same'],
    [at('other'), 'folder.not-ours'],
    [at('other/inside'), 'folder.not-ours'],
  ] as const)
    await expect(computer.relocate(id, place)).rejects.toMatchObject({ code })
  expect(await computer.relocate(id, null)).toBeNull()
  expect(await mine()).toMatchObject({ root: at('site'), failure: 'folder.missing' })
  expect(await treeOf(at('unmarked'))).toEqual({ 'a.txt': 'one' })
  expect(await readdir(at('unmarked'))).toEqual(['a.txt'])
  expect(await atServer(scene, artifact)).toEqual(files)

  // Who puts it back is not asked for anything.
  await rename(at('moved'), at('site'))
  expect(await computer.relocate(id, at('unmarked'))).toBe(at('site'))
  await until(async () => (await mine()).status === 'in-step', 30_000)
})

test('with one folder of a project that was moved go all its others, and new artifacts are made there', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const { projectId } = artifact
  const make = (title: string) =>
    scene.ada.client
      .from('artifacts')
      .insert({ project_id: projectId, title, artifact_type: 'website' })
  await make('Second')
  const computer = await openComputer()
  const { at, links, desk } = computer
  await computer.link(projectId, null, at('project'))
  await becomes(() => treeOf(at('project')), { 'Harbour signs/a.txt': 'one' })
  await until(async () => (await links()).every(({ status }) => status === 'in-step'))
  await rename(at('project'), at('renamed'))
  await put(at('renamed'), 'Second/b.txt', 'two')
  for (const { id } of await links()) await desk.service.handlers['folders.retry']({ linkId: id })
  await computer.isMissing()

  const one = (await links()).find(({ artifactId }) => artifactId === artifact.id)!
  await computer.relocate(one.id, at('renamed/Harbour signs'))
  await until(async () => (await links()).every(({ status }) => status === 'in-step'), 30_000)
  expect((await links()).map(({ root }) => root)).toEqual([
    at('renamed/Harbour signs'),
    at('renamed/Second'),
  ])
  await make('Third')
  await until(async () => {
    await desk.run(projectId, 'pinned')
    return (await readdir(at('renamed'))).includes('Third')
  }, 20_000)
  expect(await readdir(computer.home)).toEqual(['renamed'])
  await until(async () => (await links()).length === 3)
})
