import { ensureBuilt } from '../../scripts/build.ts'
import { makeBackendReady } from '../prepared/backend.ts'

/** Some of these start the built application, most a backend. */
export const setup = async (): Promise<void> => {
  await ensureBuilt()
  await makeBackendReady()
}
