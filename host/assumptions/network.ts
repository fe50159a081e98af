import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createSecureServer as createNewerServer } from 'node:http2'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeAuthority } from '../../tests/fixtures/authority.ts'
import type { Assumption } from './assumption.ts'

const transport = 'electron/main/network/transport.ts'
const network = 'electron/main/network/index.ts'
const previews = 'electron/main/shell/previews.ts'
const source = 'lib/common/api/net-client-request.ts'
type Ask = Pick<typeof import('electron'), 'net'>
type Answered = { status: number; words: string; raw: string[]; named: string[]; text: string }

const ask = (
  { net }: Ask,
  url: string,
  login?: (asking: Electron.AuthInfo, answer: (name?: string, password?: string) => void) => void,
): Promise<Answered> =>
  new Promise((done, fail) => {
    const request = net.request({ url })
    if (login) request.on('login', login)
    request.on('error', fail)
    request.on('response', (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () =>
        done({
          status: answer.statusCode,
          words: answer.statusMessage,
          text,
          raw: answer.rawHeaders,
          named: Object.keys(answer.headers),
        }),
      )
    })
    request.end()
  })
const known = `Basic ${Buffer.from('ada:secret').toString('base64')}`
const own = async (folder: string) => {
  const authority = await makeAuthority(`${folder}/authority`, 'Nobody knows this one')
  return authority.issue({ name: 'IP:127.0.0.1' })
}

export const networkAssumptions: Assumption[] = [
  {
    id: 'fetch-six-connections',
    says: '`net.fetch` is held to the same six connections to one host.',
    reliedOn: [transport],
    source: 'lib/browser/api/net-fetch.ts',
    check: async ({ electron: { net }, serve }) => {
      let most = 0
      const held: (() => void)[] = []
      let sixth = (): void => {}
      const full = new Promise<void>((done) => {
        sixth = done
      })
      const url = await serve((_request, response) => {
        held.push(() => response.end('x'))
        most = Math.max(most, held.length)
        if (held.length === 6) sixth()
      })
      const answers = Array.from({ length: 8 }, async (_, index) =>
        (await net.fetch(`${url}?${index}`, { cache: 'no-store' })).text(),
      )
      await full
      const other = await serve((_request, response) => response.end('there'))
      assert.equal(await (await net.fetch(other)).text(), 'there')
      assert.equal(most, 6)
      const release = setInterval(() => {
        for (const answer of held.splice(0)) answer()
      }, 5)
      await Promise.all(answers)
      clearInterval(release)
    },
  },
  {
    id: 'fetch-body-whole',
    says: '`net.fetch` keeps a streamed body in memory and sends it whole, with its length: nothing goes out before its end.',
    reliedOn: [transport],
    source: 'lib/browser/api/net-fetch.ts',
    check: async ({ electron: { net }, serve }) => {
      const url = await serve((request, response) => {
        request.resume()
        request.on('end', () =>
          response.end(
            `${request.headers['content-length']} ${request.headers['transfer-encoding']}`,
          ),
        )
      })
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue(Buffer.from('one '))
          controller.enqueue(Buffer.from('two'))
          controller.close()
        },
      })
      const answer = await net.fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit)
      assert.equal(await answer.text(), '7 undefined')
    },
  },
  {
    id: 'answer-raw-headers',
    says: 'Over HTTP/1.1 `rawHeaders` keep the server’s letters and `statusMessage` its words; `headers` are in lower case.',
    reliedOn: ['src/network/http-version.ts', transport],
    source,
    check: async ({ electron, serve }) => {
      const url = await serve((_request, response) =>
        response.writeHead(200, 'Quite So', { 'X-Own-Name': 'a' }).end('x'),
      )
      const { raw, named, words } = await ask(electron, url)
      assert.ok(raw.includes('X-Own-Name'), raw.join())
      assert.ok(named.includes('x-own-name'), named.join())
      assert.equal(words, 'Quite So')
    },
  },
  {
    id: 'answer-http2-reads-differently',
    onlyElectron: 'The double speaks HTTP/1.1 alone.',
    says: 'Over HTTP/2 `rawHeaders` are in lower case, `statusMessage` is empty and `httpVersion` says 1.1 all the same.',
    reliedOn: ['src/network/http-version.ts', transport],
    source: 'shell/common/api/electron_api_url_loader.cc',
    check: async ({ electron, folder }) => {
      const server = createNewerServer({ ...(await own(folder)) }, (_request, response) => {
        response.setHeader('X-Own-Name', 'a')
        response.end('x')
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { defaultSession } = electron.session
      defaultSession.setCertificateVerifyProc((_asked, answer) => answer(0))
      const { port } = server.address() as AddressInfo
      const { raw, words } = await ask(electron, `https://127.0.0.1:${port}/`)
      assert.ok(raw.includes('x-own-name'), raw.join())
      assert.equal(words, '')
      defaultSession.setCertificateVerifyProc(null)
      server.close()
    },
  },
  {
    id: 'certificate-unknown-fails',
    says: 'A server whose certificate nobody vouches for fails main’s request with net::ERR_CERT_AUTHORITY_INVALID; certificate-error is not said of it.',
    reliedOn: ['src/network/net-error.ts', transport],
    source: 'docs/api/app.md',
    check: async ({ electron, folder }) => {
      const server = createSecureServer(await own(folder), (_request, response) =>
        response.end('x'),
      ).listen(0, '127.0.0.1')
      await once(server, 'listening')
      let isSaid = false
      const hear = (): void => {
        isSaid = true
      }
      electron.app.on('certificate-error', hear)
      const { port } = server.address() as AddressInfo
      await assert.rejects(ask(electron, `https://127.0.0.1:${port}/`), {
        message: 'net::ERR_CERT_AUTHORITY_INVALID',
      })
      assert.equal(isSaid, false)
      electron.app.off('certificate-error', hear)
      server.close()
    },
  },
  {
    id: 'login-of-server',
    says: 'A server that asks for a name and a password is told of by the request’s `login`; answered with nothing, its own 401 comes.',
    reliedOn: [transport],
    source,
    check: async ({ electron, serve }) => {
      const url = await serve((request, response) => {
        const isKnown = request.headers.authorization === known
        response
          .writeHead(isKnown ? 200 : 401, { 'www-authenticate': 'Basic realm="Own"' })
          .end(isKnown ? 'in' : 'out')
      })
      const asked: unknown[] = []
      const refused = await ask(electron, url, ({ isProxy, scheme, host, realm }, answer) => {
        asked.push([isProxy, scheme, host, realm])
        answer()
      })
      assert.deepEqual([refused.status, refused.text], [401, 'out'])
      assert.deepEqual(asked, [[false, 'basic', '127.0.0.1', 'Own']])
      const given = await ask(electron, url, (_asking, answer) => answer('ada', 'secret'))
      assert.deepEqual([given.status, given.text], [200, 'in'])
    },
  },
  {
    id: 'login-of-proxy',
    says: 'After `setProxy` main’s requests go by the proxy, loopback too where `<-loopback>` says so; its question is the request’s `login`, with isProxy.',
    reliedOn: [network, transport],
    source,
    check: async ({ electron, serve }) => {
      const { defaultSession } = electron.session
      const url = await serve((request, response) => {
        const isKnown = request.headers['proxy-authorization'] === known
        response
          .writeHead(isKnown ? 200 : 407, { 'proxy-authenticate': 'Basic realm="Way out"' })
          .end(isKnown ? `for ${request.url}` : 'who?')
      })
      const { host, hostname, port } = new URL(url)
      await defaultSession.setProxy({
        mode: 'fixed_servers',
        proxyRules: `http://${host}`,
        proxyBypassRules: '<-loopback>',
      })
      const asked: unknown[] = []
      const { status, text } = await ask(electron, 'http://127.0.0.1:1/there', (asking, answer) => {
        asked.push([asking.isProxy, asking.host, asking.port, asking.realm])
        answer('ada', 'secret')
      })
      await defaultSession.setProxy({ mode: 'direct' })
      assert.deepEqual([status, text], [200, 'for http://127.0.0.1:1/there'])
      assert.deepEqual(asked, [[true, hostname, Number(port), 'Way out']])
    },
  },
  {
    id: 'login-of-page',
    says: 'What a page loads is asked for by `login` of the application, with its contents and whether it is the first try; prevented, the answer counts.',
    reliedOn: [network],
    source: 'shell/browser/login_handler.cc',
    check: async ({ electron, serve, open }) => {
      const { app, session } = electron
      const window = await open('<p>')
      const url = await serve((request, response) => {
        const isKnown = request.headers['proxy-authorization'] === known
        response
          .writeHead(isKnown ? 200 : 407, {
            'content-type': 'text/html',
            ...(isKnown ? {} : { 'proxy-authenticate': 'Basic realm="Way out"' }),
          })
          .end(isKnown ? '<title>in</title>' : 'who?')
      })
      await session.defaultSession.setProxy({
        mode: 'fixed_servers',
        proxyRules: `http://${new URL(url).host}`,
        proxyBypassRules: '<-loopback>',
      })
      const asked: unknown[] = []
      const hear = (
        event: Electron.Event,
        contents: Electron.WebContents | null,
        { firstAuthAttempt }: Electron.AuthenticationResponseDetails,
        { isProxy }: Electron.AuthInfo,
        answer: (name?: string, password?: string) => void,
      ): void => {
        event.preventDefault()
        asked.push([contents === window.webContents, firstAuthAttempt, isProxy])
        answer('ada', 'secret')
      }
      app.on('login', hear)
      await window.loadURL('http://127.0.0.1:1/there')
      const title = await window.webContents.executeJavaScript('document.title')
      app.off('login', hear)
      await session.defaultSession.setProxy({ mode: 'direct' })
      assert.equal(title, 'in')
      assert.deepEqual(asked, [[true, true, true]])
    },
  },
  {
    id: 'proxy-of-partition',
    says: 'A session whose proxy is nobody reaches nothing, this computer neither; others do as before.',
    reliedOn: [previews],
    source: 'docs/api/session.md',
    check: async ({ electron, serve }) => {
      let asked = 0
      const url = await serve((_request, response) => {
        asked += 1
        response.end('there')
      })
      const closed = electron.session.fromPartition('assumption-closed')
      await closed.setProxy({
        mode: 'fixed_servers',
        proxyRules: '127.0.0.1:1',
        proxyBypassRules: '<-loopback>',
      })
      const { webContents } = new electron.WebContentsView({ webPreferences: { session: closed } })
      await assert.rejects(webContents.loadURL(url), /ERR_/)
      assert.equal(asked, 0)
      assert.equal((await ask(electron, url)).text, 'there')
      webContents.close()
    },
  },
]
