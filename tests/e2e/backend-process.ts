import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'

/** The one child of the application that runs the backend; of the double alone, whose process number its folder holds. */
export const backendProcess = async (userData: string): Promise<number> => {
  const { pid } = JSON.parse(await readFile(join(userData, 'host.json'), 'utf8'))
  const found = (): number => {
    const { stdout, error } = spawnSync('pgrep', ['-P', String(pid), '-f', 'backend\\.js'])
    if (error) throw error
    return Number(String(stdout).trim())
  }
  // Zero would be everybody in this process's own group.
  await expect.poll(found).toBeGreaterThan(1)
  return found()
}
