import { z } from 'zod'
import { asFailure } from '../../src/contract/failure.ts'
import { startBackend } from './backend.ts'
import { oauthFromEnvironment } from './environment.ts'
import { seedDemo } from './seed/index.ts'

/** The entry of Electron's utility process: told its folder by argument, stopped by message. */
type ParentPort = {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}
const { parentPort } = process as unknown as { parentPort: ParentPort }
const settings = z.object({ folder: z.string().min(1), demo: z.boolean() })
const stopMessage = z.object({ type: z.literal('stop') })

try {
  const { folder, demo } = settings.parse(JSON.parse(process.argv[2] ?? '{}'))
  const masterKey = process.env.ATELIER_MASTER_KEY
  // PostgreSQL, which inherits the environment, has no use for it.
  delete process.env.ATELIER_MASTER_KEY
  const backend = await startBackend({
    folder,
    oauth: oauthFromEnvironment(process.env),
    ...(masterKey ? { masterKey } : {}),
    // There is no mail server here: the code in the mail is shown where the person waits for it.
    onMail: ({ to, text }) =>
      parentPort.postMessage({ type: 'mail', to, code: /\d{6}/.exec(text)?.[0] ?? null }),
  })
  parentPort.on('message', ({ data }) => {
    if (stopMessage.safeParse(data).success) void backend.stop().then(() => process.exit(0))
  })
  if (demo) await seedDemo(backend, (line) => parentPort.postMessage({ type: 'progress', line }))
  const { url, publishableKey, oauthProviders } = backend
  const firstRun = backend.firstRun && !demo
  parentPort.postMessage({ type: 'ready', url, publishableKey, oauthProviders, firstRun })
} catch (error) {
  const { code, message } = asFailure(error)
  parentPort.postMessage({ type: 'failed', code, message })
}
