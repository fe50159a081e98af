import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { prepareBackend } from '../prepared/backend.ts'
import { fingerprintOf, prepare } from '../prepared/folder.ts'

const root = resolve(import.meta.dirname, '../..')
const places: string[] = []
afterEach(async () => {
  for (const place of places.splice(0)) await rm(place, { recursive: true, force: true })
})

/** Somewhere beside other output of tests, with a source that imports another. */
const scene = async () => {
  const name = `prepared-${randomUUID()}`
  const sources = join(root, 'test-output', name)
  const kept = join(root, 'test-output/prepared', name)
  places.push(sources, kept)
  await mkdir(join(sources, 'made'), { recursive: true })
  await writeFile(join(sources, 'made/entry.ts'), "import { text } from '../other.ts'\n")
  await writeFile(join(sources, 'other.ts'), 'export const text = 1\n')
  const prepared = {
    name,
    sources: [relative(root, join(sources, 'made'))],
    make: (folder: string) => writeFile(join(folder, 'made'), 'made'),
  }
  const edit = (text: string) => writeFile(join(sources, 'other.ts'), text)
  return { prepared, kept, edit }
}

it('is of whatever its sources import, too', async () => {
  const { prepared, edit } = await scene()
  const before = await fingerprintOf(prepared)
  expect(await fingerprintOf(prepared)).toBe(before)
  await edit('export const text = 2\n')
  expect(await fingerprintOf(prepared)).not.toBe(before)
})

it('a hiccup fails one file and not every later one', async () => {
  const { prepared } = await scene()
  let isFirst = true
  const shaky = {
    ...prepared,
    make: async (folder: string) => {
      if (isFirst) {
        isFirst = false
        throw new Error('hiccup')
      }
      await prepared.make(folder)
    },
  }
  await expect(prepare(shaky)).rejects.toThrow('hiccup')
  expect(await readFile(join(await prepare(shaky), 'made'), 'utf8')).toBe('made')
})

it('leaves what a run before an edit copies from, and nothing older, nor an old draft', async () => {
  const { prepared, kept } = await scene()
  const old = async (name: string, hours: number): Promise<void> => {
    await mkdir(join(kept, name), { recursive: true })
    const at = new Date(Date.now() - hours * 3_600_000)
    await utimes(join(kept, name), at, at)
  }
  await old('former', 1)
  await old('oldest', 2)
  await old('0123.77', 3)
  await old('0123.78', 0.1)
  const now = await prepare(prepared)
  expect((await readdir(kept)).toSorted()).toEqual(
    [relative(kept, now), 'former', '0123.78'].toSorted(),
  )
})

it('two backends that were copied from one share no key but PostgreSQL’s', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map(async () => {
      const folder = await temporaryFolder('prepared')
      places.push(folder)
      await prepareBackend(folder)
      return JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as Record<
        string,
        unknown
      >
    }),
  )
  const same = Object.keys(one!).filter((name) => one![name] === other![name])
  expect(same).toEqual(['databasePassword', 'port'])
})
