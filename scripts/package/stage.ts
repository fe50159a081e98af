import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { root } from '../run.ts'
import { thinned } from './executable.ts'
import { packagesIn } from './imports.ts'
import { installFor } from './install.ts'
import { noticesFor } from './notices.ts'
import { installedPath, packagesFor, postgresPackage } from './packages.ts'
import { postgresFiles } from './postgres.ts'
import { isShipped } from './shipped-files.ts'
import { stripLocalNames, withoutDebugSections } from './strip.ts'
import { nameOf, type Target } from './target.ts'

/** What of this project ships beside the packages: the built code, and what it reads by its path at run time. */
export const ownFiles = [
  'out/main',
  'out/preload',
  'out/renderer',
  'supabase/migrations',
  'electron/backend/postgres/bootstrap.sql',
  'electron/backend/postgres/previews.sql',
  'electron/backend/postgres/preview-migrations.json.gz',
  'electron/backend/realtime/realtime.sql',
  'electron/backend/storage/functions.sql',
  'electron/backend/seed/sites',
]

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

const copy = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to)
}

const needing = z.looseObject({ dependencies: z.record(z.string(), z.string()).optional() })

/** A package that ships asks for no package that does not: else the packager warns of each, and of a real gap nobody reads. */
export const withDependenciesOf = (packages: readonly string[], manifest: string): string => {
  const own = needing.parse(JSON.parse(manifest))
  const left = Object.entries(own.dependencies ?? {}).filter(([name]) => packages.includes(name))
  return JSON.stringify({ ...own, dependencies: Object.fromEntries(left) }, null, 2)
}

const stagePackage = async (from: string, to: string, package_: string, target: Target) => {
  if (!(await stat(from).catch(() => null)))
    throw new Error(`${package_} is to be packed for ${nameOf(target)}, and was not installed.`)
  for (const path of await filesIn(from)) {
    if (path.startsWith('native/') && package_ === postgresPackage(target)) continue
    if (isShipped(package_, path, target)) await copy(join(from, path), join(to, path))
  }
  await writeFile(
    join(to, 'package.json'),
    withDependenciesOf(packagesFor(target), await readFile(join(from, 'package.json'), 'utf8')),
  )
}

/** A Mach-O file of both processors becomes one of the target's: the other half is half of the size. */
const stagePostgres = async (from: string, to: string, target: Target): Promise<string[]> => {
  const files = await postgresFiles(from, target)
  for (const { path, linkTo } of files) {
    const place = join(to, path)
    await mkdir(dirname(place), { recursive: true })
    if (linkTo !== undefined) await symlink(relative(dirname(path), linkTo), place)
    else {
      const { mode } = await stat(join(from, path))
      const own = thinned(await readFile(join(from, path)), target.processor)
      await writeFile(place, withoutDebugSections(own), { mode })
    }
  }
  return files.map(({ path }) => path)
}

const manifest = z.object({
  name: z.string(),
  productName: z.string(),
  version: z.string(),
  description: z.string(),
  author: z.object({ name: z.string(), email: z.string() }),
  homepage: z.string(),
  desktopName: z.string(),
  license: z.string(),
  type: z.string(),
  main: z.string(),
  dependencies: z.record(z.string(), z.string()),
})

/** Whoever makes the code ask for one package more hears of the list here, not from the first person who starts it. */
const checkImports = async (packages: string[]): Promise<void> => {
  const folder = join(root, 'out/main')
  for (const file of (await filesIn(folder)).filter((each) => each.endsWith('.js')))
    for (const name of packagesIn(await readFile(join(folder, file), 'utf8')))
      if (!packages.includes(name))
        throw new Error(
          `out/main/${file} imports ${name}, which scripts/package/packages.ts does not name.`,
        )
}

/** The folder that is packed, as it is packed: what is not wanted in the archive does not get here. */
export const stage = async (target: Target): Promise<{ folder: string; notices: string }> => {
  const installed = await installFor(target)
  const folder = join(root, 'dist/stage', nameOf(target))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const path of ownFiles) {
    const from = join(root, path)
    const files = (await stat(from)).isDirectory() ? await filesIn(from) : ['']
    for (const file of files)
      if (!/\.(map|test\.ts)$/.test(file)) await copy(join(from, file), join(folder, path, file))
  }
  await copy(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  const { dependencies, ...about } = manifest.parse(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
  )
  const packages = packagesFor(target)
  await checkImports(packages)
  for (const package_ of packages)
    await stagePackage(
      join(installed, installedPath(package_)),
      join(folder, 'node_modules', package_),
      package_,
      target,
    )
  const postgres = postgresPackage(target)
  const files = await stagePostgres(
    join(installed, postgres),
    join(folder, 'node_modules', postgres),
    target,
  )
  if (target.system === 'darwin') await stripLocalNames(join(folder, 'node_modules'))
  const shipped = Object.entries(dependencies).filter(([name]) => packages.includes(name))
  const own = { ...about, dependencies: Object.fromEntries(shipped) }
  await writeFile(join(folder, 'package.json'), JSON.stringify(own, null, 2))
  return { folder, notices: await noticesFor(target, { folder, postgresFiles: files }) }
}
