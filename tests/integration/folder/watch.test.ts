import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { watchFolder } from '../../../electron/main/sync/folder/watcher.ts'
import { until } from '../sync/support.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

test('what version control writes for itself wakes nobody, however deep; what lies beside it does', async () => {
  const root = await mkdtemp('/tmp/atelier-watch-')
  open.push(() => rm(root, { recursive: true, force: true }))
  for (const folder of ['.git/refs', 'deep/er/.git', '.github', '.atelier/trash'])
    await mkdir(join(root, folder), { recursive: true })
  const told: string[] = []
  let isReady = false
  const seen: string[] = []
  const watcher = watchFolder(
    root,
    (paths) => {
      if (paths === 'everything') isReady = true
      else told.push(...paths)
    },
    (watching) => seen.push(watching),
  )
  open.push(watcher.close)
  await until(() => isReady)
  const write = (path: string): Promise<void> => writeFile(join(root, path), path)
  for (const path of ['.git/HEAD', '.git/refs/main', 'deep/er/.git/index', '.atelier/trash/x'])
    await write(path)
  await mkdir(join(root, 'later/.git'), { recursive: true })
  await write('later/.git/HEAD')
  for (const path of ['.github/a.yml', 'deep/er/b.txt', '.gitignore', 'later/c.txt'])
    await write(path)
  const wanted = ['.github/a.yml', 'deep/er/b.txt', '.gitignore']
  await until(() => wanted.every((path) => told.includes(path)))
  expect(
    told.filter((path) => path.split('/').some((name) => /^\.(git|atelier)$/.test(name))),
  ).toEqual([])
  // What is not watched on purpose is not missed.
  await until(() => seen.length > 0)
  expect(new Set(seen)).toEqual(new Set(['full']))
})
