import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { backendChoice, languageChoice, theme } from '../../../src/contract/app.ts'
import { transferSettings } from '../../../src/contract/sync.ts'
import { keptDesktopSettings } from '../../../src/presence/desktop-settings.ts'
import { unlimited } from '../../../src/sync/policy.ts'
import { closeFile } from '../../disk/private.ts'

const settings = z.object({
  // One that is refused by now is chosen anew.
  backend: backendChoice.nullable().default(null).catch(null),
  theme: theme.default('system'),
  language: languageChoice.default('system').catch('system'),
  /** Whether an installed Atelier opens Chromium's developer tools. */
  developerTools: z.boolean().default(false),
  /** The origin of the last connected server: the window's policy names it before it answers. */
  server: z.string().nullable().default(null),
  /** Of the certificates of this computer, which one a server is shown: fingerprints by host. */
  certificates: z.record(z.string(), z.string()).default({}).catch({}),
  transfers: transferSettings
    .extend({
      keepLimit: transferSettings.shape.keepLimit.default(null),
      metered: transferSettings.shape.metered.default(false),
    })
    .default(unlimited)
    .catch(unlimited),
  desktop: keptDesktopSettings,
})
export type Settings = z.infer<typeof settings>

/** Of the file. One of a later form holds what this application has not heard of, and would lose. */
const form = 1
const formOf = z.object({ form: z.number().int().catch(1).default(1) })
export type PutAside = { why: 'newer' | 'damaged'; file: string }

const asFound = async (file: string): Promise<{ value: Settings; putAside: PutAside | null }> => {
  const begin = settings.parse({})
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return { value: begin, putAside: null }
  let why: PutAside['why'] = 'damaged'
  try {
    const raw: unknown = JSON.parse(text)
    if (formOf.parse(raw).form <= form) return { value: settings.parse(raw), putAside: null }
    why = 'newer'
  } catch {
    // What is no settings file.
  }
  const aside = `${file.replace(/\.json$/, '')}.${why}-${Date.now()}.json`
  const isAside = await rename(file, aside).then(
    () => true,
    () => false,
  )
  return { value: begin, putAside: isAside ? { why, file: aside } : null }
}

/** `settings.json`: which backend, which theme and language, how much of the line. One that cannot be read is put aside, and not lost. */
export const openSettings = async (folder: string) => {
  const file = join(folder, 'settings.json')
  closeFile(file)
  const found = await asFound(file)
  let { value } = found
  let writing: Promise<void> = Promise.resolve()
  return {
    get: (): Settings => value,
    /** What was there before, where this application could not use it. */
    putAside: found.putAside,
    /** What was changed is on the disk, as far as the disk takes it. */
    written: (): Promise<void> => writing.catch(() => {}),
    update: async (change: Partial<Settings>): Promise<void> => {
      value = { ...value, ...change }
      // One draft at a time, and the last word is what stays.
      const write = async (): Promise<void> => {
        const draft = await open(`${file}.draft`, 'w', 0o600)
        await draft.writeFile(JSON.stringify({ form, ...value }, null, 2))
        await draft.sync()
        await draft.close()
        await rename(`${file}.draft`, file)
      }
      writing = writing.then(write, write)
      await writing
    },
  }
}
