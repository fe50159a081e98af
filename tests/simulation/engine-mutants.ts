import { AsyncLocalStorage } from 'node:async_hooks'
import { asFailure } from '../../src/domain/failure.ts'
import type { PassResult } from '../../src/sync/folder/engine.ts'
import type { Passes } from '../../src/sync/folder/folder-loop.ts'
import type { Intent, Store } from '../../src/sync/folder/ports.ts'
import type { Bug } from './run.ts'

/** A planted bug, and what the simulator must say of it: anything else would be luck. */
export type Mutant = {
  bug: Bug
  noticed: RegExp
  /** It takes a fault at a call that is made seldom. */
  isRare?: true
}

/** A journal of which some entries are crossed out unread when the program starts. */
const forgetting =
  (kind: Intent['kind']) =>
  (store: Store): Store => ({
    ...store,
    load: async () => {
      const loaded = await store.load()
      const forgotten = loaded.intents.filter((intent) => intent.kind === kind)
      await store.finish(
        forgotten.map(({ id }) => id),
        [],
        [],
        [],
      )
      return { ...loaded, intents: loaded.intents.filter((intent) => intent.kind !== kind) }
    },
  })

/** Other passes than the engine's. */
const passing =
  (passOf: (sync: Passes) => Passes['pass']) =>
  (sync: Passes): Passes => ({
    pass: passOf(sync),
    isNews: (paths) => sync.isNews(paths),
    stopTransfer: (path) => sync.stopTransfer(path),
    setRules: (rules) => sync.setRules(rules),
    leftOut: () => sync.leftOut(),
    removeLeftOut: (path) => sync.removeLeftOut(path),
    allowDeletions: () => sync.allowDeletions(),
    refuseDeletions: () => sync.refuseDeletions(),
    revert: (path) => sync.revert(path),
    retryBlocked: () => sync.retryBlocked(),
  })

/** Whose bytes are being sent. */
const sending = new AsyncLocalStorage<string>()

/** Mistakes of the client's own logic, each as somebody has made it in a program of this kind. */
export const ofOurs: Record<string, Mutant> = {
  'bytes that are not found are a file that is gone': {
    noticed: /^(R8 .*discarded|R4 .* is undefined, at the server|R10 .*skipped)/,
    bug: {
      wrap: {
        remote: (remote) => {
          const rows = new Map<string, string>()
          const gone = new Set<string>()
          return {
            ...remote,
            fetch: (blob, from, signal) =>
              remote.fetch(blob, from, signal).catch((error: unknown) => {
                if (asFailure(error).code === 'sync.remote-object-missing') gone.add(blob.sha256)
                throw error
              }),
            pull: async (since, signal) => {
              const pulled = await remote.pull(since, signal)
              for (const { fileId, sha256 } of pulled.files) rows.set(fileId, sha256)
              const lost = [...rows].flatMap(([id, sha256]) => (gone.has(sha256) ? [id] : []))
              return {
                ...pulled,
                files: pulled.files.filter(({ sha256 }) => !gone.has(sha256)),
                removed: [...pulled.removed, ...lost],
              }
            },
          }
        },
      },
    },
  },
  'a pull goes on from the newest row, whoever commits late': {
    noticed: /^R10 /,
    bug: { rows: { lateRowsAreSkipped: true } },
  },
  'a repeat is a conflict, and what was sent is not remembered': {
    noticed: /^R12 /,
    bug: { rows: { repeatsAreConflicts: true }, wrap: { store: forgetting('commit') } },
  },
  'who gave way is not remembered': {
    noticed: /^R12 .*once more/,
    isRare: true,
    bug: { wrap: { store: forgetting('step-aside') } },
  },
  'a file is discarded whatever it is by now': {
    noticed: /^R1 .*discarded for other bytes/,
    bug: {
      wrap: {
        disk: (disk) => ({
          ...disk,
          discard: async (path, _expects, entry) => {
            const now = await disk.stat(path)
            return now ? disk.discard(path, now, entry) : 'changed'
          },
        }),
      },
    },
  },
  'the base says that a file has come before it has': {
    noticed: /^R8 .*removed .* at the server/,
    bug: {
      wrap: {
        store: (store) => ({
          ...store,
          begin: async (intents) => {
            await store.begin(intents)
            const coming = intents.flatMap((each) => (each.kind === 'download' ? each.files : []))
            await store.finish(
              [],
              coming.map(({ at: _at, ...file }) => ({ put: { ...file, identity: 'none' } })),
              [],
              [],
            )
          },
        }),
      },
    },
  },
  'a commit expects whatever is there by now': {
    noticed: /^R1 .*overwrote at the server/,
    bug: {
      wrap: {
        remote: (remote) => ({
          ...remote,
          commit: async (expected, changes, signal) => {
            const { whole } = await remote.pull(null, signal)
            const now = new Map<string, number>()
            for await (const files of whole ?? [])
              for (const { fileId, revision } of files) now.set(fileId, revision)
            const fresh = Object.entries(expected).map(([fileId, revision]) => [
              fileId,
              now.get(fileId) ?? revision,
            ])
            return remote.commit(Object.fromEntries(fresh), changes, signal)
          },
        }),
      },
    },
  },
  'an upload goes on by its path, whatever its bytes': {
    noticed: /^R7 other bytes/,
    bug: {
      wrap: {
        remote: (remote) => ({
          ...remote,
          send: (blob, ...rest) => sending.run(blob.path, () => remote.send(blob, ...rest)),
        }),
        places: (places) => ({
          uploadLocation: (key) => places.uploadLocation(sending.getStore() ?? key),
          rememberUpload: (key, location) =>
            places.rememberUpload(sending.getStore() ?? key, location),
        }),
      },
    },
  },
  'where nothing was noticed nothing can be new': {
    noticed: /^R4 /,
    bug: {
      wrap: {
        sync: passing((sync) => {
          let last: PassResult | null = null
          return async (signal, paths, preemption) => {
            const isAtRest = last?.done === 0 && last.again === null
            if (last && isAtRest && paths?.length === 0) return last
            last = null
            last = await sync.pass(signal, paths, preemption)
            return last
          }
        }),
      },
    },
  },
  'whoever has news moves no bytes first': {
    noticed: /still (something to do|not done) after/,
    bug: {
      wrap: {
        sync: passing(
          (sync) => (signal, paths, preemption) =>
            sync.pass(signal, paths, preemption && { ...preemption, isRaised: true }),
        ),
      },
    },
  },
  'what a watcher missed is not looked for': {
    noticed: /^R4 /,
    bug: {
      wrap: {
        sync: passing((sync) => {
          let isFirst = true
          return async (signal, paths, preemption) => {
            const result = await sync.pass(signal, isFirst ? null : (paths ?? []), preemption)
            isFirst = false
            return result
          }
        }),
      },
    },
  },
}
