import { ensureBuilt } from '../../scripts/build.ts'

/** Some of these start the built application. */
export const setup = (): Promise<void> => ensureBuilt()
