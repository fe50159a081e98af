import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createClient } from '@supabase/supabase-js'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SyncState } from '../../../src/contract/sync.ts'
import { linkOn, put, treeOf } from '../folder/linked.ts'
import {
  type Artifact,
  blobsOf,
  type Desk,
  linkHere,
  makeArtifact,
  noise,
  openDesk,
  openScene,
  type Scene,
  sha256,
  until,
} from './support.ts'

let scene: Scene
let desk: Desk
const open: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  scene = await openScene()
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
afterAll(() => scene.close())

const start = async (change: Parameters<typeof openDesk>[1] = {}): Promise<void> => {
  desk = await openDesk(scene, change)
  open.push(desk.close)
}
const state = (): Promise<SyncState> => desk.service.handlers['sync.state'](undefined)
const edit = (artifact: Artifact, path: string, text: string) =>
  desk.service.handlers['artifacts.edit']({
    artifactId: artifact.id,
    fileId: artifact.files.get(path)!,
    text,
  })
const textAtServer = async (artifact: Artifact, path: string): Promise<string> => {
  const fileId = artifact.files.get(path)!
  const { data } = await scene.ada.client.from('artifact_files').select('sha256').eq('id', fileId)
  return data![0]!.sha256 as string
}
/** The object goes, and its row stays. */
const loseBytes = async (artifact: Artifact, text: string): Promise<void> => {
  const { url, secretKey } = scene.backend
  const service = createClient(url, secretKey, { auth: { persistSession: false } })
  const { data, error } = await service.storage
    .from('artifact-files')
    .remove([`${artifact.id}/${sha256(text)}`])
  expect(error).toBeNull()
  expect(data).toHaveLength(1)
}

/** A server that refuses commits while `no` is true. */
const refusing = () => {
  const refusal = { no: true }
  const fetching: typeof fetch = async (input, init) =>
    refusal.no && String(input).includes('commit_artifact_changes')
      ? new Response('{"code":"42501","message":"no"}', { status: 403 })
      : fetch(input, init)
  return { refusal, fetching }
}

test('a blocked edit is tried again, and says why it is blocked still', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  const { refusal, fetching } = refusing()
  await start({ fetch: fetching })
  await desk.run(artifact.projectId)
  await edit(artifact, 'a.md', 'two')
  await until(async () => (await state()).blocked.length > 0)
  expect((await state()).blocked[0]).toMatchObject({
    direction: 'up',
    projectId: artifact.projectId,
    title: 'Harbour signs',
  })
  const asked = { fileId: artifact.files.get('a.md')! }
  await expect(desk.service.handlers['sync.retryBlocked'](asked)).rejects.toMatchObject({
    code: 'server.denied',
  })
  refusal.no = false
  await desk.service.handlers['sync.retryBlocked'](asked)
  expect(await state()).toMatchObject({ outbox: 0, blocked: [] })
  expect(await textAtServer(artifact, 'a.md')).toBe(sha256('two'))
})

test('a blocked edit is discarded, and what the server has is there again; one that waits is not', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  await start({ fetch: refusing().fetching })
  await desk.run(artifact.projectId)
  const asked = { fileId: artifact.files.get('a.md')! }
  const read = () => desk.service.handlers['artifacts.read']({ artifactId: artifact.id, ...asked })
  desk.service.setOnline(false)
  await edit(artifact, 'a.md', 'two')
  await expect(desk.service.handlers['sync.discardBlocked'](asked)).rejects.toMatchObject({
    code: 'sync.conflict',
  })
  desk.service.setOnline(true)
  await until(async () => (await state()).blocked.length > 0)
  expect(await read()).toMatchObject({ text: 'two' })
  await desk.service.handlers['sync.discardBlocked'](asked)
  expect(await state()).toMatchObject({ outbox: 0, blocked: [] })
  expect(await read()).toMatchObject({ text: 'one' })
  await desk.service.handlers['sync.discardBlocked'](asked)
})

test('an edit of an artifact that is gone is saved elsewhere, never over a file, and let go', async () => {
  const artifact = await makeArtifact(scene, { 'docs/a.md': 'one' })
  const folder = await mkdtemp('/tmp/atelier-copies-')
  open.push(() => rm(folder, { recursive: true }))
  let chosen: string | null = null
  await start({ chooseFolder: async () => chosen })
  await desk.run(artifact.projectId)
  desk.service.setOnline(false)
  await edit(artifact, 'docs/a.md', 'mine alone')
  const { error } = await scene.ada.client.rpc('delete_artifact', { artifact: artifact.id })
  expect(error).toBeNull()
  desk.service.setOnline(true)
  await until(async () => (await state()).blocked.length > 0)
  expect((await state()).blocked).toMatchObject([
    { failure: 'server.not-found', projectId: null, title: null },
  ])
  const asked = { fileId: artifact.files.get('docs/a.md')! }
  const { handlers } = desk.service
  await expect(handlers['sync.retryBlocked'](asked)).rejects.toMatchObject({
    code: 'server.not-found',
  })
  expect(await handlers['sync.saveCopy'](asked)).toBeNull()
  chosen = folder
  await put(folder, 'a.md', 'older')
  expect(await handlers['sync.saveCopy'](asked)).toBe(`${folder}/a 2.md`)
  expect(await treeOf(folder)).toEqual({ 'a.md': 'older', 'a 2.md': 'mine alone' })
  await handlers['sync.discardBlocked'](asked)
  expect(await state()).toMatchObject({ outbox: 0, blocked: [] })
  expect(await handlers['artifacts.files']({ artifactId: artifact.id })).toEqual([])
})

test('a file that is only at the server is saved, whole or not at all', async () => {
  const bytes = noise(3_000_000)
  const artifact = await makeArtifact(scene, { 'depths.bin': bytes, 'none.bin': '' })
  const folder = await mkdtemp('/tmp/atelier-copies-')
  open.push(() => rm(folder, { recursive: true, force: true }))
  let asked = 0
  await start({
    chooseFolder: async () => {
      asked += 1
      return folder
    },
  })
  await desk.run(artifact.projectId, 'pinned')
  const save = () =>
    desk.service.handlers['sync.saveCopy']({ fileId: artifact.files.get('depths.bin')! })
  // Without the server nobody is even asked where.
  desk.service.setOnline(false)
  await expect(save()).rejects.toMatchObject({ code: 'file.not-cached' })
  expect(asked).toBe(0)
  desk.service.setOnline(true)
  expect(await save()).toBe(`${folder}/depths.bin`)
  expect(sha256(await readFile(`${folder}/depths.bin`))).toBe(sha256(bytes))
  const nothing = { fileId: artifact.files.get('none.bin')! }
  await desk.service.handlers['sync.saveCopy'](nothing)
  expect(await readFile(`${folder}/none.bin`)).toHaveLength(0)
  await rm(`${folder}/none.bin`)

  // What the disk did not keep is fetched again; without the server nothing comes of it, not half a file.
  const blob = `${desk.folder}/blobs/${sha256(bytes).slice(0, 2)}/${sha256(bytes)}`
  await writeFile(blob, noise(3_000_000))
  desk.service.setOnline(false)
  await expect(save()).rejects.toMatchObject({ code: 'file.not-cached' })
  expect(await readdir(folder)).toEqual(['depths.bin'])
  desk.service.setOnline(true)
  await save()
  await writeFile(blob, noise(3_000_000))
  expect(await save()).toBe(`${folder}/depths 3.bin`)
  for (const name of await readdir(folder))
    expect(sha256(await readFile(`${folder}/${name}`))).toBe(sha256(bytes))
  expect(await readdir(folder)).toHaveLength(3)
  await rm(folder, { recursive: true })
  await expect(save()).rejects.toMatchObject({ code: 'disk.unreadable' })
})

test('bytes the server lost are sent again from the cache, for a folder that waits for them', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'the bytes', 'b.md': 'others' })
  const { projectId } = artifact
  const root = await mkdtemp('/tmp/atelier-linked-')
  open.push(() => rm(root, { recursive: true }))
  await start({ chooseFolder: async () => root })
  await desk.run(projectId)
  await loseBytes(artifact, 'the bytes')
  await linkHere(desk.service.handlers, { projectId, artifactId: artifact.id })
  const blocked = async () => (await desk.service.handlers['folders.list'](undefined))[0]!.blocked
  await until(async () => (await blocked()).length > 0, 20_000)
  expect(await blocked()).toEqual([
    {
      path: 'a.md',
      fileId: artifact.files.get('a.md'),
      failure: 'sync.remote-object-missing',
      own: null,
    },
  ])
  const asked = { fileId: artifact.files.get('a.md')! }
  expect(await desk.service.handlers['sync.canSendAgain'](asked)).toBe(true)
  await desk.service.handlers['sync.sendAgain'](asked)
  await until(async () => (await treeOf(root))['a.md'] === 'the bytes', 20_000)
  await until(async () => (await blocked()).length === 0, 20_000)
})

test('bytes the server lost are sent again from a linked folder, which nobody fetches', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'the bytes', 'b.md': 'nobody has them' })
  const linked = await linkOn(scene, artifact)
  open.push(linked.close)
  desk = linked.desk
  await until(async () => (await linked.link()).status === 'in-step')
  await rm(`${linked.root}/b.md`)
  await desk.service.handlers['folders.setPaused']({
    linkId: (await linked.link()).id,
    paused: true,
  })
  await loseBytes(artifact, 'the bytes')
  await desk.run(artifact.projectId, 'all')
  expect((await state()).blocked).toEqual([])
  const asked = { fileId: artifact.files.get('a.md')! }
  expect(await desk.service.handlers['sync.canSendAgain'](asked)).toBe(true)
  await desk.service.handlers['sync.sendAgain'](asked)
  expect(await blobsOf(desk)).not.toContain(sha256('the bytes'))

  // What has another content by now is not what the server lost.
  await loseBytes(artifact, 'the bytes')
  await put(linked.root, 'a.md', 'other bytes')
  await desk.restart()
  await rm(`${desk.folder}/blobs`, { recursive: true, force: true })
  expect(await desk.service.handlers['sync.canSendAgain'](asked)).toBe(false)
  await expect(desk.service.handlers['sync.sendAgain'](asked)).rejects.toMatchObject({
    code: 'file.not-cached',
  })
})

test('what waits is listed, both ways, and everything goes at one word', async () => {
  const first = await makeArtifact(scene, { 'a.md': 'one' })
  const second = await makeArtifact(scene, { 'b.md': 'three', 'c.md': 'two' })
  await start()
  await desk.run(first.projectId)
  await desk.run(second.projectId, 'pinned')
  desk.service.setOnline(false)
  await edit(first, 'a.md', 'first')
  await desk.service.handlers['sync.pin']({ projectId: second.projectId, pinned: true })
  const title = 'Harbour signs'
  expect(await state()).toMatchObject({
    phase: 'offline',
    pending: { up: 1, down: 0, files: [{ path: 'a.md', direction: 'up', title }] },
  })
  expect(await desk.service.handlers['sync.runAll'](undefined)).toMatchObject({
    phase: 'offline',
    outbox: 1,
  })
  // What a pass that was cut had yet to bring waits, too.
  await desk.restart({
    fetch: async (input, init) => {
      if (/object\/authenticated/.test(String(input))) throw new TypeError('fetch failed')
      return fetch(input, init)
    },
  })
  // Beside it goes what the start itself asks for: whoever fails first gives the server a rest.
  const runAll = () => desk.service.handlers['sync.runAll'](undefined)
  await until(async () => {
    await runAll()
    const { pending } = await state()
    return pending.up === 0 && pending.down === 2
  }, 20_000)
  await desk.restart({ fetch })
  await runAll()
  await until(async () => (await state()).phase === 'idle')
  expect(await state()).toMatchObject({ outbox: 0, pending: { up: 0, down: 0, files: [] } })
  expect(await textAtServer(first, 'a.md')).toBe(sha256('first'))
  expect(await blobsOf(desk)).toEqual(expect.arrayContaining([sha256('two')]))
})

test('what a linked folder has planned is listed until it is done', async () => {
  const texts = Array.from({ length: 40 }, (_, n) => [`f${n}.txt`, `text ${n}`] as const)
  const artifact = await makeArtifact(scene, Object.fromEntries(texts))
  let held: (() => void) | null = null
  const gate = new Promise<void>((done) => {
    held = done
  })
  const slow: typeof fetch = async (input, init) => {
    if (/object\/authenticated/.test(String(input))) await gate
    return fetch(input, init)
  }
  const root = await mkdtemp('/tmp/atelier-linked-')
  open.push(() => rm(root, { recursive: true }))
  await start({ fetch: slow, chooseFolder: async () => root })
  const { projectId, id: artifactId } = artifact
  await desk.run(projectId, 'pinned')
  await linkHere(desk.service.handlers, { projectId, artifactId })
  const link = async () => (await desk.service.handlers['folders.list'](undefined))[0]!
  await until(async () => (await link()).pending.down === 40)
  expect((await link()).pending.files[0]).toMatchObject({ artifactId, direction: 'down' })
  held!()
  await until(async () => (await link()).status === 'in-step', 20_000)
  expect((await link()).pending).toEqual({ up: 0, down: 0, files: [] })
  expect(await readFile(`${root}/f7.txt`, 'utf8')).toBe('text 7')
})
