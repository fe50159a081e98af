import { spawn } from 'node:child_process'
import { delimiter, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

/** Runs a command in the project's folder on the project's own Node and tools; answers its exit code. */
export const run = (
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<number> =>
  new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
        ...environment,
      },
      shell: process.platform === 'win32',
    })
    child.once('error', fail)
    child.once('exit', (code, signal) => done(signal ? 1 : (code ?? 1)))
  })
