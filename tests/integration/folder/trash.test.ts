import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { markFolder, unmarkFolder } from '../../../electron/main/sync/folder/link-marker.ts'
import {
  emptyTrash,
  intoTrash,
  listTrash,
  restoreFromTrash,
} from '../../../electron/main/sync/folder/trash.ts'
import {
  type Artifact,
  linkHere,
  makeArtifact,
  openScene,
  type Scene,
  until,
  workers,
} from '../sync/support.ts'
import { linkOn } from './linked.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp('/tmp/atelier-trash-')
  await markFolder(root, '00000000-0000-4000-8000-000000000001')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const trash = (...parts: string[]): string => join(root, '.atelier/trash', ...parts)
const discard = async (path: string, text = path): Promise<string> => {
  const before = new Set((await listTrash(root)).map(({ id }) => id))
  await mkdir(join(root, path, '..'), { recursive: true })
  await writeFile(join(root, path), text)
  await intoTrash(root, join(root, path), { path, sha256: '', size: text.length, fileId: null })
  return (await listTrash(root)).find(({ id }) => !before.has(id))!.id
}
const linkUnmarked = async (artifact: Artifact) => {
  await unmarkFolder(root)
  return linkOn(scene, artifact, { root })
}
const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000)

test('words that somebody else wrote bring nothing to where nothing of ours goes', async () => {
  await mkdir(join(root, '.git/hooks'), { recursive: true })
  const planted = await discard('notes.txt', '#!/bin/sh')
  const to = async (path: string): Promise<void> =>
    writeFile(
      trash(`${planted}.json`),
      JSON.stringify({ path, sha256: '', size: 1, removedAt: new Date().toISOString() }),
    )
  for (const path of ['.git/hooks/post-checkout', 'sub/.GIT/config', '.atelier/link.json']) {
    await to(path)
    expect(await listTrash(root)).toMatchObject([{ path: 'notes.txt', isPlaceKnown: false }])
  }
  expect(await restoreFromTrash(root, planted)).toBe('notes.txt')
  expect(await readdir(join(root, '.git/hooks'))).toEqual([])
  const named = await discard('other.txt')
  await rename(trash(named, 'other.txt'), trash(named, '.git'))
  await rm(trash(`${named}.json`))
  await expect(restoreFromTrash(root, named)).rejects.toMatchObject({ code: 'file.left-out' })
})

test('a torn entry hides no other, and its file comes back under the name it has', async () => {
  await discard('kept.txt')
  const torn = await discard('docs/torn.txt')
  await writeFile(trash(`${torn}.json`), '{"path":"docs/to')
  const outside = await discard('outside.txt')
  await writeFile(
    trash(`${outside}.json`),
    JSON.stringify({ path: '../up.txt', sha256: '', size: 1, removedAt: new Date().toISOString() }),
  )
  const wordless = await discard('wordless.txt')
  await rm(trash(`${wordless}.json`))
  const empty = await discard('empty.txt')
  await rm(trash(empty), { recursive: true })
  await writeFile(trash('readme.json'), 'a hand was here')

  const entries = await listTrash(root)
  const told = entries.map(({ path, isPlaceKnown, size }) => ({ path, isPlaceKnown, size }))
  expect(told.sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: 'kept.txt', isPlaceKnown: true, size: 8 },
    { path: 'outside.txt', isPlaceKnown: false, size: 11 },
    { path: 'torn.txt', isPlaceKnown: false, size: 13 },
    { path: 'wordless.txt', isPlaceKnown: false, size: 12 },
  ])
  for (const { id, path } of entries) expect(await restoreFromTrash(root, id)).toBe(path)
  expect(await readFile(join(root, 'torn.txt'), 'utf8')).toBe('docs/torn.txt')
  expect(await listTrash(root)).toEqual([])
  await expect(restoreFromTrash(root, torn)).rejects.toMatchObject({ code: 'server.not-found' })
})

test('a file in the way of its folder is not overwritten, and no fault of the disk; nor is one of its name', async () => {
  const inside = await discard('docs/a.txt', 'old')
  await rm(join(root, 'docs'), { recursive: true })
  await writeFile(join(root, 'docs'), 'in the way')
  await expect(restoreFromTrash(root, inside)).rejects.toMatchObject({
    code: 'file.name-collision',
  })
  expect(await readFile(join(root, 'docs'), 'utf8')).toBe('in the way')
  await rm(join(root, 'docs'))
  await mkdir(join(root, 'docs'))
  await writeFile(join(root, 'docs/a.txt'), 'new')
  expect(await restoreFromTrash(root, inside)).toBe('docs/a (restored).txt')
  expect(await readFile(join(root, 'docs/a.txt'), 'utf8')).toBe('new')
  expect(await readFile(join(root, 'docs/a (restored).txt'), 'utf8')).toBe('old')
})

test('what is old goes, torn or not; what is young and what is not ours stays', async () => {
  await discard('young.txt')
  const old = await discard('old.txt')
  const words = JSON.parse(await readFile(trash(`${old}.json`), 'utf8'))
  await writeFile(
    trash(`${old}.json`),
    JSON.stringify({ ...words, removedAt: ago(31).toISOString() }),
  )
  const torn = await discard('torn.txt')
  await writeFile(trash(`${torn}.json`), '')
  const tornAndOld = await discard('torn and old.txt')
  await writeFile(trash(`${tornAndOld}.json`), '')
  await utimes(trash(tornAndOld), ago(31), ago(31))
  const left = await discard('left.txt')
  await rm(trash(left), { recursive: true })
  await writeFile(trash(`${left}.json`), '')
  await utimes(trash(`${left}.json`), ago(31), ago(31))
  await writeFile(trash('readme.json'), 'a hand was here')

  await emptyTrash(root, 30)
  const paths = (await listTrash(root)).map(({ path }) => path).sort()
  expect(paths).toEqual(['torn.txt', 'young.txt'])
  const ids = [old, tornAndOld, left]
  const names = await readdir(trash())
  expect(names.filter((name) => ids.some((id) => name.startsWith(id)))).toEqual([])
  expect(names).toContain('readme.json')
})

test('no trash is empty; no folder is not', async () => {
  expect(await listTrash(root)).toEqual([])
  await expect(listTrash(join(root, 'gone'))).rejects.toMatchObject({ code: 'folder.missing' })
})

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())

test('the trash of a link that cannot be followed opens; unlinked it stays, and is there again with a new link', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const { desk, link, close } = await linkUnmarked(artifact)
  try {
    await until(async () => (await link()).status === 'in-step')
    await discard('lost.txt')
    // A folder that does not open when the application starts: its scanner is not there.
    const missing = new URL('missing.ts', import.meta.url)
    await desk.restart({ workers: { ...workers, scanner: missing } })
    expect(await link()).toMatchObject({ status: 'failed' })
    const { id: linkId } = await link()
    const [entry] = await desk.service.handlers['folders.trash']({ linkId })
    expect(entry).toMatchObject({ path: 'lost.txt' })

    await desk.restart()
    await desk.service.handlers['folders.unlink']({ linkId })
    const { projectId, id: artifactId } = artifact
    await linkHere(desk.service.handlers, { projectId, artifactId })
    const again = { linkId: (await link()).id }
    expect(await desk.service.handlers['folders.trash'](again)).toEqual([entry])
    const restoring = { ...again, entryId: entry!.id }
    expect(await desk.service.handlers['folders.restore'](restoring)).toBe('lost.txt')
  } finally {
    await close()
  }
})

test('a trash is looked through every day', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const { link, close } = await linkUnmarked(artifact)
  try {
    await until(async () => (await link()).status === 'in-step')
    const torn = await discard('torn.txt')
    await writeFile(trash(`${torn}.json`), '')
    await utimes(trash(torn), ago(31), ago(31))
    vi.advanceTimersByTime(23 * 3600_000)
    await new Promise((done) => setTimeout(done, 300))
    expect(await listTrash(root)).toHaveLength(1)
    vi.advanceTimersByTime(3600_000)
    await until(async () => (await listTrash(root)).length === 0)
  } finally {
    vi.useRealTimers()
    await close()
  }
})
