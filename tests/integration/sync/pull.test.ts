import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type CuttingProxy, openCuttingProxy } from '../../fixtures/cutting-proxy.ts'
import {
  blobsOf,
  commitElsewhere,
  type Desk,
  makeArtifact,
  noise,
  openDesk,
  openScene,
  type Scene,
  sha256,
} from './support.ts'

let scene: Scene
let proxy: CuttingProxy
let desk: Desk | null = null

beforeAll(async () => {
  scene = await openScene()
  proxy = await openCuttingProxy(scene.backend.url)
})
afterEach(async () => {
  await desk?.close()
  desk = null
  proxy.refuse(false)
})
afterAll(async () => {
  await proxy.close()
  await scene.close()
})

const throughProxy = () => ({
  server: { url: proxy.url, publishableKey: scene.backend.publishableKey },
})

test('a whole project comes, verified, with progress, and opens with no network', async () => {
  const big = noise(3_000_000)
  const artifact = await makeArtifact(scene, {
    'index.html': '<h1>Harbour</h1>',
    'styles/site.css': 'body{color:navy}',
    'data/noise.bin': big,
    'empty.txt': '',
    'copy-of-index.html': '<h1>Harbour</h1>',
  })
  desk = await openDesk(scene)
  const state = await desk.run(artifact.projectId)
  expect(state).toMatchObject({ phase: 'idle', failure: null, blocked: [], outbox: 0 })
  expect(state.filesDone).toBe(state.filesTotal)
  expect(state.bytesDone).toBe(state.bytesTotal)
  const steps = desk.states.map(({ bytesDone }) => bytesDone)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
  expect((await blobsOf(desk)).sort()).toEqual(
    [big, '<h1>Harbour</h1>', 'body{color:navy}', ''].map((bytes) => sha256(bytes)).sort(),
  )

  desk.service.setOnline(false)
  const [row] = await desk.service.handlers['artifacts.list']({ projectId: artifact.projectId })
  expect(row).toMatchObject({ title: 'Harbour signs', fileCount: 5, cachedCount: 5 })
  const files = await desk.service.handlers['artifacts.files']({ artifactId: artifact.id })
  expect(files.map(({ state: at }) => at)).toEqual(Array(5).fill('cached'))
  const read = await desk.service.handlers['artifacts.read']({
    artifactId: artifact.id,
    fileId: artifact.files.get('empty.txt')!,
  })
  expect(read).toMatchObject({ kind: 'text', text: '', sha256: sha256(''), encoding: 'utf-8' })
  const page = await desk.service.preview(new Request(`artifact://${artifact.id}/`))
  expect(await page.text()).toBe('<h1>Harbour</h1>')
  expect(page.headers.get('content-security-policy')).toContain('sandbox allow-scripts')
  const asked = { query: 'harb', projectId: artifact.projectId, atMost: 50 }
  expect(await desk.service.handlers['artifacts.search'](asked)).toEqual({
    hits: [expect.objectContaining({ artifactId: artifact.id })],
    total: 1,
  })
  expect((await desk.run(artifact.projectId)).failure).toBe('network.offline')
})

test('later passes bring what changed since, removals too', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', 'b.txt': 'two' })
  desk = await openDesk(scene)
  await desk.run(artifact.projectId)
  await commitElsewhere(scene, artifact.id, artifact.files.get('a.txt')!, 'a.txt', 'three', 1)
  await scene.ada.client.rpc('commit_artifact_changes', {
    artifact_id: artifact.id,
    expected: { [artifact.files.get('b.txt')!]: 1 },
    changes: [{ op: 'remove', file_id: artifact.files.get('b.txt')! }],
  })
  await desk.run(artifact.projectId)
  const files = await desk.service.handlers['artifacts.files']({ artifactId: artifact.id })
  expect(files).toMatchObject([
    { path: 'a.txt', revision: 2, sha256: sha256('three'), state: 'cached' },
  ])
})

test('cut in the middle: no torn file, no wrong row, and the next run goes on from there', async () => {
  const big = noise(8_000_000)
  const artifact = await makeArtifact(scene, { 'big.bin': big, 'small.txt': 'small' })
  desk = await openDesk(scene, throughProxy())
  await desk.run(artifact.projectId, 'pinned')
  proxy.cutAfter(4_000_000)
  const cut = await desk.run(artifact.projectId)
  expect(cut).toMatchObject({ phase: 'offline', failure: 'network.offline' })
  expect(await blobsOf(desk)).toContain(`${sha256(big)}.part`)
  expect(await blobsOf(desk)).not.toContain(sha256(big))
  const [before] = await desk.service.handlers['artifacts.files']({ artifactId: artifact.id })
  expect(before).toMatchObject({ path: 'big.bin', state: 'remote' })

  proxy.refuse(false)
  await desk.restart()
  proxy.sent()
  expect(await desk.run(artifact.projectId)).toMatchObject({ phase: 'idle', failure: null })
  expect(await blobsOf(desk)).toEqual(expect.arrayContaining([sha256(big), sha256('small')]))
  expect((await blobsOf(desk)).some((name) => name.endsWith('.part'))).toBe(false)
  expect(proxy.sent()).toBeLessThan(6_000_000)
})

test('a cancelled run ends at once and keeps what it has', async () => {
  const artifact = await makeArtifact(scene, { 'big.bin': noise(30_000_000) })
  desk = await openDesk(scene)
  const running = desk.run(artifact.projectId)
  await new Promise((resolve) => setTimeout(resolve, 150))
  const { handlers } = desk.service
  await handlers['sync.cancel'](undefined)
  const state = await running
  expect(state).toMatchObject({ phase: 'idle', failure: 'sync.cancelled', transfers: [] })
  expect(await desk.run(artifact.projectId)).toMatchObject({ phase: 'idle', failure: null })
  await blobsOf(desk)
})

test('bytes that are not those of the row are refused, and the others come', async () => {
  const artifact = await makeArtifact(scene, { 'good.txt': 'good', 'bad.txt': 'right' })
  const flip: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (!String(input).endsWith(sha256('right'))) return answer
    await answer.body?.cancel()
    return new Response('wrong', { headers: { 'content-length': '5' } })
  }
  desk = await openDesk(scene, { fetch: flip })
  const state = await desk.run(artifact.projectId)
  expect(state.blocked).toEqual([
    expect.objectContaining({ path: 'bad.txt', failure: 'file.hash-mismatch' }),
  ])
  expect(await blobsOf(desk)).toEqual([sha256('good')])
  await desk.restart({ fetch })
  expect((await desk.run(artifact.projectId)).blocked).toEqual([])
  expect(await blobsOf(desk)).toContain(sha256('right'))
})

test('bytes the disk did not keep are fetched again', async () => {
  const artifact = await makeArtifact(scene, { 'note.txt': 'kept well' })
  desk = await openDesk(scene)
  await desk.run(artifact.projectId)
  const { writeFile } = await import('node:fs/promises')
  const hash = sha256('kept well')
  await writeFile(`${desk.folder}/blobs/${hash.slice(0, 2)}/${hash}`, 'kept ill!')
  const read = await desk.service.handlers['artifacts.read']({
    artifactId: artifact.id,
    fileId: artifact.files.get('note.txt')!,
  })
  expect(read).toMatchObject({ kind: 'text', text: 'kept well' })
})

test('a page instead of an answer is no answer', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'here first' })
  desk = await openDesk(scene)
  await desk.run(artifact.projectId)
  const portal: typeof fetch = async () =>
    new Response('<html>Please sign in to the wireless network</html>', {
      headers: { 'content-type': 'text/html' },
    })
  await desk.restart({ fetch: portal })
  expect(await desk.run(artifact.projectId)).toMatchObject({
    phase: 'failed',
    failure: 'server.unexpected-answer',
  })
  const files = await desk.service.handlers['artifacts.files']({ artifactId: artifact.id })
  expect(files).toMatchObject([{ path: 'a.txt', state: 'cached' }])
})

test('a hostile row cannot name a file out of its folder, and the rest comes', async () => {
  const artifact = await makeArtifact(scene, { 'good.txt': 'good', 'evil.txt': 'evil' })
  const hostile: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (!String(input).includes('pull_project')) return answer
    return new Response((await answer.text()).replaceAll('"evil.txt"', '"../../evil.txt"'), answer)
  }
  desk = await openDesk(scene, { fetch: hostile })
  const state = await desk.run(artifact.projectId)
  expect(state.blocked).toEqual([expect.objectContaining({ failure: 'file.name-refused' })])
  expect(await blobsOf(desk)).toEqual([sha256('good')])
  const up = await desk.service.preview(
    new Request(`artifact://${artifact.id}/%2e%2e/%2e%2e/evil.txt`),
  )
  expect(up.status).toBe(404)
})

test('an earlier version is read whole and shown, and needs the server the first time only', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', 'b.png': 'first' })
  const fileId = artifact.files.get('a.txt')!
  await commitElsewhere(scene, artifact.id, fileId, 'a.txt', 'two', 1)
  await commitElsewhere(scene, artifact.id, artifact.files.get('b.png')!, 'b.png', 'second', 1)
  desk = await openDesk(scene)
  await desk.run(artifact.projectId)
  const { handlers, preview } = desk.service
  const version = (path: string, text: string) => ({
    artifactId: artifact.id,
    path,
    sha256: sha256(text),
    size: text.length,
  })
  const shown = async (hash: string) =>
    preview(new Request(`artifact://${artifact.id}/b.png?version=${hash}`))
  // A page asks for none that nobody looked at.
  expect((await shown(sha256('first'))).status).toBe(404)
  desk.service.setOnline(false)
  await expect(handlers['artifacts.readVersion'](version('a.txt', 'one'))).rejects.toMatchObject({
    code: 'file.not-cached',
  })
  desk.service.setOnline(true)
  const one = {
    kind: 'text',
    text: 'one',
    sha256: sha256('one'),
    encoding: 'utf-8',
    isExact: true,
  }
  expect(await handlers['artifacts.readVersion'](version('a.txt', 'one'))).toEqual(one)
  expect(await handlers['artifacts.readVersion'](version('b.png', 'first'))).toMatchObject({
    kind: 'binary',
    size: 5,
  })
  const address = { artifactId: artifact.id, path: 'b.png', version: sha256('first') }
  expect(await handlers['artifacts.previewUrl'](address)).toBe(
    `artifact://${artifact.id}/b.png?version=${sha256('first')}`,
  )
  expect(await (await shown(sha256('first'))).text()).toBe('first')
  const other = await makeArtifact(scene, { 'c.txt': 'c' })
  const elsewhere = `artifact://${other.id}/b.png?version=${sha256('first')}`
  expect((await preview(new Request(elsewhere))).status).toBe(404)
  desk.service.setOnline(false)
  expect(await handlers['artifacts.readVersion'](version('a.txt', 'one'))).toEqual(one)
  await expect(
    handlers['artifacts.readVersion']({ ...version('a.txt', 'x'), sha256: sha256('y') }),
  ).rejects.toMatchObject({ code: 'file.not-cached' })
})

test('a refused token is asked for once more, and no file is blamed', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  let asked = 0
  desk = await openDesk(scene, {
    accessToken: async () => {
      asked += 1
      return asked === 1 ? 'stale.stale.stale' : scene.ada.token
    },
  })
  expect(await desk.run(artifact.projectId)).toMatchObject({ phase: 'idle', failure: null })
  await desk.restart({ accessToken: async () => 'stale.stale.stale' })
  expect(await desk.run(artifact.projectId)).toMatchObject({
    phase: 'failed',
    failure: 'auth.refused',
    blocked: [],
  })
  await desk.restart({ accessToken: async () => null })
  expect(await desk.run(artifact.projectId)).toMatchObject({ phase: 'offline' })
})

test('losing access deletes nothing here', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'still mine to read' })
  desk = await openDesk(scene)
  await desk.run(artifact.projectId)
  const missing = '00000000-0000-4000-8000-000000000000'
  expect(await desk.run(missing)).toMatchObject({ phase: 'failed', failure: 'server.not-found' })
  expect(await blobsOf(desk)).toContain(sha256('still mine to read'))
})
