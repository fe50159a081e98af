import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer, type Server } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { flowLifetimeMs } from '../../../src/session/flow.ts'
import { type LoopbackListener, listenForAnswer } from './loopback.ts'
import { openWayBack } from './way-back.ts'

const flow = '11111111-1111-4111-8111-111111111111'
const another = '22222222-2222-4222-8222-222222222222'
const right = `/auth/callback?flow=${flow}&code=abcdef123456`

const opened: { close(): void }[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.close()
})
const listen = async (lifetimeMs = 60_000) => {
  const links: string[] = []
  const listener = await listenForAnswer({ flow, lifetimeMs, answered: (link) => links.push(link) })
  if (!listener) throw new Error('No port.')
  opened.push(listener)
  return { listener, links }
}
type Answer = { status: number; text: string; headers: NodeJS.Dict<string | string[]> }
const ask = (
  port: number,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> =>
  new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
    asked.once('error', fail)
    asked.once('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.once('end', () =>
        done({ status: answer.statusCode ?? 0, text, headers: answer.headers }),
      )
    })
    asked.end()
  })
const isOpen = ({ port }: LoopbackListener): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })

it('takes one answer, sends the person back, and is gone', async () => {
  const { listener, links } = await listen()
  const answer = await ask(listener.port, right)
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('Go back to Atelier')])
  expect(links).toEqual([`http://127.0.0.1:${listener.port}${right}`])
  expect(await isOpen(listener)).toBe(false)
})

it('its page runs nothing, loads nothing, is kept nowhere, and says nothing of what came', async () => {
  const { listener } = await listen()
  const { headers, text } = await ask(listener.port, right)
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/script|unsafe|http/)
  expect(headers['cache-control']).toBe('no-store')
  expect(headers['referrer-policy']).toBe('no-referrer')
  expect(text).not.toMatch(/<script|abcdef123456|https?:/)
})

it.each([
  ['a probe', right, { method: 'HEAD' }, 405],
  ['a form', right, { method: 'POST' }, 405],
  ['an icon', '/favicon.ico', {}, 404],
  ['another path', '/auth/callback/x', {}, 404],
  ['a name of somebody’s server', right, { headers: { host: 'evil.example' } }, 421],
  ['another name of this computer', right, { headers: { host: 'localhost' } }, 421],
  ['a picture in a page', right, { headers: { 'sec-fetch-mode': 'no-cors' } }, 403],
  ['a script’s request', right, { headers: { 'sec-fetch-mode': 'cors' } }, 403],
  ['no code', `/auth/callback?flow=${flow}`, {}, 400],
  ['two codes', `${right}&code=abcdef123457`, {}, 400],
  ['another flow', `/auth/callback?flow=${another}&code=abcdef123456`, {}, 400],
  ['another flow’s refusal', `/auth/callback?flow=${another}&error=access_denied`, {}, 400],
  ['an endless address', `${right}${'x'.repeat(9000)}`, {}, 400],
] as const)('%s is not the answer, and does not use it up', async (_name, path, init, status) => {
  const { listener, links } = await listen()
  expect((await ask(listener.port, path, init)).status).toBe(status)
  expect(links).toEqual([])
  expect((await ask(listener.port, right)).status).toBe(200)
  expect(links).toHaveLength(1)
})

it('another flow’s answer is refused with a reason', async () => {
  const { listener } = await listen()
  const { text } = await ask(listener.port, `/auth/callback?flow=${another}&code=abcdef123456`)
  expect(text).toContain('This belongs to another sign-in')
})

it('a provider’s refusal is an answer, too', async () => {
  const { listener, links } = await listen()
  const { text } = await ask(listener.port, `/auth/callback?flow=${flow}&error=access_denied`)
  expect(text).toContain('not allowed')
  expect(links).toHaveLength(1)
})

it('is gone when its time is over', async () => {
  const { listener } = await listen(50)
  await expect.poll(() => isOpen(listener)).toBe(false)
})

it('survives whatever is thrown at it, and still takes the answer', async () => {
  const { listener, links } = await listen()
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('GET ', right, ' HTTP/1.1\r\n', 'Host: 127.0.0.1\r\n', '\r\n\r\n', '\0'),
  )
  const throwAt = (bytes: string): Promise<void> =>
    new Promise((done) => {
      const socket = connect(listener.port, '127.0.0.1', () => socket.end(bytes))
      socket.once('error', () => {})
      socket.once('close', () => done())
      socket.resume()
    })
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
      await throwAt(lines.join(''))
      expect(links).toEqual([])
    }),
    { numRuns: 300 },
  )
  expect((await ask(listener.port, right)).status).toBe(200)
})

it('at a port that is taken there is none, and elsewhere there is', async () => {
  const taken: Server = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  opened.push(taken)
  const address = taken.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const waiting = { flow, lifetimeMs: 60_000, answered: () => {} }
  expect(await listenForAnswer({ ...waiting, port })).toBeNull()
  const free = await listenForAnswer(waiting)
  if (free) opened.push(free)
  expect(free?.port).not.toBe(port)
})

it('waits for one flow at a time, and the server knows for which', async () => {
  const allowed: (number | null)[] = []
  const links: string[] = []
  const wayBack = openWayBack({
    by: () => 'loopback',
    answered: (link) => links.push(link),
    allow: async (port) => void allowed.push(port),
  })
  opened.push(wayBack)
  const first = await wayBack.open(another)
  const second = await wayBack.open(flow)
  await expect(ask(first ?? 0, right)).rejects.toThrow()
  await ask(second ?? 0, right)
  expect(links).toHaveLength(1)
  expect(allowed).toEqual([null, first, null, second, null])
})

it('where the system hands over links nobody listens', async () => {
  const wayBack = openWayBack({ by: () => 'scheme', answered: () => {}, allow: async () => {} })
  expect(await wayBack.open(flow)).toBeNull()
})

it('when its time is over the server is told, too', async () => {
  const allowed: (number | null)[] = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const wayBack = openWayBack({
      by: () => 'loopback',
      answered: () => {},
      allow: async (port) => void allowed.push(port),
    })
    const port = await wayBack.open(flow)
    vi.advanceTimersByTime(flowLifetimeMs + 1)
    expect(allowed).toEqual([null, port, null])
  } finally {
    vi.useRealTimers()
  }
})

it('of two flows that begin at once only the later is waited for', async () => {
  const allowed: (number | null)[] = []
  const wayBack = openWayBack({
    by: () => 'loopback',
    answered: () => {},
    allow: async (port) => void allowed.push(port),
  })
  opened.push(wayBack)
  const [first, second] = await Promise.all([wayBack.open(another), wayBack.open(flow)])
  expect(allowed).toEqual([null, first, null, second])
  await expect(ask(first ?? 0, right)).rejects.toThrow()
})
