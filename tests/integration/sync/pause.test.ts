import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { unlimited } from '../../../src/sync/policy.ts'
import {
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

const megabyte = 1_000_000

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

const slow = { ...unlimited, downLimit: megabyte, upLimit: megabyte }
const stateOf = (one: Desk) => one.service.handlers['sync.state'](undefined)
const linksOf = (one: Desk) => one.service.handlers['folders.list'](undefined)
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Every request, and where downloads began. */
const counted = () => {
  const seen = { requests: 0, ranges: [] as string[] }
  const counting: typeof fetch = (input, init) => {
    seen.requests += 1
    const range = new Headers(init?.headers).get('range')
    if (range) seen.ranges.push(range)
    return fetch(input, init)
  }
  return { seen, fetch: counting }
}

test('pausing stops a download and asks the server nothing more; resuming goes on from where it was', async () => {
  const artifact = await makeArtifact(scene, { 'film.bin': noise(4 * megabyte) })
  const { seen, fetch } = counted()
  desk = await openDesk(scene, { fetch, transfers: slow })
  const run = desk.run(artifact.projectId)
  await until(async () => (await stateOf(desk!)).bytesDone > megabyte)
  await desk.service.setTransfers({ ...slow, paused: true })
  expect((await run).failure).toBe('sync.cancelled')
  const paused = await stateOf(desk)
  expect(paused).toMatchObject({ phase: 'paused', paused: true, failure: null })
  const before = seen.requests
  // Neither by itself nor when the screen asks.
  expect((await desk.run(artifact.projectId)).phase).toBe('paused')
  await wait(1_500)
  expect(seen.requests).toBe(before)

  await desk.service.setTransfers(slow)
  await until(async () => (await stateOf(desk!)).phase === 'idle')
  expect(seen.ranges).toHaveLength(1)
  const from = Number(/^bytes=(\d+)-$/.exec(seen.ranges[0]!)?.[1])
  expect(paused.bytesDone - from).toBeLessThanOrEqual(64 * 1024)
  expect(await blobsOf(desk)).toHaveLength(1)
})

test('pausing holds over a restart, for the outbox too', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  desk = await openDesk(scene)
  await desk.run(artifact.projectId)
  await desk.service.setTransfers({ ...unlimited, paused: true })
  const { seen, fetch } = counted()
  await desk.restart({ fetch, transfers: { ...unlimited, paused: true } })
  expect(await stateOf(desk)).toMatchObject({ phase: 'paused', paused: true })
  await desk.service.handlers['artifacts.edit']({
    artifactId: artifact.id,
    fileId: artifact.files.get('a.md')!,
    text: 'two',
  })
  await wait(1_000)
  expect(seen.requests).toBe(0)
  expect(await stateOf(desk)).toMatchObject({ phase: 'paused', outbox: 1 })
  await desk.service.setTransfers(unlimited)
  await until(async () => (await stateOf(desk!)).outbox === 0)
  const { data } = await scene.ada.client
    .from('artifact_files')
    .select('sha256')
    .eq('artifact_id', artifact.id)
  expect(data).toEqual([{ sha256: sha256('two') }])
})

test('one switch holds for linked folders too, in the middle of a file, and says how fast it goes', async () => {
  const root = await mkdtemp('/tmp/atelier-paused-')
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  const { seen, fetch } = counted()
  desk = await openDesk(scene, { fetch, transfers: slow, chooseFolder: async () => root })
  const { projectId, id: artifactId } = artifact
  await desk.run(projectId, 'pinned')
  await linkHere(desk.service.handlers, { projectId, artifactId })
  await until(async () => (await linksOf(desk!))[0]?.status === 'in-step')
  const bytes = noise(9 * megabyte)
  await writeFile(join(root, 'film.bin'), bytes)
  const speeds: number[] = []
  await until(async () => {
    const [link] = await linksOf(desk!)
    if (link?.bytesPerSecond) speeds.push(link.bytesPerSecond)
    if (link && link.bytesDone > 2.5 * megabyte) expect(link.secondsLeft).toBeGreaterThan(3)
    return (link?.bytesDone ?? 0) > 3 * megabyte
  }, 20_000)
  expect(speeds.at(-1)).toBeGreaterThan(0.7 * megabyte)
  expect(speeds.at(-1)).toBeLessThan(1.3 * megabyte)

  await desk.service.setTransfers({ ...slow, paused: true })
  expect((await linksOf(desk))[0]).toMatchObject({ status: 'paused', secondsLeft: null })
  const before = seen.requests
  await writeFile(join(root, 'b.md'), 'meanwhile')
  await wait(1_500)
  expect(seen.requests).toBe(before)

  await desk.service.setTransfers(unlimited)
  await until(async () => (await linksOf(desk!))[0]?.status === 'in-step', 20_000)
  const { data } = await scene.ada.client
    .from('artifact_files')
    .select('file_path,sha256')
    .eq('artifact_id', artifactId)
    .order('file_path')
  expect(data).toEqual([
    { file_path: 'a.md', sha256: sha256('one') },
    { file_path: 'b.md', sha256: sha256('meanwhile') },
    { file_path: 'film.bin', sha256: sha256(bytes) },
  ])
  expect((await readFile(join(root, 'film.bin'))).equals(bytes)).toBe(true)
  expect((await stat(join(root, 'b.md'))).size).toBe(9)
  expect(await readdir(root)).toContain('a.md')
  await rm(root, { recursive: true })
})

test('a run tells its speed, at most four times a second, and ends in all its bytes', async () => {
  const artifact = await makeArtifact(scene, { 'film.bin': noise(4 * megabyte) })
  desk = await openDesk(scene, { transfers: slow })
  desk.states.length = 0
  const began = performance.now()
  const end = await desk.run(artifact.projectId)
  const seconds = (performance.now() - began) / 1000
  expect(end).toMatchObject({ bytesDone: 4 * megabyte, bytesTotal: 4 * megabyte, phase: 'idle' })
  const moving = desk.states.filter(({ phase }) => phase === 'transferring')
  // Changes of phase are told at once: a few more.
  expect(desk.states.length).toBeLessThanOrEqual(seconds * 4 + 5)
  const done = moving.map(({ bytesDone }) => bytesDone)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  const told = moving.filter(({ bytesPerSecond }) => bytesPerSecond !== null)
  expect(told.length).toBeGreaterThan(4)
  for (const { bytesPerSecond } of told.slice(1))
    expect(Math.abs(bytesPerSecond! - megabyte)).toBeLessThan(0.3 * megabyte)
  expect(moving.at(-1)!.transfers[0]).toMatchObject({ path: 'film.bin', direction: 'down' })
})
