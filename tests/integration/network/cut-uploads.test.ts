import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openTransport } from '../../../electron/main/network/transport.ts'
import { beginningOf } from '../../../electron/main/server/response-stream.ts'
import { Failure } from '../../../src/domain/failure.ts'

vi.mock('electron', () => import('../../../host/net.ts'))

// A piece that is on its way when its request ends fails in a stream inside of it, which nobody hears by itself.

const transport = openTransport()
const thrown: unknown[] = []
const hear = (error: unknown): void => void thrown.push(error)
let close = (): void => {}
beforeEach(() => {
  thrown.length = 0
  process.on('uncaughtException', hear)
})
afterEach(() => {
  process.off('uncaughtException', hear)
  close()
})

/** More than all that lies between a sender and one who does not read. */
const muchBytes = 64 << 20
/** A small piece, which is taken, and one that is still on its way when `onItsWay` is called. */
const body = (onItsWay = (): void => {}): ReadableStream<Uint8Array> => {
  let pulled = 0
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        pulled += 1
        controller.enqueue(new Uint8Array(pulled === 1 ? 1 : muchBytes))
        if (pulled === 2) setImmediate(onItsWay)
      },
    },
    { highWaterMark: 0 },
  )
}
const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; gone: () => Promise<void> }> => {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const { promise: isToRead, resolve: read } = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    request.socket.on('close', () => resolve())
    void isToRead.then(() => request.resume())
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  // Who does not read does not see the end either.
  const gone = (): Promise<void> => {
    read()
    return closed
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, gone }
}
const send = (url: string, bytes: ReadableStream<Uint8Array>, signal: AbortSignal) =>
  transport(url, { method: 'PATCH', body: bytes, signal, redirect: 'error' })
const never = new AbortController().signal
/** Once the server has seen the end, what was thrown by it has been thrown. */
const afterwards = async (gone: () => Promise<void>): Promise<unknown[]> => {
  await gone()
  await new Promise((done) => setImmediate(done))
  return thrown
}

test('one that is given up says why, and throws nothing', async () => {
  const { url, gone } = await serve(() => {})
  const given = new AbortController()
  const why = new Failure('sync.cancelled', 'Paused.')
  await expect(
    send(
      url,
      body(() => given.abort(why)),
      given.signal,
    ),
  ).rejects.toBe(why)
  expect(await afterwards(gone)).toEqual([])
})

test('one that the network cuts says what the network says, and throws nothing', async () => {
  const { promise: isOnItsWay, resolve } = Promise.withResolvers<void>()
  const { url, gone } = await serve((request) => void isOnItsWay.then(() => request.destroy()))
  await expect(send(url, body(resolve), never)).rejects.toMatchObject({
    code: 'network.unreachable',
  })
  expect(await afterwards(gone)).toEqual([])
})

test('one that is refused before its end is an answer, and throws nothing', async () => {
  const { url, gone } = await serve((_request, response) => response.writeHead(413).end('too much'))
  const answer = await send(url, body(), never)
  expect([answer.status, (await beginningOf(answer, never)).text]).toEqual([413, 'too much'])
  expect(await afterwards(gone)).toEqual([])
})
