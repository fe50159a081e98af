import { open, readFile, rename } from 'node:fs/promises'
import { z } from 'zod'
import { closeFile } from '../../disk/private.ts'

const memory = z.object({
  automatic: z.boolean().default(true),
  skipped: z.string().max(64).nullable().default(null),
  /** What was being installed when this application ended last. */
  attempt: z
    .object({
      from: z.string().max(64),
      to: z.string().max(64),
      postgresMajor: z.number().int().positive().nullable().default(null),
    })
    .nullable()
    .default(null),
})
type Memory = z.infer<typeof memory>

/** `updates.json`: what the person said of updates. */
export const openMemory = async (file: string) => {
  closeFile(file)
  let value = await readFile(file, 'utf8')
    .then((text) => memory.parse(JSON.parse(text)))
    .catch(() => memory.parse({}))
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    const draft = await open(`${file}.draft`, 'w', 0o600)
    await draft.writeFile(JSON.stringify(value, null, 2))
    await draft.sync()
    await draft.close()
    await rename(`${file}.draft`, file)
  }
  return {
    get: (): Memory => value,
    update: (change: Partial<Memory>): Promise<void> => {
      value = { ...value, ...change }
      writing = writing.then(write, write)
      return writing
    },
  }
}
