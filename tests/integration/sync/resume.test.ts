import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiClient } from '../../../electron/main/server/api-client.ts'
import { openArtifactApi } from '../../../electron/main/server/artifact-api.ts'
import { openUploads, type Upload } from '../../../electron/main/server/uploads.ts'
import { realTime } from '../../../electron/main/system-clock.ts'
import { makeArtifact, noise, openScene, type Scene, sha256 } from './support.ts'

const chunk = 6 * 1024 * 1024
const never = new AbortController().signal

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())

type Instead = (request: {
  method: string
  path: string
  offset: number
}) => Promise<Response | undefined>

/** A file of two and a half parts, and a way to send it over which anybody may answer. */
const openUpload = async () => {
  const artifact = await makeArtifact(scene, {})
  const bytes = noise(2.5 * chunk)
  const blob: Upload = {
    artifactId: artifact.id,
    sha256: sha256(bytes),
    size: bytes.length,
    mediaType: 'application/octet-stream',
  }
  const places = new Map<string, string>()
  const offsets: number[] = []
  const wire: { instead: Instead; downloads: number } = {
    instead: async () => undefined,
    downloads: 0,
  }
  const server = openApiClient({
    server: scene.backend,
    // Retries follow at once.
    time: { ...realTime, random: () => 0 },
    accessToken: async (refused) => (refused ? `${scene.ada.token} ` : scene.ada.token),
    fetch: async (input, init) => {
      const method = init?.method ?? 'GET'
      const offset = Number(new Headers(init?.headers).get('upload-offset'))
      if (method === 'PATCH') offsets.push(offset)
      if (String(input).includes('/object/authenticated/')) wire.downloads += 1
      return (await wire.instead({ method, path: String(input), offset })) ?? fetch(input, init)
    },
  })
  const send = openUploads(server, openArtifactApi(server), {
    uploadLocation: async (key) => places.get(key) ?? null,
    rememberUpload: async (key, location) =>
      void (location ? places.set(key, location) : places.delete(key)),
  })
  const key = `${blob.artifactId}/${blob.sha256}`
  return {
    blob,
    bytes,
    key,
    places,
    offsets,
    wire,
    run: () =>
      send(
        blob,
        async function* (from, to) {
          for (let at = from; at < to; at += 1_000_000)
            yield bytes.subarray(at, Math.min(at + 1_000_000, to))
        },
        never,
        () => {},
      ),
    atServer: async (): Promise<string | null> => {
      const { data } = await scene.ada.client.storage.from('artifact-files').download(key)
      return data && sha256(Buffer.from(await data.arrayBuffer()))
    },
  }
}
/** Its first part is at the server, and then the line went. */
const openCut = async () => {
  const upload = await openUpload()
  upload.wire.instead = async ({ method, offset }) => {
    if (method === 'PATCH' && offset === chunk) throw new TypeError('fetch failed')
    return undefined
  }
  await expect(upload.run()).rejects.toMatchObject({ code: 'network.offline' })
  upload.offsets.splice(0)
  upload.wire.instead = async () => undefined
  return upload
}
const page = (status: number) =>
  new Response(null, { status, headers: { 'content-type': 'text/html; charset=utf-8' } })

test.each([200, 403, 404])(
  'a page (%i) instead of the answer to how far it is costs nothing',
  async (status) => {
    const upload = await openCut()
    upload.wire.instead = async ({ method }) => (method === 'HEAD' ? page(status) : undefined)
    // All else passes: a refusal that comes again and again is this file's.
    const code = status === 200 ? 'server.unavailable' : 'sync.file-refused'
    await expect(upload.run()).rejects.toMatchObject({ code })
    upload.wire.instead = async () => undefined
    await upload.run()
    expect(upload.offsets).toEqual([chunk, 2 * chunk])
    expect(await upload.atServer()).toBe(upload.blob.sha256)
    // The beginning was another run's, so all of it was looked at.
    expect(upload.wire.downloads).toBe(1)
  },
)

test('a page instead of the answer to a part costs that part at most', async () => {
  const upload = await openUpload()
  let pages = 0
  upload.wire.instead = async ({ method, offset }) => {
    if (method !== 'PATCH' || offset !== chunk || pages > 0) return undefined
    pages += 1
    return page(200)
  }
  await upload.run()
  expect(upload.offsets).toEqual([0, chunk, chunk, 2 * chunk])
  expect(await upload.atServer()).toBe(upload.blob.sha256)
  expect(upload.wire.downloads).toBe(0)
})

test.each([403, 404, 410])(
  'what the server says %i of, with a fresh token too, begins anew',
  async (status) => {
    const upload = await openCut()
    upload.wire.instead = async ({ method }) =>
      method === 'HEAD' ? new Response(null, { status }) : undefined
    await upload.run()
    expect(upload.offsets).toEqual([0, chunk, 2 * chunk])
    expect(await upload.atServer()).toBe(upload.blob.sha256)
    expect(upload.wire.downloads).toBe(0)
  },
)

/** The server's beginning is not what it should be. */
const spoil = async (upload: Awaited<ReturnType<typeof openUpload>>) => {
  upload.wire.instead = async ({ method, offset }) => {
    if (method === 'PATCH' && offset === chunk) throw new TypeError('fetch failed')
    return undefined
  }
  upload.bytes[17]! ^= 1
  await expect(upload.run()).rejects.toMatchObject({ code: 'network.offline' })
  upload.bytes[17]! ^= 1
  upload.offsets.splice(0)
  upload.wire.instead = async () => undefined
}

test('a beginning that is not ours is found out; what cannot be replaced is told, and not tried for ever', async () => {
  const upload = await openUpload()
  await spoil(upload)
  await expect(upload.run()).rejects.toMatchObject({ code: 'sync.remote-object-damaged' })
  expect(upload.offsets).toEqual([chunk, 2 * chunk])
  expect(upload.places.size).toBe(0)
  // As long as it is there, it is looked at and nothing is sent.
  await expect(upload.run()).rejects.toMatchObject({ code: 'sync.remote-object-damaged' })
  expect(upload.offsets).toHaveLength(2)
  // The server clears what nothing refers to; then it is sent whole.
  const service = createClient(scene.backend.url, scene.backend.secretKey)
  expect((await service.storage.from('artifact-files').remove([upload.key])).error).toBeNull()
  await upload.run()
  expect(upload.offsets).toEqual([chunk, 2 * chunk, 0, chunk, 2 * chunk])
  expect(await upload.atServer()).toBe(upload.blob.sha256)
})

test('a wrong beginning whose object is gone by the time it is found out is sent anew at once', async () => {
  const upload = await openUpload()
  await spoil(upload)
  const service = createClient(scene.backend.url, scene.backend.secretKey)
  upload.wire.instead = async ({ path }) => {
    if (!path.includes('/object/authenticated/') || upload.wire.downloads > 1) return undefined
    const wrong = await scene.ada.client.storage.from('artifact-files').download(upload.key)
    await service.storage.from('artifact-files').remove([upload.key])
    return new Response(wrong.data)
  }
  await upload.run()
  expect(upload.offsets).toEqual([chunk, 2 * chunk, 0, chunk, 2 * chunk])
  expect(await upload.atServer()).toBe(upload.blob.sha256)
})
