import { sha256Of } from './file-system.ts'
import type { SimulatedServer } from './http.ts'
import type { Oracle } from './oracle.ts'
import type { Pen } from './people.ts'
import { createRandom } from './random.ts'
import type { OtherDeviceDeed } from './script.ts'
import type { Artifact, FileRow, Rows } from './server.ts'
import { immortal, type World } from './world.ts'

type Scene = {
  world: World
  oracle: Oracle
  rows: Rows
  server: SimulatedServer
  artifactId: string
  newBytes: Pen
}
const otherDevice = immortal('other-device')
const paths = [
  'notes.md',
  'plan.md',
  'readme',
  'src/app.ts',
  'docs/a.txt',
  'Docs/c.txt',
  'from afar.md',
]

/** Somebody else's device, which commits straight at the server: one row or many, always over what is there. */
export const otherDeviceActs = (deed: OtherDeviceDeed, seed: number, scene: Scene): void => {
  const { world, oracle, rows, server, artifactId, newBytes } = scene
  const random = createRandom(seed)
  world.note(`other-device ${deed}`)
  const put = (file: FileRow | null, path: string, bytes: Uint8Array | null): object => {
    const sha256 = bytes ? sha256Of(bytes) : file!.sha256
    if (bytes) {
      server.store(`${artifactId}/${sha256}`, bytes, 'text/plain')
      oracle.saved('other-device', bytes)
    }
    const size = bytes ? bytes.length : file!.size
    return { op: 'put', file_id: file?.id ?? random.uuid(), path, sha256, size }
  }
  const changesOf = (artifact: Artifact): object[] => {
    const live = [...artifact.files.values()].filter(({ deleted }) => !deleted)
    const file = live.length > 0 ? random.pick(live) : null
    const isFree = (path: string): boolean =>
      !live.some((other) => other.path.toLowerCase() === path.toLowerCase())
    const path = random.pick(paths)
    switch (deed) {
      case 'create':
        return isFree(path) ? [put(null, path, newBytes(random))] : []
      case 'edit':
        return file ? [put(file, file.path, newBytes(random))] : []
      case 'rename':
        return file && isFree(path)
          ? [put(file, path, random.chance(0.3) ? newBytes(random) : null)]
          : []
      case 'swap': {
        const other = live.length > 1 ? random.pick(live.filter((each) => each !== file)) : null
        return file && other ? [put(file, other.path, null), put(other, file.path, null)] : []
      }
      case 'remove':
        return file ? [{ op: 'remove', file_id: file.id }] : []
      case 'removeMany':
        return live
          .filter(() => random.chance(0.7))
          .map(({ id }) => ({ op: 'remove', file_id: id }))
      case 'supersede': {
        const last = artifact.versions.at(-1)
        const there = live.find(({ id }) => id === last?.fileId)
        return there ? [put(there, there.path, newBytes(random))] : []
      }
      case 'restore':
        return []
    }
  }
  /** What is not live any more was given up by whoever did this. */
  const letGo = (before: readonly Uint8Array[], artifact: Artifact): void => {
    const after = [...artifact.files.values()].filter(({ deleted }) => !deleted)
    const left = after.flatMap(({ sha256 }) => {
      const object = server.objects.get(`${artifactId}/${sha256}`)
      return object ? [object.bytes] : []
    })
    for (const bytes of before) oracle.gaveUp('other-device', '', bytes, left)
  }
  let before: Uint8Array[] = []
  let about: Artifact | null = null
  rows
    .change(
      artifactId,
      'other-device',
      (artifact) => {
        about = artifact
        const live = [...artifact.files.values()].filter(({ deleted }) => !deleted)
        before = live.flatMap(({ sha256 }) => {
          const object = server.objects.get(`${artifactId}/${sha256}`)
          return object ? [object.bytes] : []
        })
        if (deed === 'restore')
          return rows.prepareRestore(artifact, 'other-device', random.below(artifact.revision + 1))
        const changes = changesOf(artifact)
        const expected = Object.fromEntries(live.map(({ id, revision }) => [id, revision]))
        return changes.length === 0
          ? { answer: {}, apply: null }
          : rows.prepareCommit(artifact, 'other-device', expected, changes)
      },
      () => world.call(otherDevice, `${deed} commits`, () => undefined),
    )
    .then(
      () => about && letGo(before, about),
      () => undefined,
    )
}
