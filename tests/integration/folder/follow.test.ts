import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type Artifact,
  commitElsewhere,
  type Desk,
  linkHere,
  makeArtifact,
  openDesk,
  openScene,
  type Scene,
  until,
} from '../sync/support.ts'
import { atServer, becomes, editThere, linkOn, put, treeOf } from './linked.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A computer with one artifact linked to a folder. */
const linked = async (files: Record<string, string>) => {
  const artifact = await makeArtifact(scene, files)
  return { artifact, ...(await follow(artifact)) }
}
const follow = async (artifact: Artifact, options: Parameters<typeof linkOn>[2] = {}) => {
  const linked = await linkOn(scene, artifact, options)
  open.push(linked.close)
  return linked
}
const server = (artifact: Artifact) => atServer(scene, artifact)
const elsewhere = (artifact: Artifact, path: string, text: string, revision: number) =>
  commitElsewhere(scene, artifact.id, artifact.files.get(path)!, path, text, revision)

test('a linked folder follows both ways', async () => {
  const { artifact, root, desk } = await linked({ 'a.txt': 'one', 'sub/b.txt': 'two' })
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'sub/b.txt': 'two' })
  // Here: an edit, a new file, a rename, an editor's way of saving.
  await put(root, 'a.txt', 'one and more')
  await put(root, 'new/c.txt', 'three')
  await rename(join(root, 'sub/b.txt'), join(root, 'moved.txt'))
  await becomes(() => server(artifact), {
    'a.txt': 'one and more',
    'new/c.txt': 'three',
    'moved.txt': 'two',
  })
  await put(root, 'a.txt.tmp', 'saved beside')
  await rename(join(root, 'a.txt.tmp'), join(root, 'a.txt'))
  await becomes(() => server(artifact), {
    'a.txt': 'saved beside',
    'new/c.txt': 'three',
    'moved.txt': 'two',
  })
  // The file that moved is still the same file at the server.
  const { data } = await scene.ada.client
    .from('artifact_files')
    .select('id')
    .eq('artifact_id', artifact.id)
    .eq('file_path', 'moved.txt')
    .single()
  expect(data!.id).toBe(artifact.files.get('sub/b.txt'))
  // There: an edit; here it comes with the next heartbeat or poke.
  const { data: row } = await scene.ada.client
    .from('artifact_files')
    .select('revision')
    .eq('id', artifact.files.get('a.txt')!)
    .single()
  await elsewhere(artifact, 'a.txt', 'from elsewhere', row!.revision)
  await desk.run(artifact.projectId, 'pinned')
  await becomes(() => treeOf(root), {
    'a.txt': 'from elsewhere',
    'moved.txt': 'two',
    'new/c.txt': 'three',
  })
})

test('names that are one here and two at the server: both files come', async () => {
  const greek = { 'ΟΔΟΣ.md': 'road', 'οδος.md': 'another' }
  const { root } = await linked(greek)
  await becomes(() => treeOf(root), greek)
  // A capital letter that this database does not know as one yet.
  const [small, capital] = ['\u019B.md', '\uA7DC.md']
  const latin = await linked({ [small]: 'one', [capital]: 'two' })
  await becomes(async () => Object.values(await treeOf(latin.root)).sort(), ['one', 'two'])
})

test('what was done while the application was closed is caught up with', async () => {
  const { artifact, root, desk } = await linked({
    'a.txt': 'one',
    'b.txt': 'two',
    'c.txt': 'three',
  })
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'b.txt': 'two', 'c.txt': 'three' })
  await desk.service.close()
  await put(root, 'a.txt', 'edited while closed')
  await rm(join(root, 'b.txt'))
  await elsewhere(artifact, 'c.txt', 'edited there', 1)
  await desk.restart()
  const wanted = { 'a.txt': 'edited while closed', 'c.txt': 'edited there' }
  await becomes(() => server(artifact), wanted)
  await becomes(() => treeOf(root), wanted)
})

test('files that were deleted there are in the trash here, and come back from it', async () => {
  const { artifact, root, desk, link } = await linked({
    'a.txt': 'one',
    'b.txt': 'two',
    'c.txt': 'three',
    'd.txt': 'four',
    'e.txt': 'five',
  })
  await until(async () => Object.keys(await treeOf(root)).length === 5)
  await scene.ada.client.rpc('commit_artifact_changes', {
    artifact_id: artifact.id,
    expected: { [artifact.files.get('a.txt')!]: 1 },
    changes: [{ op: 'remove', file_id: artifact.files.get('a.txt')! }],
  })
  await desk.run(artifact.projectId, 'pinned')
  await until(async () => !('a.txt' in (await treeOf(root))), 20_000)
  const { id: linkId } = await link()
  const entries = await desk.service.handlers['folders.trash']({ linkId })
  expect(entries).toMatchObject([{ path: 'a.txt', size: 3 }])
  expect(await desk.service.handlers['folders.restore']({ linkId, entryId: entries[0]!.id })).toBe(
    'a.txt',
  )
  await until(async () => (await server(artifact))['a.txt'] === 'one', 20_000)
})

test('what somebody removed at the server goes from every folder unasked, also from one that was not open then', async () => {
  const names = Array.from({ length: 8 }, (_, n) => `f${n}.txt`)
  const { artifact, root, desk, link } = await linked(
    Object.fromEntries(names.map((name) => [name, name])),
  )
  const there = async (count: number): Promise<void> => {
    await until(async () => Object.keys(await treeOf(root)).length === count, 20_000)
    await until(async () => (await link()).status === 'in-step', 20_000)
  }
  const remove = async (files: string[]): Promise<void> => {
    const ids = files.map((name) => artifact.files.get(name)!)
    const { error } = await scene.ada.client.rpc('commit_artifact_changes', {
      artifact_id: artifact.id,
      expected: Object.fromEntries(ids.map((id) => [id, 1])),
      changes: ids.map((file_id) => ({ op: 'remove', file_id })),
    })
    expect(error).toBeNull()
  }
  await there(8)
  await remove(names.slice(0, 4))
  await desk.run(artifact.projectId, 'pinned')
  await there(4)
  desk.service.setOnline(false)
  await desk.restart({ fetch: async () => Promise.reject(new TypeError('fetch failed')) })
  await remove(names.slice(4, 8))
  await desk.restart({ fetch })
  await until(async () => (await link()).status !== 'offline', 20_000)
  await there(0)
  expect((await link()).held).toBeNull()
  const { id: linkId } = await link()
  expect(await desk.service.handlers['folders.trash']({ linkId })).toHaveLength(8)
})

test('too many deletions wait for a word, either way', async () => {
  const names = Array.from({ length: 8 }, (_, n) => `f${n}.txt`)
  const { artifact, root, desk, link } = await linked(
    Object.fromEntries(names.map((name) => [name, name])),
  )
  await until(async () => Object.keys(await treeOf(root)).length === 8)
  for (const name of names.slice(0, 5)) await rm(join(root, name))
  await until(async () => (await link()).held?.count === 5, 20_000)
  expect(Object.keys(await server(artifact))).toHaveLength(8)
  const { id: linkId } = await link()
  await desk.service.handlers['folders.decideDeletions']({ linkId, decision: 'keep' })
  await until(async () => Object.keys(await treeOf(root)).length === 8, 20_000)
  for (const name of names.slice(0, 5)) await rm(join(root, name))
  await until(async () => (await link()).held?.count === 5, 20_000)
  await desk.service.handlers['folders.decideDeletions']({ linkId, decision: 'delete' })
  await until(async () => Object.keys(await server(artifact)).length === 3, 20_000)
})

test('a folder that is not there deletes nothing, and is followed again when it is back', async () => {
  const { artifact, root, link } = await linked({ 'a.txt': 'one', 'b.txt': 'two' })
  await until(async () => Object.keys(await treeOf(root)).length === 2)
  await rename(root, `${root}-away`)
  await until(async () => (await link()).failure === 'folder.missing', 20_000)
  expect(Object.keys(await server(artifact))).toHaveLength(2)
  await mkdir(root)
  await new Promise((done) => setTimeout(done, 3000))
  expect((await link()).failure).toBe('folder.missing')
  expect(Object.keys(await server(artifact))).toHaveLength(2)
  await rm(root, { recursive: true })
  await rename(`${root}-away`, root)
  await put(root, 'b.txt', 'after')
  await until(async () => (await server(artifact))['b.txt'] === 'after', 30_000)
})

test('a folder that has files already is joined with what is there', async () => {
  const artifact = await makeArtifact(scene, { 'same.txt': 'same', 'both.txt': 'theirs' })
  const { root } = await follow(artifact, {
    name: 'laptop',
    into: { 'same.txt': 'same', 'both.txt': 'mine', 'own.txt': 'own' },
  })
  await until(async () => Object.keys(await server(artifact)).length === 4, 20_000)
  const tree = await treeOf(root)
  expect(tree).toMatchObject({ 'same.txt': 'same', 'both.txt': 'theirs', 'own.txt': 'own' })
  expect(Object.values(tree)).toContain('mine')
})

test('a project is a folder of folders, new artifacts too; and another link in it is refused', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const root = await mkdtemp('/tmp/atelier-linked-')
  const desk: Desk = await openDesk(scene, { chooseFolder: async () => root })
  open.push(async () => {
    await desk.close()
    await rm(root, { recursive: true, force: true })
  })
  await desk.run(artifact.projectId, 'pinned')
  const { projectId } = artifact
  await linkHere(desk.service.handlers, { projectId, artifactId: null })
  await becomes(() => treeOf(root), { 'Harbour signs/a.txt': 'one' })
  await scene.ada.client
    .from('artifacts')
    .insert({ project_id: projectId, title: 'Second: one', artifact_type: 'website' })
  // A pass that was under way already has not seen it: the next has.
  await until(async () => {
    await desk.run(projectId, 'pinned')
    return (await readdir(root)).includes('Second- one')
  }, 20_000)
  await expect(
    linkHere(desk.service.handlers, { projectId, artifactId: artifact.id }),
  ).rejects.toMatchObject({ code: 'folder.not-ours' })
})

test('a title takes no folder that is there, unless its person chose it', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const root = await mkdtemp('/tmp/atelier-linked-')
  await put(root, 'private/salaries.csv', 'nobody’s business')
  await put(root, 'Harbour signs/mine.txt', 'joined')
  const desk: Desk = await openDesk(scene, { chooseFolder: async () => root })
  open.push(async () => {
    await desk.close()
    await rm(root, { recursive: true, force: true })
  })
  const { projectId } = artifact
  await desk.run(projectId, 'pinned')
  // The folder of an artifact that is there when its person links is joined with it.
  const order = { without: ['private'] }
  await linkHere(desk.service.handlers, { projectId, artifactId: null }, order)
  await becomes(() => atServer(scene, artifact), { 'a.txt': 'one', 'mine.txt': 'joined' })
  const come = async (title: string): Promise<Artifact> => {
    const made = await scene.ada.client
      .from('artifacts')
      .insert({ project_id: projectId, title, artifact_type: 'website' })
      .select('id')
      .single()
    if (made.error) throw made.error
    return { projectId, id: made.data.id as string, files: new Map() }
  }
  const [hostile, twin, usual] = [await come('private'), await come('Private'), await come('Usual')]
  await symlink('private', join(root, 'Linked'))
  const byLink = await come('Linked')
  const names = ['Harbour signs', 'Linked', 'Linked 2', 'Private', 'Usual', 'private', 'private 2']
  await until(async () => {
    await desk.run(projectId, 'pinned')
    return (await readdir(root)).length >= names.length
  }, 20_000)
  for (const each of [hostile, twin, usual, byLink])
    await editThere(scene, each, 'theirs.txt', 'theirs')
  await becomes(
    async () =>
      Object.fromEntries(
        Object.entries(await treeOf(root)).filter(([path]) => /theirs/.test(path)),
      ),
    Object.fromEntries(
      ['Linked 2', 'Private', 'Usual', 'private 2'].map((name) => [`${name}/theirs.txt`, 'theirs']),
    ),
  )
  // On a disk that tells case Private is another folder than private.
  expect((await readdir(root)).sort()).toEqual(names)
  expect(await readdir(join(root, 'private'))).toEqual(['salaries.csv'])
  expect(await atServer(scene, hostile)).toEqual({ 'theirs.txt': 'theirs' })
})

test('at a start, who has all of it already is sent none of it; who has not, all', async () => {
  const { artifact, desk, root } = await linked({ 'a.txt': 'one', 'Ä/b.txt': 'two', c: '' })
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'Ä/b.txt': 'two', c: '' })
  const told: { same?: boolean; files: number }[] = []
  const listening: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    // Of one artifact: the others are the cache's.
    if (String(input).endsWith('/pull_project') && String(init?.body).includes('of_artifact')) {
      const { same, files } = await response.clone().json()
      told.push({ same, files: files.length })
    }
    return response
  }
  await desk.restart({ fetch: listening })
  await until(() => told.length > 0)
  expect(told[0]).toEqual({ same: true, files: 0 })
  await desk.service.close()
  told.splice(0)
  await elsewhere(artifact, 'a.txt', 'one, elsewhere', 1)
  await desk.restart({ fetch: listening })
  await becomes(() => treeOf(root), { 'a.txt': 'one, elsewhere', 'Ä/b.txt': 'two', c: '' })
  expect(told[0]).toEqual({ same: false, files: 3 })
})
