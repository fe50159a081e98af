import { openApiClient } from '../../electron/main/server/api-client.ts'
import { openArtifactApi } from '../../electron/main/server/artifact-api.ts'
import type { Places } from '../../electron/main/server/resumable.ts'
import { openUploads } from '../../electron/main/server/uploads.ts'
import { openArtifactRemote } from '../../electron/main/sync/folder/artifact-remote.ts'
import type { Remote } from '../../src/sync/folder/ports.ts'
import type { SimulatedServer } from './http.ts'
import { openFetch, type Wire } from './network.ts'
import type { Life, World } from './world.ts'

/** Bytes of a part of a resumable upload: few, so that most files have several. */
export const chunkSize = 64

/** Files of one part of a whole pull: few, so that most come in several. */
const filesAtOnce = 3

/** The way of one computer to the server. */
export type Line = {
  world: World
  server: SimulatedServer
  token: () => string | null
  random: () => number
}
type End = { wire: Wire; now(): number }

/** The real client, over a wire that the world rules. */
export const openLine = (line: Line, life: Life, { wire, now }: End) => {
  const { world, token, random } = line
  const server = openApiClient({
    server: { url: 'http://server', publishableKey: 'publishable' },
    fetch: openFetch(world, life, wire, line.server),
    accessToken: async () => token(),
    time: {
      now,
      elapsed: () => world.now,
      sleep: (milliseconds, signal) => world.sleep(life, milliseconds, signal),
      random,
    },
  })
  return { server, remote: openArtifactApi(server) }
}

/** The same as a linked folder has it. `places`: where big uploads go on; outlives a crash. `wrapPlaces`: a deliberate mistake. */
export const openSimulatedRemote = (
  line: Line,
  life: Life,
  end: End & { places: Map<string, string> },
  artifact: { projectId: string; artifactId: string },
  wrapPlaces?: (places: Places) => Places,
): Remote => {
  const { world } = line
  const { places } = end
  const { server, remote } = openLine(line, life, { wire: end.wire, now: () => end.now() })
  const kept: Places = {
    uploadLocation: (key) =>
      world.call(life, 'places.uploadLocation', () => places.get(key) ?? null),
    rememberUpload: (key, location) =>
      world.call(life, 'places.rememberUpload', () => {
        if (location === null) places.delete(key)
        else places.set(key, location)
      }),
  }
  const send = openUploads(server, remote, wrapPlaces?.(kept) ?? kept, chunkSize)
  return openArtifactRemote(remote, send, artifact, filesAtOnce)
}
