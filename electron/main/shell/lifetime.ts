import { app, powerMonitor } from 'electron'
import { argumentsOfNext } from '../../../src/presence/arguments.ts'
import { log } from '../../log/log.ts'
import { ownAppImage } from '../own-app-image.ts'
import { allMs, type Closing } from './closing.ts'

const said = log('closing')

export type LifetimeOptions = {
  /** Resolves when no window is left: its last words come before everything closes. */
  closeWindow: () => Promise<void>
  quit: () => Promise<void>
  activate: () => void
  /** The last window has gone; answers whether another one has been opened since it was wanted meanwhile. */
  allClosed: () => boolean
  /** Whether the application goes on when its last window has gone. */
  stays: () => boolean
  closing: Closing
}

/** From the first moment to the last: who is met by this run, how it ends, and who begins after it. */
export class Lifetime {
  #phase: 'running' | 'leaving' | 'left' = 'running'
  /** Whether what comes after us begins by other means. */
  #isReplaced = false
  /** What came while we were on our way out: whoever brought it has handed over to us, and gone. */
  readonly #came: (readonly string[])[] = []
  #closeWindow: () => Promise<void> = async () => {}

  /** False while we are on our way out: what was brought goes to the next start. */
  readonly isMet = (argv: readonly string[]): boolean => {
    if (this.#phase === 'running') return true
    this.#came.push(argv)
    return false
  }

  /** Once this run has ended, with what another start is to be given. */
  readonly startAgain = (): void => {
    const appImage = ownAppImage()
    app.relaunch({
      args: argumentsOfNext(process.argv.slice(1), this.#came),
      ...(appImage ? { execPath: appImage } : {}),
    })
  }

  /** Once there is something to close. */
  watch(options: LifetimeOptions): void {
    this.#closeWindow = options.closeWindow
    app.on('activate', () => {
      if (this.isMet([])) options.activate()
    })
    app.on('window-all-closed', () => {
      if (options.allClosed()) return
      // Who has left already ends by other means.
      if (!options.stays() && this.#phase !== 'left') app.quit()
    })
    app.on('before-quit', (event) => {
      if (this.#phase === 'left') return
      event.preventDefault()
      // Its window's closing asks for the same again.
      if (this.#phase === 'leaving') return
      this.#phase = 'leaving'
      void options
        .closeWindow()
        .then(() => options.closing.part('everything', options.quit(), allMs))
        .finally(() => {
          this.#phase = 'left'
          app.quit()
        })
    })
    app.on('quit', () => {
      // Whoever comes after this begins by itself. The next start waits until this process is gone.
      if (this.#came.length > 0 && !this.#isReplaced) this.startAgain()
      // Node waits at its end for every thread, and one that a disk holds does not come back.
      if (options.closing.isStuck) process.kill(process.pid, 'SIGKILL')
    })
    void app.whenReady().then(() => {
      // The system waits a little for whoever prevents it; Electron's types forget the event.
      powerMonitor.on('shutdown', (...[event]: { preventDefault(): void }[]) => {
        event?.preventDefault()
        app.quit()
      })
    })
  }

  /**
   * For who has closed everything already: without a window, which could call the quitting off. `nextStartsFirst`:
   * the next version begins before we end, and would turn back at the lock; in every other case the lock keeps a
   * second start away from files that are being replaced. Where `end` does not end us, we begin anew.
   */
  readonly leaveWith = async (
    end: () => Promise<unknown>,
    { nextStartsFirst }: { nextStartsFirst: boolean },
  ): Promise<void> => {
    this.#phase = 'left'
    this.#isReplaced = true
    try {
      await this.#closeWindow()
    } catch (error) {
      this.#phase = 'running'
      this.#isReplaced = false
      throw error
    }
    if (nextStartsFirst) app.releaseSingleInstanceLock()
    await end().catch((error: unknown) => said.error('What was to end this did not', error))
    this.startAgain()
    app.exit(0)
  }
}
