import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { markFolder } from '../../../electron/main/sync/folder/link-marker.ts'
import type { Examination } from '../../../src/contract/linking.ts'
import { defaultLinkRules } from '../../../src/sync/policy.ts'
import { letIn, openPerson } from '../sync/person.ts'
import {
  type Artifact,
  makeArtifact,
  openDesk,
  openScene,
  type Scene,
  until,
} from '../sync/support.ts'
import { atServer, becomes, editThere, put, treeOf } from './linked.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const temporary = async (): Promise<string> => {
  const root = await mkdtemp('/tmp/atelier-examined-')
  open.push(() => rm(root, { recursive: true, force: true }))
  return root
}

/** A computer whose person chooses these folders; `told` are all words of examinations. */
const openLooking = async (artifact: Artifact, chosen: string[]) => {
  const told: Examination[] = []
  const sent: string[] = []
  const desk = await openDesk(scene, {
    chooseFolder: async () => chosen.shift() ?? null,
    fetch: async (input, init) => {
      const { method = 'GET' } = init ?? {}
      if (method !== 'GET' && !/\/rpc\/pull_project$/.test(String(input)))
        sent.push(`${method} ${input}`)
      return fetch(input as string, init as RequestInit)
    },
    emit: (event, payload) => {
      if (event === 'folders.examined') told.push(payload as Examination)
    },
  })
  open.push(desk.close)
  const { handlers } = desk.service
  const last = (id: string) => told.filter((each) => each.id === id).at(-1)
  const thing = { projectId: artifact.projectId, artifactId: artifact.id as string | null }
  const look = async (what = thing): Promise<Examination> => {
    const examination = await handlers['folders.examine'](what)
    if (!examination || examination.phase === 'refused') return examination!
    await until(() => last(examination.id)?.phase !== 'looking' && !!last(examination.id), 20_000)
    return last(examination.id)!
  }
  const link = (examination: Examination, order = {}) =>
    handlers['folders.link']({
      examinationId: examination.id,
      direction: 'both',
      without: [],
      unseen: false,
      ...order,
    })
  return { desk, handlers, told, sent, look, link }
}
const counted = ({ counts }: Examination) =>
  Object.fromEntries(Object.entries(counts).map(([key, { files }]) => [key, files]))
const nothing = { up: 0, down: 0, same: 0, differ: 0, unsure: 0 }

test('a folder is counted before anything moves: nothing is written in it, nothing is sent', async () => {
  const artifact = await makeArtifact(scene, {
    'same.txt': 'same',
    'differs.txt': 'theirs',
    'longer.txt': 'theirs, longer',
    'there/only.txt': 'twelve bytes',
  })
  const root = await temporary()
  await put(root, 'same.txt', 'same')
  await put(root, 'Differs.txt', 'mine!!')
  await put(root, 'longer.txt', 'mine')
  await put(root, 'here/only.txt', 'four')
  const before = await readdir(root, { recursive: true })
  const { sent, look, link } = await openLooking(artifact, [root])
  const examination = await look()
  expect(examination).toMatchObject({
    phase: 'ready',
    server: 'asked',
    role: 'owner',
    place: { root },
    counts: { up: { files: 1, bytes: 4 }, down: { files: 1, bytes: 12 } },
    artifacts: [{ artifactId: artifact.id, folder: '', title: 'Harbour signs' }],
  })
  expect(counted(examination)).toEqual({ up: 1, down: 1, same: 1, differ: 2, unsure: 0 })
  expect(await readdir(root, { recursive: true })).toEqual(before)
  expect(sent).toEqual([])
  await link(examination)
  await becomes(
    async () => {
      const { 'here/only.txt': here, 'there/only.txt': there } = await treeOf(root)
      return { here, there }
    },
    { here: 'four', there: 'twelve bytes' },
  )
  await until(async () => 'here/only.txt' in (await atServer(scene, artifact)), 20_000)
})

test('only what was looked at in this run, to its end, can be linked; and once', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  const root = await temporary()
  const { handlers, look, link } = await openLooking(artifact, [root])
  const unknown = { examinationId: crypto.randomUUID(), direction: 'both' as const }
  await expect(
    handlers['folders.link']({ ...unknown, without: [], unseen: true }),
  ).rejects.toMatchObject({ code: 'server.gone' })
  const examination = await look()
  await link(examination)
  await expect(link(examination)).rejects.toMatchObject({ code: 'server.gone' })
})

test('who stops the count links nothing; counted anew it can be', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  const root = await temporary()
  for (let n = 0; n < 3000; n += 1) await writeFile(join(root, `file ${n}`), `${n}`)
  const { handlers, told, link } = await openLooking(artifact, [root])
  const begun = (await handlers['folders.examine']({
    projectId: artifact.projectId,
    artifactId: artifact.id,
  }))!
  await handlers['folders.cancelExamination']({ examinationId: begun.id })
  await until(() => told.at(-1)?.phase === 'stopped')
  await expect(link(begun)).rejects.toMatchObject({ code: 'server.conflict' })
  await handlers['folders.lookAgain']({ examinationId: begun.id, rules: defaultLinkRules })
  await until(() => told.at(-1)?.phase === 'ready', 20_000)
  expect(counted(told.at(-1)!)).toEqual({ ...nothing, up: 3000, down: 1 })
})

test('a place that is nobody’s to share is refused, with its reason', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'a' })
  const linked = await temporary()
  await mkdir(join(linked, 'in it'))
  const elsewhere = await temporary()
  await symlink(linked, join(elsewhere, 'by a link'))
  const places = [
    linked,
    homedir(),
    '/',
    '/proc',
    join(linked, 'in it'),
    join(elsewhere, 'by a link'),
  ]
  const { look, link } = await openLooking(artifact, places)
  await link(await look())
  const kinds: string[][] = []
  for (let n = 1; n < 6; n += 1) {
    const examination = await look()
    expect(examination.phase).toBe('refused')
    await expect(link(examination)).rejects.toMatchObject({ code: /^folder\./ })
    kinds.push(examination.place.findings.map(({ kind }) => kind))
  }
  for (const [at, kind] of ['home', 'disk-root', 'no-disk', 'inside-linked', 'linked'].entries())
    expect(kinds[at]).toContain(kind)
})

test('a folder that only takes sends nothing, ever', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one', 'b.txt': 'two' })
  const root = await temporary()
  await put(root, 'own.txt', 'here alone')
  const { desk, handlers, sent, look, link } = await openLooking(artifact, [root])
  await link(await look(), { direction: 'down' })
  const linkOf = async () => (await handlers['folders.list'](undefined))[0]!
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'b.txt': 'two', 'own.txt': 'here alone' })
  await put(root, 'a.txt', 'mine')
  await rm(join(root, 'b.txt'))
  const own = async () =>
    (await linkOf()).onlyHere.files.map((file) => `${file.own} ${file.path}`).sort()
  await until(async () => (await own()).length === 3, 20_000)
  expect(await own()).toEqual(['deletion b.txt', 'edit a.txt', 'new own.txt'])
  // A newer one comes beside what was changed here.
  await editThere(scene, artifact, 'a.txt', 'one, later')
  await desk.run(artifact.projectId)
  await until(async () => (await treeOf(root))['a.txt'] === 'one, later', 20_000)
  expect(Object.values(await treeOf(root)).sort()).toEqual(['here alone', 'mine', 'one, later'])
  await until(async () => (await linkOf()).status === 'in-step', 20_000)
  expect(await linkOf()).toMatchObject({ blocked: [], held: null, direction: 'down' })
  expect(await atServer(scene, artifact)).toEqual({ 'a.txt': 'one, later', 'b.txt': 'two' })
  expect(sent).toEqual([])

  // By its person's word what is here alone goes out.
  await handlers['folders.turn']({ linkId: (await linkOf()).id, direction: 'both' })
  await until(async () => 'own.txt' in (await atServer(scene, artifact)), 20_000)
  expect((await linkOf()).onlyHere.count).toBe(0)
})

test('of a project each artifact has its folder, a new folder becomes an artifact, the rest is said to stay', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const { projectId } = artifact
  const root = await temporary()
  await put(root, 'harbour signs/mine.txt', 'mine')
  await put(root, 'Posters/poster.svg', '<svg/>')
  await put(root, 'private diary/today.txt', 'dear diary')
  await put(root, 'loose.txt', 'loose')
  const { handlers, look, link } = await openLooking(artifact, [root])
  const examination = await look({ projectId, artifactId: null })
  expect(
    examination.artifacts.map(({ title, folder, artifactId }) => [title, folder, artifactId]),
  ).toEqual([
    ['Posters', 'Posters', null],
    ['private diary', 'private diary', null],
    ['Harbour signs', 'harbour signs', artifact.id],
  ])
  expect(examination.strays).toEqual({ count: 1, names: ['loose.txt'] })
  expect(counted(examination)).toEqual({ ...nothing, up: 3, down: 1 })
  await link(examination, { without: ['private diary'] })
  const titles = async () => {
    const { data } = await scene.ada.client
      .from('artifacts')
      .select('title')
      .eq('project_id', projectId)
      .order('title')
    return data!.map(({ title }) => title)
  }
  expect(await titles()).toEqual(['Harbour signs', 'Posters'])
  await until(
    async () =>
      (await handlers['folders.list'](undefined)).every(({ status }) => status === 'in-step'),
    30_000,
  )
  const links = await handlers['folders.list'](undefined)
  expect(links.map(({ title }) => title).sort()).toEqual(['Harbour signs', 'Posters'])
  expect(await treeOf(root)).toMatchObject({ 'harbour signs/a.txt': 'one' })
  expect(await handlers['folders.projects'](undefined)).toEqual([
    { projectId, root, direction: 'both', folders: ['private diary'], files: ['loose.txt'] },
  ])

  // A folder that is made later is looked at before it becomes one.
  await put(root, 'Menus/menu.txt', 'soup')
  const later = await handlers['folders.examineNew']({ projectId })
  await until(async () => {
    try {
      await link(later, { without: ['private diary'] })
      return true
    } catch {
      return false
    }
  })
  expect(await titles()).toEqual(['Harbour signs', 'Menus', 'Posters'])
  await handlers['folders.unlinkProject']({ projectId })
  expect(await handlers['folders.list'](undefined)).toEqual([])
  expect(await handlers['folders.projects'](undefined)).toEqual([])
  expect(await treeOf(root)).toMatchObject({ 'Menus/menu.txt': 'soup', 'loose.txt': 'loose' })
})

test('a project without artifacts is linked, says that nothing is synced, and is unlinked', async () => {
  const artifact = await makeArtifact(scene, {})
  const { projectId } = artifact
  await scene.ada.client.rpc('delete_artifact', { artifact: artifact.id })
  const root = await temporary()
  const { handlers, look, link } = await openLooking(artifact, [root])
  await link(await look({ projectId, artifactId: null }))
  const [project] = await handlers['folders.projects'](undefined)
  expect(project).toMatchObject({ projectId, root, folders: [], files: [] })
  await handlers['folders.unlinkProject']({ projectId })
  expect(await handlers['folders.projects'](undefined)).toEqual([])
})

test('offline it says so, and begins by a second word alone', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const root = await temporary()
  await put(root, 'own.txt', 'own')
  const { desk, look, link } = await openLooking(artifact, [root])
  await desk.run(artifact.projectId)
  desk.service.setOnline(false)
  const examination = await look()
  expect(examination).toMatchObject({ phase: 'ready', server: 'remembered' })
  expect(counted(examination)).toEqual({ ...nothing, up: 1, down: 1 })
  await expect(link(examination)).rejects.toMatchObject({ code: 'server.conflict' })
  await link(examination, { unseen: true })
  expect(await atServer(scene, artifact)).toEqual({ 'a.txt': 'one' })
  desk.service.setOnline(true)
  await until(async () => 'own.txt' in (await atServer(scene, artifact)), 30_000)
})

test('who may only read makes no artifacts of folders, and takes what there is', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const { projectId } = artifact
  const root = await temporary()
  await put(root, 'New folder/x.txt', 'x')
  const told: Examination[] = []
  const person = await openPerson(scene, {
    chooseFolder: async () => root,
    emit: (event, payload) => {
      if (event === 'folders.examined') told.push(payload as Examination)
    },
  })
  open.push(person.close)
  await letIn(scene, artifact, person.id, 'viewer')
  const { handlers } = person.service
  const { id: examinationId } = (await handlers['folders.examine']({
    projectId,
    artifactId: null,
  }))!
  await until(() => told.at(-1)?.phase === 'ready', 20_000)
  expect(told.at(-1)).toMatchObject({ role: 'viewer' })
  const order = { examinationId, without: [], unseen: false }
  await expect(handlers['folders.link']({ ...order, direction: 'both' })).rejects.toMatchObject({
    code: 'server.denied',
  })
  await handlers['folders.link']({ ...order, direction: 'down' })
  await becomes(() => treeOf(root), { 'New folder/x.txt': 'x', 'Harbour signs/a.txt': 'one' })
  expect(await handlers['folders.projects'](undefined)).toMatchObject([{ folders: ['New folder'] }])
})

test('what is left out is said with its reason before, and what its person wants sent is sent', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const root = await temporary()
  await mkdir(join(root, '.git'))
  await put(root, '.git/HEAD', 'ref: refs/heads/main')
  await put(root, '.env', 'KEY=secret')
  await put(root, 'node_modules/x/index.js', 'x')
  await put(root, '.gitignore', '*.log\n')
  await put(root, 'build.log', 'log')
  await symlink('a.txt', join(root, 'shortcut'))
  const { handlers, told, look, link } = await openLooking(artifact, [root])
  const examination = await look()
  const reasons = ({ leftOut }: Examination) =>
    Object.fromEntries(leftOut.map(({ path, reason }) => [path, reason]))
  expect(reasons(examination)).toEqual({
    '.git': 'version-control',
    '.env': 'private',
    node_modules: 'generated',
    'build.log': 'gitignore',
    shortcut: 'link',
  })
  expect(examination.leftOutCount).toBe(5)
  expect(counted(examination)).toEqual({ ...nothing, up: 1, down: 1 })
  const rules = { ...defaultLinkRules, sendAnyway: ['build.log'] }
  await handlers['folders.lookAgain']({ examinationId: examination.id, rules })
  await until(() => told.at(-1)?.phase === 'ready' && told.at(-1)?.leftOutCount === 4, 20_000)
  expect(counted(told.at(-1)!)).toEqual({ ...nothing, up: 2, down: 1 })
  await link(examination)
  await until(async () => 'build.log' in (await atServer(scene, artifact)), 20_000)
  expect(Object.keys(await atServer(scene, artifact)).sort()).toEqual([
    '.gitignore',
    'a.txt',
    'build.log',
  ])
})

test('a folder around a linked one is no artifact of a project, whatever titles say', async () => {
  const artifact = await makeArtifact(scene, { 'secret.txt': 'theirs' })
  const { projectId } = artifact
  const { data } = await scene.ada.client
    .from('artifacts')
    .insert({ project_id: projectId, title: 'docs', artifact_type: 'folder', status: 'ready' })
    .select('id')
    .single()
  const root = await temporary()
  await put(root, 'docs/plan/mine.txt', 'mine')
  await put(root, 'drafts/draft.txt', 'draft')
  const { handlers, look, link } = await openLooking(artifact, [join(root, 'docs/plan'), root])
  await link(await look())
  await until(async () => 'mine.txt' in (await atServer(scene, artifact)), 30_000)

  const examination = await look({ projectId, artifactId: null })
  expect(examination.leftOut).toMatchObject([{ path: 'docs', reason: 'nested-link' }])
  expect(examination.artifacts.map(({ folder, isThere }) => `${folder} ${isThere}`).sort()).toEqual(
    ['Harbour signs false', 'docs 2 false', 'drafts true'],
  )
  // What became such a folder since it was looked at is none, either.
  await put(root, 'Harbour signs/inner/x.txt', 'x')
  await expect(link(examination)).rejects.toMatchObject({ code: 'folder.not-ours' })
  expect(await treeOf(join(root, 'Harbour signs'))).toEqual({ 'inner/x.txt': 'x' })
  await markFolder(join(root, 'Harbour signs'), '00000000-0000-4000-8000-000000000009')
  await expect(link(examination)).rejects.toMatchObject({ code: 'folder.not-ours' })
  await until(
    async () =>
      (await handlers['folders.list'](undefined)).every(({ status }) => status === 'in-step'),
    30_000,
  )
  const links = await handlers['folders.list'](undefined)
  expect(links.map(({ root: place }) => place.slice(root.length + 1)).sort()).toEqual([
    'docs 2',
    'docs/plan',
    'drafts',
  ])
  expect(await atServer(scene, { ...artifact, id: data!.id })).toEqual({})
})

test('what was looked at is linked, and no other place that has its name by then', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const [shared, outside] = [await temporary(), await temporary()]
  const root = join(shared, 'work')
  await put(root, 'mine.txt', 'mine')
  await put(outside, 'salaries.csv', 'secret')
  const { handlers, look, link } = await openLooking(artifact, [root, root])
  const one = await look()
  const all = await look({ projectId: artifact.projectId, artifactId: null })
  await rename(root, `${root} away`)
  await symlink(outside, root)
  for (const examination of [one, all])
    await expect(link(examination)).rejects.toMatchObject({ code: 'folder.missing' })
  expect(await readdir(outside)).toEqual(['salaries.csv'])
  expect(await handlers['folders.list'](undefined)).toEqual([])
  await rm(root)
  await rename(`${root} away`, root)
  await link(one)
  await until(async () => 'mine.txt' in (await atServer(scene, artifact)), 30_000)
})
