import { once } from 'node:events'
import { appendFileSync, mkdtempSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** What a check works with; `electron` is the double or the real one. */
export type Kit = {
  electron: typeof import('electron')
  /** Of this run alone. */
  folder: string
  /** A server of this computer, gone after the check. */
  serve(answer: RequestListener): Promise<string>
  /** What `app://atelier/<path>` answers from now on. */
  answer(path: string, handler: (request: Request) => Response | Promise<Response>): string
  /** A window with a page of this text, loaded; gone after the check. */
  open(html: string, options?: Open): Promise<Electron.BrowserWindow>
  /** A file with this text, to be run or loaded. */
  write(name: string, text: string): Promise<string>
  /** Into the record of a process of its own. */
  tell(line: string): void
  /** A second launch over the same data; resolves with its exit code. */
  launchAgain(args: string[]): Promise<number>
}
type Open = {
  preload?: string
  options?: Electron.BrowserWindowConstructorOptions
  /** Of the page's answer. */
  headers?: Record<string, string>
}

type Handler = Parameters<Kit['answer']>[1]
const answers = new Map<string, Handler>()
/** Before ready, as the product does it. */
export const declareScheme = ({ protocol }: typeof import('electron')): void =>
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ])
export const serveScheme = ({ protocol }: typeof import('electron')): void =>
  protocol.handle('app', (request) => {
    const handler = answers.get(new URL(request.url).pathname)
    return handler ? handler(request) : new Response(null, { status: 404 })
  })

let made = 0
export const openKit = (
  electron: typeof import('electron'),
  place: string,
  launchAgain: Kit['launchAgain'],
): { kit: Kit; close(): void } => {
  const folder = mkdtempSync(join(place, 'assumption-'))
  const closes: (() => void)[] = []
  const kit: Kit = {
    electron,
    folder,
    launchAgain,
    serve: async (answer) => {
      const server = createServer(answer).listen(0, '127.0.0.1')
      await once(server, 'listening')
      closes.push(() => {
        server.closeAllConnections()
        server.close()
      })
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    },
    answer: (path, handler) => {
      made += 1
      const own = `/${made}/${path}`
      answers.set(own, handler)
      return `app://atelier${own}`
    },
    open: async (html, { preload, options = {}, headers = {} } = {}) => {
      const file = preload === undefined ? null : await kit.write('preload.cjs', preload)
      const window = new electron.BrowserWindow({
        show: false,
        width: 800,
        height: 600,
        ...options,
        webPreferences: {
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          ...(file ? { preload: file } : {}),
          ...options.webPreferences,
        },
      })
      closes.push(() => {
        if (!window.isDestroyed()) window.destroy()
      })
      const page = kit.answer(
        'index.html',
        () =>
          new Response(`<!doctype html><meta charset="utf-8"><title>page</title>${html}`, {
            headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
          }),
      )
      await window.loadURL(page)
      return window
    },
    write: async (name, text) => {
      made += 1
      const file = join(folder, `${made}-${name}`)
      await writeFile(file, text)
      return file
    },
    tell: (line) => appendFileSync(process.env.ATELIER_ASSUMPTIONS_RECORD ?? '', `${line}\n`),
  }
  return {
    kit,
    close: () => {
      for (const close of closes.splice(0).reverse()) close()
    },
  }
}
