import { mkdtemp, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiClient } from '../../../electron/main/server/api-client.ts'
import { openArtifactApi } from '../../../electron/main/server/artifact-api.ts'
import { openUploads, type Upload } from '../../../electron/main/server/uploads.ts'
import { openBlobs } from '../../../electron/main/store/blobs.ts'
import { realTime } from '../../../electron/main/system-clock.ts'
import { unlimited } from '../../../src/sync/policy.ts'
import { TokenBucket } from '../../../src/transfer/token-bucket.ts'
import { makeArtifact, noise, openDesk, openScene, type Scene, sha256 } from './support.ts'

const megabyte = 1_000_000
const chunk = 6 * 1024 * 1024
const never = new AbortController().signal

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Both ways to the real server over one line, and what went over it. */
const openLine = async (rate: number | null, places = new Map<string, string>()) => {
  const folder = await mkdtemp('/tmp/atelier-line-')
  const blobs = openBlobs(folder)
  const up = new TokenBucket(realTime, rate)
  const down = new TokenBucket(realTime, rate)
  const heads: number[] = []
  const server = openApiClient({
    server: scene.backend,
    accessToken: async () => scene.ada.token,
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      if (init?.method === 'HEAD') heads.push(Number(answer.headers.get('upload-offset')))
      return answer
    },
  })
  const remote = openArtifactApi(server, down)
  const send = openUploads(
    server,
    remote,
    {
      uploadLocation: async (key) => places.get(key) ?? null,
      rememberUpload: async (key, location) =>
        void (location ? places.set(key, location) : places.delete(key)),
    },
    undefined,
    up,
  )
  const upload = (
    blob: Upload,
    signal: AbortSignal,
    progress: (bytes: number) => void = () => {},
  ) => send(blob, (from, to) => blobs.bytes(blob.sha256, from, to), signal, progress)
  return {
    blobs,
    remote,
    upload,
    up,
    down,
    heads,
    places,
    close: () => rm(folder, { recursive: true }),
  }
}
const make = async (line: Awaited<ReturnType<typeof openLine>>, size: number) => {
  const artifact = await makeArtifact(scene, {})
  const bytes = noise(size)
  const blob = await line.blobs.put(bytes)
  return {
    bytes,
    blob: { artifactId: artifact.id, ...blob, mediaType: 'application/octet-stream' },
  }
}
const read = async (body: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const each of body) chunks.push(each)
  return Buffer.concat(chunks)
}

test('3 MB at 1 MB/s take about 3 s, both ways', async () => {
  const line = await openLine(megabyte)
  const { bytes, blob } = await make(line, 3 * megabyte)
  const steps: number[] = []
  const up = await secondsOf(() => line.upload(blob, never, (done) => steps.push(done)))
  expect(up).toBeGreaterThan(2.7)
  expect(up).toBeLessThan(4.5)
  expect(steps.at(-1)).toBe(blob.size)
  expect(steps.length).toBeGreaterThan(20)
  expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  let got: Buffer = Buffer.alloc(0)
  const down = await secondsOf(async () => {
    got = await read((await line.remote.download(blob, 0, never)).body)
  })
  expect(got.equals(bytes)).toBe(true)
  expect(down).toBeGreaterThan(2.7)
  expect(down).toBeLessThan(4.5)
  console.log(`3 MB at 1 MB/s: up ${up.toFixed(2)} s, down ${down.toFixed(2)} s`)
  await line.close()
})

test('a limit that is lifted while a transfer runs lets it go', async () => {
  const line = await openLine(100_000)
  const { blob } = await make(line, 3 * megabyte)
  setTimeout(() => line.up.setRate(null), 500)
  expect(await secondsOf(() => line.upload(blob, never))).toBeLessThan(3)
  await line.close()
})

test('several transfers share one line', async () => {
  const line = await openLine(megabyte)
  const made = [await make(line, megabyte), await make(line, megabyte), await make(line, megabyte)]
  const seconds = await secondsOf(() =>
    Promise.all(made.map(({ blob }) => line.upload(blob, never))),
  )
  expect(seconds).toBeGreaterThan(2.7)
  expect(seconds).toBeLessThan(4.5)
  await line.close()
})

test('a big upload that is paused in a chunk goes on from where the server is', async () => {
  const line = await openLine(8 * megabyte)
  const { bytes, blob } = await make(line, 20 * megabyte)
  const pause = new AbortController()
  let reached = 0
  await expect(
    line.upload(blob, pause.signal, (done) => {
      reached = done
      if (done > chunk + 2 * megabyte) pause.abort()
    }),
  ).rejects.toMatchObject({ code: 'sync.cancelled' })
  expect(line.places.size).toBe(1)

  const again = await openLine(null, line.places)
  await again.blobs.put(bytes)
  const steps: number[] = []
  await again.upload(blob, never, (done) => steps.push(done))
  const from = again.heads[0] ?? -1
  expect(from).toBeGreaterThanOrEqual(chunk)
  expect(reached - from).toBeLessThanOrEqual(chunk)
  expect(steps[0]).toBe(from)
  expect(steps.at(-1)).toBe(blob.size)
  console.log(`paused at ${reached}, went on from ${from}: ${reached - from} bytes twice`)
  const got = await read((await again.remote.download(blob, 0, never)).body)
  expect(sha256(got)).toBe(blob.sha256)
  await line.close()
  await again.close()
})

test('a download that is paused goes on within 64 KiB of where it was', async () => {
  const line = await openLine(4 * megabyte)
  const { bytes, blob } = await make(line, 4 * megabyte)
  line.up.setRate(null)
  await line.upload(blob, never)
  await line.blobs.remove(blob.sha256)
  const pause = new AbortController()
  let reached = 0
  const fetched = line.blobs.receive(
    blob,
    (from) => line.remote.download(blob, from, pause.signal),
    (done) => {
      reached = done
      if (done > megabyte) pause.abort()
    },
  )
  await expect(fetched).rejects.toMatchObject({ code: 'sync.cancelled' })
  let from = -1
  await line.blobs.receive(
    blob,
    (at) => {
      from = at
      return line.remote.download(blob, at, never)
    },
    () => {},
  )
  expect(from).toBeGreaterThan(megabyte)
  expect(reached - from).toBeLessThanOrEqual(64 * 1024)
  expect((await read(line.blobs.bytes(blob.sha256, 0, blob.size))).equals(bytes)).toBe(true)
  console.log(`paused at ${reached}, went on from ${from}`)
  await line.close()
})

test('the application holds a limit that is changed while it runs', async () => {
  const desk = await openDesk(scene)
  const artifact = await makeArtifact(scene, { 'film.bin': noise(3 * megabyte) })
  await desk.service.setTransfers({ ...unlimited, downLimit: megabyte })
  const seconds = await secondsOf(() => desk.run(artifact.projectId))
  expect(seconds).toBeGreaterThan(2.7)
  expect(seconds).toBeLessThan(5)
  expect((await desk.service.handlers['sync.state'](undefined)).bytesDone).toBe(3 * megabyte)
  await desk.close()
})
