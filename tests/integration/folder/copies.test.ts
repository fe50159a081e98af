import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type Artifact,
  blobsOf,
  commitElsewhere,
  makeArtifact,
  noise,
  openScene,
  type Scene,
  until,
} from '../sync/support.ts'
import { linkOn } from './linked.ts'

let scene: Scene
const open: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  scene = await openScene()
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
afterAll(() => scene.close())

/** A computer whose folder follows an artifact, and what it fetched of bytes since. */
const linked = async (files: Record<string, Uint8Array | string>) => {
  const artifact = await makeArtifact(scene, files)
  const fetched: string[] = []
  const here = await linkOn(scene, artifact, {
    fetch: (input, init) => {
      if (/storage\/v1\/object\/authenticated/.test(String(input))) fetched.push(String(input))
      return fetch(input, init)
    },
  })
  open.push(here.close)
  await until(async () => (await here.link()).status === 'in-step')
  fetched.splice(0)
  return { ...here, artifact, fetched, handlers: here.desk.service.handlers }
}
type Linked = Awaited<ReturnType<typeof linked>>
const read = ({ handlers, artifact }: Linked, path: string) =>
  handlers['artifacts.read']({ artifactId: artifact.id, fileId: artifact.files.get(path)! })
const statesOf = async ({ handlers }: Linked, { id }: Artifact) =>
  Object.fromEntries(
    (await handlers['artifacts.files']({ artifactId: id })).map(({ path, state }) => [path, state]),
  )

test('what lies in a linked folder is on this computer: offline too, and no byte of it comes or is kept twice', async () => {
  const picture = noise(700_000)
  const here = await linked({ 'a.md': 'one', 'sub/b.html': '<h1>two</h1>', 'c.png': picture })
  const { desk, artifact, fetched, handlers } = here
  const { projectId, id: artifactId } = artifact
  const all = { 'a.md': 'cached', 'sub/b.html': 'cached', 'c.png': 'cached' }
  expect(await statesOf(here, artifact)).toEqual(all)
  const list = () => handlers['artifacts.list']({ projectId })
  expect(await list()).toMatchObject([{ fileCount: 3, cachedCount: 3 }])

  desk.service.setOnline(false)
  expect(await read(here, 'a.md')).toMatchObject({ kind: 'text', text: 'one' })
  expect(await read(here, 'c.png')).toMatchObject({ kind: 'binary', size: picture.length })
  const preview = (path: string, headers = {}) =>
    desk.service.preview(new Request(`artifact://${artifactId}/${path}`, { headers }))
  expect(await (await preview('sub/b.html')).text()).toBe('<h1>two</h1>')
  expect(Buffer.from(await (await preview('c.png')).arrayBuffer())).toEqual(Buffer.from(picture))
  const range = await preview('c.png', { range: 'bytes=600000-600009' })
  expect(Buffer.from(await range.arrayBuffer())).toEqual(
    Buffer.from(picture.subarray(600_000, 600_010)),
  )

  desk.service.setOnline(true)
  await desk.run(projectId, 'all')
  expect(fetched).toEqual([])
  expect(await blobsOf(desk)).toEqual([])
  expect(await handlers['sync.usage'](undefined)).toEqual({ kept: 0, bound: 0 })

  // Once nothing follows it any more it is at the server alone.
  await handlers['folders.unlink']({ linkId: (await here.link()).id })
  expect(await statesOf(here, artifact)).toMatchObject({ 'a.md': 'remote', 'c.png': 'remote' })
  expect(await list()).toMatchObject([{ cachedCount: 0 }])
  await desk.run(projectId, 'all')
  expect(fetched).toHaveLength(3)
})

test('a file that was changed in its folder shows the version that is asked for, not its own bytes', async () => {
  const here = await linked({ 'a.md': 'one', 'b.md': 'two' })
  const { desk, artifact, fetched, root, handlers } = here
  await handlers['folders.setPaused']({ linkId: (await here.link()).id, paused: true })
  await writeFile(join(root, 'a.md'), 'not yet sent')
  expect(await read(here, 'a.md')).toMatchObject({ kind: 'text', text: 'one' })
  expect(fetched).toHaveLength(1)
  // Nor is the version that came since mistaken for the one that lies there.
  await commitElsewhere(scene, artifact.id, artifact.files.get('b.md')!, 'b.md', 'three', 1)
  await desk.run(artifact.projectId, 'pinned')
  expect(await statesOf(here, artifact)).toMatchObject({ 'b.md': 'remote' })
  expect(await read(here, 'b.md')).toMatchObject({ kind: 'text', text: 'three' })
  expect(fetched).toHaveLength(2)
})
