import { App, type AppWrap } from './app.ts'
import { Client, type Wrap } from './client.ts'
import { type DiskMistakes, SimulatedDisk } from './disk.ts'
import { FileSystem, type Found, flavors, sha256Of } from './file-system.ts'
import type { SimulatedServer } from './http.ts'
import type { Oracle } from './oracle.ts'
import type { Person } from './people.ts'
import { createRandom } from './random.ts'
import { openSimulatedRemote } from './remote.ts'
import type { Script } from './script.ts'
import type { World } from './world.ts'

export type Stage = {
  world: World
  server: SimulatedServer
  truth: Oracle
  projectId: string
  artifactId: string
  tokenOf: (name: string) => string
  disk?: DiskMistakes
  wrap?: Wrap
  app?: AppWrap
}

/** The computers that follow a folder, each with somebody before it. */
export const openClients = (script: Script, stage: Stage) => {
  const { world, server, truth, projectId, artifactId } = stage
  const people: Person[] = []
  const clients = script.flavors.map((flavor, index) => {
    const name = `desk${index}`
    const random = createRandom(script.seed * 31 + index + 1)
    const files = new FileSystem(flavors[flavor]!, () => client.now(), random)
    const disk: SimulatedDisk = new SimulatedDisk(
      files,
      {
        placed: (path, bytes, over) => {
          client.notice(path)
          client.journal.placed(path)
          truth.placed(name, path, bytes, over)
        },
        discarded: (path, bytes, sha256) => {
          client.notice(path)
          client.journal.discarded(path)
          truth.discarded(name, path, bytes, sha256)
        },
        moved: (from, to, node) => {
          const cause = client.whyAside(from, to)
          if (cause) truth.stepped(name, from, to, node.bytes, cause)
          client.notice(from, to)
          client.journal.moved(from, to)
        },
        respelled: (from, to) => client.notice(from, to),
        trouble: (what) => truth.fail(`${name}: ${what}`),
      },
      stage.disk ?? {},
    )
    const line = {
      world,
      server,
      token: () => stage.tokenOf(name),
      random: () => random.next(),
    }
    const client: Client = new Client({
      name,
      world,
      random,
      disk,
      openRemote: (life, own) =>
        openSimulatedRemote(line, life, own, { projectId, artifactId }, stage.wrap?.places),
      ...(stage.wrap ? { wrap: stage.wrap } : {}),
      trouble: (what) => truth.fail(what),
      noted: (file) => truth.noted(name, file),
      pulled: (files, cursor) => truth.pulled(name, files, cursor),
      gaveWay: (sha256) => truth.gaveWay(name, sha256),
      kept: (path, sha256) => truth.kept(name, path, sha256),
    })
    people.push({ name, disk, noticed: (path) => client.notice(path.normalize('NFC')) })
    return client
  })
  truth.hasOddly = (who, path, sha256) =>
    people.some(({ name, disk }) => name === who && disk.hasOddly(path, sha256))
  truth.hasMarked = (who, sha256, isExecutable) => {
    const person = people.find(({ name }) => name === who)
    if (!person?.disk.files.flavor.hasModes) return false
    const found = person.disk.files.walk().filter(({ node }) => sha256Of(node.bytes) === sha256)
    const isIt = ({ node }: Found): boolean => node.isOwnBit && node.isExecutable === isExecutable
    // What was changed meanwhile says nothing of how it was.
    const wasIt = person.disk.files.ownBits.has(`${sha256} ${isExecutable}`)
    return found.length === 0 || found.some(isIt) || wasIt
  }
  return { clients, people }
}

/** The computers that have the application open. */
export const openApps = (script: Script, stage: Stage): App[] => {
  const { world, server, truth, projectId } = stage
  return Array.from({ length: script.apps }, (_, index) => {
    const name = `app${index}`
    const random = createRandom(script.seed * 37 + index + 1)
    return new App({
      name,
      world,
      random,
      line: { world, server, token: () => stage.tokenOf(name), random: () => random.next() },
      projectId,
      ...(stage.app ? { wrap: stage.app } : {}),
      trouble: (what) => truth.fail(what),
    })
  })
}
