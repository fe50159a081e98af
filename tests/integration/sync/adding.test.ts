import { randomUUID } from 'node:crypto'
import { chmod, mkdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Addition, AdditionOrder } from '../../../src/contract/adding.ts'
import { asFailure } from '../../../src/domain/failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import {
  type Desk,
  makeArtifact,
  namesAtServer,
  openDesk,
  openScene,
  type Scene,
  until,
} from './support.ts'

let scene: Scene
let desk: Desk
let heard: Addition[] = []

beforeAll(async () => {
  scene = await openScene()
}, 120_000)
afterEach(() => desk.close())
afterAll(() => scene.close())

const open = async (): Promise<void> => {
  heard = []
  desk = await openDesk(scene, {
    emit: (event, payload) => {
      if (event === 'adding.changed') heard.push(payload as Addition)
    },
  })
}
const folderOf = async (files: Record<string, string>): Promise<string> => {
  const folder = await temporaryFolder('bring-in')
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}
const look = async (
  place: { projectId: string; artifactId: string | null },
  paths: string[],
): Promise<Addition> => {
  const begun = await desk.service.handlers['adding.examineDropped']({ ...place, paths })
  await until(async () => heard.some(({ id, phase }) => id === begun?.id && phase === 'ready'))
  return heard.findLast(({ id }) => id === begun?.id)!
}
const bringIn = async (addition: Addition, order: Partial<AdditionOrder> = {}) => {
  const artifactId = addition.artifactId ?? randomUUID()
  const usual = { title: addition.title, clashes: 'both' as const, withAsked: false }
  await desk.service.handlers['adding.start']({
    additionId: addition.id,
    artifactId,
    ...usual,
    ...order,
  })
  return artifactId
}
const arrived = (id: string, names: string[]) =>
  until(
    async () =>
      JSON.stringify(await namesAtServer(scene, { id, projectId: '', files: new Map() })) ===
      JSON.stringify(names),
    30_000,
  )

describe('files that a person brings in', () => {
  it('make an artifact of a folder, by the rules of linked ones, and ask for what is private', async () => {
    await open()
    const { projectId } = await makeArtifact(scene, {})
    const folder = await folderOf({
      'index.html': '<h1>Tide</h1>',
      'styles/site.css': 'h1{}',
      '.env': 'SECRET=1',
      'keys/deploy.txt': '-----BEGIN OPENSSH PRIVATE KEY-----\nabc',
      'node_modules/left/index.js': '1',
      '.git/HEAD': 'ref: refs/heads/main',
      'a?.txt': 'no',
    })
    await symlink('index.html', join(folder, 'link.html'))
    const addition = await look({ projectId, artifactId: null }, [folder])
    expect(addition).toMatchObject({
      all: { files: 2 },
      asked: { paths: ['.env', 'keys/deploy.txt'] },
    })
    expect(addition.leftOut.paths).toEqual(
      expect.arrayContaining(['.git', 'node_modules', 'link.html']),
    )
    expect(addition.refused.files).toEqual([{ path: 'a?.txt', failure: 'file.name-refused' }])
    const id = await bringIn(addition)
    await arrived(id, ['index.html', 'styles/site.css'])

    const again = await look({ projectId, artifactId: null }, [folder])
    const whole = await bringIn(again, { withAsked: true })
    await arrived(whole, ['.env', 'index.html', 'keys/deploy.txt', 'styles/site.css'])
  })

  it('keep that they may be run, whose alone they are and when they were written', async () => {
    await open()
    const { projectId } = await makeArtifact(scene, {})
    const folder = await folderOf({
      'build.sh': '#!/bin/sh\n',
      'salaries.csv': 'Ada,1',
      'closed/plan.txt': 'plan',
      'photo.jpg': 'said to be a program, as all are on a disk without modes',
    })
    await chmod(join(folder, 'build.sh'), 0o755)
    await chmod(join(folder, 'photo.jpg'), 0o755)
    await chmod(join(folder, 'salaries.csv'), 0o600)
    await chmod(join(folder, 'closed'), 0o700)
    const written = new Date('2024-02-29T12:00:00.000Z')
    for (const name of ['build.sh', 'salaries.csv', 'closed/plan.txt', 'photo.jpg'])
      await utimes(join(folder, name), written, written)
    const names = ['build.sh', 'closed/plan.txt', 'photo.jpg', 'salaries.csv']
    const id = await bringIn(await look({ projectId, artifactId: null }, [folder]))
    await arrived(id, names)
    const attributes = async () => {
      const { data } = await scene.ada.client
        .from('artifact_files')
        .select('file_path, is_executable, is_owner_only, modified_at')
        .eq('artifact_id', id)
        .order('file_path')
      return data?.map((row) => [
        ...[row.file_path, row.is_executable, row.is_owner_only],
        new Date(row.modified_at ?? 0).getTime() === written.getTime(),
      ])
    }
    const all = [
      ['build.sh', true, false, true],
      ['closed/plan.txt', false, true, true],
      ['photo.jpg', false, false, true],
      ['salaries.csv', false, true, true],
    ]
    expect(await attributes()).toEqual(all)

    // What takes a file's place opens it to nobody, and leaves it what it may do.
    await desk.run(projectId, 'all')
    const others = await folderOf({ 'salaries.csv': 'Ada,2', 'build.sh': '#!/bin/sh\nexit\n' })
    const paths = [join(others, 'salaries.csv'), join(others, 'build.sh')]
    await bringIn(await look({ projectId, artifactId: id }, paths), { clashes: 'replace' })
    await until(async () => (await attributes())?.filter((row) => row[3] === true).length === 2)
    expect((await attributes())?.map((row) => row.slice(0, 3))).toEqual(
      all.map((row) => row.slice(0, 3)),
    )
  })

  it('come into an artifact with their folder, beside what has their name or in its place', async () => {
    await open()
    const artifact = await makeArtifact(scene, { 'index.html': Buffer.from('old') })
    const place = { projectId: artifact.projectId, artifactId: artifact.id }
    await desk.run(artifact.projectId)
    const folder = await folderOf({ 'index.html': 'new', 'site/a.css': 'a' })
    const both = [join(folder, 'index.html'), join(folder, 'site')]
    const first = await look(place, both)
    expect(first.clashes).toEqual({ count: 1, paths: ['index.html'] })
    await bringIn(first)
    await arrived(artifact.id, ['index 2.html', 'index.html', 'site/a.css'])
    await bringIn(await look(place, [join(folder, 'index.html')]), { clashes: 'replace' })
    await until(async () => {
      const files = await desk.service.handlers['artifacts.files']({ artifactId: artifact.id })
      const file = files.find(({ path }) => path === 'index.html')
      return file?.revision === 2 && file.state === 'cached'
    }, 30_000)
    // The very bytes that are there already make no second one.
    await bringIn(await look(place, [join(folder, 'index.html')]))
    await desk.run(artifact.projectId)
    await arrived(artifact.id, ['index 2.html', 'index.html', 'site/a.css'])
  })

  it('wait on this computer while there is no server, over a restart; an artifact needs one', async () => {
    await open()
    const artifact = await makeArtifact(scene, {})
    await desk.run(artifact.projectId)
    desk.service.setOnline(false)
    const folder = await folderOf({ 'a.txt': 'a' })
    const place = { projectId: artifact.projectId, artifactId: artifact.id }
    await bringIn(await look(place, [join(folder, 'a.txt')]))
    const made = await look({ ...place, artifactId: null }, [folder])
    await expect(bringIn(made)).rejects.toMatchObject({ code: 'network.offline' })
    expect(heard.at(-1)).toMatchObject({ phase: 'ready', failure: 'network.offline' })
    await desk.restart()
    await arrived(artifact.id, ['a.txt'])
  })

  it('stop coming when they are cancelled; what came stays, and the rest may come later', async () => {
    await open()
    const artifact = await makeArtifact(scene, {})
    await desk.run(artifact.projectId)
    desk.service.setOnline(false)
    const names = Array.from({ length: 300 }, (_, index) => `${String(index).padStart(3, '0')}.txt`)
    const folder = await folderOf(Object.fromEntries(names.map((name) => [name, name])))
    const place = { projectId: artifact.projectId, artifactId: artifact.id }
    const addition = await look(place, [folder])
    const ended = bringIn(addition).catch((error: unknown) => asFailure(error).code)
    await until(async () => heard.some(({ done }) => done.files > 0))
    await desk.service.handlers['adding.cancel']({ additionId: addition.id })
    expect(await ended).toBe('sync.cancelled')
    expect(heard.at(-1)?.phase).toBe('stopped')
    const files = () => desk.service.handlers['artifacts.files']({ artifactId: artifact.id })
    const came = (await files()).length
    expect(came).toBe(heard.at(-1)?.done.files)
    expect(came).toBeLessThan(300)
    // What is there already does not come a second time.
    await bringIn(await look(place, [folder]))
    expect((await files()).length).toBe(300)
  })

  it('are refused one by one, by size and kind, and whole where nobody works', async () => {
    await open()
    const artifact = await makeArtifact(scene, {})
    await desk.run(artifact.projectId)
    const folder = await folderOf({ 'big.bin': '', 'good.txt': 'good' })
    await truncate(join(folder, 'big.bin'), 524_288_001)
    const place = { projectId: artifact.projectId, artifactId: artifact.id }
    const names = ['big.bin', 'good.txt', 'gone.txt'].map((name) => join(folder, name))
    const addition = await look(place, names)
    expect(addition.refused.files).toEqual([
      { path: 'gone.txt', failure: 'disk.unreadable' },
      { path: 'big.bin', failure: 'file.too-large' },
    ])
    await bringIn(addition)
    await arrived(artifact.id, ['good.txt'])
    await expect(look(place, ['/'])).rejects.toMatchObject({ code: 'folder.not-here' })
    expect(
      await desk.service.handlers['adding.examineDropped']({ ...place, paths: [''] }),
    ).toBeNull()
  })
})
