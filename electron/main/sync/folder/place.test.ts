import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { examinePlace, refusePlace, surroundings } from './place.ts'

let at: string
beforeEach(async () => {
  at = await realpath(await mkdtemp(join(tmpdir(), 'atelier-place-')))
})
afterEach(() => rm(at, { recursive: true, force: true }))

const id = '11111111-1111-4111-8111-111111111111'
const examine = async (
  ...[path, links = [], options]: Parameters<typeof examinePlace> | [string]
) => {
  const around = { ...(await surroundings()), temporary: [] }
  const { root, findings } = await examinePlace(path, links, { around, ...options })
  return { root, said: findings.map(({ kind, severity }) => `${severity} ${kind}`), findings }
}
const folder = async (...parts: string[]): Promise<string> => {
  const path = join(at, ...parts)
  await mkdir(path, { recursive: true })
  return path
}
const mark = async (root: string): Promise<void> => {
  await mkdir(join(root, '.atelier'))
  await writeFile(join(root, '.atelier', 'link.json'), JSON.stringify({ linkId: id }))
}

describe('a chosen place', () => {
  it('is an ordinary folder', async () => {
    expect(await examine(await folder('work'))).toMatchObject({ root: join(at, 'work'), said: [] })
    expect(await readdir(join(at, 'work'))).toEqual([])
  })
  it('that is reached through a link is known by its real path', async () => {
    await folder('data', 'work')
    await symlink(join(at, 'data'), join(at, 'alias'))
    for (const way of ['alias/work', 'alias/work/', 'alias/./work'])
      expect(await examine(join(at, way))).toMatchObject({ root: join(at, 'data/work'), said: [] })
  })
  it('is in, around or the same as a linked one, by whatever way', async () => {
    const root = await folder('real', 'work')
    await folder('real', 'work', 'inner')
    await folder('real', 'workshop')
    await symlink(join(at, 'real'), join(at, 'alias'))
    await symlink(join(at, 'real', 'work'), join(at, 'direct'))
    // Of a link that is itself known by another way, too.
    for (const known of [root, join(at, 'alias/work'), join(at, 'direct')]) {
      const links = [{ id, root: known }]
      expect((await examine(join(at, 'alias/work/inner'), links)).said).toEqual([
        'refuse inside-linked',
      ])
      expect((await examine(join(at, 'direct'), links)).said).toEqual(['refuse linked'])
      expect((await examine(join(at, 'alias'), links)).said).toEqual(['refuse around-linked'])
      expect((await examine(join(at, 'alias/workshop'), links)).said).toEqual([])
    }
    const project = { forProject: true }
    expect((await examine(join(at, 'alias'), [{ id, root }], project)).said).toEqual([])
    expect((await examine(join(at, 'real/work/inner'), [{ id, root }], project)).said).toEqual([
      'refuse inside-linked',
    ])
  })
  it('that bears a mark is somebody else’s, unless it is the one that was looked for', async () => {
    const root = await folder('copy')
    await folder('copy', 'inner')
    await mark(root)
    expect((await examine(root)).said).toEqual(['refuse linked-elsewhere'])
    expect((await examine(root, [], { own: id })).said).toEqual([])
    expect((await examine(join(root, 'inner'))).said).toEqual(['warn inside-linked'])
  })
  it('whose mark came by a link bears none', async () => {
    const root = await folder('hostile')
    const other = await folder('other')
    await mark(other)
    await symlink(join(other, '.atelier'), join(root, '.atelier'))
    expect((await examine(root)).said).toEqual([])
    await rm(join(root, '.atelier'))
    await mkdir(join(root, '.atelier'))
    await symlink(join(other, '.atelier/link.json'), join(root, '.atelier/link.json'))
    expect((await examine(root)).said).toEqual([])
    await rm(join(root, '.atelier/link.json'))
    // A backup of hard links is made of the same files.
    await link(join(other, '.atelier/link.json'), join(root, '.atelier/link.json'))
    expect((await examine(root)).said).toEqual(['refuse linked-elsewhere'])
  })
  it('holds our own data, or lies in it', async () => {
    const data = await folder('data', 'accounts')
    await folder('data', 'accounts', 'blobs')
    for (const place of ['data', 'data/accounts', 'data/accounts/blobs'])
      expect((await examine(join(at, place), [], { data })).said).toEqual(['refuse own-data'])
    expect((await examine(await folder('work'), [], { data })).said).toEqual([])
  })
  it('is another program’s, or a checkout, by what lies in it or above it', async () => {
    await folder('box', 'work', 'deep')
    await folder('box', '.stfolder')
    await folder('box', 'work', '.git')
    const { findings, said } = await examine(join(at, 'box/work/deep'))
    expect(said).toEqual(['warn other-sync', 'info git'])
    expect(findings.map(({ detail }) => detail)).toEqual(['Syncthing', join(at, 'box/work')])
  })
  it('is no folder', async () => {
    await writeFile(join(at, 'file'), '')
    await symlink(join(at, 'nowhere'), join(at, 'dangling'))
    for (const name of ['file', 'nowhere', 'dangling'])
      await expect(examine(join(at, name))).rejects.toMatchObject({ code: 'folder.missing' })
  })
  it.runIf(process.platform === 'linux')('is no disk', async () => {
    // Bound elsewhere, the path would not tell.
    expect((await examine('/proc')).said).toContain('refuse no-disk')
    expect((await examine('/sys/kernel')).said).toContain('refuse no-disk')
  })
  it.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)(
    'may not be written',
    async () => {
      const root = await folder('locked')
      await chmod(root, 0o500)
      expect((await examine(root)).said).toEqual(['refuse not-writable'])
    },
  )
})

it('what is refused is refused with a reason, and nothing else is', () => {
  const refusing = (kind: string, severity: string) => () =>
    refusePlace({ root: '/x', findings: [{ kind, severity, detail: null }] } as never)
  expect(refusing('around-linked', 'refuse')).toThrowError(
    expect.objectContaining({ code: 'folder.not-ours' }),
  )
  expect(refusing('home', 'refuse')).toThrowError(
    expect.objectContaining({ code: 'folder.not-here' }),
  )
  expect(refusing('not-writable', 'refuse')).toThrowError(
    expect.objectContaining({ code: 'disk.denied' }),
  )
  expect(refusing('network', 'warn')).not.toThrow()
  expect(refusing('git', 'info')).not.toThrow()
})
