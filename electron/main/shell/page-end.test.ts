import { EventEmitter } from 'node:events'
import { expect, it, vi } from 'vitest'
import { followPageEnd } from './page-end.ts'

it('a page that crashes, again too, and a window that is closed are told of at once', () => {
  const gone = vi.fn()
  const window = Object.assign(new EventEmitter(), { webContents: new EventEmitter() })
  followPageEnd(gone).follow(window as never)
  window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
  window.webContents.emit('render-process-gone', {}, { reason: 'killed' })
  window.emit('closed')
  expect(gone).toHaveBeenCalledTimes(3)
})
