import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Failure, type FailureCode } from '../../domain/failure.ts'
import { FolderSync } from './engine.ts'
import { noThings } from './ignore/things.ts'
import { planFolder } from './plan.ts'
import type { Disk, Pulled, Remote, Stamp, Store } from './ports.ts'
import { packStamp } from './stamp.ts'

vi.mock('./plan.ts', { spy: true })

const signal = new AbortController().signal
const hour = 3600_000
const file = { fileId: 'f', path: 'a.txt', sha256: 'aa', size: 1, revision: 1 }
const stampOf = (name: string): Stamp => ({
  size: 1,
  modified: '1000000001',
  changed: '1',
  identity: name,
})

/** A folder with one file that the server has, in memory; `calls` are those that reach the disk. */
const open = () => {
  const scene = {
    now: 1_800_000_000_000,
    /** Names, and hashes. */
    there: new Map([['a.txt', 'aa']]),
    answer: {} as Partial<Pulled>,
    /** Of `link`, as long as it is there; null is no such name. */
    refusal: null as FailureCode | null,
    trouble: null as Failure | null,
    calls: [] as string[],
    /** What the next whole look misses: it went elsewhere meanwhile. */
    missed: [] as string[],
    /** Paths that are known no more. */
    forgotten: [] as string[],
  }
  const found = (paths: string[]) => ({
    files: paths.flatMap((path) => (scene.there.has(path) ? [{ path, stamp: stampOf(path) }] : [])),
    refused: scene.refusal && paths.includes('link') ? [{ path: 'link', code: scene.refusal }] : [],
    astray: [],
    unread: [],
    leftOut: noThings(),
  })
  const disk: Partial<Disk> = {
    scan: async (tell) => {
      const missed = scene.missed.splice(0)
      const names = [...scene.there.keys()].filter((name) => !missed.includes(name))
      const { files, ...rest } = found([...names, 'link'])
      for (const { path, stamp } of files) tell(path, packStamp(stamp))
      return rest
    },
    look: async (paths) =>
      found(
        paths.flatMap((path) =>
          path === 'link'
            ? [path]
            : [...scene.there.keys()].filter((name) => `${name}/`.startsWith(`${path}/`)),
        ),
      ),
    hash: async (path) => ({ sha256: scene.there.get(path) ?? '' }),
    leftOut: async () => [],
    aside: async () => [],
    clearStaging: async () => {},
    discard: async () => 'done',
  }
  const counted = Object.fromEntries(
    Object.entries(disk).map(([name, method]) => [
      name,
      (...rest: never[]) => {
        scene.calls.push(`${name} ${JSON.stringify(rest)}`)
        return (method as (...rest: never[]) => unknown)(...rest)
      },
    ]),
  ) as Disk
  const store: Store = {
    load: async () => ({ cursor: null, intents: [], decided: [] }),
    knownAfter: async () => [],
    baseAfter: async () => [],
    remoteAfter: async () => [],
    saveKnown: async (_put, remove) => void scene.forgotten.push(...remove),
    savePull: async () => {},
    begin: async () => {},
    finish: async () => {},
  }
  const remote: Partial<Remote> = {
    pull: async (since) => {
      if (scene.trouble) throw scene.trouble
      const whole = async function* () {
        yield [file]
      }
      const answer = { files: [], removed: [], ...scene.answer }
      scene.answer = {}
      return {
        cursor: { cursor: '1', epoch: 'e' },
        whole: since ? null : whole(),
        present: true,
        role: 'contributor',
        uploadRules: 'any',
        ...answer,
      }
    },
    runLimited: (_bytes, work) => work(),
    send: async () => {
      throw new Failure('server.denied', 'Not yours to write.')
    },
  }
  const sync = new FolderSync(
    { disk: counted, remote: remote as Remote, store, clock: { now: () => scene.now } },
    { deviceName: 'desk', newId: () => 'id' },
  )
  /** Whether a pass planned anything. */
  const plans = async (paths: string[] | null = []): Promise<boolean> => {
    vi.mocked(planFolder).mockClear()
    scene.calls = []
    await sync.pass(signal, paths)
    return vi.mocked(planFolder).mock.calls.length > 0
  }
  return { scene, sync, plans }
}

it('what one whole look misses and another finds has not gone', async () => {
  const { scene, plans } = open()
  await plans(null)
  scene.missed = ['a.txt']
  await plans(null)
  expect(scene.forgotten).toEqual([])
  expect(scene.calls.filter((call) => call.startsWith('scan')).length).toBe(2)
  scene.there.delete('a.txt')
  await plans(null)
  expect(scene.forgotten).toEqual(['a.txt'])
})

describe('a folder at rest', () => {
  let { scene, sync, plans } = open()
  beforeEach(async () => {
    ;({ scene, sync, plans } = open())
    expect(await plans(null)).toBe(true)
    expect(await plans()).toBe(false)
  })

  it('is not planned for, and its disk is asked only whether it is there', async () => {
    expect(await plans()).toBe(false)
    expect(scene.calls).toEqual(['look [[]]'])
  })

  it.each<[string, () => unknown, string[] | null]>([
    ['something was noticed', () => {}, ['b.txt']],
    ['everything is looked at', () => {}, null],
    ['a file comes', () => (scene.answer = { files: [{ ...file, revision: 2 }] }), []],
    ['a file goes', () => (scene.answer = { removed: ['nobody'] }), []],
    ['rights change', () => (scene.answer = { role: 'viewer' }), []],
    ['the rules of the bucket change', () => (scene.answer = { uploadRules: 'none' }), []],
    ['a day is over and all is pulled', () => (scene.now += 25 * hour), []],
    ['a person asks for another try', () => sync.retryBlocked(), []],
    ['a person decides on deletions', () => sync.allowDeletions(), []],
    ['a person keeps what is deleted', () => sync.refuseDeletions(), []],
  ])('is planned for when %s', async (_, happens, paths) => {
    await happens()
    expect(await plans(paths)).toBe(true)
  })

  it('is planned for after a pass that failed', async () => {
    scene.trouble = new Failure('network.offline', 'No line.')
    await expect(plans()).rejects.toThrow()
    scene.trouble = null
    expect(await plans()).toBe(true)
    expect(await plans()).toBe(false)
  })

  it('is planned for when what was blocked is due', async () => {
    scene.there.set('b.txt', 'bb')
    expect(await plans(['b.txt'])).toBe(true)
    expect(await plans()).toBe(true)
    expect(await plans()).toBe(false)
    scene.now += hour
    expect(await plans()).toBe(true)
  })
})

it('a folder with deletions that wait for a word is no folder at rest', async () => {
  const { scene, plans } = open()
  await plans(null)
  scene.there.clear()
  expect(await plans(null)).toBe(true)
  expect(await plans()).toBe(true)
  expect(await plans()).toBe(true)
})

it.each<[FailureCode, string]>([
  // Only it is looked at again.
  ['file.not-regular', 'look [["link"]]'],
  // What it collides with has another name.
  ['file.name-collision', 'scan [null]'],
])('a name that is refused for %s is looked at with %s', async (code, call) => {
  const { scene, plans } = open()
  scene.refusal = code
  await plans(null)
  await plans()
  await plans()
  expect(scene.calls[0]).toBe(call)
})

it('a folder that is looked at with what went from it is not taken for files that are all there', async () => {
  const { scene, plans } = open()
  for (const path of ['dir/a', 'dir/b', 'dir/old']) scene.there.set(path, path)
  await plans(null)
  scene.there.delete('dir/old')
  await plans(['dir', 'dir/old'])
  expect(scene.forgotten).toEqual(['dir/old'])
})
