import { mkdtemp, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Conflict, Decision } from '../../../src/contract/folders.ts'
import { inDatabase, letIn } from '../sync/person.ts'
import {
  type Artifact,
  linkHere,
  makeArtifact,
  openDesk,
  openScene,
  type Person,
  type Scene,
  sha256,
  signUp,
  until,
} from '../sync/support.ts'
import { atServer, becomes, put, treeOf } from './linked.ts'

/** The window of whoever looks: the page's own words, asked of the real server with that person's token. */
const looking = vi.hoisted(() => {
  const who = { token: '' }
  const desktop = { session: { accessToken: async () => who.token }, on: () => () => {} }
  Object.assign(globalThis, { window: { desktop } })
  return who
})
const { readAuthors, readRemovals } = await import(
  '../../../renderer/features/sync/server-queries.ts'
)
const { sidesOf } = await import('../../../renderer/features/sync/authorship.ts')
const { decisionsUndone, removerText } = await import('../../../renderer/features/sync/removals.ts')
const { useBackend } = await import('../../../renderer/data/stores.ts')

let scene: Scene
const people: Record<'ada' | 'ben' | 'cleo', Person> = {} as never
const nameOf = { ada: 'Ada Moreau', ben: 'Ben Okafor', cleo: 'Cleo Marsh' }
type Name = keyof typeof people
beforeAll(async () => {
  scene = await openScene()
  people.ada = scene.ada
  people.ben = await signUp(scene.backend, 'ben')
  people.cleo = await signUp(scene.backend, 'cleo')
  await inDatabase(scene, async (sql) => {
    for (const name of Object.keys(people) as Name[])
      await sql`update public.users set display_name = ${nameOf[name]} where id = ${people[name].id}`
  })
  const { url, publishableKey } = scene.backend
  useBackend.setState({ status: 'ready', url, publishableKey } as never)
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const openComputer = async (
  name: Name,
  deviceName: string,
  artifact: Artifact,
  beside: Record<string, string> = {},
) => {
  const { id, token } = people[name]
  const root = await mkdtemp('/tmp/atelier-people-')
  const desk = await openDesk(scene, {
    deviceName,
    chooseFolder: async () => root,
    accountId: id,
    accessToken: async () => token,
  })
  open.push(async () => {
    await desk.close()
    await rm(root, { recursive: true, force: true })
  })
  const { projectId, id: artifactId } = artifact
  const { handlers } = desk.service
  await desk.run(projectId)
  await linkHere(handlers, { projectId, artifactId })
  await becomes(() => treeOf(root), { 'a.txt': 'one', ...beside })
  const link = async () => (await handlers['folders.list'](undefined))[0]!
  /** The only conflict, as it is looked at on this computer. */
  const look = async () => {
    await desk.run(projectId)
    const conflicts = await handlers['artifacts.conflicts']({ projectId })
    expect(conflicts).toHaveLength(1)
    const conflict = conflicts[0]!
    looking.token = token
    const { originalId, originalRevision, copyId, copyRevision } = conflict
    const authors = await readAuthors([
      [copyId, copyRevision],
      ...(originalId === null ? [] : ([[originalId, originalRevision!]] as const)),
    ])
    const of = (fileId: string | null) => authors.find((each) => each.fileId === fileId) ?? null
    const known = { original: of(originalId), copy: of(copyId) }
    return { conflict, sides: sidesOf(conflict, known, id) }
  }
  const press = (seen: Conflict, keep: Decision['keep']) => {
    const { originalId, originalRevision, copyId, copyRevision } = seen
    const revisions = { originalId, originalRevision, copyId, copyRevision }
    return handlers['artifacts.resolveConflict']({ artifactId, ...revisions, keep })
  }
  /** In a folder by another program, or in the application; told to nobody before `release`. */
  const ways = {
    folder: {
      hold: async () => handlers['folders.setPaused']({ linkId: (await link()).id, paused: true }),
      edit: (text: string): Promise<unknown> => put(root, 'a.txt', text),
      release: async () =>
        handlers['folders.setPaused']({ linkId: (await link()).id, paused: false }),
    },
    editor: {
      hold: async () => desk.service.setOnline(false),
      edit: (text: string): Promise<unknown> =>
        handlers['artifacts.edit']({ artifactId, fileId: artifact.files.get('a.txt')!, text }),
      release: async () => {
        desk.service.setOnline(true)
        await desk.run(projectId)
      },
    },
  }
  return { name: name as Name, root, desk, handlers, link, look, press, ways }
}
type Computer = Awaited<ReturnType<typeof openComputer>>
type Way = keyof Computer['ways']

/** Ada and Ben edit one file apart; whoever is `first` is what the file becomes, the other's is kept beside it. */
const apart = async (first: 'ada' | 'ben', way: Way) => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  await letIn(scene, artifact, people.ben.id, 'contributor')
  await letIn(scene, artifact, people.cleo.id, 'contributor')
  const computers = {
    ada: await openComputer('ada', 'harbour', artifact),
    ben: await openComputer('ben', 'quay', artifact),
    'ada’s second': await openComputer('ada', 'attic', artifact),
    cleo: await openComputer('cleo', 'pier', artifact),
  }
  const second: 'ada' | 'ben' = first === 'ada' ? 'ben' : 'ada'
  for (const name of [first, second] as const) {
    await computers[name].ways[way].hold()
    await computers[name].ways[way].edit(`by ${name}`)
  }
  await computers[first].ways[way].release()
  const there = () => atServer(scene, artifact)
  await until(async () => (await there())['a.txt'] === `by ${first}`, 30_000)
  await computers[second].ways[way].release()
  await until(async () => Object.values(await there()).includes(`by ${second}`), 30_000)
  const become = async (text: string): Promise<void> => {
    await becomes(there, { 'a.txt': text })
    for (const { root, desk } of Object.values(computers)) {
      void desk.run(artifact.projectId)
      await becomes(() => treeOf(root), { 'a.txt': text })
    }
  }
  return { artifact, computers, second, there, become }
}
const keepWords = (name: Name, you: Name): string =>
  name === you ? 'Keep your version' : `Keep ${nameOf[name]}’s version`
const headed = (name: Name, you: Name): string => (name === you ? 'You' : nameOf[name])

const deciders = ['ada', 'ben', 'ada’s second', 'cleo'] as const
const cases = (['ada', 'ben'] as const).flatMap((first) =>
  deciders.map((decider, index) => ({
    first,
    decider,
    // Each way and each side from each kind of computer, over both directions.
    way: ((index + (first === 'ada' ? 0 : 1)) % 2 === 0 ? 'folder' : 'editor') as Way,
    side: (index < 2 === (first === 'ada') ? 'copy' : 'original') as 'copy' | 'original',
  })),
)
test.each(cases)(
  '$first was first ($way): on the computer of $decider the buttons name people, and the $side is what the button said',
  async ({ first, decider, way, side }) => {
    const { artifact, computers, second, become } = await apart(first, way)
    for (const { name, look } of Object.values(computers)) {
      const { sides } = await look()
      expect(sides.original).toMatchObject({
        heading: headed(first, name),
        keep: keepWords(first, name),
      })
      expect(sides.copy).toMatchObject({
        heading: headed(second, name),
        keep: keepWords(second, name),
      })
      expect(sides.copy.detail).toContain(second === 'ada' ? 'on harbour' : 'on quay')
    }
    const computer = computers[decider]
    const { conflict } = await computer.look()
    await computer.press(conflict, side)
    const [kept, other] = side === 'original' ? [first, second] : [second, first]
    await become(`by ${kept}`)
    for (const { handlers } of Object.values(computers)) {
      const { projectId, id: artifactId } = artifact
      expect(await handlers['artifacts.conflicts']({ projectId })).toEqual([])
      // The other side is where the page says: in the history.
      const { data } = await people.cleo.client
        .from('artifact_file_versions')
        .select('file_path')
        .eq('artifact_id', artifactId)
        .eq('sha256', sha256(`by ${other}`))
      expect(data).not.toEqual([])
      const version = { artifactId, path: data![0]!.file_path as string }
      const read = await handlers['artifacts.readVersion']({
        ...version,
        sha256: sha256(`by ${other}`),
        size: `by ${other}`.length,
      })
      expect(read).toMatchObject({ kind: 'text', text: `by ${other}` })
    }
  },
)

test('a button that names nobody’s version any more does nothing, and the next look names who it is now', async () => {
  const { artifact, computers, there, become } = await apart('ada', 'folder')
  const seen = await computers['ada’s second'].look()
  expect(seen.sides.original.keep).toBe('Keep your version')
  // Meanwhile Ben writes over Ada's: both are his now.
  await becomes(async () => ({ text: (await treeOf(computers.ben.root))['a.txt'] }), {
    text: 'by ada',
  })
  await put(computers.ben.root, 'a.txt', 'by ben, later')
  await until(async () => (await there())['a.txt'] === 'by ben, later', 30_000)
  const before = await there()
  for (const keep of ['original', 'copy', 'both'] as const)
    await expect(computers['ada’s second'].press(seen.conflict, keep)).rejects.toMatchObject({
      code: 'server.conflict',
    })
  expect(await there()).toEqual(before)
  const again = await computers['ada’s second'].look()
  expect(again.sides.original).toMatchObject({
    heading: 'The file as it stands',
    keep: 'Keep the file as it stands',
    detail: expect.stringContaining('Ben Okafor'),
  })
  expect(again.sides.copy.keep).toBe('Keep the copy from quay')
  await computers['ada’s second'].press(again.conflict, 'original')
  await become('by ben, later')
  expect(await computers.ada.handlers['artifacts.conflicts'](artifact)).toEqual([])
})

test('what the trash holds of somebody else’s removal is named, and one’s own needs no word', async () => {
  // A folder's only file is asked about.
  const beside = Object.fromEntries([2, 3, 4, 5, 6].map((at) => [`${at}.txt`, `${at}`]))
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', ...beside })
  await letIn(scene, artifact, people.ben.id, 'contributor')
  const [ada, attic, ben] = [
    await openComputer('ada', 'harbour', artifact, beside),
    await openComputer('ada', 'attic', artifact, beside),
    await openComputer('ben', 'quay', artifact, beside),
  ]
  await unlink(join(ada.root, 'a.txt'))
  await becomes(() => atServer(scene, artifact), beside)
  for (const { desk, root } of [attic, ben]) {
    void desk.run(artifact.projectId)
    await becomes(() => treeOf(root), beside)
  }
  const undone = async (computer: Computer) => {
    const { id, token } = people[computer.name]
    const link = await computer.link()
    const entries = await computer.handlers['folders.trash']({ linkId: link.id })
    expect(entries).toMatchObject([{ path: 'a.txt', fileId: artifact.files.get('a.txt') }])
    looking.token = token
    const removals = await readRemovals(artifact.id, [entries[0]!.fileId!])
    return {
      row: removerText(entries[0]!, removals, id),
      asked: decisionsUndone(link, entries, removals, id),
      restore: () =>
        computer.handlers['folders.restore']({ linkId: link.id, entryId: entries[0]!.id }),
    }
  }
  expect(await undone(attic)).toMatchObject({ row: ' by you', asked: [] })
  const { restore, ...told } = await undone(ben)
  expect(told).toMatchObject({
    row: ' by Ada Moreau',
    asked: [{ name: 'Ada Moreau', files: 1 }],
  })
  await restore()
  await becomes(() => atServer(scene, artifact), { 'a.txt': 'one', ...beside })
})
