import { isText, mediaTypeOf } from '../../src/domain/media-type.ts'
import type { App } from './app.ts'
import type { Oracle } from './oracle.ts'
import type { Pen } from './people.ts'
import { createRandom, type Random } from './random.ts'
import type { World } from './world.ts'

export const appDeeds = ['edit', 'editTwice', 'goBack', 'create', 'read', 'pin', 'unpin'] as const
export type AppDeed = (typeof appDeeds)[number]
export const appWeights: Record<AppDeed, number> = {
  edit: 14,
  editTwice: 8,
  goBack: 6,
  create: 6,
  read: 3,
  pin: 2,
  unpin: 1,
}

const paths = ['notes.md', 'plan.md', 'readme', 'src/app.ts', 'docs/a.txt', 'mine.md', 'Mine.txt']

export type AppScene = {
  world: World
  oracle: Oracle
  app: App
  projectId: string
  artifactId: string
  newBytes: Pen
}
type Hand = AppScene & { random: Random; replica: NonNullable<App['running']>['replica'] }

/** Opens a file that can be edited, as an editor does. Null when there is none, or it cannot be shown. */
const openOne = async ({ replica, artifactId, random, oracle, app }: Hand) => {
  const files = (await replica.files.files(artifactId)).filter(({ path, mediaType }) =>
    isText(isText(mediaType) ? mediaType : mediaTypeOf(path)),
  )
  if (files.length === 0) return null
  const file = random.pick(files)
  const shown = await replica.files.read(file.id, artifactId)
  oracle.saw(app.name, shown.sha256)
  if (shown.kind === 'binary') return null
  const isElsewhere = files.some((other) => other.id !== file.id && other.sha256 === shown.sha256)
  return { file, sha256: shown.sha256, isElsewhere }
}

const save = async (
  hand: Hand,
  open: NonNullable<Awaited<ReturnType<typeof openOne>>>,
  bytes: Uint8Array,
): Promise<{ sha256: string }> => {
  const { replica, artifactId, oracle, app, world } = hand
  oracle.saved(app.name, bytes, false)
  oracle.replaced(app.name, open.sha256, open.isElsewhere)
  const text = Buffer.from(bytes).toString()
  const change = { artifactId, fileId: open.file.id, text }
  const { sha256, path } = await replica.files.edit(change, open.sha256)
  oracle.promised(bytes)
  world.note(`${app.name} has edited ${path} ${sha256.slice(0, 8)}`)
  return { sha256 }
}

const deeds: Record<AppDeed, (hand: Hand) => Promise<unknown>> = {
  read: async (hand) => {
    for (let each = 0; each < 3; each += 1) await openOne(hand)
  },
  edit: async (hand) => {
    const open = await openOne(hand)
    if (!open) return
    // Whoever edits takes their time, and others theirs.
    if (hand.random.chance(0.5)) await pause(hand)
    await save(hand, open, hand.newBytes(hand.random))
  },
  editTwice: async (hand) => {
    const open = await openOne(hand)
    if (!open) return
    const { sha256 } = await save(hand, open, hand.newBytes(hand.random))
    if (hand.random.chance(0.5)) await pause(hand)
    await save(hand, { ...open, sha256, isElsewhere: false }, hand.newBytes(hand.random))
  },
  /** Types again what the file, or another, had before; or saves it as it is. */
  goBack: async (hand) => {
    const open = await openOne(hand)
    if (!open) return
    const { disk } = hand.app
    const isSame = hand.random.chance(0.3)
    const blobs = disk.blobs().filter(({ sha256 }) => !isSame || sha256 === open.sha256)
    // A copy that went bad is where it matters whether somebody looks at the bytes.
    const bad = blobs.filter(({ node }) => disk.rotten.has(node))
    const choice = (bad.length > 0 ? bad : blobs).map(
      ({ node }) => disk.rotten.get(node) ?? node.bytes,
    )
    if (choice.length > 0) await save(hand, open, hand.random.pick(choice))
  },
  create: async (hand) => {
    const { replica, artifactId, oracle, app, random, newBytes } = hand
    const bytes = newBytes(random)
    oracle.saved(app.name, bytes, false)
    await replica.files.create(artifactId, random.pick(paths), Buffer.from(bytes).toString())
    oracle.promised(bytes)
  },
  pin: ({ replica, projectId }) => replica.pin(projectId, true),
  unpin: ({ replica, projectId }) => replica.pin(projectId, false),
}

const pause = ({ world, app, random }: Hand): Promise<void> => {
  const { life } = app.running ?? {}
  return life ? world.sleep(life, random.below(8_000)) : Promise.resolve()
}

/** Somebody does something in the application, as soon as it runs and they have done the last; they are told when it cannot be. */
export const actInApp = (deed: AppDeed, seed: number, scene: AppScene, tries = 8): void => {
  const { app, world } = scene
  const { running } = app
  if (!running || app.isBusy) {
    if (tries > 0) world.at(world.step + 15, () => actInApp(deed, seed, scene, tries - 1))
    return
  }
  world.note(`${app.name} ${deed}`)
  app.isBusy = true
  const hand: Hand = { ...scene, random: createRandom(seed), replica: running.replica }
  deeds[deed](hand)
    .catch((error: unknown) => world.note(`${app.name} ${deed} failed: ${error}`))
    .finally(() => {
      if (!running.life.dead) app.isBusy = false
    })
}

/** In the end every file can be opened, and is what it says. */
export const readAll = async ({ app, artifactId, oracle }: AppScene): Promise<void> => {
  const { replica } = app.running ?? {}
  if (!replica) return oracle.fail(`R4 ${app.name}: does not run`)
  for (const file of await replica.files.files(artifactId))
    await replica.files.read(file.id, artifactId).then(
      ({ sha256 }) => oracle.saw(app.name, sha256),
      (error: unknown) => oracle.fail(`R4 ${app.name}: ${file.path} cannot be opened: ${error}`),
    )
}
