import { Failure } from '../../src/domain/failure.ts'
import { noThings } from '../../src/sync/folder/ignore/things.ts'
import { foldersAbove } from '../../src/sync/folder/path-collisions.ts'
import type { RemoteFile, Scan } from '../../src/sync/folder/ports.ts'
import { type Mutant, ofOurs } from './engine-mutants.ts'
import { sha256Of } from './file-system.ts'
import type { Bug } from './run.ts'

const nothing: Omit<Scan, 'files'> = {
  refused: [],
  astray: [],
  unread: [],
  leftOut: noThings(),
}
const none = async function* (): AsyncGenerator<RemoteFile[]> {}

/**
 * Seldom made: one takes a look that fails twice, one a folder that cannot be read while something in it is looked for,
 * one a folder that is closed beside others that are not, one a crash amid a swap, one a copy that went bad and somebody
 * who types what is in it. Two are none any more, for a whole look comes before each removal and asks again about what
 * is missed: an empty root in the place of one that is not there, and the hash of what changed meanwhile. Neither did
 * harm in several hundred seeds.
 */
const unreadable = 'what cannot be read is read as nothing'
const leftAside = 'what a crash left aside is not looked for'
const badCopy = 'a copy of the right size is the right one'
const failedLook = 'a look that fails saw nothing'
const closed = 'a folder that cannot be read is an empty one'
const rare = [unreadable, leftAside, badCopy, failedLook, closed]

/** Of the disk, or of what is made of what it says. */
const ofTheDisk: Record<string, Bug> = {
  'what is staged is not flushed': { disk: { sealFlushes: false } },
  'what is staged is not hashed': { disk: { sealHashes: false } },
  'a file is replaced whatever it is by now': { disk: { compares: false } },
  [closed]: { disk: { unreadIsEmpty: true } },
  'what was set aside is forgotten': { disk: { setAsideForgets: true } },
  'a file is known by its size': { disk: { stampsAreSizes: true } },
  'links are files': { disk: { linksAreFiles: true } },
  'what bears a name that no server takes is gone': { disk: { astrayIsGone: true } },
  'a disk without modes says that nothing is executable': { disk: { modesAreAlwaysTold: true } },
  'what comes down is never executable': {
    wrap: {
      disk: (disk) => ({
        ...disk,
        place: (blob, path, expects, as) =>
          disk.place(blob, path, expects, as && { ...as, isExecutable: false }),
      }),
    },
  },
  'any name will do': { disk: { namesAreNotRefused: true } },
  'what rules leave out is a file like any other': { disk: { rulesAreNotRead: true } },
  [failedLook]: {
    wrap: {
      disk: (disk) => ({
        ...disk,
        scan: (found) => disk.scan(found).catch(() => nothing),
        // Whoever takes a failure for nothing takes the second look for the same.
        leftOut: (paths) => disk.leftOut(paths).catch(() => []),
      }),
    },
  },
  'a hash is taken for that of other bytes of the same size': {
    wrap: {
      disk: (disk) => {
        const seen = new Map<string, { sha256: string }>()
        return {
          ...disk,
          hash: async (path, stamp) => {
            const before = seen.get(`${path} ${stamp.size}`)
            if (before) return before
            const hashed = await disk.hash(path, stamp)
            if (typeof hashed !== 'string') seen.set(`${path} ${stamp.size}`, hashed)
            return hashed
          },
        }
      },
    },
  },
  'where a file was no folder can be': {
    wrap: {
      disk: (disk) => {
        const files = new Set<string>()
        const place = <T>(path: string, work: () => Promise<T>): Promise<T> =>
          [...foldersAbove(path)].some((folder) => files.has(folder))
            ? Promise.reject(new Failure('file.name-collision', 'A file was here.'))
            : work()
        return {
          ...disk,
          scan: (found) =>
            disk.scan((path, stamp) => {
              files.add(path)
              found(path, stamp)
            }),
          place: (blob, path, expects, as) =>
            place(path, () => disk.place(blob, path, expects, as)),
          bringBack: (key, path) => place(path, () => disk.bringBack(key, path)),
        }
      },
    },
  },
  'what is moved is not, and is said to be': {
    wrap: {
      disk: (disk) => ({ ...disk, move: async (from) => (await disk.stat(from)) ?? 'changed' }),
    },
  },
  [leftAside]: {
    wrap: { disk: (disk) => ({ ...disk, aside: async () => [] }) },
  },
  'a file that is placed is not there': {
    wrap: {
      disk: (disk) => ({
        ...disk,
        place: async (_blob, path) => (await disk.stat(path)) ?? 'changed',
      }),
    },
  },
  [unreadable]: {
    wrap: {
      disk: (disk) => ({
        ...disk,
        hash: (path, stamp) =>
          disk.hash(path, stamp).then((hashed) => (hashed === 'busy' ? 'changed' : hashed)),
        scan: async (found) => ({ ...(await disk.scan(found)), unread: [] }),
      }),
    },
  },
}

/** Of the database, which outlives a crash. */
const ofTheStore: Record<string, Bug> = {
  'the base is not kept': {
    wrap: { store: (store) => ({ ...store, finish: (i, _b, r, g) => store.finish(i, [], r, g) }) },
  },
  'what is done is not crossed out': {
    wrap: { store: (store) => ({ ...store, finish: (_i, b, r, g) => store.finish([], b, r, g) }) },
  },
  'the cursor is kept without its rows': {
    wrap: {
      store: (store) => ({
        ...store,
        savePull: (pulled, decided) => store.savePull({ ...pulled, files: [] }, decided),
      }),
    },
  },
  'the base is kept before anything was done': {
    wrap: {
      store: (store) => ({
        ...store,
        begin: async (intents) => {
          await store.begin(intents)
          const files = intents.flatMap((each) => (each.kind === 'commit' ? each.files : []))
          await store.finish(
            [],
            files.map((put) => ({ put })),
            [],
            [],
          )
        },
      }),
    },
  },
  'a whole pull is added to what was known': {
    wrap: {
      store: (store) => ({
        ...store,
        savePull: (pulled, decided) => store.savePull({ ...pulled, removed: [] }, decided),
      }),
    },
  },
}

/** Of the server, or of what is made of what it says. */
const ofTheServer: Record<string, Bug> = {
  'the server compares no revisions': { rows: { expectedIsIgnored: true } },
  'two names that differ in case alone are two': { rows: { caseTells: true } },
  'what is sent is not compared with what came': { rows: { digestsAreNotCompared: true } },
  'a bit alone is no change': { rows: { bitsAreNoChange: true } },
  'an edit takes the bit away': {
    wrap: {
      remote: (remote) => ({
        ...remote,
        commit: (expected, changes, signal) =>
          remote.commit(
            expected,
            changes.map((change) => ({
              ...change,
              permissions: { isExecutable: false, isOwnerOnly: false },
            })),
            signal,
          ),
      }),
    },
  },
  'as many files are the same files': { rows: { asManyAreTheSame: true } },
  'an upload that was said to be done is not there': { storage: { uploadsVanish: true } },
  'an artifact that is hidden is an empty one': {
    wrap: {
      remote: (remote) => ({
        ...remote,
        pull: async (since, signal) => {
          const pulled = await remote.pull(since, signal)
          return pulled.present ? pulled : { ...pulled, present: true, whole: none(), files: [] }
        },
      }),
    },
  },
  'a refusal is an empty answer': {
    wrap: {
      remote: (remote) => ({
        ...remote,
        pull: (since, signal) =>
          remote.pull(since, signal).catch(() => ({
            cursor: since ?? { cursor: '0', epoch: '' },
            whole: none(),
            present: true,
            files: [],
            removed: [],
            role: null,
            uploadRules: null,
          })),
      }),
    },
  },
  'an edit is sent as a new file': {
    wrap: {
      remote: (remote) => ({
        ...remote,
        commit: async (_expected, changes, signal) => {
          const fresh = changes.map((change) => ({
            ...change,
            fileId: `f${change.fileId.slice(1)}`,
          }))
          const answer = await remote.commit({}, fresh, signal)
          if (answer.status === 'conflict') return answer
          return {
            status: 'committed',
            revisions: Object.fromEntries(changes.map(({ fileId }) => [fileId, 1])),
          }
        },
      }),
    },
  },
  'a folder that was read in part was read whole': {
    wrap: {
      disk: (disk) => ({
        ...disk,
        scan: async (found) => {
          const files: [string, string][] = []
          const rest = await disk.scan((...file) => void files.push(file))
          for (const file of files.slice(0, Math.ceil(files.length / 2))) found(...file)
          return rest
        },
      }),
    },
  },
  'a conflict is taken for a commit': {
    wrap: {
      remote: (remote) => ({
        ...remote,
        commit: async (expected, changes, signal) => {
          const answer = await remote.commit(expected, changes, signal)
          if (answer.status === 'committed') return answer
          const revisions = changes.map(({ fileId }) => [fileId, (expected[fileId] ?? 0) + 1])
          return { status: 'committed', revisions: Object.fromEntries(revisions) }
        },
      }),
    },
  },
  'a commit that failed is taken for one': {
    wrap: {
      remote: (remote) => ({
        ...remote,
        commit: (expected, changes, signal) =>
          remote.commit(expected, changes, signal).catch(() => {
            const revisions = changes.map(({ fileId }) => [fileId, (expected[fileId] ?? 0) + 1])
            return { status: 'committed' as const, revisions: Object.fromEntries(revisions) }
          }),
      }),
    },
  },
  'bytes are not sent': { wrap: { remote: (remote) => ({ ...remote, send: async () => {} }) } },
  'sending that failed is taken for done, and so is its commit': {
    rows: { bytesAreNotChecked: true },
    wrap: {
      remote: (remote) => ({
        ...remote,
        send: (...rest) => remote.send(...rest).catch(() => {}),
      }),
    },
  },
}

/** Of the copies that the application keeps, and of its outbox. */
const ofTheApp: Record<string, Bug> = {
  'an edit is answered before its bytes are flushed': {
    app: {
      files: (files) => ({
        ...files,
        open: async (file, flags) => ({ ...(await files.open(file, flags)), sync: async () => {} }),
      }),
    },
  },
  'a copy is counted on before its name is durable': {
    app: { files: (files) => ({ ...files, syncFolder: async () => {} }) },
  },
  'what was never sent is given up for room': {
    app: {
      cache: (cache) => ({
        ...cache,
        evict: async (limit, most, spared) => {
          const answer = await cache.evict(limit, most, spared)
          const unsent = (await cache.outbox()).map(({ sha256, size, queuedAt: usedAt }) => ({
            sha256,
            size,
            usedAt,
          }))
          return { ...answer, gone: [...answer.gone, ...unsent] }
        },
      }),
    },
  },
  'what is pinned is given up for room': {
    app: {
      cache: (cache) => ({
        ...cache,
        evict: async () => {
          const gone = (await cache.blobs())
            .slice(0, 1)
            .map((sha256) => ({ sha256, size: 0, usedAt: '2026-01-01T00:00:00Z' }))
          for (const { sha256 } of gone) await cache.removeBlob(sha256)
          return { gone, artifacts: [] }
        },
      }),
    },
  },
  [badCopy]: {
    app: {
      blobs: (blobs) => ({
        ...blobs,
        put: async (bytes) => {
          const wanted = { sha256: sha256Of(bytes), size: bytes.byteLength }
          return (await blobs.has(wanted.sha256, wanted.size)) ? wanted : blobs.put(bytes)
        },
      }),
    },
  },
  'what was saved while an edit was sent is forgotten with it': {
    app: {
      cache: (cache) => ({
        ...cache,
        committed: async (done) => {
          await cache.committed(done)
          for (const { edit, revision } of done) {
            const newer = await cache.edit(edit.fileId)
            if (newer) await cache.settle(edit.fileId, newer.sha256, revision)
          }
        },
      }),
    },
  },
  'what the server does not know any more is forgotten, edits and all': {
    app: {
      cache: (cache) => ({
        ...cache,
        applyPull: async (pull) => {
          const touched = await cache.applyPull(pull)
          for (const edit of (await cache.outboxStatus(null, 0)).blocked)
            if (edit.projectId === null) await cache.settle(edit.fileId, edit.sha256, 0)
          return touched
        },
        blockEdit: async (fileId) => {
          const edit = await cache.edit(fileId)
          if (edit) await cache.settle(fileId, edit.sha256, 0)
        },
      }),
    },
  },
  'what was edited is taken for an edit of whatever is there by now': {
    app: {
      cache: (cache) => ({
        ...cache,
        saveEdit: (edit, _seen, at) => cache.saveEdit(edit, null, at),
      }),
    },
  },
}

/** Noticed by anything but a conflict copy that is none, which others have made more likely for no reason of theirs. */
const inAnyWay = (bugs: Record<string, Bug>): Record<string, Mutant> =>
  Object.fromEntries(
    Object.entries(bugs).map(([name, bug]) => [
      name,
      { bug, noticed: /^(?!R12 )/, ...(rare.includes(name) ? { isRare: true } : {}) },
    ]),
  )

/** Mistakes that the simulator must notice: if one passed, its silence about ours would mean nothing. */
export const mutants: Record<string, Mutant> = {
  ...inAnyWay({ ...ofTheDisk, ...ofTheStore, ...ofTheServer, ...ofTheApp }),
  ...ofOurs,
}
