import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { z } from 'zod'

export const root = resolve(import.meta.dirname, '..')

const installed = z.object({
  packages: z.record(z.string(), z.object({ bin: z.record(z.string(), z.string()).optional() })),
})
const topLevel = /^node_modules\/(@[^/]+\/)?[^/]+$/

/** The file behind a name in node_modules/.bin: what npm wrote down of the packages that it installed. */
const entryOf = (tool: string): string | null => {
  const { packages } = installed.parse(
    JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')),
  )
  for (const [folder, { bin }] of Object.entries(packages)) {
    const entry = topLevel.test(folder) ? bin?.[tool] : undefined
    if (entry) return join(root, folder, entry)
  }
  return null
}

const ownNode = (): string => {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const own = join(root, 'node_modules/node/bin', name)
  return existsSync(own) ? own : process.execPath
}

/**
 * The program that a command is, and its arguments. Tools run by their entry, on the project's own Node: on Windows their
 * names lead to batch files, which need a shell, and a shell takes apart whatever holds a space.
 */
export const programOf = (command: string, args: string[]): [file: string, args: string[]] => {
  if (command === 'node') return [ownNode(), args]
  // npm is no package of ours; it tells those that it runs where it is.
  const npm = process.env.npm_execpath
  const entry = command !== 'npm' ? entryOf(command) : npm?.endsWith('.js') ? npm : null
  return entry ? [ownNode(), [entry, ...args]] : [command, args]
}

/** Runs a command in the project's folder on the project's own Node and tools; answers its exit code. */
export const run = (
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<number> =>
  new Promise((done, fail) => {
    const child = spawn(...programOf(command, args), {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
        ...environment,
      },
    })
    // Whoever interrupts at a terminal interrupts the command, too, and its last words come before our end.
    const wait = (): void => {}
    const tell = (signal: NodeJS.Signals): void => void child.kill(signal)
    process.on('SIGINT', wait).on('SIGTERM', tell).on('SIGHUP', tell)
    const forget = (): void =>
      void process.off('SIGINT', wait).off('SIGTERM', tell).off('SIGHUP', tell)
    child.once('error', (error) => {
      forget()
      fail(error)
    })
    child.once('exit', (code, signal) => {
      forget()
      done(signal ? 1 : (code ?? 1))
    })
  })
