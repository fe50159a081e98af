import { join, resolve } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { placeUserData } from './application.ts'

const { places } = vi.hoisted(() => ({ places: [] as [string, string][] }))
vi.mock('electron', () => ({
  // Electron takes an absolute path alone.
  app: { setPath: (name: string, path: string) => void places.push([name, path]) },
  dialog: {},
  nativeTheme: {},
  powerMonitor: {},
}))
afterEach(() => {
  places.length = 0
  vi.unstubAllEnvs()
})

test.each([
  ['trial', join(process.cwd(), 'trial')],
  ['../trial/data', resolve('../trial/data')],
  [resolve('/srv/atelier'), resolve('/srv/atelier')],
])('the folder of this run may be named from where one is: %s', (named, place) => {
  vi.stubEnv('ATELIER_USER_DATA', named)
  placeUserData()
  expect(places).toEqual([['userData', place]])
})

test('where none is named, Electron’s own stays', () => {
  vi.stubEnv('ATELIER_USER_DATA', undefined)
  placeUserData()
  expect(places).toEqual([])
})
