import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import {
  type ArtifactService,
  type ArtifactServiceOptions,
  openArtifactService,
} from '../../../electron/main/sync/index.ts'
import type { LinkOrder } from '../../../src/contract/linking.ts'
import type { SyncState } from '../../../src/contract/sync.ts'
import { asFailure } from '../../../src/domain/failure.ts'
import { filesIn } from '../../files-in.ts'
import { prepareBackend } from '../../prepared/backend.ts'

export type Person = { id: string; token: string; client: SupabaseClient }
export type Scene = {
  folder: string
  backend: Backend
  ada: Person
  /** Made with the first artifact. */
  workspace?: string
  close(): Promise<void>
}

const main = new URL('../../../electron/main/', import.meta.url)
export const workers = {
  cache: new URL('store/worker.ts', main),
  folders: new URL('sync/folder/store-worker.ts', main),
  scanner: new URL('sync/folder/scanner-worker.ts', main),
}
export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex')

export const signUp = async (backend: Backend, name: string): Promise<Person> => {
  const client = createClient(backend.url, backend.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: name },
  })
  const { data, error } = await client.auth.signUp({
    email: `${name}@sync.example`,
    password: 'a-long-password',
  })
  if (error) throw error
  return { id: data.user!.id, token: data.session!.access_token, client }
}

export const openScene = async (): Promise<Scene> => {
  const folder = await mkdtemp('/tmp/atelier-sync-')
  await prepareBackend(folder)
  const backend = await startBackend({ folder, durable: false })
  return {
    folder,
    backend,
    ada: await signUp(backend, 'ada'),
    close: async () => {
      await backend.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type Artifact = { projectId: string; id: string; files: Map<string, string> }

/** Bytes and rows straight at the server, as another computer of the same person would. */
export const commitElsewhere = async (
  scene: Scene,
  artifactId: string,
  fileId: string,
  path: string,
  bytes: Uint8Array | string,
  expected: number,
) => {
  const { client } = scene.ada
  const body = Buffer.from(bytes)
  const hash = sha256(body)
  const { error } = await client.storage
    .from('artifact-files')
    .upload(`${artifactId}/${hash}`, body, { upsert: false, contentType: 'text/plain' })
  if (error && !/exists|duplicate/i.test(error.message)) throw error
  const answer = await client.rpc('commit_artifact_changes', {
    artifact_id: artifactId,
    expected: { [fileId]: expected },
    changes: [
      {
        op: 'put',
        file_id: fileId,
        path,
        sha256: hash,
        size: body.length,
        media_type: 'text/plain',
      },
    ],
  })
  if (answer.error) throw answer.error
  return answer.data as { status: string }
}

export const makeArtifact = async (
  scene: Scene,
  files: Record<string, Uint8Array | string>,
): Promise<Artifact> => {
  const { client } = scene.ada
  const need = <T>(answer: { data: T | null; error: unknown }): T => {
    if (answer.error || answer.data === null) throw answer.error ?? new Error('no data')
    return answer.data
  }
  scene.workspace ??= need(
    await client.rpc('create_workspace', { name: 'Studio', company_name: 'Studio' }),
  )
  const { workspace } = scene
  const projectId = need(await client.rpc('create_project', { workspace, name: 'Site' })) as string
  const id = randomUUID()
  const made = await client.from('artifacts').insert({
    id,
    project_id: projectId,
    title: 'Harbour signs',
    artifact_type: 'website',
    status: 'ready',
  })
  if (made.error) throw made.error
  const ids = new Map<string, string>()
  for (const [path, bytes] of Object.entries(files)) {
    const fileId = randomUUID()
    ids.set(path, fileId)
    const answer = await commitElsewhere(scene, id, fileId, path, bytes, 0)
    if (answer.status !== 'committed') throw new Error(JSON.stringify(answer))
  }
  return { projectId, id, files: ids }
}

/** Of files that are there, in their order. */
export const namesAtServer = async (scene: Scene, { id }: Artifact): Promise<string[]> => {
  const { data, error } = await scene.ada.client
    .from('artifact_files')
    .select('file_path')
    .eq('artifact_id', id)
    .is('deleted_at', null)
    .order('file_path')
  if (error) throw error
  return data.map((row) => row.file_path as string)
}

export type Desk = {
  service: ArtifactService
  folder: string
  states: SyncState[]
  run(projectId: string, files?: 'pinned' | 'all'): Promise<SyncState>
  /** Closes and opens again over the same folder, as a restart of the application does. */
  restart(change?: Partial<ArtifactServiceOptions>): Promise<void>
  close(): Promise<void>
}

/** One computer with the service open, online. */
export const openDesk = async (
  scene: Scene,
  change: Partial<ArtifactServiceOptions> = {},
): Promise<Desk> => {
  const folder = change.folder ?? (await mkdtemp('/tmp/atelier-desk-'))
  const states: SyncState[] = []
  const open = async (more: Partial<ArtifactServiceOptions>) => {
    const service = await openArtifactService({
      folder,
      workers,
      chooseFolder: async () => null,
      chooseToAdd: async () => [],
      sample: '/nowhere',
      revealFolder: async () => {},
      server: { url: scene.backend.url, publishableKey: scene.backend.publishableKey },
      accountId: scene.ada.id,
      fetch,
      accessToken: async () => scene.ada.token,
      deviceName: 'desk',
      emit: (event, payload) => {
        if (event === 'sync.changed') states.push(payload as SyncState)
      },
      ...change,
      ...more,
    })
    service.setOnline(true)
    return service
  }
  const desk: Desk = {
    service: await open({}),
    folder,
    states,
    run: (projectId, files = 'all') => desk.service.handlers['sync.run']({ projectId, files }),
    restart: async (more = {}) => {
      await desk.service.close()
      desk.service = await open(more)
    },
    close: async () => {
      await desk.service.close()
      if (!change.folder) await rm(folder, { recursive: true, force: true })
    },
  }
  return desk
}

/** Links the folder that `chooseFolder` answers, once it was looked at. */
export const linkHere = async (
  handlers: ArtifactService['handlers'],
  thing: { projectId: string; artifactId: string | null },
  order: Partial<LinkOrder> = {},
): Promise<void> => {
  const examination = await handlers['folders.examine'](thing)
  if (!examination) throw new Error('no folder was chosen')
  const all = { direction: 'both' as const, without: [], unseen: true, ...order }
  await until(async () => {
    try {
      await handlers['folders.link']({ examinationId: examination.id, ...all })
      return true
    } catch (error) {
      if (asFailure(error).code === 'server.conflict') return false
      throw error
    }
  }, 30_000)
}

/** Every file of the blob store by name; whole blobs are checked against their names. */
export const blobsOf = async (desk: Desk): Promise<string[]> => {
  const root = join(desk.folder, 'blobs')
  const paths = await filesIn(root)
  for (const path of paths)
    if (
      /^[0-9a-f]{64}$/.test(basename(path)) &&
      sha256(await readFile(join(root, path))) !== basename(path)
    )
      throw new Error(`torn blob ${path}`)
  return paths.map((path) => basename(path))
}

export const noise = (size: number): Buffer => randomBytes(size)

export const until = async (condition: () => Promise<boolean> | boolean, milliseconds = 10_000) => {
  const end = Date.now() + milliseconds
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
