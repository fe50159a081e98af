import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PackedMap } from './packed-map.ts'
import type { BaseFile, KnownFile, RemoteFile } from './ports.ts'
import { packStamp } from './stamp.ts'
import { compareLoaded, emptyState, hashedAtOf, hashesAtServer, outOfStep } from './state.ts'

const texts = new PackedMap<string>({ pack: (text) => text, unpack: (_key, text) => text })

describe('a tree of packed rows', () => {
  it('is a map, however often rows are changed and however long they are', () => {
    const key = fc.constantFrom('a', 'b', 'ä', '')
    const row = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('x'.repeat(400_000), '\uFEFFa'),
    )
    const step = fc.record({ key, row: fc.option(row) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new Map<string, string>()
        for (const each of ['a', 'b', 'ä', '']) texts.delete(each)
        for (const { key, row } of steps) {
          if (row === null) {
            map.delete(key)
            texts.delete(key)
          } else {
            map.delete(key)
            map.set(key, row)
            texts.set(key, row)
          }
        }
        expect(texts.size).toBe(map.size)
        // As they were written last.
        expect([...texts.keys()]).toEqual([...map.keys()])
        expect([...texts.values()]).toEqual([...map.values()])
        for (const [each, text] of map) expect(texts.get(each)).toBe(text)
        expect(texts.get('c')).toBeUndefined()
        expect(texts.has('c')).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
  it('is a map of many keys, too, whatever goes and comes', () => {
    const key = fc
      .integer({ min: 0, max: 400 })
      .map((number) => `${number} ${'é'.repeat(number % 7)}`)
    // Long enough that what goes is cleared away again and again.
    const row = fc.nat({ max: 300 }).map((length) => `${length}`.repeat(length))
    const step = fc.tuple(key, fc.option(row, { freq: 2 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2_000, size: 'max' }), (steps) => {
        const map = new Map<string, string>()
        const tree = new PackedMap<string>({ pack: (text) => text, unpack: (_key, text) => text })
        for (const [key, row] of steps) {
          expect(tree.get(key)).toBe(map.get(key))
          map.delete(key)
          if (row === null) tree.delete(key)
          else {
            map.set(key, row)
            tree.set(key, row)
          }
        }
        expect(tree.size).toBe(map.size)
        expect([...tree.keys()]).toEqual([...map.keys()])
        expect([...tree.values()]).toEqual([...map.values()])
      }),
      { numRuns: 60 },
    )
  })
  it('shows who goes through it what was there, though it is all written anew meanwhile', () => {
    const tree = new PackedMap<string>({ pack: (text) => text, unpack: (_key, text) => text })
    for (let number = 0; number < 400; number += 1) tree.set(`${number}`, 'x'.repeat(5_000))
    const seen: string[] = []
    for (const key of tree.keys()) {
      seen.push(key)
      tree.delete(key)
      tree.set(`${key} again`, '')
    }
    expect(seen).toEqual(Array.from({ length: 400 }, (_, number) => `${number}`))
    expect([...tree.keys()]).toEqual(seen.map((key) => `${key} again`))
  })
  it('refuses a row longer than it can hold, and keeps the others', () => {
    texts.set('a', 'kept')
    expect(() => texts.set('b', 'x'.repeat(2 ** 20))).toThrow(RangeError)
    expect(texts.get('a')).toBe('kept')
  })
})

/** The same, of all rows there are. */
const naive = (
  known: Map<string, KnownFile>,
  base: Map<string, BaseFile>,
  remote: Map<string, RemoteFile>,
  unknown: ReadonlyMap<string, string>,
) => {
  const settled = [...base.values()].filter((file) => {
    const [here, there] = [known.get(file.path), remote.get(file.fileId)]
    return (
      here?.sha256 === file.sha256 &&
      here.stamp.identity === file.identity &&
      there?.sha256 === file.sha256 &&
      there.path === file.path &&
      there.revision === file.revision &&
      !unknown.has(file.path)
    )
  })
  const paths = new Set(settled.map(({ path }) => path))
  const ids = new Set(settled.map(({ fileId }) => fileId))
  return {
    local: [...known.keys()].filter((path) => !paths.has(path) && !unknown.has(path)).sort(),
    base: [...base.keys()].filter((id) => !ids.has(id)).sort(),
    remote: [...remote.keys()].filter((id) => !ids.has(id)).sort(),
  }
}

describe('what is out of step', () => {
  const path = fc.constantFrom('p', 'q', 'r')
  const sha256 = fc.constantFrom('aa', 'ab')
  const revision = fc.constantFrom(1, 2)
  // A file has one path of its own at the server, or another one: two files never have the same there.
  const fileId = path
  const away = fc.boolean()
  const step = fc.oneof(
    fc.record({ kind: fc.constant('known'), path, sha256, identity: path, isGone: away }),
    fc.record({
      kind: fc.constant('base'),
      fileId,
      sha256,
      revision,
      identity: path,
      isGone: away,
      isAway: away,
    }),
    fc.record({
      kind: fc.constant('remote'),
      fileId,
      sha256,
      revision,
      isGone: away,
      isAway: away,
    }),
    fc.record({ kind: fc.constant('unknown'), path, isGone: away }),
    fc.record({ kind: fc.constant('look') }),
  )
  it('is the same whether all rows are compared or those that changed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 20 }), (steps, loaded) => {
        const state = emptyState()
        const known = new Map<string, KnownFile>()
        const base = new Map<string, BaseFile>()
        const remote = new Map<string, RemoteFile>()
        const put = <Row>(
          tree: Pick<PackedMap<Row>, 'set' | 'load' | 'delete'>,
          map: Map<string, Row>,
          key: string,
          row: Row | null,
        ): void => {
          if (row === null) {
            tree.delete(key)
            map.delete(key)
          } else {
            if (isLoading) tree.load(key, row)
            else tree.set(key, row)
            map.set(key, row)
          }
        }
        let isLoading = true
        for (const [place, each] of [...steps, { kind: 'look' as const }].entries()) {
          // A store has each row once, and is told of nothing before all of them are there.
          if (
            isLoading &&
            (place >= loaded ||
              ['look', 'unknown'].includes(each.kind) ||
              ('isGone' in each && each.isGone))
          ) {
            compareLoaded(state)
            isLoading = false
          }
          if ('identity' in each && 'path' in each) {
            const stamp = { size: 1, modified: '1', changed: '1', identity: each.identity }
            const row = { path: each.path, sha256: each.sha256, hashedAt: 1, stamp }
            put(state.known, known, each.path, each.isGone ? null : row)
          } else if ('fileId' in each) {
            const { fileId, sha256, revision, isGone, isAway } = each
            const there = {
              fileId,
              path: isAway ? `${fileId}2` : fileId,
              sha256,
              size: 1,
              revision,
            }
            if ('identity' in each)
              put(state.base, base, fileId, isGone ? null : { ...there, identity: each.identity })
            else put(state.remote, remote, fileId, isGone ? null : there)
          } else if ('path' in each) {
            if (each.isGone) state.unknown.delete(each.path)
            else state.unknown.set(each.path, '')
          } else {
            const found = outOfStep(state)
            expect({
              local: found.local.map((file) => file.path).sort(),
              base: found.base.map((file) => file.fileId).sort(),
              remote: found.remote.map((file) => file.fileId).sort(),
            }).toEqual(naive(known, base, remote, state.unknown))
            for (const file of found.base) expect(file).toEqual(base.get(file.fileId))
            for (const file of found.remote) expect(file).toEqual(remote.get(file.fileId))
            for (const hash of ['aa', 'ab'])
              expect(hashesAtServer(state).has(hash)).toBe(
                [...remote.values()].some((file) => file.sha256 === hash),
              )
          }
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('rows of a link', () => {
  // Whatever a field may be made to hold: separators of every kind, quotes, halves of characters.
  const field = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(
      '\0',
      'x\0../../../.bashrc\x0039\x001',
      '"',
      '\\',
      '","',
      '\n',
      '\ud800',
      '], [',
      '',
    ),
    fc
      .array(fc.constantFrom('\0', ' ', ',', '"', '\\', 'a', '\u2028', '\udfff'), { maxLength: 12 })
      .map((all) => all.join('')),
  )
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
  it('come out as they went in, and no field becomes another', () => {
    const file = fc.record({ path: field, sha256: field, size: count, revision: count })
    const row = fc.record({ file, identity: field, hashedAt: count })
    fc.assert(
      fc.property(row, ({ file, identity, hashedAt }) => {
        const state = emptyState()
        const remote: RemoteFile = { fileId: 'f', ...file }
        const base: BaseFile = { ...remote, identity }
        const stamp = { size: 1, modified: '2', changed: '3', identity: '1:2:3' }
        const known: KnownFile = { path: 'p', sha256: file.sha256, hashedAt, stamp }
        state.remote.load('f', remote)
        state.base.load('f', base)
        state.known.load('p', known)
        expect(state.remote.get('f')).toEqual(remote)
        expect(state.base.get('f')).toEqual(base)
        expect(state.known.get('p')).toEqual(known)
        expect(hashedAtOf(state.known, 'p', packStamp(stamp))).toBe(hashedAt)
        expect(hashedAtOf(state.known, 'p', packStamp({ ...stamp, identity: '1:2:30' }))).toBe(null)
        expect(hashedAtOf(state.known, 'p', packStamp({ ...stamp, identity: '1:2' }))).toBe(null)
      }),
      { numRuns: 2_000 },
    )
  })
})
