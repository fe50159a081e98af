import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { inDatabase, letIn, openPerson, type Person, putOut } from './person.ts'
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

const hour = 3600_000

let scene: Scene
const open: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  scene = await openScene()
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
afterAll(() => scene.close())

const contributor = async (
  files: Record<string, Uint8Array | string>,
  change: Parameters<typeof openPerson>[1] = {},
) => {
  const artifact = await makeArtifact(scene, files)
  const person = await openPerson(scene, change)
  open.push(person.close)
  await letIn(scene, artifact, person.id, 'contributor')
  await person.desk.run(artifact.projectId)
  return { artifact, person }
}
const atServer = async (artifact: Artifact): Promise<Record<string, string>> => {
  const { data, error } = await scene.ada.client
    .from('artifact_files')
    .select('file_path,sha256')
    .eq('artifact_id', artifact.id)
    .is('deleted_at', null)
  if (error) throw error
  return Object.fromEntries(data.map(({ file_path, sha256 }) => [file_path, sha256]))
}
const edit = (person: Person, artifact: Artifact, path: string, text: string) =>
  person.service.handlers['artifacts.edit']({
    artifactId: artifact.id,
    fileId: artifact.files.get(path)!,
    text,
  })
const textOf = async (person: Person, artifact: Artifact, path: string) => {
  const read = await person.service.handlers['artifacts.read']({
    artifactId: artifact.id,
    fileId: artifact.files.get(path)!,
  })
  return read.kind === 'text' ? read.text : null
}
/** Once, before the first request of a kind goes out. */
const before = (person: Person, part: string, work: () => Promise<unknown>): void => {
  let isDone = false
  person.wires.before = async ({ method, path }) => {
    if (isDone || method === 'GET' || !path.includes(part)) return undefined
    isDone = true
    await work()
    return undefined
  }
}
/** Whether each pull since then compared everything: it was sent, or its digest was. */
const pullsSince = (person: Person, from: number) =>
  person.wires.asked
    .slice(from)
    .filter(({ path }) => path.includes('pull_project'))
    .map(({ body }) => !body?.includes('since') || body.includes('with_digest'))

test.each([
  ['put out of the project', '/object/artifact-files/'],
  ['put out of the project', '/commit_artifact_changes'],
  ['made a viewer', '/object/artifact-files/'],
  ['made a viewer', '/commit_artifact_changes'],
])(
  'somebody who is %s before %s keeps everything, and goes on when they may again',
  async (what, part) => {
    const { artifact, person } = await contributor({ 'a.md': 'one', 'b.md': 'kept' })
    const isOut = what.startsWith('put')
    before(person, part, () =>
      isOut ? putOut(scene, artifact, person.id) : letIn(scene, artifact, person.id, 'viewer'),
    )
    const from = person.wires.asked.length
    await edit(person, artifact, 'a.md', 'two')
    await until(async () => (await person.state()).blocked.length === 1)
    await until(async () => !/checking|transferring/.test((await person.state()).phase))
    const state = await person.state()
    const isHidden = isOut && part.startsWith('/commit')
    expect(state.blocked).toMatchObject([
      { path: 'a.md', failure: isHidden ? 'server.not-found' : 'server.denied' },
    ])
    expect(state.failure).toBe(isOut ? 'server.not-found' : null)
    // After the refusal everything was compared.
    expect(pullsSince(person, from)).toEqual([false, true])
    expect(await blobsOf(person.desk)).toEqual(
      expect.arrayContaining([sha256('two'), sha256('kept')]),
    )
    expect(await textOf(person, artifact, 'a.md')).toBe('two')
    expect(await textOf(person, artifact, 'b.md')).toBe('kept')
    expect((await atServer(artifact))['a.md']).toBe(sha256('one'))
    // What is blocked is not tried by itself, so it can be no storm.
    const quiet = person.wires.asked.length
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    expect(person.wires.asked).toHaveLength(quiet)

    await letIn(scene, artifact, person.id, 'contributor')
    expect(await person.desk.run(artifact.projectId)).toMatchObject({
      phase: 'idle',
      failure: null,
      blocked: [],
      outbox: 0,
    })
    expect(await atServer(artifact)).toEqual({ 'a.md': sha256('two'), 'b.md': sha256('kept') })
    expect(pullsSince(person, quiet)).toEqual([isOut, !isOut])
    // And from then on it is as before.
    await person.desk.run(artifact.projectId)
    expect(pullsSince(person, quiet)).toEqual([isOut, !isOut, false])
  },
)

test.each(['put out of the project', 'made a viewer'])(
  'a folder of somebody who is %s stays as it is, and follows again',
  async (what) => {
    const root = await mkdtemp('/tmp/atelier-linked-')
    open.push(() => rm(root, { recursive: true, force: true }))
    const { artifact, person } = await contributor(
      { 'a.md': 'one', 'b.md': 'kept' },
      { chooseFolder: async () => root },
    )
    const { projectId, id: artifactId } = artifact
    await linkHere(person.service.handlers, { projectId, artifactId })
    await until(async () => (await person.link()).status === 'in-step')
    const isOut = what.startsWith('put')
    const bytes = noise(7_000_000)
    before(person, '/upload/resumable', () =>
      isOut ? putOut(scene, artifact, person.id) : letIn(scene, artifact, person.id, 'viewer'),
    )
    await writeFile(join(root, 'film.bin'), bytes)
    await until(async () => (await person.link()).blocked.length === 1, 30_000)
    expect((await person.link()).blocked).toMatchObject([
      { path: 'film.bin', failure: 'server.denied' },
    ])
    await writeFile(join(root, 'a.md'), 'two')
    await until(async () => (await person.link()).status === (isOut ? 'gone' : 'waiting'), 30_000)
    expect(await readFile(join(root, 'a.md'), 'utf8')).toBe('two')
    expect(await readFile(join(root, 'b.md'), 'utf8')).toBe('kept')
    expect(sha256(await readFile(join(root, 'film.bin')))).toBe(sha256(bytes))
    expect(await atServer(artifact)).toEqual({ 'a.md': sha256('one'), 'b.md': sha256('kept') })

    await letIn(scene, artifact, person.id, 'contributor')
    await person.service.handlers['folders.retry']({ linkId: (await person.link()).id })
    await until(async () => (await person.link()).status === 'in-step', 60_000)
    expect(await atServer(artifact)).toEqual({
      'a.md': sha256('two'),
      'b.md': sha256('kept'),
      'film.bin': sha256(bytes),
    })
  },
)

test('who was out for a while compares everything when they are back', async () => {
  const { artifact, person } = await contributor({ 'a.md': 'one' })
  await putOut(scene, artifact, person.id)
  const from = person.wires.asked.length
  expect(await person.desk.run(artifact.projectId)).toMatchObject({ failure: 'server.not-found' })
  expect(await textOf(person, artifact, 'a.md')).toBe('one')
  await letIn(scene, artifact, person.id, 'viewer')
  await person.desk.run(artifact.projectId)
  await person.desk.run(artifact.projectId)
  expect(pullsSince(person, from)).toEqual([false, true, false])
})

test('what was taken away without a word is noticed within a day', async () => {
  const { artifact, person } = await contributor({ 'a.md': 'one', 'b.md': 'two' })
  const paths = async () => {
    const { handlers } = person.service
    return (await handlers['artifacts.files']({ artifactId: artifact.id })).map(({ path }) => path)
  }
  await inDatabase(scene, async (sql) => {
    await sql`delete from public.artifact_files where id = ${artifact.files.get('b.md')!}`
  })
  person.clock.ahead += 23 * hour
  await person.desk.run(artifact.projectId)
  expect(await paths()).toEqual(['a.md', 'b.md'])
  person.clock.ahead += 2 * hour
  await person.desk.run(artifact.projectId)
  expect(await paths()).toEqual(['a.md'])
  const from = person.wires.asked.length
  await person.desk.run(artifact.projectId)
  expect(pullsSince(person, from)).toEqual([false])
})
