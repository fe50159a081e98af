import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { backendChoice, theme } from '../../../src/contract/app.ts'
import { desktopDefaults, keptDesktopSettings } from '../../../src/contract/desktop.ts'
import { transferSettings, unlimited } from '../../../src/contract/sync.ts'
import { closeFile } from '../../disk/private.ts'

const settings = z.object({
  // One that is refused by now is chosen anew.
  backend: backendChoice.nullable().catch(null),
  theme: theme.default('system'),
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
    .catch(unlimited),
  desktop: keptDesktopSettings,
})
export type Settings = z.infer<typeof settings>

/** `settings.json`: which backend, which theme, how much of the line. A file that cannot be read is a first run. */
export const openSettings = async (folder: string) => {
  const file = join(folder, 'settings.json')
  closeFile(file)
  let value: Settings = await readFile(file, 'utf8')
    .then((text) => settings.parse(JSON.parse(text)))
    .catch(() => ({
      backend: null,
      theme: 'system' as const,
      developerTools: false,
      server: null,
      certificates: {},
      transfers: unlimited,
      desktop: desktopDefaults,
    }))
  let writing: Promise<void> = Promise.resolve()
  return {
    get: (): Settings => value,
    /** What was changed is on the disk, as far as the disk takes it. */
    written: (): Promise<void> => writing.catch(() => {}),
    update: async (change: Partial<Settings>): Promise<void> => {
      value = { ...value, ...change }
      // One draft at a time, and the last word is what stays.
      const write = async (): Promise<void> => {
        const draft = await open(`${file}.draft`, 'w', 0o600)
        await draft.writeFile(JSON.stringify(value, null, 2))
        await draft.sync()
        await draft.close()
        await rename(`${file}.draft`, file)
      }
      writing = writing.then(write, write)
      await writing
    },
  }
}
