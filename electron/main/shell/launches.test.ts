import { expect, test } from 'vitest'
import { Launches } from './launches.ts'

test('a launch that comes before anybody listens waits, and none is lost or told twice', () => {
  const launches = new Launches()
  launches.came(['atelier', '--do=settings'])
  const heard: (readonly string[])[] = []
  launches.listen((argv) => heard.push(argv))
  launches.came(['atelier'])
  expect(heard).toEqual([['atelier', '--do=settings'], ['atelier']])
})
