import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { realTime } from '../../../electron/main/system-clock.ts'
import { unlimited } from '../../../src/sync/policy.ts'
import {
  type Artifact,
  blobsOf,
  commitElsewhere,
  type Desk,
  makeArtifact,
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

/** A minute and its twelfth, which is what the beat comes to with this chance, goes by in a tenth of a second. */
const quick = {
  ...realTime,
  random: () => 0.5,
  sleep: (milliseconds: number, signal: AbortSignal) =>
    realTime.sleep(milliseconds === 65_000 ? 100 : milliseconds, signal),
}
const there = (artifact: Artifact, text: string, revision = 1) =>
  commitElsewhere(scene, artifact.id, artifact.files.get('a.md')!, 'a.md', text, revision)
const revisionHere = async (artifact: Artifact) =>
  (await desk.service.handlers['artifacts.files']({ artifactId: artifact.id }))[0]?.revision

test('what others did in a kept project comes by itself, bytes and all; in the open one it is known', async () => {
  const kept = await makeArtifact(scene, { 'a.md': 'one' })
  const opened = await makeArtifact(scene, { 'a.md': 'one too' })
  const other = await makeArtifact(scene, { 'a.md': 'nobody looks' })
  desk = await openDesk(scene, { time: quick })
  await desk.service.handlers['sync.pin']({ projectId: kept.projectId, pinned: true })
  await until(async () => (await blobsOf(desk)).includes(sha256('one')))
  await desk.run(other.projectId, 'pinned')
  await desk.run(opened.projectId, 'pinned')
  for (const each of [kept, opened, other]) await there(each, `two of ${each.id}`)
  await until(async () => (await blobsOf(desk)).includes(sha256(`two of ${kept.id}`)))
  await until(async () => (await revisionHere(opened)) === 2)
  expect(await blobsOf(desk)).not.toContain(sha256(`two of ${opened.id}`))
  expect(await revisionHere(other)).toBe(1)
})

test('and as soon as the server is to be had again', async () => {
  const kept = await makeArtifact(scene, { 'a.md': 'one' })
  desk = await openDesk(scene)
  await desk.service.handlers['sync.pin']({ projectId: kept.projectId, pinned: true })
  await until(async () => (await blobsOf(desk)).includes(sha256('one')))
  desk.service.setOnline(false)
  await there(kept, 'meanwhile')
  desk.service.setOnline(true)
  await until(async () => (await blobsOf(desk)).includes(sha256('meanwhile')))
})

test('while it is paused nothing is asked; afterwards it is', async () => {
  const kept = await makeArtifact(scene, { 'a.md': 'one' })
  let pulls = 0
  const counting: typeof fetch = (input, init) => {
    if (String(input).includes('pull_project')) pulls += 1
    return fetch(input, init)
  }
  desk = await openDesk(scene, { time: quick, fetch: counting })
  await desk.service.handlers['sync.pin']({ projectId: kept.projectId, pinned: true })
  await until(async () => (await blobsOf(desk)).includes(sha256('one')))
  await desk.service.setTransfers({ ...unlimited, paused: true })
  await there(kept, 'while paused')
  const before = pulls
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(pulls).toBe(before)
  await desk.service.setTransfers({ ...unlimited, paused: false })
  await until(async () => (await blobsOf(desk)).includes(sha256('while paused')))
})

test('an edit that the role forbade goes out by itself once the role allows it', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  let mayWrite = false
  const governed: typeof fetch = async (input, init) => {
    if (String(input).includes('commit_artifact_changes') && !mayWrite)
      return new Response('{"code":"42501","message":"no"}', { status: 403 })
    const answer = await fetch(input, init)
    if (!String(input).includes('pull_project')) return answer
    return Response.json({ ...(await answer.json()), role: mayWrite ? 'contributor' : 'viewer' })
  }
  desk = await openDesk(scene, { time: quick, fetch: governed })
  await desk.run(artifact.projectId)
  await desk.service.handlers['artifacts.edit']({
    artifactId: artifact.id,
    fileId: artifact.files.get('a.md')!,
    text: 'not allowed yet',
  })
  const blocked = async () => (await desk.service.handlers['sync.state'](undefined)).blocked
  await until(async () => (await blocked()).length > 0)
  mayWrite = true
  await until(async () => (await blocked()).length === 0)
  await until(async () => (await revisionHere(artifact)) === 2)
})
