import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { LeftOutEntry, LeftOutReason } from '../../../src/contract/left-out.ts'
import { makeArtifact, openScene, type Scene, until } from '../sync/support.ts'
import { atServer, becomes, editThere, linkOn, put, rowsOf, treeOf } from './linked.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

type Artifact = Awaited<ReturnType<typeof makeArtifact>>
const computer = async (artifact: Artifact, name: string, into: Record<string, string> = {}) => {
  const linked = await linkOn(scene, artifact, { name, into })
  open.push(linked.close)
  const { handlers } = linked.desk.service
  const linkId = (await linked.link()).id
  const entries = async () => (await handlers['folders.leftOut']({ linkId })).entries
  const entryOf = async (path: string): Promise<LeftOutEntry | undefined> =>
    (await entries()).find((each) => each.path === path)
  return {
    ...linked,
    handlers,
    linkId,
    entries,
    entryOf,
    reasonOf: async (path: string): Promise<LeftOutReason | undefined> =>
      (await entryOf(path))?.reason,
    put: (path: string, text: string) => put(linked.root, path, text),
    read: (path: string) => readFile(join(linked.root, path), 'utf8'),
    rest: () => until(async () => (await linked.link()).status === 'in-step', 30_000),
    /** Two looks pass over all that lies there. */
    looks: async () => {
      for (let turn = 0; turn < 2; turn += 1) {
        await handlers['folders.retry']({ linkId })
        await until(async () => (await linked.link()).status !== 'syncing', 20_000)
        await new Promise((done) => setTimeout(done, 400))
      }
      await until(async () => (await linked.link()).status === 'in-step', 20_000)
    },
  }
}
const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'

test('what a machine drops, makes, or keeps secret stays on it, and is listed with its reason', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  const litter = [
    ...['.DS_Store', 'Thumbs.db', 'desktop.ini', '._a.txt', '.~lock.plan.odt#', '~$plan.docx'],
    ...['.plan.md.swp', 'notes~', 'Icon\r', 'sub/.DS_Store'],
  ]
  const secrets = ['.env', 'id_rsa', 'sub/notes', 'server.pem', '.npmrc']
  const generated = ['node_modules', 'sub/node_modules']
  const desk = await computer(artifact, 'desk', {
    ...Object.fromEntries(litter.map((path) => [path, 'litter'])),
    '.env': 'TOKEN=1',
    id_rsa: 'key',
    'sub/notes': key,
    'server.pem': `cert\n${key}`,
    '.npmrc': '//registry.example/:_authToken=abc',
    '.env.example': 'TOKEN=',
    'node_modules/x/index.js': 'x',
    'sub/node_modules/y.js': 'y',
    'talk.key': 'PK slides',
    'sub/b.txt': 'b',
  })
  const sent = { 'a.txt': 'a', 'sub/b.txt': 'b', '.env.example': 'TOKEN=', 'talk.key': 'PK slides' }
  await becomes(() => atServer(scene, artifact), sent)
  await desk.rest()
  for (const path of litter) expect([path, await desk.reasonOf(path)]).toEqual([path, 'litter'])
  for (const path of secrets)
    expect([path, await desk.entryOf(path)]).toMatchObject([
      path,
      { reason: 'private', canSend: true, atServer: 0 },
    ])
  for (const path of generated)
    expect([path, await desk.entryOf(path)]).toMatchObject([
      path,
      { reason: 'generated', kind: 'folder' },
    ])
  expect((await desk.link()).leftOut).toMatchObject({ total: 17, undecided: 0 })
  expect((await desk.link()).blocked).toEqual([])

  // By its person's word, each by itself.
  await desk.handlers['folders.sendAnyway']({ linkId: desk.linkId, path: '.env' })
  await desk.handlers['folders.sendAnyway']({ linkId: desk.linkId, path: 'sub/notes' })
  await becomes(() => atServer(scene, artifact), { ...sent, '.env': 'TOKEN=1', 'sub/notes': key })
  // Whoever else has the artifact gets them, and is not asked.
  const other = await computer(artifact, 'other')
  await becomes(() => treeOf(other.root), { ...sent, '.env': 'TOKEN=1', 'sub/notes': key })
  await other.rest()
  // But what they write into them is theirs.
  await other.put('.env', 'TOKEN=mine')
  await until(async () => (await other.entryOf('.env'))?.undecided === 1, 20_000)
  expect((await atServer(scene, artifact))['.env']).toBe('TOKEN=1')
  await other.handlers['folders.decideLeftOut']({
    linkId: other.linkId,
    path: '.env',
    decision: 'send',
  })
  await until(async () => (await atServer(scene, artifact))['.env'] === 'TOKEN=mine', 20_000)
})

test('two people commit in checkouts of their own beside Atelier, and both stay whole', async () => {
  const artifact = await makeArtifact(scene, { 'readme.md': 'hello' })
  const git = (root: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' },
    })
  const desk = await computer(artifact, 'desk')
  const other = await computer(artifact, 'other')
  for (const { root, put, rest } of [desk, other]) {
    await becomes(() => treeOf(root), { 'readme.md': 'hello' })
    await rest()
    git(root, 'init', '-q')
    await put('.gitignore', 'build/\n')
    await put('build/out.bin', root)
    git(root, 'add', '.')
    git(root, 'commit', '-qm', 'one')
  }
  for (let turn = 0; turn < 4; turn += 1)
    for (const { root, put } of [desk, other]) {
      await put('readme.md', `hello ${turn} of ${root === desk.root ? 'desk' : 'other'}`)
      git(root, 'commit', '-qam', `${turn}`)
    }
  await Promise.all([desk.looks(), other.looks()])
  for (const { root, reasonOf, link } of [desk, other]) {
    expect(git(root, 'fsck', '--full')).toBe('')
    expect(git(root, 'log', '--oneline').trim().split('\n')).toHaveLength(5)
    expect(git(root, 'for-each-ref')).not.toContain('conflict')
    expect(await reasonOf('.git')).toBe('version-control')
    expect((await link()).leftOut.versionControl).toBe('git')
    expect(await reasonOf('build')).toBe('gitignore')
  }
  const paths = (await rowsOf(scene, artifact)).map(({ file_path }) => file_path)
  expect(
    paths.filter((path) => path.split('/').includes('.git') || path.startsWith('build')),
  ).toEqual([])
  await expect(
    desk.handlers['folders.sendAnyway']({ linkId: desk.linkId, path: '.git' }),
  ).rejects.toMatchObject({ code: 'file.left-out' })
}, 120_000)

test('what others sent of a version control folder, or of a folder of ours, is never placed here', async () => {
  const there = {
    '.git/config': 'evil',
    'sub/.GIT/hooks/post-commit': 'evil',
    'x/.hg/hgrc': 'evil',
    'y/.atelier/link.json': '{}',
    '.gitmodules': 'fine',
    '.github/a.yml': 'fine',
  }
  const artifact = await makeArtifact(scene, there)
  const desk = await computer(artifact, 'desk')
  await becomes(() => treeOf(desk.root), { '.gitmodules': 'fine', '.github/a.yml': 'fine' })
  await desk.rest()
  expect(await desk.entryOf('.git')).toMatchObject({
    reason: 'version-control',
    atServer: 1,
    canSend: false,
  })
  expect(await desk.reasonOf('y/.atelier')).toBe('nested-link')
  // And they can be taken from there, by a person's word.
  await desk.handlers['folders.decideLeftOut']({
    linkId: desk.linkId,
    path: '.git',
    decision: 'remove',
  })
  const { '.git/config': _gone, ...rest } = there
  await becomes(() => atServer(scene, artifact), rest)
  expect(await desk.entryOf('.git')).toBeUndefined()
})

test('what becomes ignored stays on disk and at the server, until its person decides', async () => {
  const files = {
    'a.txt': 'a',
    'dist/one.js': '1',
    'dist/two.js': '2',
    'dist/three.js': '3',
    'dist/deep/four.js': '4',
    'b.txt': 'b',
    'c.txt': 'c',
    'd.txt': 'd',
  }
  const artifact = await makeArtifact(scene, files)
  const desk = await computer(artifact, 'desk')
  const other = await computer(artifact, 'other')
  for (const { root, rest } of [desk, other]) {
    await becomes(() => treeOf(root), files)
    await rest()
  }
  await desk.put('.atelierignore', 'dist/\n')
  await becomes(() => treeOf(other.root), { ...files, '.atelierignore': 'dist/\n' })
  await desk.rest()
  expect(await desk.entryOf('dist')).toMatchObject({
    reason: 'atelierignore',
    rule: 'dist/',
    source: '.atelierignore',
    atServer: 4,
    undecided: 0,
  })
  // New there, changed there, removed there: none of it goes anywhere.
  await desk.put('dist/new.js', 'new')
  await desk.put('dist/one.js', '1 mine')
  await rm(join(desk.root, 'dist/two.js'))
  await until(async () => (await desk.entryOf('dist'))?.undecided === 2, 20_000)
  await desk.looks()
  const there = { ...files, '.atelierignore': 'dist/\n' }
  expect(await atServer(scene, artifact)).toEqual(there)
  // What the server has still comes, where nobody touched it.
  await editThere(scene, artifact, 'dist/three.js', '3 of others')
  await editThere(scene, artifact, 'dist/one.js', '1 of others')
  await desk.poke()
  await until(async () => (await desk.read('dist/three.js')) === '3 of others', 20_000)
  await desk.looks()
  expect(await desk.read('dist/one.js')).toBe('1 mine')
  expect((await desk.link()).leftOut.undecided).toBe(2)

  // Gone from the server, here it stays, and with everybody.
  await becomes(async () => ({ text: await other.read('dist/three.js') }), { text: '3 of others' })
  await desk.handlers['folders.decideLeftOut']({
    linkId: desk.linkId,
    path: 'dist',
    decision: 'remove',
  })
  const { 'a.txt': a, 'b.txt': b, 'c.txt': c, 'd.txt': d } = files
  await becomes(() => atServer(scene, artifact), {
    'a.txt': a,
    'b.txt': b,
    'c.txt': c,
    'd.txt': d,
    '.atelierignore': 'dist/\n',
  })
  await other.poke()
  await Promise.all([desk.looks(), other.looks()])
  expect(await desk.read('dist/one.js')).toBe('1 mine')
  expect(await desk.read('dist/new.js')).toBe('new')
  expect(await other.read('dist/two.js')).toBe('2')
  expect(await other.read('dist/deep/four.js')).toBe('4')
  expect((await desk.link()).held).toBeNull()
  // The rule goes: what is here is new to the server.
  await desk.put('.atelierignore', '# nothing\n')
  await until(async () => (await atServer(scene, artifact))['dist/new.js'] === 'new', 30_000)
  expect((await atServer(scene, artifact))['dist/one.js']).toBe('1 mine')
}, 120_000)

test('"leave this out" stops both ways, for files, folders, links and refused names, and can be taken back', async () => {
  const files = { 'a.txt': 'a', 'big/one': '1', 'big/two': '2', 'e.txt': 'e', 'f.txt': 'f' }
  const artifact = await makeArtifact(scene, files)
  const desk = await computer(artifact, 'desk')
  await becomes(() => treeOf(desk.root), files)
  await desk.put('what: a question', 'refused')
  await until(async () => (await desk.link()).blocked.length === 1, 20_000)
  const { linkId, handlers } = desk
  for (const path of ['what: a question', 'big', 'a.txt'])
    await handlers['folders.leaveOut']({ linkId, path })
  await desk.looks()
  expect((await desk.link()).blocked).toEqual([])
  await desk.put('a.txt', 'mine')
  await rm(join(desk.root, 'big/two'))
  await editThere(scene, artifact, 'big/one', '1 of others')
  await editThere(scene, artifact, 'big/three', '3 of others')
  await desk.poke()
  await desk.looks()
  const there = { ...files, 'big/one': '1 of others', 'big/three': '3 of others' }
  expect(await atServer(scene, artifact)).toEqual(there)
  expect(await desk.read('big/one')).toBe('1')
  expect(await stat(join(desk.root, 'big/three')).catch(() => null)).toBeNull()
  expect(await desk.entryOf('big')).toMatchObject({ reason: 'person', atServer: 3, canSend: true })
  expect(await handlers['folders.rules']({ linkId })).toMatchObject({
    leftOut: ['what: a question', 'big', 'a.txt'],
  })
  // Taken back: as if it had been away.
  for (const path of ['big', 'a.txt']) await handlers['folders.sendAnyway']({ linkId, path })
  await until(async () => (await desk.read('big/three').catch(() => '')) === '3 of others', 20_000)
  await until(async () => (await atServer(scene, artifact))['a.txt'] === 'mine', 20_000)
  expect(await desk.read('big/one')).toBe('1 of others')
})

test('what is left out here and comes from others under the same name stays as it is here', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  const desk = await computer(artifact, 'desk', {
    '.env': 'MINE=1',
    'out/same.txt': 'same',
    '.gitignore': 'out\n',
  })
  await until(async () => (await atServer(scene, artifact))['.gitignore'] === 'out\n', 20_000)
  await desk.rest()
  await editThere(scene, artifact, '.env', 'THEIRS=1')
  await editThere(scene, artifact, 'out/same.txt', 'same')
  await editThere(scene, artifact, 'out/other.txt', 'other')
  await desk.poke()
  await until(async () => (await desk.read('out/other.txt').catch(() => '')) === 'other', 20_000)
  await desk.looks()
  expect(await desk.read('.env')).toBe('MINE=1')
  expect(await desk.entryOf('.env')).toMatchObject({ atServer: 1, undecided: 1 })
  expect(await desk.entryOf('out')).toMatchObject({ atServer: 2, undecided: 0 })
  expect(Object.keys(await treeOf(desk.root)).sort()).toEqual(
    ['.env', '.gitignore', 'a.txt', 'out/other.txt', 'out/same.txt'].sort(),
  )
  expect((await atServer(scene, artifact))['.env']).toBe('THEIRS=1')
})

test('.gitignore is a choice; a rule file that cannot be read sends nothing of its folder', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  const desk = await computer(artifact, 'desk', { '.gitignore': 'out\n', 'out/x.txt': 'x' })
  await until(async () => (await atServer(scene, artifact))['.gitignore'] === 'out\n', 20_000)
  await desk.rest()
  expect(await desk.reasonOf('out')).toBe('gitignore')
  await mkdir(join(desk.root, 'away'))
  await writeFile(join(desk.root, 'away/.atelierignore'), `${'x\n'.repeat(20_000)}`)
  await writeFile(join(desk.root, 'away/secret.txt'), 'secret')
  await desk.handlers['folders.setRules']({
    linkId: desk.linkId,
    rules: { respectGitignore: false, leftOut: [], sendAnyway: [] },
  })
  await until(async () => (await atServer(scene, artifact))['out/x.txt'] === 'x', 20_000)
  expect(Object.keys(await atServer(scene, artifact))).not.toContain('away/secret.txt')
  await rename(join(desk.root, 'away/.atelierignore'), join(desk.root, 'rules'))
  await until(async () => (await atServer(scene, artifact))['away/secret.txt'] === 'secret', 30_000)
})

test('what is only in the way by what is left out comes as soon as that is gone', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  const desk = await computer(artifact, 'desk', { 'notes/.DS_Store': 'litter' })
  await desk.rest()
  await editThere(scene, artifact, 'notes', 'a file of that name')
  await desk.poke()
  const blocked = async () =>
    (await desk.link()).blocked.map(({ path, failure }) => [path, failure])
  await until(async () => (await blocked()).length > 0, 30_000)
  expect(await blocked()).toEqual([['notes', 'file.name-collision']])
  expect(await desk.read('notes/.DS_Store')).toBe('litter')
  await rm(join(desk.root, 'notes/.DS_Store'))
  await becomes(() => treeOf(desk.root), { 'a.txt': 'a', notes: 'a file of that name' }, 20_000)
  await until(async () => (await blocked()).length === 0, 10_000)
})
