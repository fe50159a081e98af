import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../src/domain/failure.ts'

/** Made once per installation; nobody else's tokens are worth anything here. */
const keys = z.object({
  jwtSecret: z.string().min(32),
  publishableKey: z.string().startsWith('sb_publishable_'),
  secretKey: z.string().startsWith('sb_secret_'),
  /** Which backend this is, wherever it listens: sessions and caches are kept under it. */
  id: z.uuid(),
  /** Of PostgreSQL's superuser: its port is open to everybody on this computer. */
  databasePassword: z.string().min(32),
  /** The port of the last run, taken again when it is free. */
  port: z.number().int().min(0).max(65_535),
})
export type Keys = z.infer<typeof keys>

const random = (): string => randomBytes(24).toString('base64url')

const write = async (folder: string, value: Keys): Promise<void> => {
  const file = join(folder, 'keys.json')
  const draft = await open(`${file}.draft`, 'w', 0o600)
  await draft.writeFile(JSON.stringify(value, null, 2))
  await draft.sync()
  await draft.close()
  await rename(`${file}.draft`, file)
}

export const loadKeys = async (folder: string): Promise<Keys> => {
  await mkdir(folder, { recursive: true })
  const text = await readFile(join(folder, 'keys.json'), 'utf8').catch(() => null)
  if (text !== null) {
    try {
      return keys.parse(JSON.parse(text))
    } catch (error) {
      throw new Failure(
        'backend.failed-to-start',
        'The file with this installation’s keys is damaged.',
        {
          cause: error,
        },
      )
    }
  }
  const made: Keys = {
    jwtSecret: randomBytes(48).toString('base64url'),
    publishableKey: `sb_publishable_${random()}`,
    secretKey: `sb_secret_${random()}`,
    id: randomUUID(),
    databasePassword: random(),
    port: 0,
  }
  await write(folder, made)
  return made
}

export const rememberPort = (folder: string, known: Keys, port: number): Promise<void> =>
  known.port === port ? Promise.resolve() : write(folder, { ...known, port })
