import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'
import { load } from 'js-yaml'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../run.ts'
import { wantedFuses, wrongFuses } from './fuses.ts'

/** The mark, the wire's version and length, and the states that Electron 45 is shipped with. */
const shipped = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09101100011'
let folder: string
let program: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-fuses-'))
  program = join(folder, 'atelier')
  await writeFile(program, `some program ${shipped} and its end`)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const flip = (changes: Partial<Record<FuseV1Options, boolean>> = {}) =>
  flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableCookieEncryption]: false,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: false,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
    ...changes,
  })

test('Electron as it is shipped is refused, each fuse by its name', async () => {
  const wrong = await wrongFuses(program)
  expect(wrong).toContain('The fuse runAsNode is on, not off.')
  expect(wrong).toContain('The fuse onlyLoadAppFromAsar is off, not on.')
})

test('the wanted states are right, and one that differs is wrong', async () => {
  await flip()
  expect(await wrongFuses(program)).toEqual([])
  await flip({ [FuseV1Options.EnableNodeCliInspectArguments]: true })
  expect(await wrongFuses(program)).toEqual([
    'The fuse enableNodeCliInspectArguments is on, not off.',
  ])
})

test('what the configuration wants is what the design asks for', async () => {
  expect(await wantedFuses()).toEqual({
    runAsNode: false,
    enableCookieEncryption: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  })
})

test('macOS is asked to give up one rule of the hardened runtime, and no other', async () => {
  const text = await readFile(join(root, 'resources/entitlements.plist'), 'utf8')
  expect([...text.matchAll(/<key>([^<]+)/g)].map((found) => found[1])).toEqual([
    'com.apple.security.cs.allow-jit',
  ])
  const configuration = load(await readFile(join(root, 'electron-builder.yml'), 'utf8'))
  expect(configuration).toMatchObject({
    protocols: [{ schemes: ['atelier'] }],
    mac: {
      hardenedRuntime: true,
      minimumSystemVersion: '13.0',
      entitlements: 'resources/entitlements.plist',
      entitlementsInherit: 'resources/entitlements.plist',
    },
    win: { signExts: ['.dll', '.node', '.exe'] },
    publish: null,
  })
})
