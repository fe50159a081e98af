import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { fetchOver } from './fetch.ts'
import { openTransport } from './transport.ts'

/** What Electron's `net` does with a request: given up, its answer is destroyed without an error. */
class Request extends EventEmitter {
  readonly answer = Object.assign(new Readable({ read: () => {} }), {
    statusCode: 200,
    headers: {},
    httpVersion: '1.1',
    statusMessage: 'OK',
    rawHeaders: [],
  })
  aborts = 0
  chunkedEncoding = false
  setHeader = (): void => {}
  end = (): void => void setImmediate(() => this.emit('response', this.answer))
  abort = (): void => {
    this.aborts += 1
    this.answer.destroy()
  }
}
const { requests } = vi.hoisted(() => ({ requests: [] as Request[] }))
vi.mock('electron', () => ({
  net: {
    request: () => {
      const request = new Request()
      requests.push(request)
      return request
    },
  },
}))
afterEach(() => {
  requests.length = 0
})

const url = 'https://one.example/rest/v1/files'
const left = () => {
  let places = 0
  const connections = {
    enter: async () => {
      places += 1
      let isIn = true
      return () => {
        if (isIn) places -= 1
        isIn = false
      }
    },
    speaks: () => {},
  }
  const options = { connections } as unknown as Parameters<typeof openTransport>[0]
  return { transport: openTransport(options), places: () => places }
}

test('what is given up in the middle of its answer leaves its place, though nobody reads', async () => {
  const { transport, places } = left()
  const given = new AbortController()
  await transport(url, { signal: given.signal, redirect: 'error' })
  expect(places()).toBe(1)
  given.abort()
  await vi.waitFor(() => expect(places()).toBe(0))
})

test('who reads what was given up hears why', async () => {
  const { transport, places } = left()
  const given = new AbortController()
  const { body } = await transport(url, { signal: given.signal, redirect: 'error' })
  const reading = body?.getReader().read()
  const why = new Error('the person left')
  given.abort(why)
  await expect(reading).rejects.toBe(why)
  expect(places()).toBe(0)
})

test('a short question that is given up in the middle says why, and leaves its place', async () => {
  const { transport, places } = left()
  const given = new AbortController()
  const why = new Error('too late')
  const asked = fetchOver(transport)(url, { signal: given.signal })
  const rejected = expect(asked).rejects.toBe(why)
  await vi.waitFor(() => expect(requests[0]?.listenerCount('response')).toBe(1))
  await new Promise((done) => setImmediate(done))
  requests[0]?.answer.push('half')
  await new Promise((done) => setImmediate(done))
  given.abort(why)
  await rejected
  expect(places()).toBe(0)
})

test('an answer that is cut leaves its place', async () => {
  const { transport, places } = left()
  const { body } = await transport(url, {
    signal: new AbortController().signal,
    redirect: 'error',
  })
  const reading = body?.getReader().read()
  requests[0]?.answer.destroy(new Error('net::ERR_CONNECTION_RESET'))
  await expect(reading).rejects.toThrow('net::ERR_CONNECTION_RESET')
  expect(places()).toBe(0)
})
