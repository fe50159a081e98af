import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Conflict, Decision } from '../../../src/contract/folders.ts'
import { type Artifact, makeArtifact, openScene, type Scene, until } from '../sync/support.ts'
import { atServer, becomes, editThere, linkOn, put, rowsOf, treeOf } from './linked.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const removeThere = async (artifact: Artifact, path: string): Promise<void> => {
  const { id, revision } = (await rowsOf(scene, artifact)).find((row) => row.file_path === path)!
  const { data } = await scene.ada.client.rpc('commit_artifact_changes', {
    artifact_id: artifact.id,
    expected: { [id]: revision },
    changes: [{ op: 'remove', file_id: id }],
  })
  expect(data).toMatchObject({ status: 'committed' })
}

/** `a.txt` was edited on both sides while the folder was paused; `more` are files beside it. */
const inConflict = async (more: Record<string, string> = {}) => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', 'beside.txt': 'beside', ...more })
  const { desk, root, link, close } = await linkOn(scene, artifact)
  open.push(close)
  const { handlers } = desk.service
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'beside.txt': 'beside', ...more })
  const { id: linkId } = await link()
  await handlers['folders.setPaused']({ linkId, paused: true })
  await put(root, 'a.txt', 'mine')
  await editThere(scene, artifact, 'a.txt', 'theirs')
  await handlers['folders.setPaused']({ linkId, paused: false })
  const there = () => atServer(scene, artifact)
  await until(async () => Object.values(await there()).includes('mine'), 20_000)
  const { projectId } = artifact
  const poke = () => desk.run(projectId, 'pinned')
  /** The only conflict, as its person sees it. */
  const look = async (): Promise<Conflict> => {
    await poke()
    const [conflict, ...others] = await handlers['artifacts.conflicts']({ projectId })
    expect(others).toEqual([])
    return conflict!
  }
  const decide = (seen: Conflict, keep: Decision['keep']) => {
    const { artifactId, originalId, originalRevision, copyId, copyRevision } = seen
    const revisions = { originalId, originalRevision, copyId, copyRevision }
    return handlers['artifacts.resolveConflict']({ artifactId, ...revisions, keep })
  }
  const becomesEverywhere = async (wanted: Record<string, string>): Promise<void> => {
    const all = { ...wanted, 'beside.txt': 'beside', ...more }
    await becomes(there, all)
    await becomes(() => treeOf(root), all)
    expect(await handlers['artifacts.conflicts']({ projectId })).toEqual([])
  }
  return { artifact, root, there, poke, look, decide, becomesEverywhere }
}

test('of two edits both are kept, ours under a name that says so', async () => {
  const { root, there, look } = await inConflict()
  const { copyPath, ...conflict } = await look()
  expect(copyPath).toMatch(/^a \(conflict, desk, \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\)\.txt$/)
  expect(conflict).toMatchObject({ path: 'a.txt', device: 'desk' })
  const both = { 'a.txt': 'theirs', [copyPath]: 'mine', 'beside.txt': 'beside' }
  await becomes(there, both)
  await becomes(() => treeOf(root), both)
})

type Case = {
  keep: Decision['keep']
  more?: Record<string, string>
  wanted: Record<string, string>
}

test.each<Case>([
  { keep: 'copy', wanted: { 'a.txt': 'mine' } },
  { keep: 'original', wanted: { 'a.txt': 'theirs' } },
  { keep: 'both', wanted: { 'a.txt': 'theirs', 'a 2.txt': 'mine' } },
  { keep: 'both', more: { 'A 2.txt': '2' }, wanted: { 'a.txt': 'theirs', 'a 3.txt': 'mine' } },
])('keep $keep (beside $more): $wanted', async ({ keep, more, wanted }) => {
  const { look, decide, becomesEverywhere } = await inConflict(more)
  await decide(await look(), keep)
  await becomesEverywhere(wanted)
})

test.each<Case>([
  { keep: 'copy', wanted: { 'a.txt': 'mine' } },
  { keep: 'original', wanted: {} },
  { keep: 'both', wanted: { 'a.txt': 'mine' } },
])('the original has vanished, keep $keep: $wanted', async ({ keep, wanted }) => {
  const { artifact, look, decide, becomesEverywhere } = await inConflict()
  await removeThere(artifact, 'a.txt')
  const seen = await look()
  expect(seen).toMatchObject({ path: 'a.txt', originalId: null, originalRevision: null })
  await decide(seen, keep)
  await becomesEverywhere(wanted)
})

const keeps = ['copy', 'original', 'both'] as const
const meanwhile = {
  'theirs was edited': {
    change: (artifact: Artifact) => editThere(scene, artifact, 'a.txt', 'newer'),
    left: { 'a.txt': 'newer' },
    later: {
      copy: { 'a.txt': 'mine' },
      original: { 'a.txt': 'newer' },
      both: { 'a.txt': 'newer', 'a 2.txt': 'mine' },
    },
  },
  'theirs has vanished': {
    change: (artifact: Artifact) => removeThere(artifact, 'a.txt'),
    left: {},
    later: { copy: { 'a.txt': 'mine' }, original: {}, both: { 'a.txt': 'mine' } },
  },
  'mine was edited': {
    change: (artifact: Artifact, { copyPath }: Conflict) =>
      editThere(scene, artifact, copyPath, 'mine, newer'),
    left: { 'a.txt': 'theirs' },
    later: {
      copy: { 'a.txt': 'mine, newer' },
      original: { 'a.txt': 'theirs' },
      both: { 'a.txt': 'theirs', 'a 2.txt': 'mine, newer' },
    },
  },
}
const names = Object.keys(meanwhile) as (keyof typeof meanwhile)[]

test.each(
  names.flatMap((name) =>
    keeps.flatMap((keep) => [true, false].map((known) => ({ name, keep, known }))),
  ),
)(
  '$name between looking and deciding (known here: $known), keep $keep: nothing is done, and it is said',
  async ({ name, keep, known }) => {
    const { change, left, later } = meanwhile[name]
    const { artifact, there, poke, look, decide, becomesEverywhere } = await inConflict()
    const seen = await look()
    await change(artifact, seen)
    const before = await there()
    expect(before).toMatchObject(left)
    if (known) await poke()
    await expect(decide(seen, keep)).rejects.toMatchObject({ code: 'server.conflict' })
    expect(await there()).toEqual(before)
    // Who looks again may decide.
    await decide(await look(), keep)
    await becomesEverywhere(later[keep])
  },
)
