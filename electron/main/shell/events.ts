import type { BrowserWindow } from 'electron'
import { z } from 'zod'
import type { EventName, EventPayload } from '../../../src/contract/table.ts'
import { asFailure, failureCode } from '../../../src/domain/failure.ts'
import { log } from '../../log/log.ts'

export type Emit = <E extends EventName>(name: E, payload: EventPayload<E>) => void

const said = log('app')
const told = z.object({ failure: failureCode.nullish(), message: z.string().optional() })

/** What main tells: whoever in main listens hears it in the order they came, and so does the page. */
export class Events {
  readonly #listeners: Emit[] = []
  /** The failure that each kind of event told last: they are told again with every word of progress. */
  readonly #lastTold = new Map<string, string | null>()

  listen(listener: Emit): void {
    this.#listeners.push(listener)
  }

  readonly emit: Emit = (name, payload) => {
    this.#noteFailure(name, payload)
    for (const listener of this.#listeners) listener(name, payload)
  }

  /** The person is told, wherever they are; the log has the cause. */
  readonly tellFailure = (error: unknown): void => {
    said.warn('The person was told of a failure', error)
    const { code, message } = asFailure(error)
    this.emit('app.failure', { code, message })
  }

  #noteFailure(name: string, payload: unknown): void {
    const { failure: code = null, message } = told.safeParse(payload).data ?? {}
    if ((this.#lastTold.get(name) ?? null) === code) return
    this.#lastTold.set(name, code)
    if (code) log('request').warn(name, { code, message: message ?? code })
  }
}

export const toPage =
  (window: () => BrowserWindow | null): Emit =>
  (name, payload) => {
    const target = window()
    if (target && !target.isDestroyed()) target.webContents.send('atelier:event', name, payload)
  }
