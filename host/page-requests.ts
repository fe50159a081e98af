import type { Route } from 'playwright-core'
import { main } from './app-events.ts'
import { net } from './net.ts'

/** What a page asks for where there is a proxy: by the same way as main's requests, its `login` told as a page's. */
export const throughProxy = async (route: Route, contents: object | null): Promise<void> => {
  const asked = route.request()
  const request = net.request({ url: asked.url(), method: asked.method() })
  for (const [name, value] of Object.entries(asked.headers()))
    if (!/^(host|connection|content-length|accept-encoding)$/i.test(name))
      request.setHeader(name, value)
  let isFirst = true
  request.on(
    'login',
    (proxy: Electron.AuthInfo, answer: (name?: string, password?: string) => void) => {
      let isPrevented = false
      const event = { preventDefault: () => (isPrevented = true) }
      const details = { url: asked.url(), pid: 0, isRequestForNavigation: false }
      main.emit('login', event, contents, { ...details, firstAuthAttempt: isFirst }, proxy, answer)
      isFirst = false
      if (!isPrevented) answer()
    },
  )
  await new Promise<void>((done) => {
    const fail = (): void => void route.abort('failed').then(done, done)
    request.on('error', fail)
    request.on('response', (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('error', fail)
      answer.on('end', () => {
        const { 'content-encoding': _, 'content-length': __, ...headers } = answer.headers
        const flat = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, String(value)]),
        )
        void route
          .fulfill({ status: answer.statusCode, headers: flat, body: Buffer.concat(pieces) })
          .then(done, done)
      })
    })
    request.end(asked.postDataBuffer() ?? undefined)
  })
}
