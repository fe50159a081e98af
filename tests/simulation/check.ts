import type { App } from './app.ts'
import { isWhole } from './app-disk.ts'
import type { Client } from './client.ts'
import { sha256Of } from './file-system.ts'
import type { Oracle } from './oracle.ts'
import type { Rows } from './server.ts'

type Scene = {
  oracle: Oracle
  rows: Rows
  projectId: string
  artifactId: string
  clients: readonly Client[]
  apps: readonly App[]
}

/** When nothing moves any more: everybody has the same, and what nobody gave up is there. */
export const check = (scene: Scene): void => {
  const { oracle, rows, artifactId, clients } = scene
  const { versions, files } = rows.artifacts.get(artifactId)!
  const live = new Map(
    [...files.values()].filter(({ deleted }) => !deleted).map((file) => [file.path, file.sha256]),
  )
  const everywhere = new Set(live.values())
  const executable = new Set(
    [...files.values()].flatMap((file) => (!file.deleted && file.isExecutable ? [file.path] : [])),
  )
  for (const client of clients) checkBits(client, executable, oracle)
  for (const client of clients)
    for (const sha256 of checkFolder(client, live, oracle)) everywhere.add(sha256)
  for (const app of scene.apps) checkApp(app, live, scene)
  for (const sha256 of oracle.required)
    if (!everywhere.has(sha256)) {
      const isKept =
        versions.some((version) => version.sha256 === sha256) ||
        clients.some(({ disk }) => disk.trash.some(({ bytes }) => sha256Of(bytes) === sha256))
      if (!isKept) oracle.fail(`R1 ${sha256.slice(0, 8)} is nowhere, and nobody gave it up`)
      else if (!oracle.isCopied(sha256) && !oracle.letGo.has(sha256))
        oracle.fail(`R1 ${sha256.slice(0, 8)} is only in history or a trash, and nobody gave it up`)
    }
}

/** Answers the hashes of what is there under a name that no server takes. */
const checkFolder = (
  client: Client,
  live: ReadonlyMap<string, string>,
  oracle: Oracle,
): string[] => {
  const { files, refused, astray } = client.disk.view()
  const there = new Map(files.map(({ path, node }) => [path, sha256Of(node.bytes)]))
  for (const [path, sha256] of live)
    if (there.get(path) !== sha256)
      oracle.fail(
        `R4 ${client.name}: ${path} is ${there.get(path)?.slice(0, 8)}, at the server ${sha256.slice(0, 8)}`,
      )
  for (const path of there.keys())
    if (!live.has(path)) oracle.fail(`R4 ${client.name}: ${path} is not at the server`)
  for (const [path, bytes] of client.disk.leftOut)
    if (client.disk.files.file(path)?.bytes !== bytes)
      oracle.fail(`R13 ${client.name}: ${path} is left out, and is not as its person left it`)
  if (client.disk.aside.size > 0) oracle.fail(`R4 ${client.name}: something was left aside`)
  const { base, remote, intents } = client.stored()
  if (intents.length > 0)
    oracle.fail(`R4 ${client.name}: intents are left: ${JSON.stringify(intents)}`)
  const based = base.map(({ path, sha256 }) => `${path}=${sha256}`).sort()
  const lives = [...live].map(([path, sha256]) => `${path}=${sha256}`).sort()
  if (based.join() !== lives.join()) oracle.fail(`R4 ${client.name}: its base is not what is live`)
  const pulled = remote.map(({ path, sha256 }) => `${path}=${sha256}`).sort()
  if (pulled.join() !== lives.join())
    oracle.fail(`R4 ${client.name}: its remote is not what is live`)
  const found = client.disk.files.walk()
  const twins = refused.flatMap(({ path }) => {
    const node = found.find((each) => each.path.normalize('NFC') === path)?.node
    return node ? [sha256Of(node.bytes)] : []
  })
  return [...twins, ...astray.map(({ node }) => sha256Of(node.bytes))]
}

/** What is executable is so everywhere, as far as a disk can keep it. */
const checkBits = (client: Client, live: ReadonlySet<string>, oracle: Oracle): void => {
  const { name, disk } = client
  if (disk.files.flavor.hasModes)
    for (const { path, node } of disk.view().files)
      if (node.isExecutable !== live.has(path))
        oracle.fail(`R14 ${name}: ${path} is ${live.has(path) ? 'not ' : ''}executable here`)
  const { base, remote } = client.stored()
  for (const { path, permissions } of [...base, ...remote])
    if (permissions?.isExecutable !== live.has(path))
      oracle.fail(`R14 ${name}: it does not know the bit of ${path}`)
}

const checkApp = (
  app: App,
  live: ReadonlyMap<string, string>,
  { oracle, projectId }: Scene,
): void => {
  const { name, db, disk } = app
  for (const { path, blocked } of db.outbox())
    oracle.fail(`R4 ${name}: ${path} was never sent (${blocked})`)
  const rows = db
    .artifacts(projectId)
    .flatMap(({ id }) => db.files(id))
    .filter((file) => file.deleted === 0)
  const known = rows.map(({ path, sha256 }) => `${path}=${sha256}`).sort()
  const lives = [...live].map(([path, sha256]) => `${path}=${sha256}`).sort()
  if (known.join() !== lives.join())
    oracle.fail(`R4 ${name}: it knows ${known.join()}, and live is ${lives.join()}`)
  const blobs = new Map(disk.blobs().map(({ sha256, node }) => [sha256, node]))
  for (const [sha256, node] of blobs)
    if (!isWhole(sha256, node.bytes) && !disk.rotten.has(node))
      oracle.fail(`R7 ${name}: ${sha256.slice(0, 8)} is not what its name says`)
  app.checkIndex()
  if (!db.pins().includes(projectId)) return
  for (const { path, sha256 } of rows)
    if (!blobs.has(sha256)) oracle.fail(`R4 ${name}: ${path} is pinned, and is not here`)
}
