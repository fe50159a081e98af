import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { asFailure } from '../../src/contract/failure.ts'
import { startBackend } from './backend.ts'
import { oauthFromEnvironment } from './environment.ts'
import { seedDemo } from './seed/index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: 'string', default: join(process.cwd(), 'test-output/backend') },
    'database-url': { type: 'string' },
    port: { type: 'string' },
    origin: { type: 'string', multiple: true },
    /** For a backup: who has these has everything. */
    secrets: { type: 'boolean', default: false },
  },
})

try {
  const databaseUrl = values['database-url']
  const backend = await startBackend({
    folder: values.folder,
    oauth: oauthFromEnvironment(process.env),
    // The second is the application's in the test host (tests/host), where `npm start` opens without Electron.
    origins: ['app://atelier', 'https://app.electron.test', ...(values.origin ?? [])],
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(values.port ? { port: Number(values.port) } : {}),
    onMail: ({ to, text }) => console.log(`Mail to ${to}: ${/\d{6}/.exec(text)?.[0] ?? text}`),
  })
  if (positionals.includes('seed')) {
    const seeded = await seedDemo(backend, (line) => console.log(line))
    console.log(
      `Sign in as ${seeded.accounts.map(({ email, password }) => `${email} / ${password}`).join(', ')}`,
    )
    await backend.stop()
  } else {
    console.log(`URL              ${backend.url}`)
    console.log(`Publishable key  ${backend.publishableKey}`)
    if (values.secrets) {
      console.log(`Secret key       ${backend.secretKey}`)
      console.log(`Database         ${backend.databaseUrl}`)
    }
    console.log('Stop with Ctrl+C.')
    let stopping = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        stopping = true
        void backend.stop().then(() => process.exit(0))
      })
    await backend.ended
    if (!stopping) {
      console.error('PostgreSQL has stopped. (server.unavailable)')
      process.exit(1)
    }
  }
} catch (error) {
  const { code, message } = asFailure(error)
  console.error(`${message} (${code})`)
  process.exitCode = 1
}
