import { execFile } from 'node:child_process'
import { chmod, lstat, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Artifact, makeArtifact, openScene, type Scene, until } from '../sync/support.ts'
import { editThere, linkOn, rowsOf } from './linked.ts'

let scene: Scene
const umask = process.umask()
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A computer that follows the artifact, and what its program asked the server for. */
const follow = async (artifact: Artifact, name: string) => {
  const asked: string[] = []
  const linked = await linkOn(scene, artifact, {
    name,
    fetch: (input, init) => {
      const method = init?.method ?? 'GET'
      const { pathname } = new URL(input instanceof Request ? input.url : String(input))
      asked.push(`${method} ${pathname.replace(/^.*\/(?=(object|upload|rpc)\b)/, '')}`)
      return fetch(input, init)
    },
  })
  open.push(linked.close)
  const at = (path: string): string => join(linked.root, path)
  const modeOf = async (path: string): Promise<number> =>
    (await lstat(at(path)).catch(() => null))?.mode ?? 0
  return {
    ...linked,
    at,
    modeOf: async (path: string) => ((await modeOf(path)) & 0o7777).toString(8),
    isExecutable: async (path: string) => ((await modeOf(path)) & 0o100) !== 0,
    text: (path: string) => readFile(at(path), 'utf8').catch(() => null),
    time: async (path: string) =>
      Number((await lstat(at(path), { bigint: true })).mtimeNs / 1_000_000n),
    /** Of bytes, either way. */
    moved: () => asked.filter((each) => /^(POST|PATCH|PUT|GET) (object\/|upload\/)/.test(each)),
    commits: () => asked.filter((each) => each.endsWith('commit_artifact_changes')).length,
    forget: () => void asked.splice(0),
  }
}
type Computer = Awaited<ReturnType<typeof follow>>
const both = async (files: Record<string, string> = {}) => {
  const artifact = await makeArtifact(scene, files)
  const [one, other] = [await follow(artifact, 'desk'), await follow(artifact, 'laptop')]
  const settled = async (): Promise<void> => {
    for (let round = 0; round < 2; round += 1)
      for (const each of [one, other]) {
        await each.poke()
        await until(async () => (await each.link()).status === 'in-step', 20_000)
      }
  }
  const arrives = (is: () => Promise<boolean>, on: Computer) =>
    until(async () => {
      await on.poke()
      return is()
    }, 30_000)
  return { artifact, one, other, settled, arrives }
}
const versions = async (artifact: Artifact) => {
  const { data } = await scene.ada.client
    .from('artifact_file_versions')
    .select('file_path, is_executable, is_owner_only, modified_at')
    .eq('artifact_id', artifact.id)
    .order('artifact_revision')
  return data!
}
const run = promisify(execFile)

test('a script comes executable, with its time, and runs; what was its owner’s alone stays so', async () => {
  expect(umask).toBe(0o022)
  const { artifact, one, other, arrives } = await both()
  const time = new Date('2003-04-05T06:07:08.912Z')
  await writeFile(one.at('script.sh'), '#!/bin/sh\necho it runs\n', { mode: 0o755 })
  await writeFile(one.at('notes.txt'), 'private', { mode: 0o600 })
  await writeFile(one.at('plain.txt'), 'plain', { mode: 0o444 })
  await mkdir(one.at('apart'), { mode: 0o700 })
  await writeFile(one.at('apart/in.txt'), 'of nobody else', { mode: 0o644 })
  await utimes(one.at('script.sh'), time, time)
  await arrives(async () => (await rowsOf(scene, artifact)).length === 4, one)
  await arrives(async () => (await other.text('apart/in.txt')) !== null, other)
  await arrives(async () => (await other.text('script.sh')) !== null, other)
  await arrives(async () => (await other.text('notes.txt')) !== null, other)
  await arrives(async () => (await other.text('plain.txt')) !== null, other)
  expect(await other.modeOf('script.sh')).toBe('755')
  expect(await other.modeOf('notes.txt')).toBe('600')
  expect(await other.modeOf('plain.txt')).toBe('644')
  // Its folder is made as any is; what nobody could reach nobody can read.
  expect(await other.modeOf('apart/in.txt')).toBe('600')
  expect(await other.time('script.sh')).toBe(await one.time('script.sh'))
  // Node itself cuts what it is told to whole microseconds.
  expect(time.getTime() - (await one.time('script.sh'))).toBeLessThanOrEqual(1)
  expect((await run(other.at('script.sh'))).stdout).toBe('it runs\n')
})

test('the bit alone goes there and back, and no byte moves; a time alone goes nowhere', async () => {
  const { artifact, one, other, settled, arrives } = await both({ 'run.sh': '#!/bin/sh\n' })
  await arrives(async () => (await one.text('run.sh')) !== null, one)
  await arrives(async () => (await other.text('run.sh')) !== null, other)
  await settled()
  for (const each of [one, other]) each.forget()
  // Its person lets nobody else read it: nobody else may run it.
  await chmod(other.at('run.sh'), 0o640)
  await chmod(one.at('run.sh'), 0o755)
  await arrives(() => other.isExecutable('run.sh'), other)
  expect(await other.modeOf('run.sh')).toBe('750')
  expect(await versions(artifact)).toMatchObject([
    { is_executable: false },
    { is_executable: true, is_owner_only: false },
  ])
  await settled()
  await chmod(other.at('run.sh'), 0o640)
  await arrives(async () => !(await one.isExecutable('run.sh')), one)
  expect(await one.modeOf('run.sh')).toBe('644')
  await settled()
  expect(await versions(artifact)).toHaveLength(3)
  const [ones, others] = [one.commits(), other.commits()]
  const now = new Date()
  await utimes(one.at('run.sh'), now, new Date('2011-11-11T11:11:11Z'))
  await chmod(other.at('run.sh'), 0o600)
  await settled()
  await settled()
  expect(await versions(artifact)).toHaveLength(3)
  expect([one.commits(), other.commits()]).toEqual([ones, others])
  expect([...one.moved(), ...other.moved()]).toEqual([])
})

test('bytes of one and the bit of another both arrive; and those of an edit keep what they replace', async () => {
  const { artifact, one, other, settled, arrives } = await both({ 'a.sh': 'one', 'b.sh': 'two' })
  for (const each of [one, other])
    await arrives(async () => (await each.text('b.sh')) !== null, each)
  await settled()
  const { id: linkId } = await other.link()
  await other.desk.service.handlers['folders.setPaused']({ linkId, paused: true })
  await chmod(other.at('a.sh'), 0o755)
  await writeFile(other.at('b.sh'), 'two, edited there')
  await writeFile(one.at('a.sh'), 'one, edited here')
  await chmod(one.at('b.sh'), 0o755)
  await arrives(
    async () => (await rowsOf(scene, artifact)).every(({ revision }) => revision === 2),
    one,
  )
  await other.desk.service.handlers['folders.setPaused']({ linkId, paused: false })
  for (const each of [one, other]) {
    await arrives(async () => (await each.text('a.sh')) === 'one, edited here', each)
    await arrives(async () => (await each.text('b.sh')) === 'two, edited there', each)
    await arrives(() => each.isExecutable('a.sh'), each)
    await arrives(() => each.isExecutable('b.sh'), each)
  }
  await settled()
  expect((await rowsOf(scene, artifact)).map(({ file_path }) => file_path)).toEqual([
    'a.sh',
    'b.sh',
  ])
  // Somebody edits it who says nothing of any bit, as the application's own editor does.
  await editThere(scene, artifact, 'a.sh', 'from afar')
  await arrives(async () => (await one.text('a.sh')) === 'from afar', one)
  expect(await one.modeOf('a.sh')).toBe('755')
})

test('an earlier revision comes with its bit; what turns private is so where it was not', async () => {
  const { artifact, one, other, settled, arrives } = await both()
  await writeFile(one.at('run.sh'), 'one', { mode: 0o755 })
  await arrives(async () => (await other.text('run.sh')) === 'one', other)
  await settled()
  await chmod(one.at('run.sh'), 0o600)
  await writeFile(one.at('run.sh'), 'with a secret')
  await arrives(async () => (await other.text('run.sh')) === 'with a secret', other)
  expect(await other.modeOf('run.sh')).toBe('600')
  await settled()
  // Who opens it on their own computer does so there, for the versions to come too.
  await chmod(other.at('run.sh'), 0o644)
  await writeFile(one.at('run.sh'), 'with another')
  await arrives(async () => (await other.text('run.sh')) === 'with another', other)
  expect(await other.modeOf('run.sh')).toBe('644')
  await settled()
  const { error } = await scene.ada.client.rpc('restore_artifact', {
    artifact_id: artifact.id,
    to_revision: 1,
  })
  expect(error).toBeNull()
  for (const each of [one, other]) await arrives(() => each.isExecutable('run.sh'), each)
  expect(await one.text('run.sh')).toBe('one')
  // It was nobody else's here; it is theirs to open.
  expect(await one.modeOf('run.sh')).toBe('700')
  expect(await other.modeOf('run.sh')).toBe('755')
})
