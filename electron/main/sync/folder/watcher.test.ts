import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { watchFolder } from './watcher.ts'

/* A package that was built for another system: what watches is not in it. */
vi.mock('@parcel/watcher', () => {
  throw new Error('No prebuild or local build of @parcel/watcher found.')
})

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

test('where nothing can watch, a folder is said to be unseen, and is looked through', async () => {
  const root = await mkdtemp(join(tmpdir(), 'atelier-unwatched-'))
  open.push(() => rm(root, { recursive: true, force: true }))
  const said: string[] = []
  const watch = watchFolder(
    root,
    () => {},
    (sees) => said.push(sees),
  )
  open.push(() => watch.close())
  await vi.waitFor(() => expect(said).toEqual(['none']))
})
