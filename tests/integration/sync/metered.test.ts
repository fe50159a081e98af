import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { maxMeteredFileBytes, unlimited } from '../../../src/sync/policy.ts'
import {
  blobsOf,
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
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())

const metered = { ...unlimited, metered: true }

test('over a metered network large files wait, with their reason, and come once it is another', async () => {
  const [small, large] = [noise(1000), noise(maxMeteredFileBytes + 1)]
  const artifact = await makeArtifact(scene, { 'small.bin': small, 'large.bin': large })
  const desk = await openDesk(scene, { transfers: metered })
  const state = await desk.run(artifact.projectId)
  expect(await blobsOf(desk)).toEqual([sha256(small)])
  expect(state.blocked).toMatchObject([{ path: 'large.bin', failure: 'sync.metered' }])
  await desk.service.setTransfers(unlimited)
  expect((await desk.run(artifact.projectId)).blocked).toEqual([])
  expect((await blobsOf(desk)).sort()).toEqual([sha256(small), sha256(large)].sort())
  await desk.close()
})

test('a large edit waits with its reason, and nobody asks the server about it meanwhile', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  let asked = 0
  const counting: typeof fetch = (input, init) => {
    asked += 1
    return fetch(input, init)
  }
  const desk = await openDesk(scene, { transfers: metered, fetch: counting })
  await desk.run(artifact.projectId)
  const text = 'x'.repeat(maxMeteredFileBytes + 1)
  await desk.service.handlers['artifacts.create']({
    artifactId: artifact.id,
    path: 'long.md',
    text,
  })
  const state = () => desk.service.handlers['sync.state'](undefined)
  await until(async () => (await state()).blocked.length > 0)
  expect((await state()).blocked).toMatchObject([{ path: 'long.md', failure: 'sync.metered' }])
  asked = 0
  // Longer than an edit waits for its second try.
  await new Promise((done) => setTimeout(done, 8_000))
  expect(asked).toBe(0)
  await desk.service.setTransfers(unlimited)
  await until(async () => (await state()).outbox === 0, 20_000)
  expect((await state()).blocked).toEqual([])
  await desk.close()
})

test('in a linked folder too, both ways', async () => {
  const large = noise(maxMeteredFileBytes + 1)
  const artifact = await makeArtifact(scene, { 'small.bin': 'small', 'large.bin': large })
  const root = await mkdtemp('/tmp/atelier-metered-')
  const desk = await openDesk(scene, { transfers: metered, chooseFolder: async () => root })
  await desk.run(artifact.projectId, 'pinned')
  await linkHere(desk.service.handlers, {
    projectId: artifact.projectId,
    artifactId: artifact.id,
  })
  const files = async () => (await readdir(root)).filter((name) => !name.startsWith('.')).sort()
  await until(async () => (await files()).includes('small.bin'), 20_000)
  await writeFile(join(root, 'film.bin'), noise(maxMeteredFileBytes + 2))
  const waiting = async () => {
    const [link] = await desk.service.handlers['folders.list'](undefined)
    return link!.blocked.map(({ path, failure }) => `${path} ${failure}`).sort()
  }
  await until(async () => (await waiting()).length === 2, 20_000)
  expect(await waiting()).toEqual(['film.bin sync.metered', 'large.bin sync.metered'])
  expect(await files()).toEqual(['film.bin', 'small.bin'])
  await desk.service.setTransfers(unlimited)
  await until(async () => (await files()).includes('large.bin'), 30_000)
  await until(async () => (await waiting()).length === 0, 30_000)
  const { data } = await scene.ada.client
    .from('artifact_files')
    .select('file_path')
    .eq('artifact_id', artifact.id)
  expect(data!.map((row) => row.file_path).sort()).toEqual(['film.bin', 'large.bin', 'small.bin'])
  await desk.close()
  await rm(root, { recursive: true })
})
