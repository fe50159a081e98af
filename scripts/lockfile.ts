import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './run.ts'

/*
 * npm leaves an optional dependency out of package-lock.json when its registry does not carry it,
 * and then neither `npm ci` (which calls the lock file out of step) nor an install on that platform
 * works. This writes the missing entries, or with --check says which are missing.
 */

const entry = z.looseObject({
  version: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
})
const lockfile = z.looseObject({ packages: z.record(z.string(), entry) })

const path = join(root, 'package-lock.json')
const lock = lockfile.parse(JSON.parse(readFileSync(path, 'utf8')))

/** Node's own resolution: the nearest node_modules upwards from `from` that holds `name`. */
const resolves = (from: string, name: string): boolean => {
  const folder = from ? `${from}/` : ''
  if (lock.packages[`${folder}node_modules/${name}`]) return true
  return (
    from !== '' && resolves(from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0)), name)
  )
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** Platform packages carry their platform in their name: `…-linux-arm64-musl`. */
const platform = (name: string) => {
  const words = name.split(/[-/]/)
  const system = systems.find((each) => words.includes(each))
  const processor = processors.find((each) => words.includes(each))
  return {
    ...(processor && { cpu: [processor] }),
    ...(system && { os: [system] }),
    ...(words.includes('musl') && { libc: ['musl'] }),
    ...(words.includes('gnu') && { libc: ['glibc'] }),
  }
}

const missing = Object.entries(lock.packages).flatMap(([from, { optionalDependencies }]) =>
  Object.entries(optionalDependencies ?? {})
    .filter(([name]) => !resolves(from, name))
    .map(([name, version]) => ({ name, version })),
)

if (process.argv.includes('--check')) {
  for (const { name, version } of missing) console.error(`missing: ${name}@${version}`)
  if (missing.length) console.error('Complete it with: node scripts/lockfile.ts')
  process.exitCode = missing.length ? 1 : 0
} else {
  for (const { name, version } of missing)
    lock.packages[`node_modules/${name}`] = {
      version,
      optional: true,
      dev: true,
      ...platform(name),
    }
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.length} entries written`)
}
