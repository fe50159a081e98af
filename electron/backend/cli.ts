import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { asFailure } from '../../src/domain/failure.ts'
import { startBackend } from './backend.ts'
import { oauthFromEnvironment } from './environment.ts'
import { seedDemo } from './seed/index.ts'

const usage = `npm run backend -- [--folder <folder>] [--port <number>] [--database-url <URL>] [--origin <origin>]… [--secrets]
npm run seed    -- [--folder <folder>]
  --folder        where its data lie (test-output/backend)
  --port          of this computer; the one of the last run, or a free one, when absent
  --database-url  another PostgreSQL instead of the embedded one
  --origin        a page that may ask, beside the application's own
  --secrets       prints the secret key and the database's URL, too: who has these has everything
ATELIER_MASTER_KEY, of at least 32 characters, seals secrets; without it none can be stored.`

/** What was asked for, or what there is to ask. */
const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        folder: { type: 'string', default: join(process.cwd(), 'test-output/backend') },
        'database-url': { type: 'string' },
        port: { type: 'string' },
        origin: { type: 'string', multiple: true },
        secrets: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const { port, 'database-url': databaseUrl } = values
    const unknown = positionals.find((word) => word !== 'seed')
    if (unknown) throw new Error(`There is no '${unknown}'.`)
    if (port !== undefined && !(/^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65_536))
      throw new Error(`'${port}' is no port.`)
    if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl))
      throw new Error('The database URL begins with postgres://.')
    return { values, positionals }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
const { values, positionals } = readArguments()

try {
  const databaseUrl = values['database-url']
  const backend = await startBackend({
    folder: values.folder,
    oauth: oauthFromEnvironment(process.env),
    // The second is the application's in the test host (host), where `npm start` opens without Electron.
    origins: ['app://atelier', 'https://app.electron.test', ...(values.origin ?? [])],
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(values.port ? { port: Number(values.port) } : {}),
    // An application that is connected to it as to any other project tells it nothing.
    callbackPorts: 'any',
    onMail: ({ to, text }) => console.log(`Mail to ${to}: ${/\d{6}/.exec(text)?.[0] ?? text}`),
  })
  const masterKey = process.env.ATELIER_MASTER_KEY
  if (masterKey) await backend.supplyMasterKey(masterKey)
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
