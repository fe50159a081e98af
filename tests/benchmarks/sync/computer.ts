import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTransport } from '../../../electron/main/network/transport.ts'
import { openApiClient } from '../../../electron/main/server/api-client.ts'
import { openArtifactApi } from '../../../electron/main/server/artifact-api.ts'
import { openUploads } from '../../../electron/main/server/uploads.ts'
import { openDatabaseWorker } from '../../../electron/main/store/database-worker.ts'
import { openArtifactRemote } from '../../../electron/main/sync/folder/artifact-remote.ts'
import { openDisk } from '../../../electron/main/sync/folder/disk.ts'
import { markFolder } from '../../../electron/main/sync/folder/link-marker.ts'
import { storeOf } from '../../../electron/main/sync/folder/link-store.ts'
import type { FolderDatabase, LinkRow } from '../../../electron/main/sync/folder/store.ts'
import { watchFolder } from '../../../electron/main/sync/folder/watcher.ts'
import { realTime } from '../../../electron/main/system-clock.ts'
import type { Transport } from '../../../electron/network/transport.ts'
import { FolderSync } from '../../../src/sync/folder/engine.ts'
import { openFolderLoop } from '../../../src/sync/folder/folder-loop.ts'
import { type Job, job } from './jobs.ts'

const transport = openTransport()

/*
 * One computer with one linked folder, as a process of its own, wired as the application wires it. What it is to do
 * comes as JSON in its only argument; what came of it goes out as one line of JSON.
 */

const worker = (name: string) => new URL(`${name}.js`, import.meta.url)

const open = async ({ root, state, url, publishableKey, token, projectId, artifactId }: Job) => {
  const watch = { requests: 0, uploadAt: 0 }
  const counted: Transport = (url, asked) => {
    watch.requests += 1
    if (asked.method === 'POST' && url.includes('/storage/v1/'))
      watch.uploadAt ||= performance.now()
    return transport(url, asked)
  }
  const server = openApiClient({
    server: { url, publishableKey },
    fetch: counted,
    accessToken: async () => token,
  })
  const rows = openArtifactApi(server)
  const places = new Map<string, string>()
  const send = openUploads(server, rows, {
    uploadLocation: async (key) => places.get(key) ?? null,
    rememberUpload: async (key, location) =>
      void (location ? places.set(key, location) : places.delete(key)),
  })
  await mkdir(state, { recursive: true })
  const database = await openDatabaseWorker<FolderDatabase>(
    join(state, 'folders.sqlite'),
    worker('store-worker'),
  )
  const known = (await database.links()).find((link) => link.root === root)
  const link: LinkRow = known ?? {
    id: randomUUID(),
    projectId,
    artifactId,
    root,
    paused: 0,
    direction: 'both',
  }
  if (!known) {
    await markFolder(root, link.id)
    await database.addLink(link)
  }
  const { id } = link
  const disk = await openDisk({
    root,
    linkId: id,
    worker: worker('scanner-worker'),
  })
  const store = storeOf(database, id)
  const remote = openArtifactRemote(rows, send, { projectId, artifactId })
  return { link, disk, store, remote, watch }
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * Passes until folder and server are the same. Answers when the last thing was done, in milliseconds since the
 * process began: what it wrote itself the engine looks at once more a second later, which nobody waits for.
 */
const bringInStep = async (sync: FolderSync): Promise<number> => {
  for (let last = 0; ; ) {
    const { done, again, blocked, held } = await sync.pass(new AbortController().signal)
    if (blocked.length > 0 || held) throw new Error(JSON.stringify({ blocked, held }))
    if (done > 0 || last === 0) last = performance.now()
    if (done === 0 && again === null) return last
    if (again !== null) await sleep(again)
  }
}

const peakMemory = (): number => process.resourceUsage().maxRSS * 1024

const run = async (todo: Job): Promise<object> => {
  const computer = await open(todo)
  const { link, disk, store, remote, watch } = computer
  const engine = () =>
    new FolderSync(
      { disk, remote, store, clock: realTime },
      { deviceName: 'bench', newId: randomUUID, settle: 0 },
    )
  if (todo.kind === 'in-step') {
    const ms = await bringInStep(engine())
    return { ms, requests: watch.requests }
  }
  if (todo.kind === 'no-op') {
    const sync = engine()
    const start = await bringInStep(sync)
    const ms: number[] = []
    for (let turn = 0; turn < todo.turns; turn += 1) {
      const from = performance.now()
      ms.push((await bringInStep(sync)) - from)
    }
    return { start, ms, peak: peakMemory() }
  }
  if (todo.kind === 'rename') {
    const sync = engine()
    await bringInStep(sync)
    const requests: number[] = []
    for (const folder of todo.folders) {
      await rename(join(todo.root, folder), join(todo.root, `${folder} renamed`))
      const before = watch.requests
      await bringInStep(sync)
      requests.push(watch.requests - before)
    }
    return { requests }
  }
  await bringInStep(engine())
  const loop = openFolderLoop({
    link,
    title: 'bench',
    isPaused: false,
    open: (progress) =>
      new FolderSync(
        { disk, remote, store, clock: realTime },
        { deviceName: 'bench', newId: randomUUID, progress },
      ),
    watch: (told, sees) => watchFolder(todo.root, told, sees),
    time: realTime,
    changed: () => {},
    advanced: () => {},
  })
  await loop.setOnline(true)
  const settled = async (): Promise<void> => {
    for (let calm = 0; calm < 6; calm += 1) {
      await sleep(100)
      if (loop.state().status !== 'in-step') calm = -1
    }
  }
  await settled()
  const files = (await readdir(todo.root, { recursive: true })).filter((name) =>
    name.endsWith('.txt'),
  )
  const waits: number[] = []
  for (let turn = 0; turn < todo.turns; turn += 1) {
    const path = join(todo.root, files[(turn * 7919) % files.length] ?? '')
    watch.uploadAt = 0
    await writeFile(path, `edit ${turn} of ${randomUUID()}`)
    const from = performance.now()
    while (watch.uploadAt === 0 && performance.now() - from < 10_000) await sleep(5)
    waits.push((watch.uploadAt || Number.POSITIVE_INFINITY) - from)
    await settled()
  }
  await loop.close()
  return { waits, size: (await stat(todo.root)).size }
}

console.log(JSON.stringify(await run(job.parse(JSON.parse(process.argv[2] ?? '')))))
process.exit(0)
