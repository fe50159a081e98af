import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeUnreferenced } from '../../../electron/backend/storage/remove-unreferenced.ts'
import { atServer, becomes, treeOf } from '../folder/linked.ts'
import {
  linkHere,
  makeArtifact,
  openDesk,
  openScene,
  type Scene,
  sha256,
  until,
} from './support.ts'

/*
 * What is sent is compared at the server's end too: a bit that changed between here and its disk is no file's content.
 */

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())

/** Changes one bit of what is sent under these hashes, once each. */
const flipping = (texts: string[]) => {
  const left = new Set(texts.map(sha256))
  let flipped = 0
  const way: typeof fetch = async (input, init) => {
    const hash = String(input).slice(-64)
    if (init?.method !== 'POST' || !left.delete(hash)) return fetch(input, init)
    const body = new Uint8Array(await new Response(init.body).arrayBuffer())
    body[0] = (body[0] ?? 0) ^ 1
    flipped += 1
    return fetch(input, { ...init, body })
  }
  return { fetch: way, flipped: () => flipped }
}
const sweep = async (): Promise<void> => {
  const { url, secretKey } = scene.backend
  const service = createClient(url, secretKey, { auth: { persistSession: false } })
  // Marked, and then removed.
  await removeUnreferenced(service, '0 seconds')
  await removeUnreferenced(service, '0 seconds')
}

test('an edit whose bytes changed on their way is not committed, and goes out once they made room', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  const wire = flipping(['two'])
  const desk = await openDesk(scene, { fetch: wire.fetch })
  const { handlers } = desk.service
  await desk.run(artifact.projectId)
  const fileId = artifact.files.get('a.md')!
  await handlers['artifacts.edit']({ artifactId: artifact.id, fileId, text: 'two' })
  const blocked = async () => (await handlers['sync.state'](undefined)).blocked
  await until(async () => (await blocked())[0]?.failure === 'sync.remote-object-damaged', 20_000)
  expect(wire.flipped()).toBe(1)
  expect(await atServer(scene, artifact)).toEqual({ 'a.md': 'one' })
  await sweep()
  await handlers['sync.retryBlocked']({ fileId })
  await becomes(() => atServer(scene, artifact), { 'a.md': 'two' })
  await desk.close()
})

test('of a folder’s files the damaged one waits, the others go', async () => {
  const artifact = await makeArtifact(scene, { 'a.md': 'one' })
  const wire = flipping(['two', 'four'])
  const root = await mkdtemp('/tmp/atelier-linked-')
  await writeFile(join(root, 'b.md'), 'two')
  await writeFile(join(root, 'c.md'), 'three')
  const desk = await openDesk(scene, { fetch: wire.fetch, chooseFolder: async () => root })
  const { handlers } = desk.service
  const { projectId, id: artifactId } = artifact
  await desk.run(projectId)
  await linkHere(handlers, { projectId, artifactId })
  const link = async () =>
    (await handlers['folders.list'](undefined)).find((each) => each.artifactId === artifactId)!
  const isBlocked = (path: string) =>
    until(
      async () =>
        (await link())?.blocked.map((each) => `${each.path} ${each.failure}`).join() ===
        `${path} sync.remote-object-damaged`,
      20_000,
    )
  await isBlocked('b.md')
  expect(wire.flipped()).toBe(1)
  expect(await atServer(scene, artifact)).toEqual({ 'a.md': 'one', 'c.md': 'three' })
  expect(await treeOf(root)).toEqual({ 'a.md': 'one', 'b.md': 'two', 'c.md': 'three' })
  await sweep()
  await handlers['folders.retry']({ linkId: (await link()).id })
  await becomes(() => atServer(scene, artifact), { 'a.md': 'one', 'b.md': 'two', 'c.md': 'three' })
  expect(await readFile(join(root, 'b.md'), 'utf8')).toBe('two')
  // The good ones that were refused with it say nothing against the next comparison.
  await writeFile(join(root, 'd.md'), 'four')
  await writeFile(join(root, 'e.md'), 'five')
  await isBlocked('d.md')
  expect(wire.flipped()).toBe(2)
  await desk.close()
  await rm(root, { recursive: true, force: true })
})
