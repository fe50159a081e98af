import { join } from 'node:path'
import type { CacheDatabase } from './database.ts'
import { openDatabaseWorker, type Remotely } from './database-worker.ts'

export type Cache = Remotely<CacheDatabase>

/** The cache's database behind its worker. */
export const openCache = (folder: string, worker: URL): Promise<Cache> =>
  openDatabaseWorker<CacheDatabase>(join(folder, 'cache.sqlite'), worker)
