import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localPlace, moveOnce } from './local-data.ts'

let folder: string
let from: string
let to: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-move-'))
  from = join(folder, 'Roaming', 'Atelier', 'backend')
  to = join(folder, 'Local', 'Atelier', 'backend')
  await mkdir(join(from, 'objects'), { recursive: true })
  await writeFile(join(from, 'objects', 'film.bin'), 'frames')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const filmIn = (place: string) =>
  readFile(join(place, 'objects', 'film.bin'), 'utf8').catch(() => null)
const failing = (code: string) => ({
  rm,
  rename: () => Promise.reject(Object.assign(new Error(code), { code })),
})

test('what roamed is moved once, and stays moved', async () => {
  expect(
    await localPlace('backend', {
      userData: join(folder, 'Roaming', 'Atelier'),
      local: join(folder, 'Local', 'Atelier'),
    }),
  ).toBe(to)
  expect([await filmIn(from), await filmIn(to)]).toEqual([null, 'frames'])
  expect(await moveOnce(from, to)).toBe(to)
  expect(await filmIn(to)).toBe('frames')
})

test('to another drive it is copied, and the old one goes once the new one is whole', async () => {
  expect(await moveOnce(from, to, failing('EXDEV'))).toBe(to)
  // Not before the next start.
  expect([await filmIn(from), await filmIn(to)]).toEqual(['frames', 'frames'])
  expect(await moveOnce(from, to)).toBe(to)
  expect([await filmIn(from), await filmIn(to)]).toEqual([null, 'frames'])
  expect(await readFile(join(to, '.moved-from'), 'utf8').catch(() => null)).toBe(null)
})

test('cut off while it copies, it begins again; cut off before it removes, it goes on removing', async () => {
  await mkdir(`${to}.draft`, { recursive: true })
  await writeFile(join(`${to}.draft`, 'half'), 'half')
  expect(await moveOnce(from, to, failing('EXDEV'))).toBe(to)
  expect(await readFile(join(to, 'half'), 'utf8').catch(() => null)).toBe(null)
  // Put there, marked, and the old one still there.
  await mkdir(join(from, 'objects'), { recursive: true })
  await writeFile(join(to, '.moved-from'), from)
  expect(await moveOnce(from, to)).toBe(to)
  await expect(readFile(from)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await filmIn(to)).toBe('frames')
})

test('what cannot be removed keeps nobody from starting, and is tried again', async () => {
  await moveOnce(from, to, failing('EXDEV'))
  const busy = Object.assign(new Error('EBUSY'), { code: 'EBUSY' })
  expect(await moveOnce(from, to, { rename, rm: () => Promise.reject(busy) })).toBe(to)
  expect(await filmIn(from)).toBe('frames')
  expect(await moveOnce(from, to)).toBe(to)
  expect(await filmIn(from)).toBe(null)
})

test('a database that runs is not copied', async () => {
  await mkdir(join(from, 'postgres'))
  await writeFile(join(from, 'postgres', 'postmaster.pid'), `${process.pid}\n`)
  expect(await moveOnce(from, to, failing('EXDEV'))).toBe(from)
  expect(await filmIn(to)).toBe(null)
})

test('what is in use stays where it is, for this run', async () => {
  expect(await moveOnce(from, to, failing('EPERM'))).toBe(from)
  expect(await filmIn(from)).toBe('frames')
})

test('of two that both have something none is removed', async () => {
  await rename(from, `${from}.aside`)
  await mkdir(from)
  await writeFile(join(from, 'other'), 'another')
  await mkdir(join(to), { recursive: true })
  expect(await moveOnce(from, to)).toBe(to)
  expect(await readFile(join(from, 'other'), 'utf8')).toBe('another')
})

test('elsewhere than on Windows all of it lies together', async () => {
  expect(await localPlace('backend', { userData: '/home/ada/.config/Atelier', local: null })).toBe(
    '/home/ada/.config/Atelier/backend',
  )
})
