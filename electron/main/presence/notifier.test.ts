import type { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Notice } from '../../../src/presence/notices.ts'

const { made, activation } = vi.hoisted(() => ({
  made: [] as (EventEmitter & { body: string; isClosed: boolean })[],
  activation: { told: (_details: { arguments: string }): void => {} },
}))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  class Notification extends Emitter {
    body: string
    isClosed = false
    constructor({ body }: { body: string }) {
      super()
      this.body = body
      made.push(this)
    }
    static isSupported = (): boolean => true
    static handleActivation(told: typeof activation.told): void {
      activation.told = told
    }
    show(): void {}
    close(): void {
      this.isClosed = true
    }
  }
  return { Notification }
})
const { Notifier } = await import('./notifier.ts')

const notice: Notice = {
  kind: 'conflict',
  title: 'Two versions',
  body: 'Both in <b>Tides & Co</b>',
  command: { kind: 'sync' },
}
const real = process.platform
const on = (platform: NodeJS.Platform): void =>
  void Object.defineProperty(process, 'platform', { value: platform })
beforeEach(() => void made.splice(0))
afterEach(() => on(real))

const clicks = () => {
  const clicked = vi.fn()
  const clickedOld = vi.fn()
  return { clicked, clickedOld, notifier: new Notifier({ clicked, clickedOld }) }
}

test('one that has left the screen of Windows is still withdrawn, and one that was dismissed is not', () => {
  on('win32')
  const { notifier } = clicks()
  notifier.show(notice)
  made[0]?.emit('close', { reason: 'timedOut' })
  notifier.withdraw('conflict')
  expect(made[0]?.isClosed).toBe(true)
  notifier.show(notice)
  made[1]?.emit('close', { reason: 'userCanceled' })
  notifier.withdraw('conflict')
  expect(made[1]?.isClosed).toBe(false)
})

test('a click on one of an earlier run leads somewhere, and on one of this run only once', () => {
  on('win32')
  const { notifier, clicked, clickedOld } = clicks()
  notifier.show(notice)
  activation.told({ arguments: 'type=click&tag=conflict' })
  expect(clickedOld).not.toHaveBeenCalled()
  made[0]?.emit('click', {})
  expect(clicked).toHaveBeenCalledWith(notice)
  activation.told({ arguments: 'type=click&tag=update' })
  activation.told({ arguments: '' })
  expect(clickedOld.mock.calls).toEqual([['update'], [null]])
})

test('a newer one closes the one before on Linux alone, and says names as they are', () => {
  on('linux')
  const { notifier } = clicks()
  notifier.show(notice)
  notifier.show(notice)
  expect(made.map(({ isClosed }) => isClosed)).toEqual([true, false])
  expect(made[0]?.body).toBe('Both in &lt;b&gt;Tides &amp; Co&lt;/b&gt;')
  on('darwin')
  made.splice(0)
  const elsewhere = clicks().notifier
  elsewhere.show(notice)
  elsewhere.show(notice)
  expect(made.map(({ isClosed }) => isClosed)).toEqual([false, false])
  expect(made[0]?.body).toBe(notice.body)
})
