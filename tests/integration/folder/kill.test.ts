import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FolderLink, folderLink } from '../../../src/contract/folders.ts'
import { times } from '../../fixtures/long-run.ts'
import { createRandom } from '../../simulation/random.ts'
import {
  inDatabases,
  type Life,
  leastKills,
  openLives,
  openTally,
  quietAboutKills,
} from '../killing.ts'
import { makeArtifact, openScene, type Scene, sha256, until } from '../sync/support.ts'
import { atServer, becomes, editThere, linkOn, treeOf } from './linked.ts'
import { openPeople } from './people.ts'

/*
 * The loop as a process of its own, killed at moments that a seed says, while one person works in the folder and
 * another at the server: 200 times in a long run, at the gate as often as it takes to meet each kind of moment.
 * `KILL_SEED=7` plays one seed again (its schedule; the system's is its own), `KILLS=1000` kills more often.
 */
const most = Number(process.env.KILLS ?? 200)
const least = Number(process.env.KILLS ?? times(leastKills, most))
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)
/** What the process has to do, and milliseconds from then until it is killed. */
const moments = {
  loaded: [0, 700],
  ready: [0, 400],
  commit: [0, 40],
  upload: [0, 80],
  send: [0, 25],
  download: [0, 40],
} as const
type Moment = keyof typeof moments
/** Milliseconds to wait for a moment that may not come. */
const patience = 2_000

let scene: Scene
beforeAll(async () => {
  quietAboutKills()
  scene = await openScene()
})
afterAll(() => scene.close())

const stateOf = ({ told }: Life): FolderLink | null =>
  folderLink.nullable().parse(told.get('state') ?? null)

/** What the journal holds of which nobody knows yet whether it was done. */
const journalOf = (folder: string): Promise<number> =>
  inDatabases(folder, (open) => {
    const row = open('folders.sqlite').prepare('select count(*) as count from intents').get()
    return (row as { count: number }).count
  })

test('a loop that is killed again and again, at each kind of moment, loses nothing and tears nothing', async () => {
  console.log(`KILL_SEED=${seed}`)
  const random = createRandom(seed)
  const artifact = await makeArtifact(scene, {})
  const root = await mkdtemp('/tmp/atelier-linked-')
  const folder = await mkdtemp('/tmp/atelier-partition-')
  const people = openPeople(scene, artifact, root, random)
  const settings = {
    folder,
    url: scene.backend.url,
    publishableKey: scene.backend.publishableKey,
    token: scene.ada.token,
    link: { projectId: artifact.projectId, artifactId: artifact.id, root },
  }
  const lives = await openLives(join(import.meta.dirname, 'follower-process.ts'))
  for (let count = 0; count < 20; count += 1) await people.here('add')
  for (let count = 0; count < 10; count += 1) await people.there('add')

  const first = await lives.begin(settings)
  await first.reaches('ready', 20_000)
  await first.close()
  lives.prepare()
  const tally = openTally([
    ...(['commit', 'upload', 'send', 'download', 'recovery'] as const),
    // Something is done and not noted, or noted and not done; and the same was to be mended when it died again.
    ...(['journal', 'recovery of a journal'] as const),
  ])
  let journal = 0
  let kills = 0
  for (; kills < least || (kills < most && !tally.isComplete()); kills += 1) {
    const moment = random.weighted<Moment>({
      loaded: 22,
      ready: 22,
      commit: 14,
      upload: 14,
      send: 12,
      download: 16,
    })
    // So that there is something of this kind to do.
    if (moment === 'upload') await people.here('big')
    else if (moment === 'download') await people.there(random.chance(0.4) ? 'big' : 'edit')
    else if (moment === 'commit' || moment === 'send') await people.here()
    const [from, to] = moments[moment]
    const after = from + random.below(to - from)

    const loop = await lives.begin(settings)
    const acting = (async () => {
      if (random.chance(0.5)) await people.here()
      if (random.chance(0.4)) await people.there()
    })()
    const reached = await loop.reaches(moment, moment === 'ready' ? 10_000 : patience)
    if (reached) await new Promise((done) => setTimeout(done, after))
    const underWay = await loop.kill()
    lives.prepare()
    await acting
    const before = journal
    journal = await journalOf(folder)
    const isAlone = journal > 0 && ![...underWay].some((kind) => kind !== 'recovery')
    tally.note(loop, [
      ...underWay,
      ...(isAlone ? ['journal'] : []),
      ...(before > 0 && underWay.has('recovery') ? ['recovery of a journal'] : []),
    ])
    expect(await people.torn(), `round ${kills}, killed ${after} ms after ${moment}`).toEqual([])
  }

  const last = await lives.begin(settings)
  const isDone = async (): Promise<boolean> => {
    if (stateOf(last)?.held) last.say('delete')
    else if (stateOf(last)?.status !== 'syncing') last.say('look')
    await new Promise((done) => setTimeout(done, 500))
    return stateOf(last)?.status === 'in-step' && (await people.isEqual())
  }
  await until(isDone, 60_000).catch(() =>
    console.log('never in step', JSON.stringify(stateOf(last))),
  )
  await last.kill()
  const complaints = await people.complaints()
  console.log(`${kills} kills; ${people.written.size} contents; ${tally.report()}`)
  expect(complaints, `KILL_SEED=${seed}`).toEqual([])
  tally.check(kills)
  await rm(root, { recursive: true })
  await rm(folder, { recursive: true })
}, 600_000)

test('a crash between two names of one file leaves neither a twin nor a trap', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', 'c.txt': 'three' })
  const { desk, root, poke, close } = await linkOn(scene, artifact)
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'c.txt': 'three' })
  await desk.service.close()
  await editThere(scene, artifact, 'a.txt', 'one', 'b.txt')
  await link(join(root, 'a.txt'), join(root, 'b.txt'))
  await mkdir(join(root, '.atelier/moving'), { recursive: true })
  const note = join(root, '.atelier/moving', crypto.randomUUID())
  await writeFile(note, JSON.stringify({ from: 'a.txt', to: 'b.txt' }))
  // This one came whole and got its name, and the name it had before was not taken away.
  await mkdir(join(root, '.atelier/incoming'), { recursive: true })
  await link(join(root, 'c.txt'), join(root, '.atelier/incoming', sha256('three')))
  await writeFile(join(root, 'c.txt'), 'written in place')
  await editThere(scene, artifact, 'd.txt', 'three')
  await desk.restart()
  await poke()
  const wanted = { 'b.txt': 'one', 'c.txt': 'written in place', 'd.txt': 'three' }
  await becomes(() => atServer(scene, artifact), wanted)
  await becomes(() => treeOf(root), wanted)
  await close()
})
