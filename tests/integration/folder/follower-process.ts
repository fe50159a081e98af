import { openApiClient } from '../../../electron/main/server/api-client.ts'
import { openArtifactApi } from '../../../electron/main/server/artifact-api.ts'
import { openUploads } from '../../../electron/main/server/uploads.ts'
import { openCache } from '../../../electron/main/store/client.ts'
import { openArtifactRemote } from '../../../electron/main/sync/folder/artifact-remote.ts'
import { openFolderService } from '../../../electron/main/sync/folder/index.ts'
import type { Remote } from '../../../src/sync/folder/ports.ts'
import { begin, tell, transport, words, workers } from '../killable.ts'

/** The folder part of the application as a process: real disk, real stores in their workers, real requests. */
const { settings, ready } = await begin()
const { folder, url, publishableKey, token, link } = settings

const server = openApiClient({
  server: { url, publishableKey },
  fetch: transport,
  accessToken: async () => token,
})
const cache = await openCache(folder, workers.cache)
const rows = openArtifactApi(server)
const upload = openUploads(server, rows, cache)
let isReady = false
const remoteOf = (projectId: string, artifactId: string): Remote => {
  const remote = openArtifactRemote(rows, upload, { projectId, artifactId })
  return {
    ...remote,
    pull: (...asked) => {
      // What a crash left is mended, and the folder has been looked at.
      if (!isReady) ready()
      isReady = true
      return remote.pull(...asked)
    },
  }
}
const service = await openFolderService({
  folder,
  workers: { store: workers.folders, disk: workers.scanner },
  remoteOf,
  artifactsOf: async () => [{ id: link.artifactId, title: 'Killed' }],
  largest: () => null,
  deviceName: 'desk',
  tell: ([state]) => state && tell('state', state),
  advanced: () => {},
})
await service.setOnline(true)
if (service.list().length === 0) await service.link(link.projectId, link.artifactId, link.root)

for await (const line of words) {
  const [state] = service.list()
  if (!state) continue
  if (line === 'look') service.retry(state.id)
  if (line === 'delete') await service.decideDeletions(state.id, 'delete')
}
await service.close()
await cache.close()
process.exit()
