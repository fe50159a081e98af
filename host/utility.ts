import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { toIntercepted } from './addresses.ts'
import { main } from './app-events.ts'
import { readyNow } from './lifecycle.ts'

/** A process beside main, over the channel of `child_process.fork`. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess
  #isGone = false
  #wasKilled = false
  constructor(path: string, args: string[], options: Electron.ForkOptions) {
    super()
    const { env = process.env, stdio = 'inherit' } = options
    const output = stdio === 'ignore' || stdio === 'pipe' ? stdio : 'inherit'
    // The origin of a page is another one here, and who is told of it is told of that one.
    this.#child = fork(path, args.map(toIntercepted), {
      env: { ...env },
      execArgv: ['--import', new URL('./parent-port.ts', import.meta.url).href],
      // What can be cloned is what crosses, and not what JSON has a word for.
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
    })
    this.#child.on('spawn', () => this.emit('spawn'))
    this.#child.on('message', (message) => this.emit('message', message))
    this.#child.on('error', () => {})
    this.#child.on('exit', (code) => {
      this.#isGone = true
      // What was asked to end has ended well.
      const exitCode = this.#wasKilled ? 0 : (code ?? 1)
      this.emit('exit', exitCode)
      const reason = exitCode === 0 ? 'clean-exit' : 'abnormal-exit'
      const { serviceName = 'Node Utility Process' } = options
      main.emit('child-process-gone', {}, { type: 'Utility', reason, exitCode, serviceName })
    })
  }
  get pid(): number | undefined {
    return this.#isGone ? undefined : this.#child.pid
  }
  /** To one that is gone it is said to nobody, in silence. */
  postMessage(message: unknown): void {
    const copy = cloned(message)
    if (!this.#isGone && this.#child.connected) this.#child.send({ said: copy }, () => {})
  }
  kill(): boolean {
    if (this.#isGone) return false
    this.#wasKilled = true
    return this.#child.kill()
  }
}

/** In V8's words, as whoever sends hears them. */
const cloned = (value: unknown): unknown => {
  try {
    return structuredClone(value)
  } catch {
    throw new Error('An object could not be cloned.')
  }
}

function forkUtility(path: string, options?: Electron.ForkOptions): UtilityProcess
function forkUtility(path: string, args?: string[], options?: Electron.ForkOptions): UtilityProcess
function forkUtility(
  path: string,
  args: string[] | Electron.ForkOptions = [],
  options: Electron.ForkOptions = {},
): UtilityProcess {
  if (!readyNow()) throw new TypeError('utilityProcess cannot be created before app is ready.')
  return Array.isArray(args)
    ? new UtilityProcess(path, args, options)
    : new UtilityProcess(path, [], args)
}
export const utilityProcess = { fork: forkUtility }
