import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../electron/main/store/database.ts'
import { unlimited } from '../../../src/sync/policy.ts'
import {
  type Artifact,
  blobsOf,
  type Desk,
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
beforeAll(async () => {
  scene = await openScene()
})
afterEach(() => desk.close())
afterAll(() => scene.close())

const size = 10_000
const usage = () => desk.service.handlers['sync.usage'](undefined)
const limit = (keepLimit: number | null) => desk.service.setTransfers({ ...unlimited, keepLimit })
const open = (artifact: Artifact, path: string) =>
  desk.service.handlers['artifacts.read']({
    artifactId: artifact.id,
    fileId: artifact.files.get(path)!,
  })

/** The records go before the files do. */
const keeps = async (...hashes: (string | undefined)[]): Promise<void> => {
  const wanted = hashes.toSorted().join()
  await until(async () => {
    const here = await blobsOf(desk).catch(() => [])
    return here.toSorted().join() === wanted
  })
}

/** As if so many minutes had passed since each of these was used: the first longest ago. */
const age = async (minutes: Record<string, number>): Promise<void> => {
  await desk.service.close()
  const db = openDatabase(`${desk.folder}/cache.sqlite`)
  for (const [hash, ago] of Object.entries(minutes)) {
    db.removeBlob(hash)
    db.addBlob(hash, size, Date.now() - ago * 60_000)
  }
  db.close()
  await desk.restart()
}

const names = ['a.bin', 'b.bin', 'c.bin', 'd.bin']
const fill = async () => {
  const bytes = new Map(names.map((name) => [name, noise(size)]))
  const hashes = new Map([...bytes].map(([name, each]) => [name, sha256(each)]))
  desk = await openDesk(scene)
  const artifact = await makeArtifact(scene, Object.fromEntries(bytes))
  await desk.run(artifact.projectId)
  expect(await usage()).toEqual({ kept: 4 * size, bound: 0 })
  const agesOf = (...order: string[]) =>
    Object.fromEntries(order.map((name, index) => [hashes.get(name)!, 60 - index]))
  return { artifact, hashes, agesOf }
}

test('beyond the limit the longest unused go, their rows stay, and opening one brings it back', async () => {
  const { artifact, hashes, agesOf } = await fill()
  await age(agesOf('c.bin', 'a.bin', 'd.bin', 'b.bin'))
  await limit(2.5 * size)
  await keeps(hashes.get('b.bin'), hashes.get('d.bin'))
  expect((await usage()).kept).toBe(2 * size)
  const files = await desk.service.handlers['artifacts.files']({ artifactId: artifact.id })
  expect(Object.fromEntries(files.map((file) => [file.path, file.state]))).toEqual({
    'a.bin': 'remote',
    'b.bin': 'cached',
    'c.bin': 'remote',
    'd.bin': 'cached',
  })
  await open(artifact, 'c.bin')
  // What was fetched a moment ago is not what goes for it.
  await keeps(hashes.get('b.bin'), hashes.get('c.bin'))
})

test('opening a file offline counts as using it', async () => {
  const { artifact, hashes, agesOf } = await fill()
  await age(agesOf('a.bin', 'b.bin', 'c.bin', 'd.bin'))
  desk.service.setOnline(false)
  await open(artifact, 'a.bin')
  await limit(size)
  await keeps(hashes.get('a.bin'))
})

test('neither pinned projects nor unsent edits are given up, whatever the limit', async () => {
  const { artifact, hashes, agesOf } = await fill()
  const pinned = await makeArtifact(scene, { 'pinned.bin': noise(size) })
  await desk.service.handlers['sync.pin']({ projectId: pinned.projectId, pinned: true })
  await desk.run(pinned.projectId, 'pinned')
  desk.service.setOnline(false)
  const text = 'never sent'
  await desk.service.handlers['artifacts.edit']({
    artifactId: artifact.id,
    fileId: artifact.files.get('a.bin')!,
    text,
  })
  const kept = [...(await blobsOf(desk))]
  const pinnedHash = kept.find(
    (hash) => hash !== sha256(text) && ![...hashes.values()].includes(hash),
  )!
  await age({ ...agesOf(...names), [pinnedHash]: 90 })
  await limit(0)
  await keeps(pinnedHash, sha256(text))
  expect(await usage()).toEqual({ kept: size + text.length, bound: size + text.length })

  // Sent, or pinned no more, they are like any other.
  await desk.service.handlers['sync.pin']({ projectId: pinned.projectId, pinned: false })
  await keeps(sha256(text))
})

test('the limit outlives a restart and holds after it', async () => {
  const { agesOf } = await fill()
  await age(agesOf(...names))
  await desk.restart({ transfers: { ...unlimited, keepLimit: size } })
  await until(async () => (await usage()).kept === size)
})
