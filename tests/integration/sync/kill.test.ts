import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { times } from '../../fixtures/long-run.ts'
import { createRandom } from '../../simulation/random.ts'
import {
  inDatabases,
  leastKills,
  openHashes,
  openLives,
  openTally,
  quietAboutKills,
} from '../killing.ts'
import { openEditor } from './editor.ts'
import { openElsewhere } from './elsewhere.ts'
import { makeArtifact, openScene, type Scene, until } from './support.ts'

/*
 * What is opened in the application as a process of its own, killed at moments that a seed says, while one person
 * works in it and another at the server. `KILL_SEED` and `KILLS` as for a linked folder.
 */
const most = Number(process.env.KILLS ?? 120)
const least = Number(process.env.KILLS ?? times(30, leastKills))
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)
/** What the process has to do, and milliseconds from then until it is killed. */
const moments = {
  // It takes a tenth of a second: later there is nothing of it left to be killed.
  recovery: [0, 100],
  'artifacts.edit': [0, 15],
  send: [0, 25],
  upload: [0, 60],
  commit: [0, 40],
  download: [0, 30],
} as const
const inTurn = ['commit', ...(Object.keys(moments) as (keyof typeof moments)[])] as const
const patience = 4_000

let scene: Scene
beforeAll(async () => {
  quietAboutKills()
  scene = await openScene()
})
afterAll(() => scene.close())

type Edit = { path: string; sha256: string; sent: string | null }
const keptIn = (folder: string): Promise<{ outbox: Edit[]; pins: string[] }> =>
  inDatabases(folder, (open) => {
    const db = open('cache.sqlite')
    const select = 'select path, sha256, sent_sha256 as sent from outbox'
    return {
      outbox: db.prepare(select).all() as Edit[],
      pins: db.prepare('select project_id from pins').pluck().all() as string[],
    }
  })

test('the cache of an application that is killed again and again, at each kind of moment, keeps what it said it has', async () => {
  console.log(`KILL_SEED=${seed}`)
  const random = createRandom(seed)
  const artifact = await makeArtifact(scene, {})
  const { id: artifactId } = artifact
  const folder = await mkdtemp('/tmp/atelier-partition-')
  const elsewhere = openElsewhere(scene, artifact, random)
  const editor = openEditor(artifact, elsewhere, random)
  const { url, publishableKey } = scene.backend
  const settings = {
    folder,
    server: { url, publishableKey },
    accountId: scene.ada.id,
    token: scene.ada.token,
  }
  const lives = await openLives(join(import.meta.dirname, 'cache-process.ts'))
  const hashOf = openHashes()
  /** What each blob holds, by the name it bears. */
  const blobsOf = async (): Promise<Map<string, string>> => {
    const files = await readdir(join(folder, 'blobs'), { recursive: true, withFileTypes: true })
    const named = files.filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    const found = new Map<string, string>()
    for (const { parentPath, name } of named) found.set(name, await hashOf(join(parentPath, name)))
    return found
  }
  for (let count = 0; count < 10; count += 1) await elsewhere.there('add')

  const first = await lives.begin(settings)
  await editor.act(first, 'run')
  await first.close()
  lives.prepare()
  const tally = openTally([
    ...(['artifacts.edit', 'send', 'upload', 'commit', 'download', 'recovery'] as const),
    // The server has it and the outbox still holds it.
    'answer',
  ])
  let turns: (keyof typeof moments)[] = []
  let kills = 0
  for (; kills < least || (kills < most && !tally.isComplete()); kills += 1) {
    if (turns.length === 0) turns = random.shuffle(inTurn)
    const moment = turns.pop() ?? 'commit'
    if (moment === 'download') await elsewhere.there('big')
    const [from, to] = moments[moment]
    const after = from + random.below(to - from)

    const life = await lives.begin(settings)
    const acting = (async () => {
      if (random.chance(0.5)) await elsewhere.there(random.weighted({ add: 2, edit: 6, remove: 1 }))
      if (moment === 'upload') await editor.act(life, 'big')
      if (moment === 'download') await editor.act(life, 'run')
      while (!life.isOver) await editor.act(life)
    })()
    if (await life.reaches(moment, patience)) await new Promise((done) => setTimeout(done, after))
    const underWay = await life.kill()
    lives.prepare()
    await acting
    // What the server has begun it ends, whoever asked for it.
    if (underWay.has('commit')) await new Promise((done) => setTimeout(done, 100))
    const where = `round ${kills}, killed ${after} ms after ${moment}`
    const [{ outbox, pins }, blobs, versions] = await Promise.all([
      keptIn(folder),
      blobsOf(),
      elsewhere.versions(),
    ])
    for (const [name, hash] of blobs) expect(hash, `${where}: a torn blob`).toBe(name)
    for (const { sha256, path } of outbox)
      expect(blobs.has(sha256), `${where}: the bytes of ${path}`).toBe(true)
    const history = new Set(versions.map(({ sha256 }) => sha256))
    const isUnheard = outbox.some(({ sha256, sent }) => sent === sha256 && history.has(sha256))
    tally.note(life, [...underWay, ...(isUnheard ? ['answer'] : [])])
    const there = new Set([...history, ...outbox.map(({ sha256 }) => sha256)])
    expect(editor.complaints(there, pins), where).toEqual([])
  }

  const last = await lives.begin(settings)
  const isDone = async (): Promise<boolean> => {
    await editor.act(last, 'run')
    const files = (await editor.ask(last, 'artifacts.files', { artifactId })) ?? []
    const rows = await elsewhere.live()
    const byPath = new Map(files.map((file) => [file.path, file]))
    const state = await editor.ask(last, 'sync.state', undefined)
    return (
      files.length === rows.length &&
      files.every((file) => file.state === 'cached') &&
      rows.every((row) => byPath.get(row.path)?.sha256 === row.sha256) &&
      [state?.phase, state?.outbox, state?.blocked.length].join() === 'idle,0,0'
    )
  }
  const isInStep = await until(isDone, 60_000).then(
    () => true,
    () => false,
  )
  expect(isInStep, `KILL_SEED=${seed}: in step at last`).toBe(true)
  await last.close()
  const { written } = elsewhere
  console.log(
    `${kills} kills; ${written.size} contents; ${tally.report()}; refused: ${[...editor.failures]}`,
  )
  const found = await elsewhere.complaints()
  const history = (await elsewhere.versions()).filter(({ removed }) => !removed)
  // Nobody here names the same bytes twice.
  for (const [hash, versions] of Map.groupBy(history, ({ sha256 }) => sha256))
    if (versions.length > 1)
      found.push(
        `${written.get(hash)} landed as ${versions.map(({ path, revision }) => `${path} ${revision}`)}`,
      )
  expect(found, `KILL_SEED=${seed}`).toEqual([])
  tally.check(kills)
  await rm(folder, { recursive: true })
}, 600_000)
