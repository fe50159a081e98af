import childProcess, { ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import { registerHooks, syncBuiltinESMExports } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/*
 * For an application that runs out of a packed archive: the folder `app.asar` holds what is packed, and what is not lies
 * in `app.asar.unpacked` beside it, with its name in the folder on an empty file. As in Electron it is read and loaded by
 * that name, too. What is spawned is written down, and nothing is spawned out of the archive: to the system there is no
 * such file, whatever Electron's patches of some ways to spawn make of it.
 */

// Node's own: a name that is imported would be what is put in its place below.
const { appendFileSync, existsSync } = fs
const { ATELIER_HOST_SPAWNED: report } = process.env
const inside = /[\\/]app\.asar[\\/]/
const unpackedOf = (path: string): string => path.replace(inside, '/app.asar.unpacked/')
const isUnpacked = (path: string): boolean => inside.test(path) && existsSync(unpackedOf(path))
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

registerHooks({
  load: (url, context, next) =>
    url.startsWith('file:') && isUnpacked(fileURLToPath(url))
      ? next(pathToFileURL(unpackedOf(fileURLToPath(url))).href, context)
      : next(url, context),
})

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
