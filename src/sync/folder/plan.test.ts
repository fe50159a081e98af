import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldPath } from '../../domain/file-path.ts'
import type { LocalFile, Operation } from './operation.ts'
import { areTooMany, planFolder } from './plan.ts'
import type { BaseFile, RemoteFile } from './ports.ts'

type World = { local: LocalFile[]; base: BaseFile[]; remote: RemoteFile[] }

const options = { deviceName: 'desk', now: new Date('2026-01-31T14:03:22') }
const names = ['a', 'b', 'c', 'A', 'd/e', 'd/f']
const name = fc.constantFrom(...names)
const sha256 = fc.constantFrom('1', '2', '3', '4', '5')
const uniqueFolds = { selector: (file: { path: string }) => foldPath(file.path), maxLength: 5 }
const fileIds = ['f0', 'f1', 'f2', 'f3', 'f4']

/** One tree, changed on each side: what a base and two sides are. */
const world: fc.Arbitrary<World> = fc
  .record({
    base: fc.uniqueArray(fc.record({ path: name, sha256 }), uniqueFolds),
    local: fc.uniqueArray(
      fc.record({ path: name, sha256, from: fc.integer({ min: -1, max: 4 }), keep: fc.boolean() }),
      uniqueFolds,
    ),
    remote: fc.uniqueArray(
      fc.record({ path: name, sha256, from: fc.integer({ min: -1, max: 4 }), keep: fc.boolean() }),
      uniqueFolds,
    ),
  })
  .map(({ base, local, remote }) => {
    const known = base.map(
      (file, n): BaseFile => ({
        ...file,
        fileId: fileIds[n]!,
        size: 1,
        revision: 1,
        identity: `i${n}`,
      }),
    )
    const usedHere = new Set<number>()
    const usedThere = new Set<number>()
    return {
      base: known,
      local: local.map(({ path, sha256: hash, from, keep }, n): LocalFile => {
        const origin = from >= 0 && !usedHere.has(from) ? known[from] : undefined
        if (origin) usedHere.add(from)
        return {
          path,
          sha256: origin && keep ? origin.sha256 : hash,
          size: 1,
          identity: origin?.identity ?? `n${n}`,
        }
      }),
      remote: remote.map(({ path, sha256: hash, from, keep }, n): RemoteFile => {
        const origin = from >= 0 && !usedThere.has(from) ? known[from] : undefined
        if (origin) usedThere.add(from)
        return {
          path,
          sha256: origin && keep ? origin.sha256 : hash,
          size: 1,
          fileId: origin?.fileId ?? `r${n}`,
          revision: origin && keep && origin.path === path ? 1 : 2,
        }
      }),
    }
  })

/** Does what a plan says, as disk and server would, whatever of it they would do. */
const apply = (before: World, operations: readonly Operation[]): World => {
  const local = new Map(before.local.map((file) => [file.path, file]))
  const base = new Map(before.base.map((file) => [file.fileId, file]))
  const remote = new Map(before.remote.map((file) => [file.fileId, file]))
  const at = (path: string) => [...local.values()].find((f) => foldPath(f.path) === foldPath(path))
  let fresh = 0
  for (const operation of operations) {
    if (operation.kind === 'adopt')
      base.set(operation.remote.fileId, {
        ...operation.remote,
        identity: operation.local.identity,
      })
    if (operation.kind === 'forget') base.delete(operation.fileId)
  }
  for (const operation of operations)
    if (operation.kind === 'step-aside') {
      expect(at(operation.to)).toBeUndefined()
      local.delete(operation.local.path)
      local.set(operation.to, { ...operation.local, path: operation.to })
      if (operation.fileId) base.delete(operation.fileId)
    }
  const moves = operations.filter((each) => each.kind === 'move')
  for (const { local: file } of moves) local.delete(file.path)
  for (const { local: file, to, base: known } of moves) {
    expect(at(to)).toBeUndefined()
    local.set(to, { ...file, path: to })
    if (known) base.set(known.fileId, { ...known, path: to })
  }
  // All or nothing at the server, and names may be swapped in one commit.
  const puts = operations.filter((each) => each.kind === 'put')
  const removes = operations.filter((each) => each.kind === 'remove')
  const changed = new Map(remote)
  for (const { fileId } of removes) changed.delete(fileId)
  for (const { local: file, fileId, expected } of puts) {
    fresh += 1
    const id = fileId ?? `n${fresh}${file.path}${file.sha256}${before.remote.length}`
    changed.set(id, {
      fileId: id,
      path: file.path,
      sha256: file.sha256,
      size: 1,
      revision: (expected ?? 0) + 1,
    })
  }
  const folds = [...changed.values()].map(({ path }) => foldPath(path))
  if (new Set(folds).size === folds.length) {
    for (const { fileId } of removes) base.delete(fileId)
    remote.clear()
    for (const [id, file] of changed) {
      remote.set(id, file)
      const put = puts.find((each) => each.local.path === file.path)
      if (put && !before.remote.includes(file))
        base.set(id, { ...file, identity: put.local.identity })
    }
  }
  for (const operation of operations) {
    if (operation.kind === 'discard') {
      local.delete(operation.local.path)
      if (operation.base) base.delete(operation.base.fileId)
    }
    if (operation.kind !== 'download') continue
    const path = operation.over?.path ?? operation.remote.path
    if (!operation.over) expect(at(path)).toBeUndefined()
    const identity = operation.over?.identity ?? `d${operation.remote.fileId}${path}`
    local.set(path, { path, sha256: operation.remote.sha256, size: 1, identity })
    base.set(operation.remote.fileId, { ...operation.remote, identity })
  }
  return { local: [...local.values()], base: [...base.values()], remote: [...remote.values()] }
}

const treeOf = (files: readonly { path: string; sha256: string }[]) =>
  files.map(({ path, sha256: hash }) => `${path} ${hash}`).sort()

describe('the plan of a folder', () => {
  it('makes both sides the same in a few rounds, and loses nothing that one side alone had', () => {
    fc.assert(
      fc.property(world, (begin) => {
        let now = begin
        let rounds = 0
        for (; rounds < 8; rounds += 1) {
          const { operations, deletions } = planFolder({ ...now, isUnknown: () => false }, options)
          if (operations.length + deletions.length === 0) break
          now = apply(now, [...operations, ...deletions])
        }
        expect(rounds).toBeLessThan(8)
        expect(treeOf(now.local)).toEqual(treeOf(now.remote))
        expect(
          now.base.map(({ fileId, path, sha256: hash }) => `${fileId} ${path} ${hash}`).sort(),
        ).toEqual(
          now.remote.map(({ fileId, path, sha256: hash }) => `${fileId} ${path} ${hash}`).sort(),
        )
        const left = new Set(now.local.map((file) => file.sha256))
        const was = new Set(begin.base.map((file) => file.sha256))
        for (const { sha256: hash } of [...begin.local, ...begin.remote])
          if (!was.has(hash)) expect(left).toContain(hash)
      }),
      { numRuns: 20_000 },
    )
  })
  it('brings back what the server has where nothing may be sent, and what its person gives up is in the trash', () => {
    fc.assert(
      fc.property(world, (begin) => {
        let now = begin
        let rounds = 0
        const trash = new Set<string>()
        for (; rounds < 8; rounds += 1) {
          const plan = planFolder(
            { ...now, isUnknown: () => false },
            { ...options, isReverted: () => true },
          )
          const operations = [...plan.operations, ...plan.deletions]
          if (operations.length === 0) break
          for (const each of operations) {
            expect(['put', 'remove']).not.toContain(each.kind)
            if (each.kind === 'discard') trash.add(each.local.sha256)
            if (each.kind === 'download' && each.isLocalChange && each.over)
              trash.add(each.over.sha256)
          }
          now = apply(now, operations)
        }
        expect(rounds).toBeLessThan(8)
        expect(now.remote).toEqual(begin.remote)
        expect(treeOf(now.local)).toEqual(treeOf(begin.remote))
        const kept = new Set([...trash, ...[...begin.base, ...begin.remote].map((f) => f.sha256)])
        for (const { sha256: hash } of begin.local) expect(kept).toContain(hash)
      }),
      { numRuns: 20_000 },
    )
  })
  it('does nothing about what it cannot see', () => {
    fc.assert(
      fc.property(world, (trees) => {
        const { operations, deletions } = planFolder(
          { ...trees, local: [], isUnknown: () => true },
          options,
        )
        expect(deletions).toEqual([])
        expect(operations.filter((each) => each.kind !== 'forget')).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })
  it.each([
    [1, 10, false],
    [3, 4, false],
    [4, 10, true],
    [4, 16, false],
    [2, 2, true],
    [201, 100_000, true],
    [200, 100_000, false],
    [0, 0, false],
  ])('%i deletions among %i files wait: %s', (deletions, files, wait) =>
    expect(areTooMany(deletions, files)).toBe(wait),
  )
})

it('a second spelling of a file that cannot be looked at is not sent: its name is taken', () => {
  const file = { path: 'a.txt', sha256: 'a', size: 1 }
  const base = [{ ...file, fileId: 'f', revision: 1, identity: 'one' }]
  const remote = [{ ...file, fileId: 'f', revision: 1 }]
  const twin = { path: 'A.txt', sha256: 'b', size: 1, identity: 'two' }
  const other = { path: 'b.txt', sha256: 'b', size: 1, identity: 'three' }
  const isUnknown = ({ path }: { path: string }): boolean => path === 'a.txt'
  const { operations } = planFolder({ local: [twin, other], base, remote, isUnknown }, options)
  expect(operations).toEqual([{ kind: 'put', local: other, fileId: null, expected: null }])
})
