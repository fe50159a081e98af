import { App, type AppWrap } from './app.ts'
import { Client, type Wrap } from './client.ts'
import { type DiskMutation, SimulatedDisk } from './disk.ts'
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
  oracle: Oracle
  projectId: string
  artifactId: string
  tokenOf: (name: string) => string
  disk?: DiskMutation
  wrap?: Wrap
  app?: AppWrap
}

/** The computers that follow a folder, each with somebody before it. */
export const openClients = (script: Script, stage: Stage) => {
  const { world, server, oracle, projectId, artifactId } = stage
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
          oracle.placed(name, path, bytes, over)
        },
        discarded: (path, bytes, sha256) => {
          client.notice(path)
          client.journal.discarded(path)
          oracle.discarded(name, path, bytes, sha256)
        },
        moved: (from, to, node) => {
          const cause = client.whyAside(from, to)
          if (cause) oracle.stepped(name, from, to, node.bytes, cause)
          client.notice(from, to)
          client.journal.moved(from, to)
        },
        respelled: (from, to) => client.notice(from, to),
        trouble: (what) => oracle.fail(`${name}: ${what}`),
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
      trouble: (what) => oracle.fail(what),
      noted: (file) => oracle.noted(name, file),
      pulled: (files, cursor) => oracle.pulled(name, files, cursor),
      gaveWay: (sha256) => oracle.gaveWay(name, sha256),
      kept: (path, sha256) => oracle.kept(name, path, sha256),
    })
    people.push({ name, disk, noticed: (path) => client.notice(path.normalize('NFC')) })
    return client
  })
  oracle.hasOddly = (who, path, sha256) =>
    people.some(({ name, disk }) => name === who && disk.hasOddly(path, sha256))
  oracle.hasMarked = (who, sha256, isExecutable) => {
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
  const { world, server, oracle, projectId } = stage
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
      trouble: (what) => oracle.fail(what),
    })
  })
}
