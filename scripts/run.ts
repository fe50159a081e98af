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
