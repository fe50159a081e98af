import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Apple's program takes the key by its file; a workflow's secret is its text. The folder goes with the job. */
export const writeAppleKey = async (environment: NodeJS.ProcessEnv): Promise<string | null> => {
  const { ATELIER_APPLE_KEY_TEXT: text, RUNNER_TEMP: folder } = environment
  if (!text) return null
  if (!folder) throw new Error('RUNNER_TEMP, where the key of Apple is written, is not named.')
  const path = join(folder, 'apple-api-key.p8')
  await writeFile(path, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 })
  return path
}
