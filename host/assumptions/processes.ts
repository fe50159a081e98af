import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Assumption } from './assumption.ts'

const backend = ['electron/main/shell/backend-process.ts', 'electron/backend/process.ts']
const previews = ['electron/main/shell/previews.ts', 'electron/main/preview/preview.ts']

export const processes: Assumption[] = [
  {
    id: 'utility-queue',
    says: 'What main says to a utility process before it listens waits until it does.',
    reliedOn: backend,
    source: 'lib/utility/init.ts',
    check: async ({ electron: { utilityProcess }, write }) => {
      const entry = await write(
        'late.mjs',
        `process.parentPort.on('other', () => {})
         setTimeout(() => process.parentPort.on('message', ({ data }) => process.parentPort.postMessage(['heard', data])), 200)`,
      )
      const child = utilityProcess.fork(entry)
      child.postMessage('early')
      const [answer] = await once(child, 'message')
      assert.deepEqual(answer, ['heard', 'early'])
      child.kill()
    },
  },
  {
    id: 'utility-arguments',
    says: 'A utility process runs an ES module, and finds its arguments from the third on.',
    reliedOn: backend,
    source: 'lib/utility/init.ts',
    check: async ({ electron: { utilityProcess }, write }) => {
      const entry = await write(
        'arguments.mjs',
        `import { basename } from 'node:path'
         process.parentPort.postMessage([basename(process.argv[1]), process.argv[2], import.meta.filename.endsWith('.mjs')])`,
      )
      const child = utilityProcess.fork(entry, ['{"a":1}'], { serviceName: 'Check' })
      const [told] = await once(child, 'message')
      assert.deepEqual(told.slice(1), ['{"a":1}', true])
      assert.match(told[0], /arguments\.mjs$/)
      child.kill()
    },
  },
  {
    id: 'utility-post-to-dead',
    says: 'What is said to a utility process that has ended is dropped in silence.',
    reliedOn: backend,
    source: 'shell/browser/api/electron_api_utility_process.cc',
    check: async ({ electron: { utilityProcess }, write }) => {
      const child = utilityProcess.fork(await write('short.mjs', 'process.exit(3)'))
      const [code] = await once(child, 'exit')
      assert.equal(code, 3)
      child.postMessage('anybody?')
      assert.equal(child.pid, undefined)
      assert.equal(child.kill(), false)
    },
  },
  {
    id: 'utility-kill-exit-code',
    says: 'A utility process that was killed says `exit` with 0.',
    reliedOn: backend,
    source: 'shell/browser/api/electron_api_utility_process.cc',
    check: async ({ electron: { utilityProcess }, write }) => {
      const entry = await write(
        'long.mjs',
        `setInterval(() => {}, 1000)
        process.parentPort.postMessage('up')`,
      )
      const child = utilityProcess.fork(entry)
      await once(child, 'message')
      assert.equal(child.kill(), true)
      const [code] = await once(child, 'exit')
      assert.equal(code, 0)
    },
  },
  {
    id: 'utility-clones',
    says: 'Messages to and from a utility process are structured clones, and a function is refused.',
    reliedOn: backend,
    source: 'shell/common/v8_util.cc',
    check: async ({ electron: { utilityProcess }, write }) => {
      const entry = await write(
        'clones.mjs',
        `process.parentPort.on('message', ({ data }) => {
           let refused = ''
           try { process.parentPort.postMessage(() => {}) } catch (error) { refused = error.message }
           process.parentPort.postMessage({ back: data, isDate: data.at instanceof Date, refused })
         })`,
      )
      const child = utilityProcess.fork(entry)
      assert.throws(() => child.postMessage(() => {}), /An object could not be cloned/)
      child.postMessage({ at: new Date(5), of: new Map([[1, 2]]) })
      const [told] = await once(child, 'message')
      assert.deepEqual(told, {
        back: { at: new Date(5), of: new Map([[1, 2]]) },
        isDate: true,
        refused: 'An object could not be cloned.',
      })
      child.kill()
    },
  },
  {
    id: 'utility-rejection-goes-on',
    says: 'A promise that is rejected and handled by nobody warns in a utility process, and does not end it.',
    reliedOn: backend,
    source: 'shell/services/node/node_service.cc',
    check: async ({ electron: { utilityProcess }, write }) => {
      const entry = await write(
        'rejects.mjs',
        `Promise.reject(new Error('meant: nobody handles this'))
         setTimeout(() => process.parentPort.postMessage('still here'), 100)`,
      )
      // Not counted as one of the product's.
      const { ATELIER_HOST_REJECTIONS: _, ...env } = process.env
      const child = utilityProcess.fork(entry, [], { env, stdio: 'ignore' })
      const [told] = await once(child, 'message')
      assert.equal(told, 'still here')
      child.kill()
    },
  },
  {
    id: 'partition-apart',
    says: 'A session of its own has its own schemes, storage and rules, and a page in it none of the default’s.',
    reliedOn: previews,
    source: 'docs/api/session.md',
    check: async ({ electron: { session, WebContentsView }, open, answer }) => {
      const own = session.fromPartition('assumption')
      assert.equal(session.fromPartition('assumption'), own)
      const first = await open('<p>')
      await first.webContents.executeJavaScript(`localStorage.setItem('apart', 'default'); 1`)
      const titled = (title: string) => (): Response =>
        new Response(`<title>${title}</title>`, { headers: { 'content-type': 'text/html' } })
      const page = answer('apart', titled('default'))
      const openOwn = (): Electron.WebContents =>
        new WebContentsView({ webPreferences: { session: own } }).webContents
      // Nobody here answers what the default answers, and the system is not asked who would.
      own.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
      const unanswered = openOwn()
      const found = await unanswered.loadURL(page).then(
        () => unanswered.executeJavaScript('document.title'),
        () => '',
      )
      assert.notEqual(found, 'default')
      unanswered.close()
      own.protocol.handle('app', titled('own'))
      own.webRequest.onBeforeRequest(({ url }, decide) =>
        decide({ cancel: url.includes('barred') }),
      )
      const webContents = openOwn()
      await webContents.loadURL(page)
      assert.deepEqual(
        await webContents.executeJavaScript(`[document.title, localStorage.getItem('apart')]`),
        ['own', null],
      )
      const barred = new URL(answer('barred', () => new Response('there'))).pathname
      const ask = `fetch('${barred}').then((answer) => answer.text(), () => 'barred')`
      assert.equal(await webContents.executeJavaScript(ask), 'barred')
      assert.equal(await first.webContents.executeJavaScript(ask), 'there')
      webContents.close()
    },
  },
  {
    id: 'session-clear-data',
    says: '`session.clearData` takes what pages stored.',
    reliedOn: ['electron/main/shell/window.ts'],
    source: 'docs/api/session.md',
    check: async ({ electron: { session }, open }) => {
      const window = await open('<p>')
      await window.webContents.executeJavaScript(`localStorage.setItem('kept', 'yes'); 1`)
      await session.defaultSession.clearData()
      assert.equal(await window.webContents.executeJavaScript(`localStorage.getItem('kept')`), null)
    },
  },
  {
    id: 'theme-source',
    says: '`nativeTheme.themeSource` decides what pages take for the person’s colours, at once.',
    reliedOn: ['electron/main/shell/application.ts'],
    source: 'docs/api/native-theme.md',
    check: async ({ electron: { nativeTheme }, open }) => {
      const window = await open('<p>')
      const isDark = `matchMedia('(prefers-color-scheme: dark)').matches`
      nativeTheme.themeSource = 'dark'
      assert.equal(nativeTheme.shouldUseDarkColors, true)
      const wait = (wanted: boolean): string =>
        `new Promise((done) => { const query = matchMedia('(prefers-color-scheme: dark)'); if (query.matches === ${wanted}) done(true); else query.addEventListener('change', () => done(query.matches === ${wanted})) })`
      assert.equal(await window.webContents.executeJavaScript(wait(true)), true)
      nativeTheme.themeSource = 'light'
      assert.equal(await window.webContents.executeJavaScript(wait(false)), true)
      assert.equal(await window.webContents.executeJavaScript(isDark), false)
      nativeTheme.themeSource = 'system'
    },
  },
]
