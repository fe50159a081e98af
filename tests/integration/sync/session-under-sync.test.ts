import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { unlimited } from '../../../src/sync/policy.ts'
import { endSessions, letIn, openPerson, type Person } from './person.ts'
import {
  type Artifact,
  blobsOf,
  linkHere,
  makeArtifact,
  noise,
  openScene,
  type Scene,
  sha256,
  until,
} from './support.ts'

const chunk = 6 * 1024 * 1024
const tus = '/upload/resumable'

let scene: Scene
const open: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  scene = await openScene()
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
afterAll(() => scene.close())

/** A person who may change an artifact, and their copy of it. */
const contributor = async (
  files: Record<string, Uint8Array | string>,
  hoursAhead = 0,
  change: Parameters<typeof openPerson>[1] = {},
) => {
  const artifact = await makeArtifact(scene, files)
  const person = await openPerson(scene, change, hoursAhead)
  open.push(person.close)
  await letIn(scene, artifact, person.id, 'contributor')
  return { artifact, person }
}
/** The same, with a folder that follows the artifact. */
const linked = async (hoursAhead = 0, change: Parameters<typeof openPerson>[1] = {}) => {
  const root = await mkdtemp('/tmp/atelier-linked-')
  open.push(() => rm(root, { recursive: true, force: true }))
  const made = await contributor({ 'a.md': 'one' }, hoursAhead, {
    ...change,
    chooseFolder: async () => root,
  })
  const { projectId, id: artifactId } = made.artifact
  await made.person.desk.run(projectId, 'pinned')
  await linkHere(made.person.service.handlers, { projectId, artifactId })
  await inStep(made.person)
  return { ...made, root }
}
const inStep = (person: Person) =>
  until(async () => (await person.link()).status === 'in-step', 60_000)
const bytesAtServer = async (artifact: Artifact, path: string): Promise<string | null> => {
  const { data, error } = await scene.ada.client
    .from('artifact_files')
    .select('storage_path,sha256')
    .eq('artifact_id', artifact.id)
    .eq('file_path', path)
  if (error) throw error
  if (!data[0]) return null
  const back = await scene.ada.client.storage.from('artifact-files').download(data[0].storage_path)
  expect(sha256(Buffer.from(await back.data!.arrayBuffer()))).toBe(data[0].sha256)
  return data[0].sha256
}
const edit = (person: Person, artifact: Artifact, path: string, text: string) =>
  person.service.handlers['artifacts.edit']({
    artifactId: artifact.id,
    fileId: artifact.files.get(path)!,
    text,
  })
/** Something is done before the request that is the `count`th of its kind. */
const beforeThe = (
  person: Person,
  count: number,
  method: string,
  part: string,
  work: () => Promise<unknown>,
): void => {
  let seen = 0
  person.wires.before = async (request) => {
    if (request.method !== method || !request.path.includes(part)) return undefined
    seen += 1
    if (seen === count) await work()
    return undefined
  }
}

test('a token that ends between two parts of a big upload: it goes on, with one refresh', async () => {
  const { artifact, person, root } = await linked()
  beforeThe(person, 2, 'PATCH', tus, person.tokenEnds)
  const bytes = noise(3 * chunk)
  await writeFile(join(root, 'film.bin'), bytes)
  await until(async () => (await bytesAtServer(artifact, 'film.bin')) === sha256(bytes), 60_000)
  await inStep(person)
  const { wires } = person
  expect(wires.of('PATCH', tus).map(({ offset, status }) => [offset, status])).toEqual([
    [0, 204],
    [chunk, 403],
    [chunk, 204],
    [2 * chunk, 204],
  ])
  expect(wires.of('POST', tus)).toHaveLength(1)
  expect(wires.refreshes()).toBe(1)
  expect((await person.link()).blocked).toEqual([])
})

test('a token that ends in the middle of the last part: its bytes are not sent again', async () => {
  const rate = 2_000_000
  const { artifact, person, root } = await linked(0, {
    transfers: { ...unlimited, upLimit: rate },
  })
  const bytes = noise(chunk + 3 * rate)
  beforeThe(person, 2, 'PATCH', tus, async () => person.wires.end(await person.token(), 1))
  await writeFile(join(root, 'film.bin'), bytes)
  await until(async () => (await bytesAtServer(artifact, 'film.bin')) === sha256(bytes), 60_000)
  const { wires } = person
  expect(wires.of('PATCH', tus)[1]).toMatchObject({ offset: chunk, status: 403 })
  expect(wires.of('POST', tus)).toHaveLength(1)
  expect(wires.refreshes()).toBe(1)
  await inStep(person)
  expect((await person.link()).blocked).toEqual([])
})

test('an upload that was cut and whose token ended meanwhile goes on from where the server is', async () => {
  const text = noise(chunk).toString('hex')
  const { artifact, person } = await contributor({ 'a.md': 'one' })
  await person.desk.run(artifact.projectId)
  person.wires.before = async ({ method, offset }) => {
    if (method === 'PATCH' && offset === chunk) throw new TypeError('fetch failed')
    return undefined
  }
  await edit(person, artifact, 'a.md', text)
  await until(async () => (await person.state()).failure === 'network.offline', 60_000)
  // The next to ask is a HEAD, whose refusal says nothing of why.
  beforeThe(person, 1, 'HEAD', tus, person.tokenEnds)
  await until(async () => (await person.state()).outbox === 0, 60_000)
  const { wires } = person
  expect(wires.of('HEAD', tus).map(({ status }) => status)).toContain(403)
  expect(wires.of('POST', tus)).toHaveLength(1)
  expect(wires.of('PATCH', tus).filter(({ offset }) => offset === 0)).toHaveLength(1)
  expect(await bytesAtServer(artifact, 'a.md')).toBe(sha256(text))
  expect(wires.refreshes()).toBe(1)
  expect((await person.state()).blocked).toEqual([])
})

test('a token that ends in the middle of a download: it goes on from there, with one refresh', async () => {
  const bytes = noise(8_000_000)
  const { artifact, person } = await contributor({ 'film.bin': bytes })
  const { wires } = person
  let isCut = false
  const real = wires.fetch
  person.wires.before = async (request) => {
    if (isCut || !request.path.includes('/object/authenticated/')) return undefined
    isCut = true
    const answer = await real(`${scene.backend.url}${request.path}`, {
      headers: {
        apikey: scene.backend.publishableKey,
        authorization: `Bearer ${await person.token()}`,
      },
    })
    const whole = Buffer.from(await answer.arrayBuffer())
    await person.tokenEnds()
    let at = 0
    const body = new ReadableStream({
      pull: (stream) => {
        if (at >= 3_000_000) return stream.error(new TypeError('terminated'))
        stream.enqueue(whole.subarray(at, at + 100_000))
        at += 100_000
      },
    })
    return new Response(body, { headers: { 'content-length': String(whole.length) } })
  }
  const state = await person.desk.run(artifact.projectId)
  expect(state).toMatchObject({ phase: 'idle', failure: null, blocked: [] })
  expect(await blobsOf(person.desk)).toEqual([sha256(bytes)])
  const downloads = wires.of('GET', '/object/authenticated/').map(({ status }) => status)
  expect(downloads.slice(-2)).toEqual([400, 206])
  expect(wires.refreshes()).toBe(1)
})

test('a session that is ended elsewhere during an upload: nothing is asked any more, nothing is lost, and it goes on after signing in', async () => {
  const text = noise(chunk).toString('hex')
  const { artifact, person } = await contributor({ 'a.md': 'one' })
  await person.desk.run(artifact.projectId)
  beforeThe(person, 2, 'PATCH', tus, async () => {
    await endSessions(scene, person.id)
    await person.tokenEnds()
  })
  await edit(person, artifact, 'a.md', text)
  await until(() => person.manager.state.status === 'reauthenticate', 30_000)
  await until(async () => (await person.state()).phase === 'offline')
  const before = person.wires.asked.length
  expect(person.wires.asked.filter(({ status }) => status === 403)).toHaveLength(1)
  expect(person.wires.refreshes()).toBe(1)
  // Longer than it takes until unsent edits are tried again.
  await new Promise((resolve) => setTimeout(resolve, 7_000))
  expect(person.wires.asked).toHaveLength(before)
  expect(await person.state()).toMatchObject({ phase: 'offline', outbox: 1, blocked: [] })
  expect(
    await person.service.handlers['artifacts.read']({
      artifactId: artifact.id,
      fileId: artifact.files.get('a.md')!,
    }),
  ).toMatchObject({ kind: 'text', text })

  await person.signInAgain()
  expect(person.manager.state.status).toBe('active')
  await until(async () => (await person.state()).outbox === 0, 60_000)
  expect(await bytesAtServer(artifact, 'a.md')).toBe(sha256(text))
  // From where it was: what had been sent is not sent again.
  expect(person.wires.of('PATCH', tus).filter(({ offset }) => offset === 0)).toHaveLength(1)
})

test('the same with a linked folder: the link and its files stay, and follow again after signing in', async () => {
  const { artifact, person, root } = await linked()
  const bytes = noise(2 * chunk)
  beforeThe(person, 2, 'PATCH', tus, async () => {
    await endSessions(scene, person.id)
    await person.tokenEnds()
  })
  await writeFile(join(root, 'film.bin'), bytes)
  await until(() => person.manager.state.status === 'reauthenticate', 30_000)
  await until(async () => (await person.link()).status === 'offline')
  const before = person.wires.asked.length
  await writeFile(join(root, 'a.md'), 'two')
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  expect(person.wires.asked).toHaveLength(before)
  expect(person.wires.refreshes()).toBe(1)
  expect(await person.link()).toMatchObject({ status: 'offline', blocked: [], held: null })
  expect(sha256(await readFile(join(root, 'film.bin')))).toBe(sha256(bytes))
  expect(await readFile(join(root, 'a.md'), 'utf8')).toBe('two')

  await person.signInAgain()
  await until(async () => (await bytesAtServer(artifact, 'film.bin')) === sha256(bytes), 60_000)
  await until(async () => (await bytesAtServer(artifact, 'a.md')) === sha256('two'))
  await inStep(person)
})

test('a server that refuses every token is asked for one refresh, and not again for five minutes', async () => {
  const { artifact, person } = await contributor({ 'a.md': 'one' })
  const refusal = () =>
    Response.json({ code: 'PGRST301', message: 'JWSError JWSInvalidSignature' }, { status: 401 })
  person.wires.before = async ({ path }) => (path.includes('/rest/v1/') ? refusal() : undefined)
  for (let each = 0; each < 10; each += 1)
    expect(await person.desk.run(artifact.projectId)).toMatchObject({
      phase: 'failed',
      failure: 'auth.refused',
      blocked: [],
    })
  expect(person.wires.refreshes()).toBe(1)
  expect(person.manager.state.status).toBe('active')
  person.clock.uptime += 5 * 60_000
  await person.desk.run(artifact.projectId)
  expect(person.wires.refreshes()).toBe(2)
  person.wires.before = async () => undefined
  expect((await person.desk.run(artifact.projectId)).failure).toBeNull()
})

test('many requests whose one token is refused share one refresh', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`${at}.txt`, `text ${at}`]),
  )
  const { artifact, person } = await contributor(files)
  await person.desk.run(artifact.projectId, 'pinned')
  beforeThe(person, 1, 'GET', '/object/authenticated/', person.tokenEnds)
  const state = await person.desk.run(artifact.projectId)
  expect(state).toMatchObject({ phase: 'idle', failure: null, blocked: [] })
  expect(person.wires.of('GET', '/object/authenticated/').length).toBeGreaterThan(21)
  expect(person.wires.refreshes()).toBe(1)
})

test.each([24, -24])('a clock that is %i hours off from the start', async (hours) => {
  const { artifact, person } = await contributor({ 'a.md': 'one' }, hours)
  await person.desk.run(artifact.projectId)
  for (const text of ['two', 'three']) {
    await edit(person, artifact, 'a.md', text)
    await until(async () => (await person.state()).outbox === 0)
  }
  expect(person.wires.refreshes()).toBe(0)
  // The token's life ends: by our clock never, or long ago.
  await person.tokenEnds()
  for (const text of ['four', 'five']) {
    await edit(person, artifact, 'a.md', text)
    await until(async () => (await person.state()).outbox === 0)
  }
  expect(person.wires.refreshes()).toBe(1)
  expect(await bytesAtServer(artifact, 'a.md')).toBe(sha256('five'))
})

test.each([24, -24])('a clock that steps by %i hours during an upload', async (hours) => {
  const { artifact, person, root } = await linked()
  const bytes = noise(3 * chunk)
  beforeThe(person, 2, 'PATCH', tus, async () => {
    const token = await person.token()
    person.clock.ahead += hours * 3600_000
    // An hour later, for whoever has slept over it.
    await person.wires.end(token)
  })
  await writeFile(join(root, 'film.bin'), bytes)
  await until(async () => (await bytesAtServer(artifact, 'film.bin')) === sha256(bytes), 60_000)
  await inStep(person)
  expect(person.wires.refreshes()).toBe(1)
  expect((await person.link()).blocked).toEqual([])
  // And back again: a step forward makes the token look old, once.
  person.clock.ahead = 0
  await writeFile(join(root, 'a.md'), 'two')
  await until(async () => (await bytesAtServer(artifact, 'a.md')) === sha256('two'), 30_000)
  await person.desk.run(artifact.projectId)
  expect(person.wires.refreshes()).toBe(hours > 0 ? 1 : 2)
})
