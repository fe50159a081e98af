import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { networkFetch } from '../../../electron/main/shell/network.ts'
import { Failure } from '../../../src/contract/failure.ts'

vi.mock('electron', () => import('../../host/net.ts'))

let close = (): void => {}
afterEach(() => close())
const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
const counting = (request: IncomingMessage, response: ServerResponse): void => {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.on('end', () =>
    response
      .writeHead(201, { 'upload-offset': bytes })
      .end(JSON.stringify({ bytes, encoding: request.headers['transfer-encoding'] })),
  )
}
const stream = (pieces: number, failure?: Error) => {
  const state = { pulled: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (state.pulled === pieces) {
          if (failure) controller.error(failure)
          else controller.close()
          return
        }
        state.pulled += 1
        controller.enqueue(new Uint8Array(64 * 1024))
      },
      cancel: () => {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { state, body }
}
const patch = (url: string, body: ReadableStream, init: RequestInit = {}) =>
  networkFetch(url, { method: 'PATCH', body, duplex: 'half', ...init } as RequestInit)

test('a streamed body goes out as it is read, and its answer is an answer', async () => {
  const url = await serve(counting)
  const answer = await patch(url, stream(48).body, { headers: { 'x-test': 'a' } })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('upload-offset')).toBe(String(48 * 64 * 1024))
  expect(await answer.json()).toEqual({ bytes: 48 * 64 * 1024, encoding: 'chunked' })
})

test('an answer without a body is one', async () => {
  const url = await serve((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end())
  })
  const answer = await patch(url, stream(1).body)
  expect([answer.status, answer.body]).toEqual([204, null])
})

test('a refusal that comes before the end is heard, and nothing more is read', async () => {
  const url = await serve((_request, response) => response.writeHead(409).end('taken'))
  const { body, state } = stream(100_000)
  const answer = await patch(url, body)
  expect([answer.status, await answer.text()]).toEqual([409, 'taken'])
  await vi.waitFor(() => expect(state.cancelled).toBe(true))
  expect(state.pulled).toBeLessThan(100_000)
})

test('what the reading failed with is told as it is', async () => {
  const url = await serve(counting)
  const failure = new Failure('file.changed-while-reading', 'Changed.')
  await expect(patch(url, stream(3, failure).body)).rejects.toBe(failure)
})

test('a cut connection and a cancel end it', async () => {
  const url = await serve((request) => void request.once('data', () => request.destroy()))
  await expect(patch(url, stream(100_000).body)).rejects.toThrow()
  const abort = new AbortController()
  const asked = patch(await serve(() => {}), stream(100_000).body, { signal: abort.signal })
  abort.abort(new Failure('sync.cancelled', 'Cancelled.'))
  await expect(asked).rejects.toMatchObject({ code: 'sync.cancelled' })
})

test('headers that Chromium keeps to itself are refused here as there', async () => {
  const url = await serve(counting)
  const headers = { 'content-length': '3' }
  await expect(networkFetch(url, { method: 'POST', headers, body: 'abc' })).rejects.toThrow()
  await expect(patch(url, stream(1).body, { headers })).rejects.toThrow()
})
