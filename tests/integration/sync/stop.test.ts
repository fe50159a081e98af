import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { unlimited } from '../../../src/sync/policy.ts'
import {
  type Artifact,
  blobsOf,
  commitElsewhere,
  type Desk,
  linkHere,
  makeArtifact,
  namesAtServer,
  noise,
  openDesk,
  openScene,
  type Scene,
  sha256,
  until,
} from './support.ts'

const megabyte = 1_000_000
/** Longer than anything that is tried again by itself waits. */
const long = 10_000
const slow = { ...unlimited, downLimit: megabyte, upLimit: megabyte }

let scene: Scene
let desk: Desk | null = null
beforeAll(async () => {
  scene = await openScene()
})
afterEach(async () => {
  await desk?.close()
  desk = null
})
afterAll(() => scene.close())

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const textOf = (size: number): string => noise(size / 2).toString('hex')
const stateOf = (one: Desk) => one.service.handlers['sync.state'](undefined)
const linkOf = async (one: Desk) => (await one.service.handlers['folders.list'](undefined))[0]!
/** Of one that is on its way. */
const moving = async (one: Desk, path: string) => {
  let fileId = ''
  await until(async () => {
    const found = (await stateOf(one)).transfers.find((each) => each.path === path)
    fileId = found?.fileId ?? ''
    return (found?.bytesDone ?? 0) > 0
  })
  return fileId
}

test('one upload is stopped, the others go on; it goes when its person says so, and not before', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  desk = await openDesk(scene, { transfers: slow })
  const { handlers } = desk.service
  await desk.run(artifact.projectId)
  const create = (path: string, text: string) =>
    handlers['artifacts.create']({ artifactId: artifact.id, path, text })
  await handlers['sync.cancel'](undefined)
  await Promise.all([create('film.md', textOf(4 * megabyte)), create('other.md', textOf(megabyte))])
  const fileId = await moving(desk, 'film.md')
  expect(await handlers['sync.cancelTransfer']({ of: 'cache', fileId })).toBe(true)
  await until(async () => (await stateOf(desk!)).blocked.length > 0, 1_000)
  expect((await stateOf(desk)).blocked).toMatchObject([
    { fileId, path: 'film.md', direction: 'up', failure: 'sync.stopped' },
  ])
  await until(async () => (await namesAtServer(scene, artifact)).includes('other.md'))
  // There is nothing to stop any more.
  expect(await handlers['sync.cancelTransfer']({ of: 'cache', fileId })).toBe(false)
  desk.states.length = 0
  await wait(long)
  // Nor because a screen is opened, or another file is edited.
  await handlers['sync.run']({ projectId: artifact.projectId, files: 'pinned', unasked: true })
  await create('third.md', 'three')
  await until(async () => (await namesAtServer(scene, artifact)).includes('third.md'))
  expect(desk.states.flatMap(({ transfers }) => transfers.map(({ path }) => path))).not.toContain(
    'film.md',
  )
  await until(async () => (await stateOf(desk!)).outbox === 1)
  expect((await stateOf(desk)).failure).toBe(null)

  await handlers['sync.retryBlocked']({ fileId })
  expect(await namesAtServer(scene, artifact)).toEqual(['a.md', 'film.md', 'other.md', 'third.md'])
  expect(await stateOf(desk)).toMatchObject({ outbox: 0, blocked: [] })
})

test('a stopped upload goes once it is edited again', async () => {
  const artifact = await makeArtifact(scene, {})
  desk = await openDesk(scene, { transfers: slow })
  const { handlers } = desk.service
  await desk.run(artifact.projectId)
  await handlers['artifacts.create']({
    artifactId: artifact.id,
    path: 'film.md',
    text: textOf(3 * megabyte),
  })
  const fileId = await moving(desk, 'film.md')
  await handlers['sync.cancelTransfer']({ of: 'cache', fileId })
  await until(async () => (await stateOf(desk!)).blocked.length > 0)
  await handlers['artifacts.edit']({ artifactId: artifact.id, fileId, text: 'short' })
  await until(async () => (await namesAtServer(scene, artifact)).includes('film.md'))
  expect((await stateOf(desk)).blocked).toEqual([])
})

test('one download is stopped, the others come; it comes when its person says so, and not before', async () => {
  const [film, other] = [noise(4 * megabyte), noise(megabyte)]
  const artifact = await makeArtifact(scene, { 'film.bin': film, 'other.bin': other })
  desk = await openDesk(scene, { transfers: slow })
  const { handlers } = desk.service
  const { projectId } = artifact
  await handlers['sync.pin']({ projectId, pinned: true })
  const run = desk.run(projectId)
  const fileId = await moving(desk, 'film.bin')
  expect(await handlers['sync.cancelTransfer']({ of: 'cache', fileId })).toBe(true)
  expect(await run).toMatchObject({
    phase: 'idle',
    failure: null,
    stopped: false,
    blocked: [{ fileId, path: 'film.bin', direction: 'down', failure: 'sync.stopped' }],
  })
  expect(await blobsOf(desk)).toContain(sha256(other))
  await wait(long)
  await handlers['sync.run']({ projectId, files: 'pinned', unasked: true })
  expect(await blobsOf(desk)).not.toContain(sha256(film))
  expect((await stateOf(desk)).blocked).toHaveLength(1)

  await handlers['sync.retryBlocked']({ fileId })
  expect(await blobsOf(desk)).toContain(sha256(film))
  expect((await stateOf(desk)).blocked).toEqual([])
})

test('a stopped pass is begun again by an edit, by its person or by a start, and by nothing else', async () => {
  const film = noise(4 * megabyte)
  const artifact = await makeArtifact(scene, { 'film.bin': film })
  desk = await openDesk(scene, { transfers: slow })
  const { projectId, id: artifactId } = artifact
  await desk.service.handlers['sync.pin']({ projectId, pinned: true })
  await moving(desk, 'film.bin')
  const { handlers } = desk.service
  await handlers['artifacts.create']({ artifactId, path: 'a.md', text: textOf(4 * megabyte) })
  await moving(desk, 'a.md')
  expect(await handlers['sync.cancel'](undefined)).toMatchObject({ phase: 'idle', stopped: true })
  desk.states.length = 0
  await wait(long)
  desk.service.setOnline(false)
  desk.service.setOnline(true)
  // What is there may be seen all the same.
  await makeNews(artifact)
  await handlers['sync.run']({ projectId, files: 'pinned', unasked: true })
  expect((await handlers['artifacts.files']({ artifactId })).map(({ path }) => path)).toContain(
    'news.md',
  )
  await wait(1_000)
  expect(desk.states.flatMap(({ transfers }) => transfers)).toEqual([])
  expect(await stateOf(desk)).toMatchObject({ stopped: true, outbox: 1, blocked: [] })
  expect(await namesAtServer(scene, artifact)).not.toContain('a.md')

  await handlers['artifacts.create']({ artifactId, path: 'b.md', text: 'two' })
  await moving(desk, 'a.md')
  expect(await handlers['sync.cancel'](undefined)).toMatchObject({ stopped: true })
  const run = desk.run(projectId, 'pinned')
  await moving(desk, 'a.md')
  expect(await stateOf(desk)).toMatchObject({ stopped: false })
  await handlers['sync.cancel'](undefined)
  expect(await run).toMatchObject({ failure: 'sync.cancelled', stopped: true })

  await desk.restart({ transfers: unlimited })
  await until(async () => (await namesAtServer(scene, artifact)).includes('a.md'))
  await desk.run(projectId, 'pinned')
  expect(await stateOf(desk)).toMatchObject({ stopped: false, outbox: 0 })
  expect(await blobsOf(desk)).toContain(sha256(film))
})

/** Another computer's. */
const makeNews = async ({ id }: Artifact): Promise<void> => {
  await commitElsewhere(scene, id, crypto.randomUUID(), 'news.md', 'news', 0)
}

test('one file of a linked folder is stopped, each way, and the others go on', async () => {
  const root = await mkdtemp('/tmp/atelier-stopped-')
  const artifact = await makeArtifact(scene, {
    'film.bin': noise(4 * megabyte),
    'other.bin': noise(megabyte),
  })
  desk = await openDesk(scene, { transfers: slow, chooseFolder: async () => root })
  const { handlers } = desk.service
  const { projectId, id: artifactId } = artifact
  await desk.run(projectId, 'pinned')
  await linkHere(handlers, { projectId, artifactId })
  const stop = async (path: string): Promise<void> => {
    await until(async () =>
      (await linkOf(desk!)).transfers.some((each) => each.path === path && each.bytesDone > 0),
    )
    const { id: linkId } = await linkOf(desk!)
    expect(await handlers['sync.cancelTransfer']({ of: 'folder', linkId, path })).toBe(true)
    await until(async () => (await linkOf(desk!)).blocked.length > 0, 1_000)
    const { blocked, transfers } = await linkOf(desk!)
    expect(blocked).toMatchObject([{ path, failure: 'sync.stopped' }])
    expect(transfers.map((each) => each.path)).not.toContain(path)
  }
  const isWaiting = async (): Promise<boolean> => (await linkOf(desk!)).status === 'waiting'
  const goOn = async (): Promise<void> => {
    await handlers['folders.retry']({ linkId: (await linkOf(desk!)).id })
    await until(async () => (await linkOf(desk!)).status === 'in-step', 20_000)
    expect((await linkOf(desk!)).blocked).toEqual([])
  }

  await stop('film.bin')
  await until(isWaiting)
  expect(await readdir(root)).toContain('other.bin')
  await wait(long)
  await desk.run(projectId, 'pinned')
  expect(await readdir(root)).not.toContain('film.bin')
  await goOn()
  expect(await readdir(root)).toContain('film.bin')

  await writeFile(join(root, 'up.bin'), noise(4 * megabyte))
  await writeFile(join(root, 'beside.bin'), noise(4 * megabyte))
  await stop('up.bin')
  // Nor after a pass that was ended in the middle, which begins again from what is stored.
  await desk.service.setTransfers({ ...slow, paused: true })
  expect(await namesAtServer(scene, artifact)).not.toContain('beside.bin')
  await desk.service.setTransfers(slow)
  await until(async () => (await namesAtServer(scene, artifact)).includes('beside.bin'))
  await until(isWaiting)
  await wait(long)
  expect(await namesAtServer(scene, artifact)).not.toContain('up.bin')
  await goOn()
  expect(await namesAtServer(scene, artifact)).toContain('up.bin')
  await rm(root, { recursive: true })
})
