import { createHash, randomUUID } from 'node:crypto'
import { chmod, link, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Platform } from '../../../../src/domain/disk-name.ts'
import type { Disk, Placing, Stamp } from '../../../../src/sync/folder/ports.ts'
import { modesOn } from '../../../disk/kept-modes.ts'
import { openDisk } from './disk.ts'
import { modeWith, placedTime } from './modes.ts'
import { openScanner } from './scanner.ts'
import { folderMigrations, openFolderDatabase } from './store.ts'

const worker = new URL('scanner-worker.ts', import.meta.url)
const isPosix = process.platform !== 'win32'
const mode = fc.integer({ min: 0, max: 0o777 })
const wanted = fc.record({
  isExecutable: fc.option(fc.boolean(), { nil: undefined }),
  isOwnerOnly: fc.boolean(),
})

describe('a mode', () => {
  it('is never opened: whoever could not read or write cannot, and the umask wins', () => {
    fc.assert(
      fc.property(mode, wanted, mode, (before, as, umask) => {
        const after = modeWith(before, as, umask)
        expect(after & 0o666 & ~before).toBe(0)
        if (!as.isOwnerOnly) expect(after & 0o666).toBe(before & 0o666)
        else expect(after & 0o077).toBe(0)
        // Who may run it may read it, and is somebody whom the umask lets.
        const run = after & 0o011 & ~before
        expect(run & ~((before & 0o044) >> 2)).toBe(0)
        expect(run & umask).toBe(0)
        expect(after).toBeLessThanOrEqual(0o777)
        if (as.isExecutable !== undefined) expect((after & 0o100) !== 0).toBe(as.isExecutable)
        // What is so stays as it is.
        expect(modeWith(after, as, umask)).toBe(after)
      }),
    )
  })
  it.each([
    [0o644, true, 0o022, 0o755],
    [0o640, true, 0o022, 0o750],
    [0o600, true, 0o022, 0o700],
    [0o644, true, 0o077, 0o744],
    [0o755, false, 0o022, 0o644],
    [0o744, true, 0o022, 0o744],
    [0o444, true, 0o022, 0o555],
  ])('%o executable %s under %o: %o', (before, isExecutable, umask, after) => {
    expect(modeWith(before, { isExecutable, isOwnerOnly: false }, umask)).toBe(after)
  })
  it('and a time is none of tomorrow, and none of before there were any', () => {
    expect(placedTime(5_000, 10_000)).toBe(5_000)
    expect(placedTime(20_000, 10_000)).toBe(10_000)
    expect(placedTime(-1, 10_000)).toBe(0)
  })
})

describe.runIf(isPosix)('on a disk', () => {
  let root: string
  let disk: Disk & { close(): Promise<void> }
  const at = (path: string): string => join(root, path)
  const own = (...parts: string[]): string => join(root, '.atelier', ...parts)
  const linkId = randomUUID()
  beforeEach(async () => {
    root = await mkdtemp('/tmp/atelier-modes-')
    await mkdir(own())
    await writeFile(own('link.json'), JSON.stringify({ linkId }), { mode: 0o600 })
    disk = await openDisk({ root, linkId, worker })
    await disk.look([])
  })
  afterEach(async () => {
    await disk.close()
    await rm(root, { recursive: true, force: true })
  })
  const receive = async (text: string) => {
    const sha256 = createHash('sha256').update(text).digest('hex')
    const staging = await disk.stage({ sha256, size: text.length })
    if (staging.kept < text.length) await staging.write(Buffer.from(text).subarray(staging.kept))
    await staging.seal()
    await staging.close()
    return { sha256 }
  }
  const plain: Placing = { isExecutable: false, isOwnerOnly: false, modifiedAt: undefined }
  const place = async (
    path: string,
    text: string,
    as: Partial<Placing>,
    over: Stamp | null = null,
  ) => disk.place(await receive(text), path, over, { ...plain, ...as })
  const modeOf = async (path: string): Promise<string> =>
    ((await lstat(at(path))).mode & 0o7777).toString(8)
  /** Whole milliseconds, as clocks and servers tell them: the disk's own go on to nanoseconds. */
  const timeOf = async (path: string): Promise<number> =>
    Number((await lstat(at(path), { bigint: true })).mtimeNs / 1_000_000n)
  const stampOf = async (path: string): Promise<Stamp> => (await disk.stat(path))!

  it('what is new comes as it was, and what is known of it is of what was placed', async () => {
    const modifiedAt = Date.UTC(2001, 1, 3, 4, 5, 6, 789)
    const stamp = await place('run.sh', 'run', { isExecutable: true, modifiedAt })
    expect(await modeOf('run.sh')).toBe('755')
    expect(await timeOf('run.sh')).toBe(modifiedAt)
    // The next look finds nothing that was changed.
    expect((await disk.look(['run.sh'])).files).toEqual([{ path: 'run.sh', stamp }])
    expect(stamp).toMatchObject({ permissions: { isExecutable: true, isOwnerOnly: false } })
    await place('key', 'key', { isOwnerOnly: true, isExecutable: true })
    expect(await modeOf('key')).toBe('700')
    await place('plain', 'plain', { modifiedAt: Date.now() + 9e10 })
    expect(await modeOf('plain')).toBe('644')
    expect(await timeOf('plain')).toBeLessThanOrEqual(Date.now())
  })
  it('what is replaced keeps who may read it, and gets or loses the bit alone', async () => {
    for (const [before, as, after] of [
      [0o640, { isExecutable: true }, '750'],
      [0o666, {}, '666'],
      [0o777, { isExecutable: false }, '666'],
      [0o755, { isExecutable: undefined }, '755'],
      [0o644, { isOwnerOnly: true }, '600'],
      [0o600, { isOwnerOnly: false }, '600'],
      // Of before: whatever it was, what comes from elsewhere is not run as somebody else.
      [0o4755, { isExecutable: true }, '755'],
      [0o2755, {}, '644'],
    ] as const) {
      await writeFile(at('a'), 'before')
      await chmod(at('a'), before)
      expect(await place('a', `after ${before} ${after}`, as, await stampOf('a'))).not.toBe(
        'changed',
      )
      expect(await modeOf('a')).toBe(after)
    }
  })
  it('what a crash left with the mode of what it was to replace opens no other file', async () => {
    const { sha256 } = await receive('one')
    await chmod(own('incoming', sha256), 0o777)
    await place('new', 'one', {})
    expect(await modeOf('new')).toBe('644')
  })
  it('a bit is set on the very file, if it is as it was looked at', async () => {
    await writeFile(at('a'), 'bytes')
    const before = await stampOf('a')
    const stamp = await disk.setExecutable('a', before, true)
    expect(await modeOf('a')).toBe('755')
    expect(stamp).toMatchObject({ size: before.size, modified: before.modified })
    expect(await stampOf('a')).toEqual(stamp)
    expect(await disk.setExecutable('a', before, false)).toBe('changed')
    expect(await disk.setExecutable('a', stamp as Stamp, false)).not.toBe('changed')
    expect(await modeOf('a')).toBe('644')
    await rm(at('a'))
    await writeFile(at('theirs'), 'theirs')
    await symlink('theirs', at('a'))
    expect(await disk.setExecutable('a', before, true)).toBe('changed')
    expect(await modeOf('theirs')).toBe('644')
  })
  it('tells of a file who can reach it, by its folders too', async () => {
    await mkdir(at('apart/deep'), { recursive: true })
    await chmod(at('apart'), 0o700)
    for (const [path, its] of [
      ['a', 0o644],
      ['b', 0o600],
      ['c', 0o711],
      ['apart/deep/d', 0o644],
    ] as const) {
      await writeFile(at(path), path)
      await chmod(at(path), its)
    }
    const seen = new Map<string, string>()
    await disk.scan((path, stamp) => void seen.set(path, stamp.slice(stamp.lastIndexOf(' ') + 1)))
    expect(Object.fromEntries(seen)).toEqual({ a: '0', b: '2', c: '1', 'apart/deep/d': '2' })
  })
  it('is believed where it keeps the mode of a file of ours, which has it again', async () => {
    expect(modesOn(own('link.json'))).toBe((await lstat(own('link.json'), { bigint: true })).dev)
    expect((await lstat(own('link.json'))).mode & 0o777).toBe(0o600)
    expect(modesOn(own('link.json'), 'win32')).toBeNull()
    expect(modesOn(own('none'))).toBeNull()
    // What may be somebody's own file is not touched.
    await writeFile(at('mine'), '', { mode: 0o640 })
    await link(at('mine'), own('linked'))
    await symlink('../mine', own('by-a-link'))
    expect(modesOn(own('linked'))).toBeNull()
    expect(modesOn(own('by-a-link'))).toBeNull()
    expect(await modeOf('mine')).toBe('640')
  })
  it('is not asked on a platform without modes', () => {
    const seen = (platform: Platform) =>
      openScanner(root, platform).look(linkId, [], []).modesOn !== null
    expect(seen('linux')).toBe(true)
    expect(seen('win32')).toBe(false)
  })
})

it('a store of before knows no permissions, and asks for all rows of the server once more', async () => {
  const folder = await mkdtemp('/tmp/atelier-store-')
  try {
    const file = join(folder, 'folders.sqlite')
    const old = new Database(file)
    for (const step of folderMigrations.slice(0, -2)) old.exec(step)
    old.pragma(`user_version = ${folderMigrations.length - 2}`)
    const hash = 'a'.repeat(64)
    old.prepare('insert into base values (?, ?, ?, ?, ?, ?, ?)').run('l', 'f', 'a', hash, 1, 3, 'i')
    old
      .prepare('insert into known values (?, ?, ?, ?, ?, ?, ?, ?)')
      .run('l', 'a', 1, '5', '6', 'i', hash, 7)
    old.prepare('insert into remote values (?, ?, ?, ?, ?, ?)').run('l', 'f', 'a', hash, 1, 3)
    old.prepare('insert into cursors values (?, ?, ?)').run('l', '9', 'e')
    old.close()
    const db = openFolderDatabase(file)
    const stamp = { size: 1, modified: '5', changed: '6', identity: 'i' }
    expect(db.load('l').cursor).toEqual({ cursor: '9', epoch: 'e' })
    expect(db.knownAfter('l', '')).toEqual([{ path: 'a', sha256: hash, hashedAt: 7, stamp }])
    expect(db.baseAfter('l', '')).toMatchObject([
      { fileId: 'f', revision: 3, permissions: undefined },
    ])
    expect(db.remoteAfter('l', '')).toMatchObject([{ fileId: 'f', revision: 0 }])
    const permissions = { isExecutable: true, isOwnerOnly: false }
    const remote = { fileId: 'f', path: 'a', sha256: hash, size: 1, revision: 4, permissions }
    db.saveKnown(
      'l',
      [{ path: 'a', sha256: hash, hashedAt: 8, stamp: { ...stamp, permissions } }],
      [],
    )
    db.finish('l', [], [{ put: { ...remote, identity: 'i' } }], [{ ...remote, modifiedAt: 11 }], [])
    expect(db.knownAfter('l', '')).toMatchObject([{ stamp: { permissions } }])
    expect(db.baseAfter('l', '')).toMatchObject([{ revision: 4, permissions }])
    expect(db.remoteAfter('l', '')).toMatchObject([{ revision: 4, permissions, modifiedAt: 11 }])
    const files = [{ ...remote, modifiedAt: 11, identity: 'i' }]
    db.begin('l', [{ id: 'x', kind: 'commit', files }])
    expect(db.load('l').intents).toEqual([{ id: 'x', kind: 'commit', files }])
    db.close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
