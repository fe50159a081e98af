import { openFolderRemote } from '../../electron/main/sync/folder/remote.ts'
import { openRemote } from '../../electron/main/sync/remote.ts'
import type { Places } from '../../electron/main/sync/resumable.ts'
import { openServer } from '../../electron/main/sync/server.ts'
import { openUploads } from '../../electron/main/sync/uploads.ts'
import type { Remote } from '../../src/sync/folder/ports.ts'
import type { SimulatedServer } from './http.ts'
import { openFetch, type Wire } from './network.ts'
import type { Life, World } from './world.ts'

/** Bytes of a part of a resumable upload: few, so that most files have several. */
const chunkSize = 64

/** The real client, over a wire that the world rules. */
export const openSimulatedRemote = (options: {
  world: World
  life: Life
  server: SimulatedServer
  wire: Wire
  /** Where big uploads go on; outlives a crash. */
  places: Map<string, string>
  /** A deliberate mistake. */
  wrapPlaces?: (places: Places) => Places
  token: () => string | null
  now: () => number
  random: () => number
  projectId: string
  artifactId: string
}): Remote => {
  const { world, life, places, projectId, artifactId } = options
  const server = openServer({
    server: { url: 'http://server', publishableKey: 'publishable' },
    fetch: openFetch(world, life, options.wire, options.server),
    accessToken: async () => options.token(),
    time: {
      now: options.now,
      sleep: (milliseconds, signal) => world.sleep(life, milliseconds, signal),
      random: options.random,
    },
  })
  const remote = openRemote(server)
  const kept: Places = {
    uploadLocation: (key) =>
      world.call(life, 'places.uploadLocation', () => places.get(key) ?? null),
    rememberUpload: (key, location) =>
      world.call(life, 'places.rememberUpload', () => {
        if (location === null) places.delete(key)
        else places.set(key, location)
      }),
  }
  const send = openUploads(server, remote, options.wrapPlaces?.(kept) ?? kept, chunkSize)
  return openFolderRemote(remote, send, { projectId, artifactId })
}
