import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { FolderLink } from '../../../src/contract/folders.ts'
import {
  type Artifact,
  commitElsewhere,
  linkHere,
  openDesk,
  type Scene,
  until,
} from '../sync/support.ts'
import { filesOf } from './people.ts'

/** `into`: what is in the folder before. `root`: a disk of the test's, which outlives it. */
type LinkOptions = {
  name?: string
  into?: Record<string, string>
  root?: string
  /** The way to the server, where something stands in it. */
  fetch?: typeof fetch
}

/** A computer with one artifact linked to a folder. */
export const linkOn = async (
  scene: Scene,
  artifact: Artifact,
  { name = 'desk', into = {}, ...place }: LinkOptions = {},
) => {
  const root = place.root ?? (await mkdtemp('/tmp/atelier-linked-'))
  for (const [path, text] of Object.entries(into)) await put(root, path, text)
  const desk = await openDesk(scene, {
    deviceName: name,
    chooseFolder: async () => root,
    ...(place.fetch ? { fetch: place.fetch } : {}),
  })
  const { projectId, id: artifactId } = artifact
  await desk.run(projectId, 'pinned')
  await linkHere(desk.service.handlers, { projectId, artifactId })
  return {
    desk,
    root,
    link: async (): Promise<FolderLink> => {
      const links = await desk.service.handlers['folders.list'](undefined)
      return links.find((each) => each.artifactId === artifactId)!
    },
    poke: () => desk.run(projectId, 'pinned'),
    close: async () => {
      await desk.close()
      if (!place.root) await rm(root, { recursive: true, force: true })
    },
  }
}
export const put = async (root: string, path: string, text: string): Promise<void> => {
  await mkdir(join(root, path, '..'), { recursive: true })
  await writeFile(join(root, path), text)
}
export const treeOf = async (root: string): Promise<Record<string, string>> => {
  const tree: Record<string, string> = {}
  for (const path of await filesOf(root)) {
    // What is moved away while the others are read is not there.
    const text = await readFile(join(root, path), 'utf8').catch((error: { code?: string }) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (text !== null) tree[path] = text
  }
  return tree
}

/** The live files of an artifact, in their order. */
export const rowsOf = async (scene: Scene, artifact: Artifact) => {
  const { data, error } = await scene.ada.client
    .from('artifact_files')
    .select('id, file_path, file_size, sha256, revision, storage_path')
    .eq('artifact_id', artifact.id)
    .is('deleted_at', null)
    .order('file_path')
  if (error) throw error
  return data
}
export const atServer = async (
  scene: Scene,
  artifact: Artifact,
): Promise<Record<string, string>> => {
  const tree: Record<string, string> = {}
  for (const { file_path, storage_path } of await rowsOf(scene, artifact)) {
    const bytes = await scene.ada.client.storage.from('artifact-files').download(storage_path)
    tree[file_path] = await bytes.data!.text()
  }
  return tree
}
/** Another computer's doing: the file of this path has this text now, and this path. */
export const editThere = async (
  scene: Scene,
  artifact: Artifact,
  path: string,
  text: string | Uint8Array,
  to = path,
): Promise<void> => {
  const row = (await rowsOf(scene, artifact)).find(({ file_path }) => file_path === path)
  const id = row?.id ?? crypto.randomUUID()
  const { status } = await commitElsewhere(scene, artifact.id, id, to, text, row?.revision ?? 0)
  expect(status).toBe('committed')
}

const same = (a: object, b: object): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
export const becomes = async (
  read: () => Promise<object>,
  wanted: object,
  milliseconds = 30_000,
): Promise<void> => {
  // A file may get another name between its being listed and its being read.
  const isSo = () =>
    read().then(
      (found) => same(found, wanted),
      () => false,
    )
  await until(isSo, milliseconds).catch(async () => {
    expect(await read()).toEqual(wanted)
  })
}
