import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './run.ts'

/*
 * npm leaves an optional dependency out of package-lock.json when its registry does not carry it,
 * and then neither `npm ci` (which calls the lock file out of step) nor an install on that platform
 * works. Nor does the lock file carry a package's `gypfile: false`, by which it asks not to be compiled
 * because it brings its binaries; but an entry that says so is heard by `npm ci`, which else asks for Python
 * and a compiler. This writes what is missing, or with --check says what that is.
 */

const entry = z.looseObject({
  version: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  gypfile: z.boolean().optional(),
})
const lockfile = z.looseObject({ packages: z.record(z.string(), entry) })

const path = join(root, 'package-lock.json')
const text = readFileSync(path, 'utf8')
const lock = lockfile.parse(JSON.parse(text))
/** What is written: parsing moves the keys that are known here to the front. */
const written: typeof lock = JSON.parse(text)

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

const manifest = z.looseObject({ gypfile: z.unknown().optional() })
const asksNotToBeCompiled = (location: string): boolean => {
  const folder = join(root, location)
  if (!location || !existsSync(join(folder, 'binding.gyp'))) return false
  const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return manifest.parse(own).gypfile === false
}
const compiled = Object.keys(lock.packages).filter(
  (location) => lock.packages[location]?.gypfile !== false && asksNotToBeCompiled(location),
)

if (process.argv.includes('--check')) {
  for (const { name, version } of missing) console.error(`missing: ${name}@${version}`)
  for (const location of compiled) console.error(`missing: "gypfile": false of ${location}`)
  const isComplete = missing.length + compiled.length === 0
  if (!isComplete) console.error('Complete it with: node scripts/lockfile.ts')
  process.exitCode = isComplete ? 0 : 1
} else {
  for (const location of compiled)
    written.packages[location] = { ...written.packages[location], gypfile: false }
  for (const { name, version } of missing)
    written.packages[`node_modules/${name}`] = {
      version,
      optional: true,
      dev: true,
      ...platform(name),
    }
  writeFileSync(path, `${JSON.stringify(written, null, 2)}\n`)
  console.log(`${missing.length} entries written, ${compiled.length} marked`)
}
