import type { openFolderStore } from '../../electron/main/sync/folder/store.ts'
import type { BaseFile, Cursor, Remote, RemoteFile, Store } from '../../src/sync/folder/ports.ts'
import type { Journal } from './journal.ts'
import type { Life, World } from './world.ts'

type Onlookers = {
  world: World
  life: Life
  journal: Journal
  noted: (file: BaseFile) => void
  pulled: (files: readonly RemoteFile[], cursor: Cursor) => void
}

/** The database, each call in its turn. */
export const inTurn = (
  real: ReturnType<typeof openFolderStore>,
  { world, life, journal, noted, pulled }: Onlookers,
): Store => ({
  load: () => world.call(life, 'store.load', () => real.load()),
  knownAfter: (path) => world.call(life, 'store.load', () => real.knownAfter(path)),
  baseAfter: (fileId) => world.call(life, 'store.load', () => real.baseAfter(fileId)),
  remoteAfter: (fileId) => world.call(life, 'store.load', () => real.remoteAfter(fileId)),
  saveKnown: (put, remove) =>
    world.call(life, 'store.saveKnown', () => real.saveKnown(put, remove)),
  savePull: (answer, decided) =>
    world.call(life, 'store.savePull', () => {
      real.savePull(answer, decided)
      pulled(real.remoteAfter(''), answer.cursor)
    }),
  begin: (intents) =>
    world.call(life, 'store.begin', () => {
      real.begin(intents)
      journal.begun(intents)
    }),
  finish: (intents, base, remote, gone) =>
    world.call(life, 'store.finish', () => {
      real.finish(intents, base, remote, gone)
      journal.finished(intents)
      for (const change of base)
        if ('put' in change) {
          journal.noted(change.put.path)
          noted(change.put)
        }
    }),
})

/** The server, with a turn before what is asked and one after what it answers. */
export const gated = (remote: Remote, world: World, life: Life, journal: Journal): Remote => {
  const gate = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    await world.call(life, `remote.${name}`, () => undefined)
    const value = await work()
    await world.call(life, `remote.${name}-done`, () => undefined)
    return value
  }
  return {
    versions: (...rest) => gate('versions', () => remote.versions(...rest)),
    pull: (...rest) => gate('pull', () => remote.pull(...rest)),
    runLimited: (bytes, work, signal) => remote.runLimited(bytes, work, signal),
    send: (...rest) => gate('send', () => remote.send(...rest)),
    fetch: (...rest) => gate('fetch', () => remote.fetch(...rest)),
    commit: (...rest) =>
      gate('commit', () => remote.commit(...rest)).catch((error: unknown) => {
        journal.failed(({ kind }) => kind === 'commit')
        throw error
      }),
  }
}
