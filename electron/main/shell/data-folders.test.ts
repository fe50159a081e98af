import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { localPlaces, placeSessionData } from './data-folders.ts'

const placed: [string, string][] = []
vi.mock('electron', () => ({
  app: {
    getName: () => 'Atelier',
    setPath: (name: string, path: string) => placed.push([name, path]),
  },
}))

let folder: string
let userData: string
const system = process.platform
const on = (platform: NodeJS.Platform): void => {
  Object.defineProperty(process, 'platform', { value: platform })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-places-'))
  userData = join(folder, 'Roaming', 'Atelier')
  await mkdir(join(userData, 'accounts'), { recursive: true })
  await writeFile(join(userData, 'accounts', 'ada'), 'copies')
  vi.stubEnv('LOCALAPPDATA', join(folder, 'Local'))
  vi.stubEnv('ATELIER_USER_DATA', '')
  placed.length = 0
})
afterEach(async () => {
  on(system)
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

test('on Windows what is large does not roam, and Chromium’s data neither', async () => {
  on('win32')
  const local = join(folder, 'Local', 'Atelier Data')
  placeSessionData()
  expect(placed).toEqual([
    ['sessionData', join(local, 'session')],
    ['crashDumps', join(local, 'crashes')],
  ])
  expect((await stat(join(local, 'crashes'))).isDirectory()).toBe(true)
  expect(await localPlaces(userData)).toEqual({
    backend: join(local, 'backend'),
    accounts: join(local, 'accounts'),
  })
  expect(await readFile(join(local, 'accounts', 'ada'), 'utf8')).toBe('copies')
})

test.each([
  ['elsewhere', 'linux', ''],
  ['where a folder was named', 'win32', 'C:\\trial'],
] as const)('%s all lies together', async (_, platform, named) => {
  on(platform)
  vi.stubEnv('ATELIER_USER_DATA', named)
  placeSessionData()
  expect(placed).toEqual([])
  expect(await localPlaces(userData)).toEqual({
    backend: join(userData, 'backend'),
    accounts: join(userData, 'accounts'),
  })
})
