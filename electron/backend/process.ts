import { z } from 'zod'
import { asFailure } from '../../src/domain/failure.ts'
import { exitCodeFor } from '../../src/updates/copy-exit.ts'
import { log, logged, setLogSink } from '../log/log.ts'
import { type Backend, startBackend } from './backend.ts'
import { oauthFromEnvironment } from './environment.ts'
import { isFull } from './postgres/bring-along.ts'
import { seedDemo } from './seed/index.ts'

/** The entry of Electron's utility process: told its folder by argument; its secret, its key and its end by message. */
type ParentPort = {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}
const { parentPort } = process as unknown as { parentPort: ParentPort }
const settings = z.object({ folder: z.string().min(1), demo: z.boolean(), origin: z.string() })
const order = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stop'), copy: z.boolean().default(false) }),
  z.object({ type: z.literal('identity'), secret: z.string().min(32) }),
  z.object({ type: z.literal('masterKey'), key: z.string().min(32) }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('callback'), port: z.int().min(1).max(65_535).nullable() }),
])
let backend: Backend | null = null
/** Or why there is none. */
const starting = Promise.withResolvers<Backend | { error: unknown }>()
/** Ends what a start that is under way has begun: no PostgreSQL is left behind. */
const stops: (() => Promise<void>)[] = []
const giveUpStart = async (): Promise<void> => {
  for (const stopOne of stops)
    await stopOne().catch(logged('backend', 'A part of the backend did not end'))
}
let haveIdentity = (_secret: string): void => {}
const identity = new Promise<string>((done) => {
  haveIdentity = done
})
const say = (message: unknown): void => parentPort.postMessage(message)
const said = log('backend')
setLogSink((record) => say({ type: 'log', record }))
process.on('unhandledRejection', (reason) => said.error('Nobody waited for what failed', reason))
process.on('uncaughtExceptionMonitor', (error) => said.error('The backend broke', error))

let isStopping = false
const stop = async (copy: boolean): Promise<void> => {
  // Whoever is asked twice would end before what was asked first is done.
  if (isStopping) return
  isStopping = true
  try {
    // A copy is of what is there when it has started; for nothing else is a start waited for.
    const running = copy ? await starting.promise : backend
    if (running && 'error' in running) {
      await giveUpStart()
      process.exit(exitCodeFor(isFull(running.error) ? 'disk.full' : 'update.no-copy'))
    }
    if (running) await running.stop({ copy })
    else await giveUpStart()
    process.exit(0)
  } catch (error) {
    said.error(copy ? 'The database was not copied' : 'The backend did not stop', error)
    process.exit(exitCodeFor(asFailure(error).code))
  }
}

// Heard from the first moment: whoever quits does not wait for a start.
parentPort.on('message', ({ data }) => {
  const { data: asked } = order.safeParse(data)
  if (asked?.type === 'stop') void stop(asked.copy)
  else if (asked?.type === 'identity') haveIdentity(asked.secret)
  else if (asked?.type === 'ping') say({ type: 'pong' })
  else if (asked?.type === 'masterKey')
    void backend
      ?.supplyMasterKey(asked.key)
      .catch((error: unknown) => said.error('The key was not taken', error))
  else if (asked?.type === 'callback') {
    backend?.allowCallback(asked.port)
    // Main opens the browser's page only then.
    say({ type: 'callback', port: asked.port })
  }
})

try {
  const { folder, demo, origin } = settings.parse(JSON.parse(process.argv[2] ?? '{}'))
  backend = await startBackend({
    folder,
    origins: [origin],
    identitySecret: await identity,
    oauth: oauthFromEnvironment(process.env),
    onStarting: (stopOne) => stops.push(stopOne),
    onCopying: () => say({ type: 'copying' }),
    onBringingAlong: (how) => say({ type: 'bringingAlong', ...how }),
    // There is no mail server here: the code in the mail is shown where the person waits for it.
    onMail: ({ to, text }) => say({ type: 'mail', to, code: /\d{6}/.exec(text)?.[0] ?? null }),
  })
  starting.resolve(backend)
  // A PostgreSQL that died takes us along: main sees that, and can start both again.
  void backend.ended.then(() => {
    if (!isStopping) process.exit(1)
  })
  if (demo) await seedDemo(backend, (line) => say({ type: 'progress', line }))
  const { id, url, publishableKey, oauthProviders, localAccount, hasSecrets } = backend
  const firstRun = backend.firstRun && !demo
  const ready = { id, url, publishableKey, oauthProviders, firstRun, localAccount, hasSecrets }
  say({ type: 'ready', ...ready })
} catch (error) {
  said.error('The backend did not start', error)
  const { code, message } = asFailure(error)
  say({ type: 'failed', code, message })
  starting.resolve({ error })
}
