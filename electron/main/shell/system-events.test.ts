import type { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../../src/log/record.ts'
import { setLogSink } from '../../log/log.ts'
import { failToStart, linkQueue } from './application.ts'
import { Closing } from './closing.ts'
import { Lifetime } from './lifetime.ts'

const { played } = vi.hoisted(() => ({
  played: {
    app: null as unknown as EventEmitter,
    ready: Promise.resolve(),
    done: [] as string[],
  },
}))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  played.app = Object.assign(new Emitter(), {
    whenReady: () => played.ready,
    getPath: () => '/nowhere',
    getPreferredSystemLanguages: () => ['en'],
    quit: () => void played.done.push('quit'),
    exit: (code: number) => void played.done.push(`exit ${code}`),
  })
  return {
    app: played.app,
    powerMonitor: new Emitter(),
    dialog: {
      showErrorBox: (title: string, text: string) => void played.done.push(`${title}: ${text}`),
    },
  }
})
vi.mock('./data-folders.ts', () => ({ localFolder: () => null }))

beforeEach(() => {
  played.app.removeAllListeners()
  played.ready = Promise.resolve()
  played.done.length = 0
})
afterEach(() => setLogSink(() => {}))

/** As macOS hands one over: whoever listens says that it is theirs. */
const openUrl = (url: string): boolean => {
  let isTaken = false
  played.app.emit('open-url', { preventDefault: () => (isTaken = true) }, url)
  return isTaken
}
const link = (number: number): string => `atelier://auth/callback?code=${number}`

test('links that come before anybody listens are taken, wait, and come in their order', () => {
  const links = linkQueue()
  expect(openUrl(link(1))).toBe(true)
  expect(openUrl(link(2))).toBe(true)
  const heard: unknown[] = []
  links.listen((arrival) => heard.push(arrival))
  expect(heard).toEqual([
    { kind: 'link', link: link(1) },
    { kind: 'link', link: link(2) },
  ])
})

test('one that comes while the application runs arrives at once, and once', () => {
  const links = linkQueue()
  const heard: unknown[] = []
  links.listen((arrival) => heard.push(arrival))
  openUrl(link(1))
  expect(heard).toEqual([{ kind: 'link', link: link(1) }])
})

test('what is handed over on the command line goes the same way', () => {
  const links = linkQueue()
  links.pushArguments(['/Applications/Atelier', '--hidden'])
  links.pushArguments(['/Applications/Atelier', link(1)])
  openUrl(link(2))
  const heard: unknown[] = []
  links.listen((arrival) => heard.push(arrival))
  expect(heard).toEqual([
    { kind: 'link', link: link(1) },
    { kind: 'link', link: link(2) },
  ])
})

const watch = (stays: boolean, allClosed = () => false) => {
  const activate = vi.fn()
  new Lifetime().watch({
    activate,
    allClosed,
    stays: () => stays,
    closing: new Closing(),
    closeWindow: async () => {},
    quit: async () => {},
  })
  return activate
}

test('the Dock brings a window, whether or not one is seen', () => {
  const activate = watch(true)
  played.app.emit('activate', {}, false)
  played.app.emit('activate', {}, true)
  expect(activate).toHaveBeenCalledTimes(2)
})

test('who stays without a window is not ended by its closing, and who does not is', () => {
  watch(true)
  played.app.emit('window-all-closed')
  expect(played.done).toEqual([])
  played.app.removeAllListeners()
  watch(false)
  played.app.emit('window-all-closed')
  expect(played.done).toEqual(['quit'])
})

test('who is given the next window is not ended by the closing of the last', () => {
  watch(false, () => true)
  played.app.emit('window-all-closed')
  expect(played.done).toEqual([])
})

test('a start that fails is in the log at once, and in the system’s own box once there can be one', async () => {
  const records: LogRecord[] = []
  setLogSink((record) => records.push(record))
  const { promise, resolve } = Promise.withResolvers<void>()
  played.ready = promise
  const ended = failToStart(new Error('The disk is full.'))
  expect(records).toMatchObject([
    { level: 'error', area: 'start', message: 'Atelier could not start: The disk is full.' },
  ])
  await new Promise((done) => setImmediate(done))
  expect(played.done).toEqual([])
  resolve()
  await ended
  expect(played.done).toEqual(['Atelier could not start: The disk is full.', 'exit 1'])
})
