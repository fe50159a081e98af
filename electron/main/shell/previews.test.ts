import { EventEmitter } from 'node:events'
import type { BrowserWindow } from 'electron'
import { beforeEach, expect, test, vi } from 'vitest'
import { openPreviews } from './previews.ts'

/** As much of Electron's as a preview takes. */
type Contents = EventEmitter & { ended: string[] }
const { made } = vi.hoisted(() => ({
  made: [] as { webContents: EventEmitter & { ended: string[] }; isVisible: boolean }[],
}))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  class View {
    isVisible = true
    webContents: Contents = Object.assign(new Emitter(), {
      ended: [] as string[],
      loadURL: async () => {},
      setZoomFactor: () => {},
      close: () => void this.webContents.ended.push('close'),
      forcefullyCrashRenderer: () => void this.webContents.ended.push('crash'),
    })
    constructor() {
      made.push(this)
    }
    setBounds = (): void => {}
    setVisible = (isVisible: boolean): void => {
      this.isVisible = isVisible
    }
  }
  return { WebContentsView: View, session: { fromPartition: () => ({}) } }
})
beforeEach(() => void made.splice(0))

const place = { x: 0, y: 0, width: 10, height: 10 }
const open = async () => {
  const focus = vi.fn()
  const host = Object.assign(new EventEmitter(), {
    webContents: Object.assign(new EventEmitter(), { focus, getZoomFactor: () => 1 }),
    contentView: { addChildView: () => {}, removeChildView: () => {} },
    isDestroyed: () => false,
    isFocused: () => true,
  })
  const gone = vi.fn()
  const previews = openPreviews({
    window: () => host as unknown as BrowserWindow,
    runsScripts: true,
    left: () => {},
    act: () => {},
    gone,
  })
  await previews.open('one', 'an artifact', 'artifact://one/')
  await previews.place('one', place)
  const view = made.at(-1)
  if (!view) throw new Error('No view.')
  return { previews, gone, focus, view, page: view.webContents }
}

test('a page that dies is told of, hidden, and gives the keys back', async () => {
  const { previews, gone, focus, view, page } = await open()
  page.emit('render-process-gone', {}, { reason: 'crashed' })
  expect(gone).toHaveBeenCalledExactlyOnceWith({ viewId: 'one', why: 'ended' })
  expect(view.isVisible).toBe(false)
  expect(focus).toHaveBeenCalledOnce()
  previews.close('one')
  expect(page.ended).toEqual(['close'])
})

test('one that hangs is shown again to whoever waits, and ended with its process where nobody does', async () => {
  const { previews, gone, view, page } = await open()
  page.emit('unresponsive')
  expect(gone).toHaveBeenCalledExactlyOnceWith({ viewId: 'one', why: 'silent' })
  expect(view.isVisible).toBe(false)
  await previews.place('one', place)
  expect(view.isVisible).toBe(true)
  page.emit('unresponsive')
  previews.close('one')
  expect(page.ended).toEqual(['crash', 'close'])
  // Of one that was closed nobody wants to know.
  page.emit('render-process-gone', {}, { reason: 'killed' })
  expect(gone).toHaveBeenCalledTimes(2)
})
