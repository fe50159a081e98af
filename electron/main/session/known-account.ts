import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { account } from '../../../src/contract/session.ts'

/** Who was here last, so that an offline start shows their things at once. Holds no secret. */
const knownAccount = z.object({ server: z.string(), url: z.string(), account })
export type KnownAccount = z.infer<typeof knownAccount>

export const openKnownAccount = (file: string) => ({
  read: async (): Promise<KnownAccount | null> => {
    try {
      return knownAccount.parse(JSON.parse(await readFile(file, 'utf8')))
    } catch {
      return null
    }
  },
  write: async (value: KnownAccount): Promise<void> => {
    await mkdir(dirname(file), { recursive: true })
    const draft = await open(`${file}.draft`, 'w', 0o600)
    await draft.writeFile(JSON.stringify(value))
    await draft.sync()
    await draft.close()
    await rename(`${file}.draft`, file)
  },
  forget: () => rm(file, { force: true }),
})
