import childProcess, { ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import Module, { registerHooks, syncBuiltinESMExports } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/*
 * For an application that runs out of a packed archive: the folder `app.asar` holds what is packed, and what is not lies
 * in `app.asar.unpacked` beside it and nowhere else. As in Electron it is found, read and loaded by its name in the
 * archive, too. What is spawned is written down, and nothing is spawned out of the archive: to the system there is no
 * such file, whatever Electron's patches of some ways to spawn make of it.
 */

// Node's own: a name that is imported would be what is put in its place below.
const { appendFileSync, existsSync } = fs
const { ATELIER_HOST_SPAWNED: report } = process.env
const inside = /[\\/]app\.asar[\\/]/
const unpackedOf = (path: string): string => path.replace(inside, '/app.asar.unpacked/')
const packedOf = (path: string): string => path.replace('/app.asar.unpacked/', '/app.asar/')

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND')

const isUnpacked = (path: string): boolean =>
  inside.test(path) && !existsSync(path) && existsSync(unpackedOf(path))
const placeOf = (path: unknown): unknown =>
  typeof path === 'string' && isUnpacked(path) ? unpackedOf(path) : path

type Reading = Record<string, (path: unknown, ...rest: unknown[]) => unknown>
/** By the names that packages look for their native parts with. */
const redirect = (owner: unknown, names: string[]): void => {
  const reading = owner as Reading
  for (const name of names) {
    const original = reading[name]
    if (!original) throw new Error(`Node has no ${name}.`)
    const redirected = (path: unknown, ...rest: unknown[]) =>
      Reflect.apply(original, owner, [placeOf(path), ...rest])
    Object.assign(reading, { [name]: redirected })
  }
}
redirect(fs, ['existsSync', 'statSync', 'lstatSync', 'accessSync', 'readFileSync'])
redirect(fs.promises, ['stat', 'lstat', 'access', 'readFile'])

/** What was not found from a module of the archive is looked for beside it, and goes by its name in it. */
const orBeside = <T>(names: (string | undefined)[], find: () => T, findBeside: () => T): T => {
  try {
    return find()
  } catch (error) {
    if (!isMissing(error) || !names.some((name) => name && inside.test(name))) throw error
    try {
      return findBeside()
    } catch {
      throw error
    }
  }
}

registerHooks({
  resolve: (specifier, context, next) =>
    orBeside(
      [context.parentURL, specifier],
      () => next(specifier, context),
      () => {
        const parentURL = context.parentURL && unpackedOf(context.parentURL)
        const found = next(unpackedOf(specifier), { ...context, parentURL })
        return { ...found, url: packedOf(found.url) }
      },
    ),
  load: (url, context, next) => {
    if (!url.startsWith('file:') || !isUnpacked(fileURLToPath(url))) return next(url, context)
    return next(pathToFileURL(unpackedOf(fileURLToPath(url))).href, context)
  },
})

// `require.resolve` passes no hook.
type Parent = { id: string; filename: string; paths: string[] }
type Loader = {
  _resolveFilename(request: string, parent?: Parent, ...rest: unknown[]): string
  _nodeModulePaths(from: string): string[]
}
const loader = Module as unknown as Loader
const resolveFilename = loader._resolveFilename
loader._resolveFilename = (request, parent, ...rest) =>
  orBeside(
    [parent?.filename, request],
    () => resolveFilename(request, parent, ...rest),
    () => {
      const filename = unpackedOf(parent?.filename ?? '')
      const paths = loader._nodeModulePaths(dirname(filename))
      const beside = Object.assign(Object.create(parent ?? null), { filename, paths })
      return packedOf(resolveFilename(unpackedOf(request), beside, ...rest))
    },
  )

const open = process.dlopen
process.dlopen = (module: object, path: string, ...flags: [number?]) =>
  Reflect.apply(open, process, [module, placeOf(path), ...flags])

const utility = new URL('./parent-port.ts', import.meta.url).href
type Spawned = { file: string; args: readonly string[]; cwd?: unknown; env: readonly string[] }
const judge = ({ file, args, cwd, env }: Spawned): void => {
  // What `utilityProcess.fork` of the double stands for does run out of an archive.
  if (args.includes(utility)) return
  const told = [file, ...args, String(cwd ?? ''), ...env.filter((pair) => !/^ATELIER_/.test(pair))]
  const wrong = told.filter((text) => inside.test(text))
  if (report) appendFileSync(report, `${JSON.stringify({ file, args, wrong })}\n`)
  if (wrong.length > 0) throw new Error(`spawn ENOTDIR: ${wrong.join(', ')} is in the archive`)
}

type Started = {
  file: string
  args?: readonly string[]
  cwd?: unknown
  envPairs?: readonly string[]
}
type Spawning = { spawn(options: Started): unknown }
const prototype = ChildProcess.prototype as unknown as Spawning
const { spawn } = prototype
prototype.spawn = function (options) {
  const { file, args = [], cwd, envPairs: env = [] } = options
  judge({ file, args, cwd, env })
  return Reflect.apply(spawn, this, [options])
}

for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
  const original = childProcess[name] as (...given: unknown[]) => unknown
  const judged = (file: string, ...rest: unknown[]): unknown => {
    const args = Array.isArray(rest[0]) ? rest[0].map(String) : []
    const options = rest.find((each) => !Array.isArray(each)) as
      | { cwd?: unknown; env?: NodeJS.ProcessEnv }
      | undefined
    const env = Object.entries(options?.env ?? {}).map(([key, value]) => `${key}=${value}`)
    judge({ file, args, cwd: options?.cwd, env })
    return original(file, ...rest)
  }
  Object.assign(childProcess, { [name]: judged })
}
syncBuiltinESMExports()
