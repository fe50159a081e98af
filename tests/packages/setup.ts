import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { ensureBuilt } from '../../scripts/build.ts'
import { type Packed, packStandIns } from '../../scripts/package/stand-in/index.ts'
import { root } from '../../scripts/run.ts'

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed[]
  }
}

/** Built and packed once, for every file of this suite. */
export const setup = async (project: TestProject): Promise<void> => {
  await ensureBuilt()
  project.provide('packed', await packStandIns(join(root, 'test-output/packages')))
}
