import { describe, expect, it } from 'vitest'
import { placeFiles } from './adding.ts'

const present = [
  { id: 'one', path: 'index.html' },
  { id: 'two', path: 'images/mark.svg' },
]
const place = (paths: string[], clashes: 'replace' | 'both' = 'both', size = 1) =>
  placeFiles(
    present,
    paths.map((path) => ({ path, size })),
    { largest: 10, clashes },
  )
const where = ({ placed }: ReturnType<typeof place>) =>
  placed.map(({ path, replaces }) => [path, replaces])

describe('files that come into an artifact', () => {
  it('keep their names and folders', () =>
    expect(where(place(['a.txt', 'images/new.png']))).toEqual([
      ['a.txt', null],
      ['images/new.png', null],
    ]))

  it('lie beside what has their name, or take its place, as the person says', () => {
    const both = place(['INDEX.html', 'images/mark.svg'])
    expect(both.clashing).toEqual(['INDEX.html', 'images/mark.svg'])
    expect(where(both)).toEqual([
      ['INDEX 2.html', null],
      ['images/mark 2.svg', null],
    ])
    expect(where(place(['INDEX.html'], 'replace'))).toEqual([['INDEX.html', 'one']])
  })

  it('never replace one another, and find the next free name', () =>
    expect(where(place(['x.md', 'X.md', 'x 2.md', 'index.html', 'Index.html'], 'replace'))).toEqual(
      [
        ['x.md', null],
        ['X 2.md', null],
        ['x 2 2.md', null],
        ['index.html', 'one'],
        ['Index 2.html', null],
      ],
    ))

  it('are refused where a file would be a folder, or a folder a file', () =>
    expect(place(['images', 'index.html/a', 'b', 'b/c', 'd/e', 'd']).refused).toEqual([
      { path: 'images', failure: 'file.name-collision' },
      { path: 'index.html/a', failure: 'file.name-collision' },
      { path: 'b/c', failure: 'file.name-collision' },
      { path: 'd', failure: 'file.name-collision' },
    ]))

  it('are refused by name and by size', () => {
    expect(place(['a?.txt', 'CON', '../x', 'good.txt']).refused.map(({ path }) => path)).toEqual([
      'a?.txt',
      'CON',
      '../x',
    ])
    expect(place(['a'], 'both', 11).refused).toEqual([{ path: 'a', failure: 'file.too-large' }])
    expect(place(['a'], 'both', 10).refused).toEqual([])
  })
})
