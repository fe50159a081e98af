import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 } from 'uuid'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { MutationsChange } from '../../../src/contract/mutations.ts'
import type { MutationCall } from '../../../src/domain/mutation-table.ts'
import { inDatabases, openLives, quietAboutKills } from '../killing.ts'
import { inDatabase, letIn, openPerson } from './person.ts'
import {
  type Artifact,
  commitElsewhere,
  type Desk,
  makeArtifact,
  openDesk,
  openScene,
  type Scene,
  until,
} from './support.ts'

let scene: Scene
const open: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  quietAboutKills()
  scene = await openScene()
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
afterAll(() => scene.close())

const titleOf = async ({ id }: Artifact): Promise<string> => {
  const { data } = await scene.ada.client.from('artifacts').select('title').eq('id', id).single()
  return data?.title ?? ''
}
const retitle = (artifact: Artifact, title: string): MutationCall => ({
  name: 'artifacts.rename',
  input: { artifactId: artifact.id, projectId: artifact.projectId, title },
})
const handlersOf = (desk: Pick<Desk, 'service'>) => desk.service.handlers
const owed = (desk: Pick<Desk, 'service'>) => handlersOf(desk)['mutations.list']()
const order = (desk: Pick<Desk, 'service'>, call: MutationCall, id = v7()) =>
  handlersOf(desk)['mutations.enqueue']({ ...call, id, accountId: scene.ada.id })
const isSettled = (desk: Pick<Desk, 'service'>) => async () => (await owed(desk)).length === 0

test('what is asked for while a person’s copies are being removed is refused, not promised and lost', async () => {
  const artifact = await makeArtifact(scene, {})
  const desk = await openDesk(scene, {})
  desk.service.setOnline(false)
  const removed = desk.service.removeLocalCopies()
  const late = order(desk, retitle(artifact, 'Too late'))
  await expect(late).rejects.toMatchObject({ code: 'auth.signed-out' })
  await removed
})

test('a change whose answer is lost is sent again, and done once', async () => {
  const artifact = await makeArtifact(scene, {})
  let sent = 0
  const changes: MutationsChange[] = []
  const desk = await openDesk(scene, {
    fetch: async (url, init) => {
      const answer = await fetch(url, init)
      if (!url.endsWith('/rename_artifact')) return answer
      sent += 1
      if (sent > 1) return answer
      // Somebody else is between, as they may be.
      await scene.ada.client.from('artifacts').update({ title: 'Theirs' }).eq('id', artifact.id)
      throw new TypeError('The line was cut.')
    },
    emit: (event, payload) => {
      if (event === 'mutations.changed') changes.push(payload as MutationsChange)
    },
  })
  open.push(desk.close)
  const id = v7()
  await order(desk, retitle(artifact, 'Mine'), id)
  await until(isSettled(desk))
  expect(sent).toBe(2)
  expect(await titleOf(artifact)).toBe('Theirs')
  const states = changes.flatMap(({ changed }) => changed.map(({ state }) => state.kind))
  expect(states).toEqual(['waiting', 'sending'])
  expect(changes.flatMap(({ left }) => left.map((each) => [each.id, each.how]))).toEqual([
    [id, 'applied'],
  ])
})

test('what was made offline outlives the application, in its order, and is in the cache once it is sent', async () => {
  const artifact = await makeArtifact(scene, {})
  const desk = await openDesk(scene)
  open.push(desk.close)
  await desk.run(artifact.projectId)
  desk.service.setOnline(false)
  await order(desk, retitle(artifact, 'One'))
  await order(desk, retitle(artifact, 'Two'))
  const second = v7()
  await order(desk, { name: 'profile.rename', input: { displayName: 'Ada L' } }, second)
  // The same again, by whoever did not hear that it is there.
  await order(desk, { name: 'profile.rename', input: { displayName: 'Ada L' } }, second)
  const orderOf = async () => (await owed(desk)).map(({ name, input }) => [name, JSON.parse(input)])
  const both = [
    ['artifacts.rename', { artifactId: artifact.id, projectId: artifact.projectId, title: 'Two' }],
    ['profile.rename', { displayName: 'Ada L' }],
  ]
  expect(await orderOf()).toEqual(both)
  await desk.restart({ accessToken: async () => null })
  expect(await orderOf()).toEqual(both)
  await desk.service.removeLocalCopies()
  await desk.restart()
  await until(isSettled(desk))
  expect(await titleOf(artifact)).toBe('Two')
  await until(async () => {
    const [row] = await handlersOf(desk)['artifacts.list']({ projectId: artifact.projectId })
    return row?.title === 'Two'
  })
  const { data } = await scene.ada.client
    .from('users')
    .select('display_name')
    .eq('id', scene.ada.id)
  expect(data).toEqual([{ display_name: 'Ada L' }])
})

test('what the server refuses is blocked with its reason, holds up nothing, and has its ways out', async () => {
  const artifact = await makeArtifact(scene, {})
  const person = await openPerson(scene)
  open.push(person.close)
  await letIn(scene, artifact, person.id, 'viewer')
  await person.desk.run(artifact.projectId)
  await order(person.desk, retitle(artifact, 'Not mine'))
  const reasonOf = async () => (await owed(person.desk)).map(({ state }) => state)
  await until(async () => (await reasonOf())[0]?.kind === 'refused')
  expect(await reasonOf()).toEqual([{ kind: 'refused', failure: 'server.denied' }])
  const sent = person.wires.of('POST', 'rename_artifact').length
  await order(person.desk, { name: 'profile.rename', input: { displayName: 'Grace' } })
  await until(async () => (await reasonOf()).length === 1)
  await person.desk.restart()
  expect(await reasonOf()).toEqual([{ kind: 'refused', failure: 'server.denied' }])
  expect(person.wires.of('POST', 'rename_artifact')).toHaveLength(sent)

  await letIn(scene, artifact, person.id, 'contributor')
  const [refused] = await owed(person.desk)
  await handlersOf(person.desk)['mutations.retry']({ id: refused?.id ?? '' })
  await until(isSettled(person.desk))
  expect(await titleOf(artifact)).toBe('Not mine')

  const gone = { ...artifact, id: randomUUID() }
  await order(person.desk, retitle(gone, 'Nobody’s'))
  await until(async () => (await reasonOf())[0]?.kind === 'refused')
  expect(await reasonOf()).toEqual([{ kind: 'refused', failure: 'server.not-found' }])
  const [lost] = await owed(person.desk)
  await handlersOf(person.desk)['mutations.discard']({ id: lost?.id ?? '' })
  expect(await owed(person.desk)).toEqual([])
})

test('what was made offline counts on what was made before it, and not on what others did', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', 'b.txt': 'one' })
  const [a] = artifact.files.values()
  const file = a ?? ''
  await commitElsewhere(scene, artifact.id, file, 'a.txt', 'two', 1)
  const of = { artifactId: artifact.id, projectId: artifact.projectId }
  const back = (revision: number, newest: number): MutationCall => ({
    name: 'artifacts.restoreFile',
    input: { ...of, fileId: file, revision, newest, mediaType: 'text/plain' },
  })
  const all: MutationCall = { name: 'artifacts.restore', input: { ...of, revision: 2, newest: 3 } }
  const called = (title: string, known: string): MutationCall => ({
    name: 'artifacts.rename',
    input: { ...of, title, knownTitles: [known] },
  })
  const desk = await openDesk(scene)
  open.push(desk.close)
  desk.service.setOnline(false)
  const before = await titleOf(artifact)
  for (const call of [back(1, 2), back(1, 2), called('One', before), all, called('Two', 'One')])
    await order(desk, call)
  desk.service.setOnline(true)
  await until(isSettled(desk))
  expect(await titleOf(artifact)).toBe('Two')

  desk.service.setOnline(false)
  await order(desk, called('Mine', 'Two'))
  await order(desk, back(1, 3))
  await scene.ada.client.from('artifacts').update({ title: 'Theirs' }).eq('id', artifact.id)
  await commitElsewhere(scene, artifact.id, file, 'a.txt', 'theirs', 3)
  desk.service.setOnline(true)
  const states = async () => (await owed(desk)).map(({ state }) => state)
  const refused = { kind: 'refused', failure: 'server.conflict' }
  await until(async () => (await states()).every(({ kind }) => kind === 'refused'))
  expect(await states()).toEqual([refused, refused])
  expect(await titleOf(artifact)).toBe('Theirs')
  // Who tries again knows.
  for (const { id } of await owed(desk)) await handlersOf(desk)['mutations.retry']({ id })
  await until(isSettled(desk))
  expect(await titleOf(artifact)).toBe('Mine')
})

test('going back with files keeps its order with edits of them', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const [a] = artifact.files.values()
  const fileId = a ?? ''
  const desk = await openDesk(scene)
  open.push(desk.close)
  await desk.run(artifact.projectId)
  desk.service.setOnline(false)
  const of = { artifactId: artifact.id, projectId: artifact.projectId }
  await handlersOf(desk)['artifacts.edit']({ fileId, artifactId: artifact.id, text: 'two' })
  await order(desk, {
    name: 'artifacts.restoreFile',
    input: { ...of, fileId, revision: 1, newest: 1, mediaType: 'text/plain' },
  })
  desk.service.setOnline(true)
  await until(isSettled(desk))
  const { data } = await scene.ada.client
    .from('artifact_file_versions')
    .select('file_id,revision,sha256')
    .eq('artifact_id', artifact.id)
    .order('artifact_revision')
  expect(data?.map(({ file_id, revision }) => [file_id, revision])).toEqual([
    [fileId, 1],
    [fileId, 2],
    [fileId, 3],
  ])
  expect(data?.[2]?.sha256).toBe(data?.[0]?.sha256)
})

test('all that can be asked for arrives as it is', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', 'b.txt': 'one' })
  const [a] = artifact.files.values()
  const desk = await openDesk(scene)
  open.push(desk.close)
  const of = { artifactId: artifact.id, projectId: artifact.projectId }
  await commitElsewhere(scene, artifact.id, a ?? '', 'a.txt', 'two', 1)
  await order(desk, {
    name: 'artifacts.restoreFile',
    input: { ...of, fileId: a ?? '', revision: 1, newest: 2, mediaType: 'text/plain' },
  })
  await order(desk, { name: 'artifacts.restore', input: { ...of, revision: 3, newest: 4 } })
  await order(desk, {
    name: 'projects.order',
    input: { workspaceId: scene.workspace ?? '', projectIds: [artifact.projectId] },
  })
  await until(isSettled(desk))
  const { data } = await scene.ada.client
    .from('artifact_file_versions')
    .select('artifact_revision,sha256')
    .eq('file_id', a ?? '')
    .order('artifact_revision')
  expect(data?.map(({ artifact_revision }) => artifact_revision)).toEqual([1, 3, 4, 5])
  expect(new Set(data?.map(({ sha256 }) => sha256)).size).toBe(2)
  expect(data?.[3]?.sha256).toBe(data?.[1]?.sha256)
  const { data: orders } = await scene.ada.client.from('project_orders').select('project_ids')
  expect(orders).toEqual([{ project_ids: [artifact.projectId] }])
})

test('a process that is killed between writing and sending, or before it hears, sends it in its next life', async () => {
  const artifact = await makeArtifact(scene, {})
  const folder = await mkdtemp('/tmp/atelier-partition-')
  open.push(() => rm(folder, { recursive: true, force: true }))
  const { url, publishableKey } = scene.backend
  const settings = {
    folder,
    server: { url, publishableKey },
    accountId: scene.ada.id,
    token: scene.ada.token,
  }
  const lives = await openLives(join(import.meta.dirname, 'cache-process.ts'))
  const kept = () =>
    inDatabases(folder, (openFile) =>
      openFile('cache.sqlite').prepare('select id, attempts from mutations').all(),
    )
  const first = v7()
  const second = v7()
  const say = (id: string, title: string): string =>
    JSON.stringify({
      id,
      channel: 'mutations.enqueue',
      argument: { ...retitle(artifact, title), id },
    })

  // Nobody listens there.
  const deaf = await lives.begin({
    ...settings,
    server: { url: 'http://127.0.0.1:9', publishableKey },
  })
  await deaf.reaches('ready', 30_000)
  deaf.say(say(first, 'Written'))
  expect(await deaf.reaches(first, 10_000)).toBe(true)
  await deaf.kill()
  expect(await kept()).toEqual([{ id: first, attempts: expect.any(Number) }])

  lives.prepare()
  const cut = await lives.begin(settings)
  expect(await cut.reaches('mutation', 30_000)).toBe(true)
  await cut.kill()

  lives.prepare()
  const last = await lives.begin(settings)
  await last.reaches('ready', 30_000)
  last.say(say(second, 'Written after'))
  await until(async () => (await titleOf(artifact)) === 'Written after', 30_000)
  await last.close()
  expect(await kept()).toEqual([])
  await inDatabase(scene, async (sql) => {
    const done = await sql<{ id: string }[]>`
      select id from private.applied_mutations where id in ${sql([first, second])} order by applied_at`
    expect(done.map(({ id }) => id)).toEqual([first, second])
  })
})
