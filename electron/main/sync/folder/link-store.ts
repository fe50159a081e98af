import type { Store } from '../../../../src/sync/folder/ports.ts'
import type { Remotely } from '../../store/database-worker.ts'
import type { FolderDatabase } from './store.ts'

/** The rows of one link, behind the worker that has those of all. */
export const storeOf = (database: Remotely<FolderDatabase>, id: string): Store => ({
  load: () => database.load(id),
  knownAfter: (path) => database.knownAfter(id, path),
  baseAfter: (fileId) => database.baseAfter(id, fileId),
  remoteAfter: (fileId) => database.remoteAfter(id, fileId),
  saveKnown: (put, remove) => database.saveKnown(id, put, remove),
  savePull: (pulled, decided) => database.savePull(id, pulled, decided),
  begin: (intents) => database.begin(id, intents),
  finish: (intents, base, remote, gone) => database.finish(id, intents, base, remote, gone),
})
