import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire, registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startAnew, system } from '../../../host/way.ts'
import type { ProxyLogin } from '../../../src/network/proxy-sign-in.ts'
import { startSigningProxy } from '../../fixtures/signing-proxy.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { openFeed, type Published } from './feed-server.ts'

// electron-updater as it is, over the double's network; its Electron is the test's.
const electron = new URL('./electron-of-updater.cjs', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: electron, shortCircuit: true } : next(specifier, context),
})
const { AppImageUpdater, DebUpdater, NsisUpdater, PacmanUpdater, RpmUpdater } = await import(
  'electron-updater'
)
const { openUpdater, failureCodeOf } = await import('../../../electron/main/updates/updater.ts')
const played = createRequire(import.meta.url)(fileURLToPath(electron)) as {
  net: unknown
  folder: string
  version: string
  quits: number
}
played.net = (await import('../../../host/net.ts')).net

/** A program that says it ran, and who it is. */
const program = (text: string, size = 0): Buffer =>
  Buffer.concat([
    Buffer.from(`#!/bin/sh\necho ${text} > "$(dirname "$0")/ran"\nexit 0\n`),
    Buffer.from(randomBytes(size).toString('hex')),
  ])

let folder = ''
let feed: Awaited<ReturnType<typeof openFeed>>
const log: string[] = []
beforeEach(async () => {
  folder = await temporaryFolder('updates')
  Object.assign(played, { folder, version: '1.0.0', quits: 0 })
  log.length = 0
  const appImage = join(folder, 'Atelier.AppImage')
  await writeFile(appImage, program('the former one'))
  await chmod(appImage, 0o755)
  vi.stubEnv('APPIMAGE', appImage)
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await feed.close()
})

const open = async (
  published: Published | null,
  patience = { answerMs: 5_000, silenceMs: 5_000 },
  login?: ProxyLogin,
  create: Parameters<typeof openUpdater>[0]['create'] = () => new AppImageUpdater(),
) => {
  feed = await openFeed(published)
  const configuration = join(folder, 'app-update.yml')
  await writeFile(
    configuration,
    `provider: generic\nurl: ${feed.url}\nupdaterCacheDirName: atelier-updater\n`,
  )
  return openUpdater({
    create,
    configuration,
    log: (line) => log.push(line),
    ...(login ? { login } : {}),
    patience,
  })
}
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no failure',
    (error: unknown) => failureCodeOf(error),
  )
const pending = (): Promise<string[]> =>
  readdir(join(folder, 'cache/atelier-updater/pending')).catch(() => [])

it('a newer version is found, fetched and put in the place of the former one', async () => {
  const bytes = program('the new one')
  const updater = await open({ version: '1.1.0', bytes, notes: '# News', postgres: 18 })
  expect(await updater.check()).toEqual({
    version: '1.1.0',
    notes: '# News',
    releasedAt: '2026-11-30T12:00:00.000Z',
    postgresMajor: 18,
  })
  await updater.download(() => {})
  // Nothing is changed before somebody says so.
  const appImage = process.env.APPIMAGE!
  expect(await readFile(appImage, 'utf8')).toContain('the former one')
  const installed = updater.install(appImage)
  await vi.waitFor(async () =>
    expect(await readFile(join(folder, 'ran'), 'utf8')).toBe('the new one\n'),
  )
  expect(await readFile(appImage)).toEqual(bytes)
  await vi.waitFor(() => expect(played.quits).toBe(1))
  expect(await readFile(`${appImage}.former`, 'utf8')).toContain('the former one')
  void installed.catch(() => {})
  // What tells this computer from another is told to nobody.
  expect(new Set(feed.state.asked.map(({ staging }) => staging))).toEqual(new Set(['none']))
})

it.each(['1.0.0', '0.9.0', '1.0.0-beta.1'])('version %s is no update of 1.0.0', async (version) => {
  const updater = await open({ version, bytes: program('older') })
  expect(await updater.check()).toBeNull()
})

it('what is not the file that was published is thrown away', async () => {
  const updater = await open({
    version: '1.1.0',
    bytes: program('forged'),
    sha512: Buffer.alloc(64).toString('base64'),
  })
  await updater.check()
  expect(await codeOf(updater.download(() => {}))).toBe('update.damaged')
  expect(await pending()).toEqual([])
})

it.each([
  { extension: 'deb', create: () => new DebUpdater() },
  { extension: 'rpm', create: () => new RpmUpdater() },
  { extension: 'pacman', create: () => new PacmanUpdater() },
  { extension: 'exe', create: () => new NsisUpdater() },
])('a .$extension is taken as it was published, and no other', async ({ extension, create }) => {
  const bytes = program('a package')
  const forged = { version: '1.1.0', bytes, extension, sha512: Buffer.alloc(64).toString('base64') }
  const updater = await open(forged, undefined, undefined, create)
  await updater.check()
  expect(await codeOf(updater.download(() => {}))).toBe('update.damaged')
  expect(await pending()).toEqual([])
  feed.state.published = { version: '1.1.0', bytes, extension }
  await updater.check()
  await updater.download(() => {})
  const file = join(folder, `cache/atelier-updater/pending/Atelier-1.1.0.${extension}`)
  expect(await readFile(file)).toEqual(bytes)
  // And as it was published it has to be when it is installed, too.
  await writeFile(file, 'of somebody who may write there')
  expect(await codeOf(updater.install(null))).toBe('update.damaged')
  expect(played.quits).toBe(0)
})

it('a rollout reaches the part of the computers that it is for', async () => {
  const updater = await open({ version: '1.1.0', bytes: program('staged'), stagingPercentage: 0 })
  expect(await updater.check()).toBeNull()
  feed.state.published = { ...feed.state.published!, stagingPercentage: 100 }
  expect(await updater.check()).toMatchObject({ version: '1.1.0' })
})

it('a download is ended by its person, and begins anew when they say so', async () => {
  const updater = await open({ version: '1.1.0', bytes: program('large', 2_000_000) })
  feed.state.answer = (request, response) => {
    if (!request.url?.includes('.AppImage')) return false
    response.writeHead(200, { 'content-length': 4_000_000 }).write(Buffer.alloc(100_000))
    updater.cancel()
    return true
  }
  await updater.check()
  expect(await codeOf(updater.download(() => {}))).toBe('sync.cancelled')
  expect(
    (await pending()).filter((name) => name.endsWith('.AppImage') && !name.startsWith('temp-')),
  ).toEqual([])
  feed.state.answer = () => false
  await updater.download(() => {})
  expect(await pending()).toContain('Atelier-1.1.0.AppImage')
})

it('a download that is cut off, and one that stands still, are none', async () => {
  const updater = await open(
    { version: '1.1.0', bytes: program('cut') },
    { answerMs: 5_000, silenceMs: 400 },
  )
  await updater.check()
  feed.state.answer = (request, response) => {
    if (!request.url?.includes('.AppImage')) return false
    response.writeHead(200, { 'content-length': 4_000_000 }).write(Buffer.alloc(1000))
    setTimeout(() => response.destroy(), 50)
    return true
  }
  expect(await codeOf(updater.download(() => {}))).toBe('update.feed-unreachable')
  feed.state.answer = (request, response) => {
    if (!request.url?.includes('.AppImage')) return false
    response.writeHead(200, { 'content-length': 4_000_000 }).write(Buffer.alloc(1000))
    return true
  }
  expect(await codeOf(updater.download(() => {}))).toBe('update.feed-unreachable')
})

it('a feed that is down, silent, empty or the page of a captive portal is no update', async () => {
  const updater = await open(null, { answerMs: 500, silenceMs: 5_000 })
  expect(await codeOf(updater.check())).toBe('update.feed-invalid')
  feed.state.answer = (_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Sign in</title><p>Wi-Fi: 5 €')
    return true
  }
  expect(await codeOf(updater.check())).toBe('update.feed-invalid')
  feed.state.answer = (_, response) => {
    response.writeHead(200).end('version: [1, 2\n')
    return true
  }
  expect(await codeOf(updater.check())).toBe('update.feed-invalid')
  feed.state.answer = (_, response) => {
    response.writeHead(503).end('a proxy of http://user:secret@proxy.example/?token=secret')
    return true
  }
  expect(await codeOf(updater.check())).toBe('update.feed-unreachable')
  feed.state.answer = () => true
  expect(await codeOf(updater.check())).toBe('update.feed-unreachable')
  // And one that got no answer waits for nothing: the next is asked anew.
  feed.state.answer = () => false
  feed.state.published = { version: '1.1.0', bytes: program('back') }
  expect(await updater.check()).toMatchObject({ version: '1.1.0' })
  await feed.close()
  expect(await codeOf(updater.check())).toBe('update.feed-unreachable')
  expect(log.join('\n')).not.toMatch(/secret|token|Wi-Fi/)
})

it('who cannot put the new one in its place has the former one again', async () => {
  const updater = await open({ version: '1.1.0', bytes: program('the new one') })
  await updater.check()
  await updater.download(() => {})
  const appImage = process.env.APPIMAGE!
  // It is removed, and then nothing can be put in its place: `mv` is not found.
  vi.stubEnv('PATH', join(folder, 'nothing'))
  await expect(updater.install(appImage)).rejects.toThrow()
  expect(await readFile(appImage, 'utf8')).toContain('the former one')
  expect(existsSync(`${appImage}.former`)).toBe(false)
  expect(played.quits).toBe(0)
})

it('a proxy that wants a sign-in gets one, and is no silence where nobody gives it', async () => {
  const proxy = await startSigningProxy({ userName: 'ada', password: 'tide', realm: 'Updates' })
  Object.assign(system, { proxyServer: proxy.address, proxiesLoopback: true })
  const bytes = program('the new one')
  try {
    const alone = await open({ version: '1.1.0', bytes })
    const refused = await alone.check().catch((error: unknown) => error)
    expect(failureCodeOf(refused)).toBe('update.feed-unreachable')
    expect(String(refused)).not.toContain('in time')
    await feed.close()
    const asked: string[] = []
    const updater = await open({ version: '1.1.0', bytes }, undefined, ({ realm }, answer) => {
      asked.push(realm)
      answer('ada', 'tide')
    })
    expect((await updater.check())?.version).toBe('1.1.0')
    expect(asked).toEqual(['Updates'])
  } finally {
    startAnew()
    Object.assign(system, { proxyServer: null, proxiesLoopback: false })
    proxy.close()
  }
})
