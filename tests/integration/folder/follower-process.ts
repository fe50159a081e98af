import { createInterface } from 'node:readline'
import { openCache } from '../../../electron/main/cache/client.ts'
import { openFolderService } from '../../../electron/main/sync/folder/index.ts'
import { openFolderRemote } from '../../../electron/main/sync/folder/remote.ts'
import { openRemote } from '../../../electron/main/sync/remote.ts'
import { openServer } from '../../../electron/main/sync/server.ts'
import { openUploads } from '../../../electron/main/sync/uploads.ts'
import type { Remote } from '../../../src/sync/folder/ports.ts'

/*
 * The folder part of the application as a process that can be killed: real disk, real stores in their workers, real
 * requests. It says on its standard output what it is about to do, one word a line. Without more input it closes as
 * the application does.
 */
const [settings = '{}'] = process.argv.slice(2)
const { folder, url, publishableKey, token, link } = JSON.parse(settings)
const say = (word: string): void => void process.stdout.write(`${word}\n`)
const main = new URL('../../../electron/main/', import.meta.url)

const server = openServer({
  server: { url, publishableKey },
  fetch: (input, init) => {
    const path = new URL(String(input)).pathname
    const isObject = path.startsWith('/storage/v1/object/artifact-files/')
    if (path.includes('/upload/resumable')) say('upload')
    else if (init?.method === 'POST' && isObject) say('send')
    else if (path.startsWith('/storage/')) say('download')
    else if (path.endsWith('/commit_artifact_changes')) say('commit')
    return fetch(input, init)
  },
  accessToken: async () => token,
})
// Its code is loaded: what comes now is recovery.
say('begun')
const cache = await openCache(folder, new URL('cache/worker.ts', main))
const rows = openRemote(server)
const upload = openUploads(server, rows, cache)
const remoteOf = (projectId: string, artifactId: string): Remote => {
  const remote = openFolderRemote(rows, upload, { projectId, artifactId })
  return {
    ...remote,
    pull: (since, signal) => {
      // What a crash left is mended, and the folder has been looked at.
      say('ready')
      return remote.pull(since, signal)
    },
  }
}
const service = await openFolderService({
  folder,
  workers: {
    store: new URL('sync/folder/store-worker.ts', main),
    disk: new URL('sync/folder/scanner-worker.ts', main),
  },
  remoteOf,
  artifactsOf: async () => [{ id: link.artifactId, title: 'Killed' }],
  largest: () => null,
  deviceName: 'desk',
  tell: ([state]) => state && say(`state ${JSON.stringify(state)}`),
  advanced: () => {},
})
await service.setOnline(true)
if (service.list().length === 0) await service.link(link.projectId, link.artifactId, link.root)

for await (const line of createInterface({ input: process.stdin })) {
  const [state] = service.list()
  if (!state) continue
  if (line === 'look') service.retry(state.id)
  if (line === 'delete') await service.decideDeletions(state.id, 'delete')
}
await service.close()
await cache.close()
process.exit()
