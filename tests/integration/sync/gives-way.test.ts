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

/** Half a minute at the speed that is allowed. */
const film = (): Buffer => noise(15_000_000)
const slow = { ...unlimited, downLimit: 500_000, upLimit: 500_000 }

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

const linkOf = async (one: Desk) => (await one.service.handlers['folders.list'](undefined))[0]!
const bytesOf = async (one: Desk, path: string): Promise<number> => {
  const { transfers } = await one.service.handlers['sync.state'](undefined)
  const all = [...transfers, ...((await linkOf(one))?.transfers ?? [])]
  return all.find((each) => each.path === path)?.bytesDone ?? 0
}
const isMoving = (one: Desk, path: string) => until(async () => (await bytesOf(one, path)) > 0)
const linked = async (artifact: Artifact): Promise<string> => {
  const root = await mkdtemp('/tmp/atelier-news-')
  desk = await openDesk(scene, { transfers: slow, chooseFolder: async () => root })
  await desk.run(artifact.projectId, 'pinned')
  await linkHere(desk.service.handlers, {
    projectId: artifact.projectId,
    artifactId: artifact.id,
  })
  return root
}

test('in a linked folder small things go both ways while a large file goes, and it is sent once', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  const root = await linked(artifact)
  const one = desk!
  await until(async () => (await readdir(root)).includes('a.md'))
  await writeFile(join(root, 'film.bin'), film())
  await isMoving(one, 'film.bin')
  await writeFile(join(root, 'notes.md'), 'two')
  await until(async () => (await namesAtServer(scene, artifact)).includes('notes.md'), 6_000)
  // The server is asked, too.
  await commitElsewhere(scene, artifact.id, crypto.randomUUID(), 'theirs.md', 'three', 0)
  await until(async () => (await readdir(root)).includes('theirs.md'), 20_000)
  const before = await bytesOf(one, 'film.bin')
  expect(before).toBeGreaterThan(0)
  expect(await namesAtServer(scene, artifact)).not.toContain('film.bin')
  // Its progress is one, whatever comes between.
  const { bytesDone, bytesTotal, status } = await linkOf(one)
  expect(status).toBe('syncing')
  expect(bytesDone).toBeLessThan(bytesTotal)
  expect(bytesDone).toBeGreaterThanOrEqual(before)
  await one.service.setTransfers(unlimited)
  await until(async () => (await linkOf(one)).status === 'in-step', 20_000)
  expect(await namesAtServer(scene, artifact)).toEqual([
    'a.md',
    'film.bin',
    'notes.md',
    'theirs.md',
  ])
  await rm(root, { recursive: true })
})

test('pausing ends what was left on its way, and it goes on from there', async () => {
  const bytes = film()
  const artifact = await makeArtifact(scene, { 'film.bin': bytes })
  const root = await linked(artifact)
  const one = desk!
  await isMoving(one, 'film.bin')
  await writeFile(join(root, 'notes.md'), 'two')
  await until(async () => (await namesAtServer(scene, artifact)).includes('notes.md'), 5_000)
  const { id: linkId } = await linkOf(one)
  const { handlers } = one.service
  await handlers['folders.setPaused']({ linkId, paused: true })
  expect(await linkOf(one)).toMatchObject({ status: 'paused', transfers: [] })
  const before = one.states.length
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await linkOf(one)).toMatchObject({ transfers: [] })
  expect(one.states.slice(before).flatMap(({ transfers }) => transfers)).toEqual([])
  await one.service.setTransfers(unlimited)
  await handlers['folders.setPaused']({ linkId, paused: false })
  await until(async () => (await readdir(root)).includes('film.bin'), 20_000)
  await rm(root, { recursive: true })
})

test('an edit goes out while copies come, and another project is asked for', async () => {
  const bytes = film()
  const artifact = await makeArtifact(scene, { 'film.bin': bytes, 'a.md': 'one' })
  const other = await makeArtifact(scene, {})
  desk = await openDesk(scene, { transfers: slow })
  const { handlers } = desk.service
  const { projectId, id: artifactId } = artifact
  await handlers['sync.pin']({ projectId, pinned: true })
  await isMoving(desk, 'film.bin')
  await handlers['artifacts.create']({ artifactId, path: 'b.md', text: 'two' })
  await until(async () => (await namesAtServer(scene, artifact)).includes('b.md'), 5_000)
  await commitElsewhere(scene, other.id, crypto.randomUUID(), 'theirs.md', 'three', 0)
  await desk.run(other.projectId, 'pinned')
  const files = await handlers['artifacts.files']({ artifactId: other.id })
  expect(files.map(({ path }) => path)).toEqual(['theirs.md'])
  expect(await blobsOf(desk)).not.toContain(sha256(bytes))
  expect(await bytesOf(desk, 'film.bin')).toBeGreaterThan(0)
  // Paused while others wait for their turn, nobody waits for ever.
  const asked = [other.projectId, other.projectId].map((id) => desk?.run(id, 'pinned'))
  await desk.service.setTransfers({ ...slow, paused: true })
  expect((await Promise.all(asked)).map((state) => state?.paused)).toEqual([true, true])
  await desk.service.setTransfers(slow)
  await isMoving(desk, 'film.bin')
  await desk.service.setTransfers(unlimited)
  await until(async () => (await blobsOf(desk!)).includes(sha256(bytes)), 20_000)
  await until(async () => (await handlers['sync.state'](undefined)).phase === 'idle')
  expect(await handlers['sync.state'](undefined)).toMatchObject({ blocked: [], outbox: 0 })
})
