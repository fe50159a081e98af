import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../tests/fixtures/temporary-folder.ts'

const rules = createRequire(import.meta.url)('../.dependency-cruiser.cjs')

/** A file, what it imports, and the wall it goes through; `lazily`: by import(). */
type Way = [from: string, to: string, how?: 'lazily' | 'as a type']

/** Each wall with ways through it. Whoever adds a rule shows here what it stops. */
const walls: Record<string, Way[]> = {
  'no-circular': [['src/domain/one.ts', 'src/domain/other.ts']],
  'no-circular-folders': [
    ['src/links/here.ts', 'src/log/there.ts'],
    ['src/log/back.ts', 'src/links/again.ts'],
  ],
  'domain-below-all': [['src/domain/up.ts', 'src/contract/sync.ts', 'as a type']],
  'contract-on-the-domain': [['src/contract/up.ts', 'src/session/session.ts']],
  'transfer-below-sync': [['src/transfer/up.ts', 'src/sync/blocked.ts']],
  'sync-cache-and-folder-apart': [
    ['src/sync/cache/folder.ts', 'src/sync/folder/engine.ts'],
    ['src/sync/folder/cache.ts', 'src/sync/cache/plan.ts', 'as a type'],
  ],
  'src-is-pure': [
    ['src/domain/pure.ts', 'electron/disk/private.ts'],
    ['src/domain/pure-2.ts', 'react'],
    ['src/domain/pure-3.ts', 'host/net.ts'],
  ],
  'src-knows-no-node': [['src/sync/node.ts', 'node:fs']],
  'renderer-to-src-only': [
    ['renderer/data/main.ts', 'electron/preload/index.ts'],
    ['renderer/data/tests.ts', 'tests/fixtures/visit.ts'],
  ],
  'renderer-has-no-node': [['renderer/data/node.ts', 'node:path']],
  'features-by-their-door': [
    ['renderer/features/sync/back-door.tsx', 'renderer/features/artifacts/file-view.tsx'],
    ['renderer/features/sync/style.tsx', 'renderer/features/artifacts/file-view.css'],
    ['renderer/features/sync/later.tsx', 'renderer/features/artifacts/file-view.tsx', 'lazily'],
  ],
  'app-by-their-door': [['renderer/app/inside.tsx', 'renderer/features/artifacts/file-view.tsx']],
  'features-know-no-app': [['renderer/features/sync/up.ts', 'renderer/app/router.tsx']],
  'data-below-all': [
    ['renderer/data/up.ts', 'renderer/features/sync/index.ts'],
    ['renderer/data/up-2.ts', 'renderer/ui/button.tsx'],
  ],
  'text-below-all': [['renderer/text/up.ts', 'renderer/data/stores.ts']],
  'ui-knows-no-product': [
    ['renderer/ui/data.ts', 'renderer/data/stores.ts'],
    ['renderer/ui/words.ts', 'renderer/text/words.ts'],
    ['renderer/ui/contract.ts', 'src/contract/sync.ts', 'as a type'],
    ['renderer/ui/failure.ts', 'src/domain/failure.ts', 'as a type'],
  ],
  'renderer-knows-no-engine': [
    ['renderer/data/engine.ts', 'src/transfer/backoff.ts'],
    ['renderer/features/sync/engine.ts', 'src/sync/folder/engine.ts'],
  ],
  'editor-in-its-feature': [['renderer/features/sync/editor.ts', '@codemirror/state']],
  'editor-when-it-is-needed': [
    ['renderer/features/editor/index.tsx', 'renderer/features/editor/code-editor.tsx'],
  ],
  'electron-to-src-only': [
    ['electron/main/shell/page.ts', 'renderer/app/router.tsx'],
    ['electron/main/shell/tool.ts', 'scripts/run.ts'],
    ['electron/main/shell/operation.ts', 'operations/backup.ts'],
  ],
  'preload-to-contract-only': [['electron/preload/more.ts', 'src/domain/failure.ts']],
  'backend-is-an-island': [['electron/backend/main.ts', 'electron/main/session/tokens.ts']],
  'main-does-not-reach-into-the-backend': [
    ['electron/main/session/backend.ts', 'electron/backend/backend.ts'],
  ],
  'electron-only-in-the-shell': [['electron/main/session/electron.ts', 'electron']],
  'keychain-only-in-its-adapter': [['electron/main/shell/keychain.ts', 'keytar']],
  'main-cache-and-folders-apart': [
    ['electron/main/sync/cache/folders.ts', 'electron/main/sync/folder/disk.ts'],
    ['electron/main/sync/folder/cache.ts', 'electron/main/sync/cache/engine.ts'],
    ['electron/main/sync/folder/up.ts', 'electron/main/sync/linking.ts'],
    ['electron/main/sync/cache/up.ts', 'electron/main/sync/linking.ts', 'as a type'],
  ],
  'backend-only-where-it-is-started': [
    ['electron/disk/backend.ts', 'electron/backend/backend.ts'],
    ['host/backend.ts', 'electron/backend/backend.ts'],
    ['scripts/backend.ts', 'electron/backend/backend.ts'],
  ],
  'host-plays-electron-only': [
    ['host/product.ts', 'electron/main/session/tokens.ts'],
    ['host/src.ts', 'src/domain/failure.ts'],
    ['host/test.ts', 'tests/simulation/run.ts'],
  ],
  'operations-stand-alone': [
    ['operations/main.ts', 'electron/main/session/tokens.ts'],
    ['operations/tool.ts', 'scripts/run.ts'],
  ],
  'operations-are-an-end': [['scripts/operation.ts', 'operations/backup.ts']],
  'scripts-know-no-windows': [
    ['scripts/window.ts', 'renderer/app/router.tsx'],
    ['scripts/main.ts', 'electron/main/session/tokens.ts'],
  ],
  'tests-are-no-part-of-the-product': [['scripts/test.ts', 'tests/simulation/run.ts']],
  'specs-see-what-people-see': [
    ['tests/e2e/source.ts', 'renderer/app/router.tsx'],
    ['tests/packages/source.ts', 'electron/main/session/tokens.ts'],
  ],
  'database-tests-know-no-application': [
    ['tests/database/client.ts', 'electron/main/server/uploads.ts'],
    ['tests/database/page.ts', 'renderer/data/stores.ts', 'as a type'],
  ],
  'simulator-is-its-own-world': [
    ['tests/simulation/backend.ts', 'electron/backend/backend.ts'],
    ['tests/simulation/session.ts', 'electron/main/session/tokens.ts'],
  ],
  'main-mutations-know-no-files': [
    ['electron/main/sync/mutations/cache.ts', 'electron/main/sync/cache/engine.ts'],
    ['electron/main/sync/mutations/up.ts', 'electron/main/sync/linking.ts', 'as a type'],
  ],
  'main-adding-knows-no-replica': [
    ['electron/main/sync/adding/cache.ts', 'electron/main/sync/cache/engine.ts', 'as a type'],
    ['electron/main/sync/adding/disk.ts', 'electron/main/sync/folder/disk.ts'],
  ],
  'main-folders-apart': [
    ['electron/main/server/sync.ts', 'electron/main/sync/linking.ts'],
    ['electron/main/store/server.ts', 'electron/main/server/uploads.ts'],
  ],
  'folder-has-its-own-database': [
    ['electron/main/sync/folder/database.ts', 'electron/main/store/database.ts'],
    ['electron/main/sync/folder/file-row.ts', 'electron/main/store/rows.ts', 'as a type'],
  ],
  'any-database-below-the-cache': [['electron/main/store/serve.ts', 'electron/main/store/rows.ts']],
  'main-sync-on-its-ground': [['electron/main/sync/shell.ts', 'electron/main/shell/window.ts']],
  'main-preview-on-its-ground': [
    ['electron/main/preview/sync.ts', 'electron/main/sync/linking.ts'],
  ],
}

/** The way back of a circle, which is told of once. */
const back: Way = ['src/domain/other.ts', 'src/domain/one.ts']

/** What has to stay open, or a wall would say nothing. */
const open: Way[] = [
  ['renderer/features/sync/door.tsx', 'renderer/features/artifacts/index.tsx'],
  ['renderer/app/door.tsx', 'renderer/features/artifacts/index.tsx', 'lazily'],
  ['renderer/features/editor/lazy.tsx', 'renderer/features/editor/code-editor.tsx', 'lazily'],
  ['renderer/features/editor/code-editor.tsx', '@codemirror/state'],
  ['renderer/features/sync/speed.ts', 'src/transfer/transfer-rate.ts', 'as a type'],
  ['renderer/ui/names.ts', 'src/domain/file-path.ts'],
  ['electron/main/sync/cache/client.ts', 'electron/main/server/uploads.ts'],
  ['electron/main/sync/folder/rows.ts', 'electron/main/store/database-worker.ts'],
  ['electron/main/sync/both.ts', 'electron/main/sync/cache/engine.ts'],
  ['electron/main/sync/adding/look.ts', 'electron/main/sync/folder/scanner-thread.ts'],
  ['tests/e2e/team.ts', 'electron/backend/seed/plan.ts'],
  ['tests/simulation/client.ts', 'electron/main/server/uploads.ts'],
  ['operations/sweep.ts', 'electron/backend/storage/sweep.ts'],
  ['host/start.ts', 'electron/disk/private.ts'],
  ['scripts/start.ts', 'electron/backend/seed/plan.ts'],
]

const packages = ['electron', 'react', 'keytar', '@codemirror/state']
const isOwn = (name: string): boolean =>
  /^(src|electron|renderer|host|operations|scripts|tests)\//.test(name)

const importOf = ([from, to, how]: Way): string => {
  const way = relative(dirname(from), to)
  const name = isOwn(to) ? (way.startsWith('.') ? way : `./${way}`) : to
  if (how === 'lazily') return `export const later = () => import('${name}')\n`
  if (how === 'as a type') return `import type { It } from '${name}'\nexport type Mine = It\n`
  if (to.endsWith('.css')) return `import '${name}'\n`
  return `import { it } from '${name}'\nexport const mine = it\n`
}

it('stops every import that goes through a wall, and none beside it', async () => {
  const folder = await temporaryFolder('walls')
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const ways = [...Object.values(walls).flat(), back, ...open]
  for (const [, to] of ways)
    if (isOwn(to))
      await put(to, to.endsWith('.css') ? '' : 'export const it = 1\nexport type It = 1\n')
  for (const way of ways) await put(way[0], importOf(way))
  for (const name of packages) {
    await put(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    )
    await put(`node_modules/${name}/index.js`, 'exports.it = 1\n')
  }
  await put(
    'package.json',
    JSON.stringify({
      name: 'walls',
      dependencies: Object.fromEntries(packages.map((name) => [name, '1.0.0'])),
    }),
  )

  const { output } = await cruise(
    ['src', 'electron', 'renderer', 'host', 'operations', 'scripts', 'tests'],
    {
      ...rules.options,
      baseDir: folder,
      ruleSet: { forbidden: rules.forbidden },
      validate: true,
    },
  )
  const found = (output as ICruiseResult).summary.violations
  const ofFolders = new Set(
    rules.forbidden
      .filter(({ scope }: { scope?: string }) => scope === 'folder')
      .map(({ name }: { name: string }) => name),
  )
  const stopped = (name: string): string[] =>
    found.filter(({ rule }) => rule.name === name).map(({ from }) => from)

  expect(rules.forbidden.map(({ name }: { name: string }) => name).toSorted()).toEqual(
    Object.keys(walls).toSorted(),
  )
  for (const [name, through] of Object.entries(walls))
    expect(stopped(name), name).toEqual(
      expect.arrayContaining(through.map(([from]) => (ofFolders.has(name) ? dirname(from) : from))),
    )
  const isOpen = open.map(([from]) => from)
  expect(
    found
      .filter(({ from }) => isOpen.includes(from))
      .map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  ).toEqual([])
})
