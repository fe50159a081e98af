import fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldPath } from '../../domain/file-path.ts'
import { foldersOf, isRespelled } from './case-folding.ts'

/** From the first on. */
const upTo = (path: string): string[] => {
  const segments = path.split('/').slice(0, -1)
  return segments.map((_, depth) => segments.slice(0, depth + 1).join('/'))
}
const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A disk that knows no case, with one spelling for each folder. `renames`: who comes gives folders its own one. */
const openDisk = (renames: boolean) => {
  const names = new Map<string, string>()
  const files: string[] = []
  const nameOf = (folder: string): string => names.get(foldPath(folder)) ?? ''
  const segmentsOf = (path: string): string[] => [...upTo(path).map(nameOf), fileName(path)]
  return {
    add: (path: string): void => {
      for (const folder of upTo(path))
        if (renames || !names.has(foldPath(folder))) names.set(foldPath(folder), fileName(folder))
      files.push(path)
    },
    paths: (): string[] => files.map((path) => segmentsOf(path).join('/')),
  }
}

const folder = fc
  .array(fc.constantFrom('docs', 'Docs', 'deep', 'Deep'), { maxLength: 3 })
  .map((segments) => segments.map((segment) => `${segment}/`).join(''))

it('where a disk that knows no case has a file elsewhere than is known, a folder was respelled', () => {
  let [respelled, same] = [0, 0]
  fc.assert(
    fc.property(
      fc.array(folder, { maxLength: 4 }),
      fc.array(folder, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (before, after, renames) => {
        const disk = openDisk(renames)
        before.forEach((each, n) => void disk.add(`${each}old ${n}`))
        // It was looked at.
        const known = disk.paths()
        const moved = after.map((each, n) => `${each}new ${n}`)
        for (const path of moved) disk.add(path)
        const isElsewhere = disk.paths().join() !== [...known, ...moved].join()
        const is = isRespelled(foldersOf(moved), foldersOf(known))
        if (isElsewhere) expect(is).toBe(true)
        // Of folders that all have one spelling there is nothing to look at again.
        const all = foldersOf([...known, ...moved])
        if (new Set([...all].map(foldPath)).size === all.size) expect(is).toBe(false)
        respelled += Number(isElsewhere)
        same += Number(!is)
      },
    ),
    { numRuns: 2_000 },
  )
  expect(Math.min(respelled, same)).toBeGreaterThan(200)
})

it('only folders that a file came into count, and all that they lie in', () => {
  const there = foldersOf(['docs/a', 'Docs/b', 'src/c'])
  expect(isRespelled(foldersOf(['src/d']), there)).toBe(false)
  expect(isRespelled(foldersOf(['Src/new/d']), there)).toBe(true)
})
