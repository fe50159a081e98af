import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createRawServer } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { fetchOver } from '../../../electron/main/network/fetch.ts'
import { openTransport } from '../../../electron/main/network/transport.ts'
import { openApiClient } from '../../../electron/main/server/api-client.ts'
import { beginningOf, bodyOf } from '../../../electron/main/server/response-stream.ts'
import { guardedFetch } from '../../../electron/network/bounded.ts'
import type { TransportRequest, TransportResponse } from '../../../electron/network/transport.ts'
import { net } from '../../../host/net.ts'
import { Failure } from '../../../src/domain/failure.ts'

vi.mock('electron', () => import('../../../host/net.ts'))

const networkTransport = openTransport()
const networkFetch = fetchOver(networkTransport)
const closes: (() => void)[] = []
afterEach(() => {
  for (const close of closes.splice(0)) close()
})
const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closes.push(() => {
    server.closeAllConnections()
    server.close()
  })
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
const never = new AbortController().signal
const patch = (url: string, body: ReadableStream, headers = {}, signal = never) =>
  networkTransport(url, { method: 'PATCH', body, headers, signal, redirect: 'error' })
const get = (url: string, asked: TransportRequest = {}, signal = never) =>
  networkTransport(url, { ...asked, signal, redirect: 'error' })
const textOf = async (answer: TransportResponse) => (await beginningOf(answer, never)).text

test('a streamed body goes out as it is read, and its answer is an answer', async () => {
  const url = await serve(counting)
  const answer = await patch(url, stream(48).body, { 'x-test': 'a' })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('upload-offset')).toBe(String(48 * 64 * 1024))
  expect(JSON.parse(await textOf(answer))).toEqual({ bytes: 48 * 64 * 1024, encoding: 'chunked' })
})

test('a streamed body may have no bytes', async () => {
  const answer = await patch(await serve(counting), stream(0).body)
  expect(JSON.parse(await textOf(answer))).toMatchObject({ bytes: 0 })
})

test('answers that nobody reads on leave their connections to others', async () => {
  let given = 0
  const url = await serve((request, response) => {
    request.resume()
    given += 1
    response.writeHead(500, { 'content-type': 'text/html' })
    // No end, as far as anybody can tell.
    response.write('x'.repeat(200_000))
  })
  for (let count = 1; count <= 20; count += 1) {
    const answer = await get(url)
    await beginningOf(answer, never)
    expect(given).toBe(count)
  }
})

test('looking whether a server is there keeps none of its connections, however often', async () => {
  let asked = 0
  const url = await serve((request, response) => {
    request.resume()
    asked += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(500_000)}"`)
  })
  const server = openApiClient({
    server: { url: url.slice(0, -1), publishableKey: 'key' },
    fetch: networkTransport,
    accessToken: async () => 'token',
  })
  for (let count = 1; count <= 10; count += 1) {
    await server.ping(never)
    expect(asked).toBe(count)
  }
})

test('what is asked bears no cookie, and a cookie that is set is kept by nobody', async () => {
  const sent: (string | undefined)[] = []
  const url = await serve((request, response) => {
    sent.push(request.headers.cookie)
    request
      .resume()
      .on('end', () =>
        response
          .writeHead(200, { 'set-cookie': `seen=${sent.length}; Path=/; HttpOnly` })
          .end('{"bytes":0}'),
      )
  })
  const ask = async (): Promise<void> => {
    await textOf(await get(url))
    await textOf(await patch(url, stream(2).body))
    await (await networkFetch(url, { credentials: 'include' })).text()
  }
  await ask()
  // As Electron's own `net.fetch` would, and then there is one.
  await (await net.fetch(url)).text()
  await (await net.fetch(url)).text()
  expect(sent.at(-1)).toBe('seen=4')
  await ask()
  expect(sent.filter((each) => each !== undefined)).toHaveLength(1)
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
  expect([answer.status, await textOf(answer)]).toEqual([409, 'taken'])
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
  const asked = patch(await serve(() => {}), stream(100_000).body, {}, abort.signal)
  abort.abort(new Failure('sync.cancelled', 'Cancelled.'))
  await expect(asked).rejects.toMatchObject({ code: 'sync.cancelled' })
})

test('headers that Chromium keeps to itself are refused here as there', async () => {
  const url = await serve(counting)
  const headers = { 'content-length': '3' }
  await expect(networkFetch(url, { method: 'POST', headers, body: 'abc' })).rejects.toThrow()
  await expect(get(url, { method: 'POST', headers, body: 'abc' })).rejects.toThrow()
  await expect(patch(url, stream(1).body, headers)).rejects.toThrow()
})

test('a body at hand goes out whole, its length known', async () => {
  const url = await serve(counting)
  const text = await textOf(await get(url, { method: 'POST', body: 'añb' }))
  expect(JSON.parse(text)).toEqual({ bytes: 4 })
  const bytes = new Uint8Array(100).subarray(10, 40)
  expect(JSON.parse(await textOf(await get(url, { method: 'POST', body: bytes })))).toEqual({
    bytes: 30,
  })
})

test('answers that were read use their connection again, also those without a body', async () => {
  const ports = new Set<number | undefined>()
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort)
    request.resume().on('end', () => {
      if (request.method === 'DELETE') response.writeHead(204).end()
      else response.writeHead(200, { 'content-length': 4 }).end('told')
    })
  })
  for (const method of ['GET', 'HEAD', 'DELETE', 'POST']) {
    const answer = await get(url, { method, ...(method === 'POST' ? { body: 'a' } : {}) })
    expect(answer.ok).toBe(true)
    await textOf(answer)
    // The connection is free once the event of its end is over.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(ports.size).toBe(1)
})

test('a large answer waits for its reader, and is cut when nobody wants it', async () => {
  let sent = 0
  let gone = false
  const url = await serve((request, response) => {
    request.resume()
    response.on('close', () => {
      gone = true
    })
    const more = (): void => {
      while (!gone && sent < 1 << 30) {
        sent += 65_536
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more)
      }
    }
    more()
  })
  const answer = await get(url)
  const chunks = bodyOf(answer, never)
  await chunks.next()
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(sent).toBeLessThan(64 << 20)
  await chunks.return(undefined)
  await vi.waitFor(() => expect(gone).toBe(true))
})

test('an answer that is cut, or cancelled while it is read, says so', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setTimeout(() => response.destroy(), 50)
  })
  const read = async (answer: TransportResponse, signal: AbortSignal) => {
    for await (const _ of bodyOf(answer, signal));
  }
  await expect(read(await get(url), never)).rejects.toMatchObject({ code: 'network.offline' })
  const abort = new AbortController()
  const hanging = await serve((_request, response) => void response.writeHead(200).write('half'))
  const answer = await get(hanging, {}, abort.signal)
  setTimeout(() => abort.abort(), 50)
  await expect(read(answer, abort.signal)).rejects.toMatchObject({ code: 'sync.cancelled' })
})

test.each([301, 302, 307, 308])('nobody is followed with a token: %i', async (status) => {
  const heard: unknown[] = []
  const elsewhere = await serve((request, response) => {
    heard.push(request.headers)
    response.end('{}')
  })
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(status, { location: elsewhere }).end()
  })
  const headers = { authorization: 'Bearer secret', apikey: 'key' }
  await expect(get(url, { headers })).rejects.toThrow()
  await expect(patch(url, stream(2).body, headers)).rejects.toThrow()
  const ask = guardedFetch(networkFetch)
  await expect(ask(url, { headers })).rejects.toThrow()
  await expect(ask(url, { method: 'POST', headers, body: '{}' })).rejects.toThrow()
  expect(heard).toEqual([])
  // The same question where there is nobody to be followed.
  expect(await (await ask(elsewhere, { headers })).json()).toEqual({})
  expect(heard).toMatchObject([headers])
})

test('a short answer that has no end is cut, and one that ends is read', async () => {
  let sent = 0
  const url = await serve((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && sent < 1 << 28) {
        sent += 65_536
        if (!response.write(Buffer.alloc(65_536, 32))) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  const ask = guardedFetch(networkFetch)
  await expect(ask(url).then((answer) => answer.text())).rejects.toThrow('no end')
  expect(sent).toBeLessThan(64 << 20)
  const whole = await serve((_request, response) => response.end(Buffer.alloc(1 << 20, 97)))
  expect((await (await ask(whole)).text()).length).toBe(1 << 20)
})

/** Answers as they stand on the line. */
const serveRaw = async (answer: string): Promise<string> => {
  const server = createRawServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closes.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('what an answer came by is told from what HTTP/2 cannot do', async () => {
  const older = await get(await serveRaw('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntold'))
  expect([older.httpVersion, await textOf(older)]).toEqual(['1.1', 'told'])
  // As Chromium writes down what it was told over HTTP/2.
  const newer = await get(await serveRaw('HTTP/1.1 200\r\ncontent-length: 4\r\n\r\ntold'))
  expect([newer.httpVersion, await textOf(newer)]).toEqual(['2', 'told'])
})

test('what waits for a connection is no silence of the server’s', async () => {
  const limit = 300
  let held: ServerResponse[] | null = []
  const url = await serve((request, response) => {
    request.resume()
    if (held) held.push(response)
    else response.end('[]')
  })
  const missed: unknown[] = []
  const server = openApiClient({
    server: { url: url.slice(0, -1), publishableKey: 'key' },
    fetch: networkTransport,
    accessToken: async () => 'token',
    reached: (told) => missed.push(told),
  })
  const first = Array.from({ length: 6 }, () => get(url).then(textOf))
  await vi.waitFor(() => expect(held).toHaveLength(6))
  const asked = server.request('/', {}, never, { limit })
  await new Promise((done) => setTimeout(done, 3 * limit))
  const all = held ?? []
  held = null
  for (const response of all) response.end('held')
  expect(await Promise.all(first)).toEqual(Array(6).fill('held'))
  expect(await asked).toMatchObject({ status: 200 })
  expect(missed).toEqual([])
})
