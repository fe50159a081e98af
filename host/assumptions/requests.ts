import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Assumption } from './assumption.ts'

const source = 'lib/common/api/net-client-request.ts'
const transport = 'electron/main/network/transport.ts'

/** Asks, and reads the answer to its end. */
const read = async (
  net: Electron.Net,
  options: Electron.ClientRequestConstructorOptions,
): Promise<void> => {
  const request = net.request(options)
  const answered = new Promise<void>((done, fail) => {
    request.on('error', fail)
    request.on('response', (answer) => {
      answer.on('data', () => {})
      answer.on('end', () => done())
    })
  })
  request.end()
  await answered
}

export const requests: Assumption[] = [
  {
    id: 'request-close-before-answer',
    says: 'The `close` of a request comes when its body is written, before there is an answer.',
    reliedOn: [transport],
    source,
    check: async ({ electron: { net }, serve }) => {
      const url = await serve((_request, response) => setTimeout(() => response.end('late'), 100))
      const heard: string[] = []
      const request = net.request({ url })
      request.on('close', () => heard.push('close'))
      const answered = new Promise<void>((done) =>
        request.on('response', (answer) => {
          heard.push('response')
          answer.on('data', () => {})
          answer.on('end', () => done())
        }),
      )
      request.end()
      await answered
      assert.deepEqual(heard, ['close', 'response'])
    },
  },
  {
    id: 'request-error-after-close',
    says: 'A request that ends without an answer says `error`, even after its `close`.',
    reliedOn: [transport],
    source,
    check: async ({ electron: { net }, serve }) => {
      const url = await serve((request) => request.socket.destroy())
      const heard: string[] = []
      const request = net.request({ url })
      request.on('close', () => heard.push('close'))
      const failed = new Promise<Error>((done) => request.on('error', done))
      request.end()
      const { message } = await failed
      assert.match(message, /^net::ERR_/)
      assert.equal(heard[0], 'close')
    },
  },
  {
    id: 'request-abort-frees-socket',
    says: 'Giving up a request while its answer comes closes the connection: the server sees it.',
    reliedOn: [transport],
    source: 'shell/common/api/electron_api_url_loader.cc',
    check: async ({ electron: { net }, serve }) => {
      let cut: () => void
      const seen = new Promise<void>((done) => {
        cut = done
      })
      const url = await serve((_request, response) => {
        response.on('close', () => cut())
        response.write('x'.repeat(1000))
      })
      const request = net.request({ url })
      request.on('error', () => {})
      const answered = new Promise<void>((done) =>
        request.on('response', (answer) => {
          answer.on('error', () => {})
          answer.once('data', () => done())
        }),
      )
      request.end()
      await answered
      request.abort()
      await seen
    },
  },
  {
    id: 'request-abort-says-abort',
    says: 'A request that is given up says `abort`, and no `error` with it or after it, whether or not it had got to the server.',
    reliedOn: [transport],
    source,
    check: async ({ electron: { net }, serve }) => {
      let arrive = (): void => {}
      let leave = (): void => {}
      const arrived = new Promise<void>((done) => {
        arrive = done
      })
      const left = new Promise<void>((done) => {
        leave = done
      })
      const url = await serve((request) => {
        request.socket.on('close', () => leave())
        arrive()
      })
      const failures: Error[] = []
      const ask = () => {
        const request = net.request({ url })
        request.on('error', (error) => failures.push(error))
        const aborted = new Promise<void>((done) => request.on('abort', () => done()))
        request.end()
        return { request, aborted }
      }
      const early = ask()
      early.request.abort()
      await early.aborted
      const late = ask()
      await arrived
      late.request.abort()
      await late.aborted
      await left
      // What there was to be said of either has been said before a later request is answered.
      await net.fetch(await serve((_request, response) => response.end()))
      assert.deepEqual(failures, [])
    },
  },
  {
    id: 'request-chunked-needs-a-piece',
    says: 'A body in pieces is sent as it comes, and `write` calls back once it was taken.',
    reliedOn: [transport],
    source,
    check: async ({ electron: { net }, serve }) => {
      const url = await serve((request, response) => {
        let text = ''
        request.on('data', (chunk) => {
          text += chunk
        })
        request.on('end', () => response.end(`${request.headers['transfer-encoding']} ${text}`))
      })
      const request = net.request({ url, method: 'POST' })
      request.chunkedEncoding = true
      const told = new Promise<string>((done) =>
        request.on('response', (answer) => {
          let text = ''
          answer.on('data', (chunk) => {
            text += chunk
          })
          answer.on('end', () => done(text))
        }),
      )
      await new Promise<void>((taken) => void request.write('one ', undefined, taken))
      await new Promise<void>((taken) => void request.write('two', undefined, taken))
      request.end()
      assert.equal(await told, 'chunked one two')
    },
  },
  {
    id: 'request-chunked-not-twice',
    says: 'A request that has begun takes no `chunkedEncoding` any more.',
    reliedOn: [transport],
    source,
    check: async ({ electron: { net }, serve }) => {
      const url = await serve((request, response) => {
        request.resume()
        response.end()
      })
      const request = net.request({ url, method: 'POST' })
      request.on('error', () => {})
      request.chunkedEncoding = true
      await new Promise<void>((taken) => void request.write('x', undefined, taken))
      assert.throws(() => {
        request.chunkedEncoding = false
      }, /chunkedEncoding can only be set before/)
      request.end()
      await once(request as unknown as NodeJS.EventEmitter, 'response')
    },
  },
  {
    id: 'request-chunked-cut-inside',
    says: 'A piece that is on its way when its request is given up fails as the `error` of `_body`, a stream inside the request that nobody else hears, and not as the request’s own.',
    reliedOn: [transport],
    source: `${source}, shell/common/api/electron_api_url_loader.cc`,
    check: async ({ electron: { net }, serve }) => {
      const url = await serve(() => {})
      const request = net.request({ url, method: 'POST' })
      const failures: Error[] = []
      request.on('error', (error) => failures.push(error))
      request.chunkedEncoding = true
      const { _body: body } = request as unknown as { _body: NodeJS.EventEmitter }
      const inside = once(body, 'error')
      await new Promise<void>((taken) => void request.write('x', undefined, taken))
      // More than all that lies between the two while the server does not read.
      request.write(Buffer.alloc(64 << 20), undefined)
      setImmediate(() => request.abort())
      const [{ message }] = await inside
      assert.match(message, /^mojo result not ok/)
      assert.deepEqual(failures, [])
    },
  },
  {
    id: 'request-restricted-header',
    says: 'A header that Chromium keeps to itself is taken by `setHeader`, and fails the request.',
    reliedOn: [transport],
    source: 'docs/api/client-request.md',
    check: async ({ electron: { net }, serve }) => {
      const url = await serve((_request, response) => response.end())
      const request = net.request({ url })
      request.setHeader('Host', 'other.example')
      const failed = new Promise<Error>((done) => request.on('error', done))
      request.end()
      assert.equal((await failed).message, 'net::ERR_INVALID_ARGUMENT')
    },
  },
  {
    id: 'request-decompresses',
    says: 'An answer that is compressed is handed over as what it was.',
    reliedOn: [transport, 'electron/main/server/response-stream.ts'],
    source: 'shell/common/api/electron_api_url_loader.cc',
    check: async ({ electron: { net }, serve }) => {
      const { gzipSync } = await import('node:zlib')
      const url = await serve((_request, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain words')),
      )
      const text = await (await net.fetch(url)).text()
      assert.equal(text, 'plain words')
    },
  },
  {
    id: 'request-six-connections',
    says: 'To one host there are six connections over HTTP/1.1; what is more waits.',
    reliedOn: ['electron/main/server/api-client.ts', transport],
    source: 'shell/browser/net/system_network_context_manager.cc (Chromium’s socket pools)',
    check: async ({ electron: { net }, serve }) => {
      let open = 0
      let most = 0
      const held: (() => void)[] = []
      let sixth = (): void => {}
      const full = new Promise<void>((done) => {
        sixth = done
      })
      const url = await serve((_request, response) => {
        open += 1
        most = Math.max(most, open)
        held.push(() => {
          open -= 1
          response.end('x')
        })
        if (held.length === 6) sixth()
      })
      const ask = (address: string): Promise<void> =>
        new Promise((done, fail) => {
          const request = net.request({ url: address, cache: 'no-store' })
          request.on('error', fail)
          request.on('response', (answer) => {
            answer.on('data', () => {})
            answer.on('end', () => done())
          })
          request.end()
        })
      const answers = Array.from({ length: 9 }, (_, index) => ask(`${url}?${index}`))
      await full
      // Whatever would be a seventh has had its turn by the time that one more round trip is over.
      const other = await serve((_request, response) => response.end('there'))
      await ask(other)
      assert.equal(most, 6)
      const release = setInterval(() => {
        for (const answer of held.splice(0)) answer()
      }, 5)
      await Promise.all(answers)
      clearInterval(release)
      assert.equal(most, 6)
    },
  },
  {
    id: 'request-no-store',
    says: '`cache: "no-store"` keeps nothing of an answer: the next request asks the server.',
    reliedOn: [transport],
    source: 'shell/common/api/electron_api_url_loader.cc',
    check: async ({ electron: { net }, serve }) => {
      let asked = 0
      const url = await serve((_request, response) => {
        asked += 1
        response.writeHead(200, { 'cache-control': 'max-age=600' }).end('x')
      })
      await read(net, { url, cache: 'no-store' })
      await read(net, { url, cache: 'no-store' })
      assert.equal(asked, 2)
    },
  },
  {
    id: 'request-without-cookies',
    says: 'A request sends no cookie and keeps none, unless it asks for credentials; `net.fetch` does both.',
    reliedOn: [transport],
    source: 'shell/common/api/electron_api_url_loader.cc',
    check: async ({ electron: { net }, serve }) => {
      const sent: (string | undefined)[] = []
      const url = await serve((request, response) => {
        sent.push(request.headers.cookie)
        response.writeHead(200, { 'set-cookie': `seen=${sent.length}; Path=/` }).end('x')
      })
      const ask = (options: { credentials?: 'include' | 'omit' } = {}): Promise<void> =>
        read(net, { url, cache: 'no-store', ...options })
      await ask()
      await ask()
      await (await net.fetch(url, { cache: 'no-store' })).text()
      await ask()
      await ask({ credentials: 'omit' })
      await ask({ credentials: 'include' })
      await (await net.fetch(url, { cache: 'no-store' })).text()
      assert.deepEqual(sent, [
        ...[undefined, undefined, undefined, undefined, undefined, 'seen=3', 'seen=6'],
      ])
    },
  },
  {
    id: 'fetch-restricted-header',
    says: '`net.fetch` refuses a header that Chromium keeps to itself.',
    reliedOn: ['electron/main/network/transport.ts'],
    source: 'lib/browser/api/net-fetch.ts',
    check: async ({ electron: { net }, serve }) => {
      const url = await serve((_request, response) => response.end())
      await assert.rejects(net.fetch(url, { headers: { 'transfer-encoding': 'chunked' } }))
    },
  },
  {
    id: 'fetch-aborts',
    says: '`net.fetch` that is aborted rejects with the reason and leaves no rejection behind.',
    reliedOn: ['electron/network/bounded.ts'],
    source: 'lib/common/api/net-client-request.ts',
    check: async ({ electron: { net }, serve }) => {
      const url = await serve(() => {})
      const stop = new AbortController()
      let left: unknown = null
      const heard = (reason: unknown): void => {
        left = reason
      }
      process.on('unhandledRejection', heard)
      const asked = net.fetch(url, { signal: stop.signal })
      stop.abort()
      await assert.rejects(asked, { name: 'AbortError' })
      await new Promise((done) => setImmediate(done))
      process.off('unhandledRejection', heard)
      assert.equal(left, null)
    },
  },
]
