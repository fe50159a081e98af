import { beforeEach, expect, test, vi } from 'vitest'
import type { BackendChoice, BackendState } from '../../../src/contract/app.ts'
import { ChosenBackend } from './chosen-backend.ts'

const ready = (url: string): BackendState => ({
  status: 'ready',
  kind: 'hosted',
  id: url,
  url,
  publishableKey: 'key',
  oauthProviders: [],
  firstRun: false,
  localAccount: null,
})
const down: BackendState = {
  status: 'failed',
  kind: 'embedded',
  failure: 'backend.failed-to-start',
  message: '',
  url: null,
}
const hosted = (url: string): BackendChoice => ({ kind: 'hosted', url, publishableKey: 'key' })

let kept: { backend: BackendChoice | null; server: string | null }
let state: BackendState
const done: string[] = []
beforeEach(() => {
  kept = { backend: null, server: null }
  state = { status: 'unchosen' }
  done.splice(0)
})

const made = (change: { opens?: BackendState; isDemo?: boolean; confirms?: boolean } = {}) =>
  new ChosenBackend({
    settings: {
      get: () => kept,
      update: async (more) => {
        kept = { ...kept, ...more }
      },
    },
    isDemo: change.isDemo ?? false,
    connection: {
      get state() {
        return state
      },
      open: async (choice) => {
        done.push(`open ${choice.kind}`)
        state = change.opens ?? ready(choice.kind === 'hosted' ? choice.url : 'http://127.0.0.1:1')
        return state
      },
      close: async () => void done.push('close'),
    },
    session: {
      open: async ({ url }, isConnected) => void done.push(`session ${url} ${isConnected}`),
      reconnect: () => void done.push('reconnect'),
    },
    known: async () => ({ server: 'former', url: 'https://former.example' }),
    confirmOther: async ({ before, after }) => {
      done.push(`confirm ${before} ${after}`)
      return change.confirms ?? true
    },
    reloadPage: () => void done.push('reload'),
    askAgain: () => void done.push('ask again'),
    ping: async () => void done.push('ping'),
    end: async () => void done.push('end'),
    emit: (name) => void done.push(name),
  })

test('nothing is opened before somebody chose, but for the demo', async () => {
  await made().connect()
  expect(done).toEqual([])
  await made({ isDemo: true }).connect()
  expect(kept.backend).toEqual({ kind: 'embedded' })
  expect(done[0]).toBe('open embedded')
})

test('a server is named in the settings before its session, and the page loaded again for it once', async () => {
  kept.backend = hosted('https://a.example')
  const backend = made()
  await backend.connect()
  await backend.connect()
  expect(kept.server).toBe('https://a.example')
  expect(done).toEqual([
    'open hosted',
    'reload',
    'session https://a.example true',
    'open hosted',
    'session https://a.example true',
  ])
})

test('where the backend is down, who was here before has their things all the same', async () => {
  kept.backend = { kind: 'embedded' }
  await made({ opens: down }).connect()
  expect(done).toEqual(['open embedded', 'session https://former.example false'])
})

test('another server is taken by the system’s own question alone', async () => {
  kept = { backend: hosted('https://a.example'), server: 'https://a.example' }
  const { handlers } = made({ confirms: false })
  await handlers['backend.choose'](hosted('https://b.example'))
  expect(done).toEqual(['confirm https://a.example https://b.example'])
  expect(kept.backend).toEqual(hosted('https://a.example'))
  await made().handlers['backend.choose'](hosted('https://b.example'))
  expect(kept).toEqual({ backend: hosted('https://b.example'), server: 'https://b.example' })
})

test('trying again asks what is open, and opens what is not', async () => {
  kept.backend = hosted('https://a.example')
  const backend = made()
  await backend.handlers['backend.retry'](undefined)
  expect(done.slice(0, 2)).toEqual(['ask again', 'open hosted'])
  done.splice(0)
  await backend.handlers['backend.retry'](undefined)
  expect(done).toEqual(['ask again', 'reconnect', 'ping'])
})

test('forgotten, the account is closed before its backend, and everybody is told after both', async () => {
  kept.backend = hosted('https://a.example')
  const { handlers } = made()
  expect(await handlers['backend.forget'](undefined)).toEqual({ status: 'unchosen' })
  expect(done).toEqual(['end', 'close', 'session.changed', 'backend.changed'])
  expect(kept.backend).toBeNull()
})

test('while an update holds it nobody opens a backend', async () => {
  kept.backend = hosted('https://a.example')
  const backend = made()
  await backend.hold(async () => void done.push('held'))
  await backend.connect()
  expect(done).toEqual(['held'])
  await backend.openAgain()
  expect(done).toContain('open hosted')
})

test('what nobody waits for fails into the log', async () => {
  kept.backend = hosted('https://a.example')
  const backend = made()
  vi.spyOn(backend, 'retry').mockRejectedValue(new Error('no'))
  expect(() => backend.retryQuietly()).not.toThrow()
})
