import assert from 'node:assert/strict'
import type { Assumption } from './assumption.ts'

const previews = ['electron/main/shell/previews.ts', 'electron/main/preview/preview.ts']
const protocols = 'electron/main/shell/protocols.ts'
/** Of nothing in particular, and more of it than any buffer on the way holds. */
const piece = new Uint8Array(64 * 1024)
/** As its own page asks for it. */
const pathOf = (url: string): string => url.replace('app://atelier', '')

export const schemes: Assumption[] = [
  {
    id: 'protocol-status-and-headers',
    says: 'A page gets the status and headers that `protocol.handle` answers, 206 and content-range among them.',
    reliedOn: [...previews, protocols],
    source: 'lib/browser/api/protocol.ts',
    check: async ({ open, answer }) => {
      const url = answer('part', (request) => {
        const [, first = '0', last = '0'] =
          /bytes=(\d+)-(\d+)/.exec(request.headers.get('range') ?? '') ?? []
        const text = '0123456789'.slice(Number(first), Number(last) + 1)
        return new Response(text, {
          status: 206,
          headers: { 'content-range': `bytes ${first}-${last}/10`, 'accept-ranges': 'bytes' },
        })
      })
      const { webContents } = await open('<p>')
      const told = await webContents.executeJavaScript(
        `fetch('${pathOf(url)}', { headers: { range: 'bytes=2-4' } }).then(async (answer) => [answer.status, answer.headers.get('content-range'), await answer.text()])`,
      )
      assert.deepEqual(told, [206, 'bytes 2-4/10', '234'])
    },
  },
  {
    id: 'protocol-request-method-and-body',
    says: '`protocol.handle` gets a request as fetch has it: method, headers and body.',
    reliedOn: [protocols],
    source: 'lib/browser/api/protocol.ts',
    check: async ({ open, answer }) => {
      const url = answer('echo', async (request) =>
        Response.json([request.method, request.headers.get('x-own'), await request.text()]),
      )
      const { webContents } = await open('<p>')
      const told = await webContents.executeJavaScript(
        `fetch('${pathOf(url)}', { method: 'POST', headers: { 'x-own': 'yes' }, body: 'sent' }).then((answer) => answer.json())`,
      )
      assert.deepEqual(told, ['POST', 'yes', 'sent'])
    },
  },
  {
    id: 'protocol-handler-throws',
    says: 'A handler that throws, or answers Response.error(), is a failed request to the page.',
    reliedOn: [protocols, ...previews],
    source: 'lib/browser/api/protocol.ts',
    check: async ({ open, answer }) => {
      const thrown = answer('thrown', () => {
        throw new Error('meant: the handler throws')
      })
      const failed = answer('failed', () => Response.error())
      const { webContents } = await open('<p>')
      for (const url of [thrown, failed])
        assert.equal(
          await webContents.executeJavaScript(
            `fetch('${pathOf(url)}').then(() => 'answered', () => 'failed')`,
          ),
          'failed',
        )
    },
  },
  {
    id: 'protocol-streams',
    says: 'The body of an answer reaches the page as it comes, before its end.',
    reliedOn: previews,
    source: 'shell/browser/net/node_stream_loader.cc',
    check: async ({ open, answer }) => {
      let end = (): void => {}
      const url = answer(
        'slow',
        () =>
          new Response(
            new ReadableStream({
              start: (controller) => {
                controller.enqueue(piece)
                end = () => controller.close()
              },
            }),
          ),
      )
      const { webContents } = await open('<p>')
      await webContents.executeJavaScript(
        `fetch('${pathOf(url)}').then(async (answer) => { const reader = answer.body.getReader(); window.first = (await reader.read()).value.length; window.rest = reader.read() }).then(() => 1)`,
      )
      assert.ok((await webContents.executeJavaScript('window.first')) > 0)
      end()
    },
  },
  {
    id: 'protocol-cancel-reaches-source',
    says: 'A page that gives up an answer cancels its body’s source.',
    reliedOn: previews,
    source: 'shell/browser/net/node_stream_loader.cc',
    check: async ({ open, answer }) => {
      let cancelled = (): void => {}
      const given = new Promise<void>((done) => {
        cancelled = done
      })
      const url = answer(
        'endless',
        () =>
          new Response(
            new ReadableStream({
              pull: (controller) => controller.enqueue(piece),
              cancel: () => cancelled(),
            }),
          ),
      )
      const { webContents } = await open('<p>')
      await webContents.executeJavaScript(
        `(async () => { const stop = new AbortController()
          const answer = await fetch('${pathOf(url)}', { signal: stop.signal })
          await answer.body.getReader().read(); stop.abort() })()`,
      )
      await given
    },
  },
  {
    id: 'protocol-back-pressure',
    says: 'Of a body that its page does not read, no more is taken from its source than a few buffers hold.',
    reliedOn: previews,
    source: 'shell/browser/net/node_stream_loader.cc',
    check: async ({ open, answer }) => {
      let taken = 0
      const url = answer(
        'unread',
        () =>
          new Response(
            new ReadableStream({
              pull: (controller) => {
                taken += piece.length
                controller.enqueue(piece)
              },
            }),
          ),
      )
      const echo = answer('echo', () => new Response('here'))
      const { webContents } = await open('<p>')
      // As many round trips as an endless source would fill a memory in.
      await webContents.executeJavaScript(
        `(async () => { window.unread = await fetch('${pathOf(url)}')
          for (let trips = 0; trips < 30; trips += 1) await (await fetch('${pathOf(echo)}')).text() })()`,
      )
      assert.ok(taken < 128 * 1024 * 1024, `${taken} bytes were taken.`)
    },
  },
  {
    id: 'protocol-no-connection-limit',
    says: 'However many answers of a scheme are on their way to a page, the next one comes all the same.',
    reliedOn: previews,
    source: 'shell/browser/net/electron_url_loader_factory.cc',
    check: async ({ open, answer }) => {
      const held = answer(
        'held',
        () =>
          new Response(new ReadableStream({ start: (controller) => controller.enqueue(piece) })),
      )
      const echo = answer('echo', () => new Response('here'))
      const { webContents } = await open('<p>')
      const told = await webContents.executeJavaScript(
        `(async () => { window.held = await Promise.all(Array.from({ length: 20 }, () => fetch('${pathOf(held)}')))
          return (await fetch('${pathOf(echo)}')).text() })()`,
      )
      assert.equal(told, 'here')
    },
  },
]
