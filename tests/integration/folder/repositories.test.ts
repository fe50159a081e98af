import { mkdtemp, rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeArtifact, openScene, type Scene, until } from '../sync/support.ts'
import { atServer, becomes, editThere, linkOn, put, treeOf } from './linked.ts'

/*
 * To git a folder is a repository by what is in it, and its settings name programs: whoever looks at it with git, if
 * only in a prompt, runs them. Files of team mates make none, and come into none.
 */

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const settings = '[core]\n  fsmonitor = "touch /tmp/harm"'
const repository = {
  HEAD: 'ref: refs/heads/main',
  config: settings,
  'objects/pack/a': 'a',
  'refs/heads/b': 'b',
}
const under = (folder: string, files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))

test('files of a team mate make no repository of a folder, at once or one after the other', async () => {
  const artifact = await makeArtifact(scene, {
    ...repository,
    ...under('lib/tool', repository),
    ...under('elsewhere', {
      head: 'ref: refs/heads/main',
      commondir: '../store',
      config: settings,
    }),
    'fine/objects/a.txt': 'of a game',
    'fine/refs/b.txt': 'of a paper',
    'notes/HEAD': 'a file of this name',
    'fine.txt': 'fine',
  })
  const { root, link, desk, poke, close } = await linkOn(scene, artifact)
  open.push(close)
  const fine = {
    'fine/objects/a.txt': 'of a game',
    'fine/refs/b.txt': 'of a paper',
    'fine.txt': 'fine',
    'notes/HEAD': 'a file of this name',
  }
  const settled = { config: settings, 'lib/tool/config': settings, 'elsewhere/config': settings }
  await becomes(() => treeOf(root), { ...fine, ...settled })
  const { id } = await link()
  const { entries } = await desk.service.handlers['folders.leftOut']({ linkId: id })
  expect(entries.map(({ path, reason, canSend }) => [path, reason, canSend]).sort()).toEqual(
    [
      ...['HEAD', 'objects', 'refs', 'lib/tool/HEAD', 'lib/tool/objects', 'lib/tool/refs'],
      ...['elsewhere/head', 'elsewhere/commondir'],
    ]
      .map((path) => [path, 'version-control', false])
      .sort(),
  )

  // What is there already becomes none by what is added.
  await editThere(scene, artifact, 'notes/objects/pack/a', 'a')
  await editThere(scene, artifact, 'notes/refs/heads/b', 'b')
  await editThere(scene, artifact, 'fine/HEAD', 'ref: refs/heads/main')
  await editThere(scene, artifact, 'last.txt', 'last')
  await poke()
  await becomes(() => treeOf(root), { ...fine, ...settled, 'last.txt': 'last' })
})

test('nothing of a team mate’s comes into a repository that is here', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const place = await mkdtemp('/tmp/atelier-repositories-')
  open.push(() => rm(place, { recursive: true, force: true }))
  const own = under('mine', { ...repository, config: '[core]\n  bare = true' })
  for (const [path, text] of Object.entries(own)) await put(place, path, text)
  const { root, poke, close } = await linkOn(scene, artifact, { root: place })
  open.push(close)
  await until(async () => 'a.txt' in (await treeOf(root)), 20_000)
  await editThere(scene, artifact, 'mine/hooks/post-update', '#!/bin/sh')
  await editThere(scene, artifact, 'mine/info/attributes', '* filter=harm')
  await editThere(scene, artifact, 'MINE/config.worktree', settings)
  await editThere(scene, artifact, 'beside/b.txt', 'two')
  await poke()
  await becomes(() => treeOf(root), { ...own, 'a.txt': 'one', 'beside/b.txt': 'two' })
  expect(Object.keys(await atServer(scene, artifact))).not.toContain('mine/HEAD')
})
