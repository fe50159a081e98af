import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Operation, plan } from '../../../src/sync/cache/plan.ts'
import { openDatabase } from './database.ts'
import { type FileRow, migrations, noAttributes, unblocked, unsent } from './rows.ts'

const hex = (number: number): string => number.toString(16).padStart(64, '0')
const id = (kind: string, number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`
const projects = [id('d', 1), id('d', 2)]
const epoch = 'first'

type Deed = { kind: string; a: number; b: number; c: number }
const often = ['artifact', 'file', 'blob', 'no blob', 'edit', 'pin', 'copy', 'link']
const deed = fc.record({
  kind: fc.constantFrom(
    ...[...often, ...often, ...often, 'file', 'file', 'no file', 'no artifact', 'part of files'],
    ...['part of artifacts', 'unpin', 'evict', 'disk', 'new', 'committed', 'settle', 'keep both'],
    ...['block', 'discard', 'forget', 'no copy', 'no link'],
  ),
  a: fc.nat(3),
  b: fc.nat(9),
  c: fc.nat(4),
})

const openScene = (path = ':memory:') => {
  let now = 0
  const db = openDatabase(path, () => now)
  /** What lies in three folders, and which of them are there. */
  const linked = { here: new Set<string>(), copies: new Map<string, string>() }
  const hear = (copy?: { link: string; sha256: string; artifactId: string | null }) =>
    db.applyCopies({ here: [...linked.here], changes: copy ? [copy] : [] })
  const artifact = (number: number, project: number) => ({
    id: id('a', number),
    projectId: projects[project % 2]!,
    title: `T ${number}`,
    description: null,
    kind: 'folder',
    status: 'ready',
    isPublic: 0,
    updatedAt: 'x',
  })
  const file = ({ a, b, c }: Deed, deleted = 0): FileRow => ({
    id: id('f', b),
    artifactId: id('a', a),
    path: `${b}`,
    mediaType: 'text/plain',
    size: b + c,
    sha256: hex(c),
    revision: c + 1,
    isMain: 0,
    deleted,
  })
  const pulled = (artifacts: ReturnType<typeof artifact>[], files: FileRow[], gone: string[]) =>
    db.applyPull({
      projectId: projects[0]!,
      cursor: '1',
      epoch,
      artifacts,
      files,
      removedArtifacts: gone,
    })
  const part = (rows: 'artifacts' | 'files', { a, b }: Deed): void => {
    const position = { cursor: '1', epoch, rows, after: '' }
    const kind = rows === 'files' ? 'f' : 'a'
    const [after, upTo] = [id(kind, Math.min(a, b)), id(kind, Math.max(a, b))]
    const nothing = { artifacts: [], files: [] }
    db.applyPart({ projectId: projects[a % 2]!, rows, after, upTo, ...nothing, position })
  }
  const deeds: Record<string, (each: Deed) => unknown> = {
    artifact: ({ a, b }) => pulled([artifact(a, b)], [], []),
    file: (each) => pulled([], [file(each)], []),
    'no file': (each) => pulled([], [file(each, 1)], []),
    'no artifact': ({ a }) => pulled([], [], [id('a', a)]),
    'part of files': (each) => part('files', each),
    'part of artifacts': (each) => part('artifacts', each),
    pin: ({ a }) => db.pin(projects[a % 2]!, true),
    unpin: ({ a }) => db.pin(projects[a % 2]!, false),
    blob: ({ b, c }) => db.addBlob(hex(c), b),
    'no blob': ({ c }) => db.removeBlob(hex(c)),
    evict: ({ c }) => {
      now += 3_600_000
      return db.evict(c, 2, [])
    },
    disk: ({ b, c }) => db.matchBlobs([hex(b % 5), hex(c)].map((sha256) => ({ sha256, size: c }))),
    edit: ({ a, b, c }) => {
      const known = db.edit(id('f', b)) ?? db.file(id('f', b))
      if (!known) return
      const change = { fileId: id('f', b), artifactId: known.artifactId, sha256: hex(c), size: 1 }
      return db.saveEdit(change, null, `${a}`)
    },
    new: (each) => {
      const { id: fileId, artifactId, path, mediaType, size, sha256 } = file(each)
      db.queueNew({
        fileId,
        artifactId,
        path,
        mediaType,
        size,
        sha256,
        baseRevision: 0,
        queuedAt: '1',
        ...unblocked,
        ...unsent,
        ...noAttributes,
      })
    },
    committed: ({ b, c }) => {
      const edit = db.edit(id('f', b))
      if (edit) db.committed([{ edit, revision: c + 2 }])
    },
    settle: ({ b, c }) => db.settle(id('f', b), hex(c), c + 1),
    'keep both': ({ b, c }) => {
      const beside = { fileId: id('f', 10 + b), path: `${b} (conflict)`, queuedAt: `${c}` }
      if (db.edit(id('f', b))) db.keepBoth(id('f', b), beside)
    },
    block: ({ b, c }) =>
      db.blockEdit(id('f', b), 'server.denied', { now: c, role: 'viewer', uploadRules: null }),
    discard: ({ b }) => db.discardEdit(id('f', b)),
    forget: ({ a }) => a === 0 && db.forgetAll(),
    // The folders of one link are of one artifact: here of the same number, and the last of the first one, too.
    copy: ({ a, c }) => {
      const artifactId = id('a', a % 3)
      linked.copies.set(`${a} ${hex(c)}`, artifactId)
      hear({ link: `${a}`, sha256: hex(c), artifactId })
    },
    'no copy': ({ a, c }) => {
      linked.copies.delete(`${a} ${hex(c)}`)
      hear({ link: `${a}`, sha256: hex(c), artifactId: null })
    },
    link: ({ a }) => {
      linked.here.add(`${a}`)
      hear()
    },
    'no link': ({ a }) => {
      linked.here.delete(`${a}`)
      hear()
    },
  }
  for (const number of [0, 1, 2, 3]) pulled([artifact(number, number)], [], [])
  const isLinked = ({ artifactId, sha256 }: { artifactId: string; sha256: string }): boolean =>
    [...linked.here].some((link) => linked.copies.get(`${link} ${sha256}`) === artifactId)
  return { db, isLinked, act: (each: Deed) => deeds[each.kind]!(each) }
}
type Database = ReturnType<typeof openDatabase>
type IsLinked = ReturnType<typeof openScene>['isLinked']

const remoteOf = (rows: readonly FileRow[]) =>
  rows.map((row) => ({ ...row, deleted: row.deleted === 1 }))

/** Of everything there is: what a plan was made of before there was anything to tell what is out of step. */
const planOfAll = (
  db: Database,
  isLinked: IsLinked,
  projectId: string,
  all: boolean,
): Operation[] => {
  const artifacts = new Set(db.artifacts(projectId).map((artifact) => artifact.id))
  const outbox = db.outbox()
  const edited = outbox.flatMap(({ fileId }) => db.file(fileId) ?? [])
  const files = [...[...artifacts].flatMap((each) => db.files(each)), ...edited]
  const once = [...new Map(files.map((each) => [each.id, each])).values()]
  const isWanted = all || db.pins().includes(projectId)
  return plan({
    remote: remoteOf(once.sort((one, other) => (one.id < other.id ? -1 : 1))),
    local: outbox.filter((edit) => artifacts.has(edit.artifactId)),
    cached: new Set(db.blobs()),
    wanted: (each) => isWanted && artifacts.has(each.artifactId) && !isLinked(each),
  })
}
const planOfFew = (
  db: Database,
  isLinked: IsLinked,
  projectId: string,
  all: boolean,
): Operation[] => {
  const { isWanted, files, edits, kept, linked, titles } = db.outOfStep(projectId, all)
  const here = new Map(titles)
  const atHand = new Set(linked)
  // Of what has nothing to do none is looked at.
  const edited = new Set(edits.map(({ fileId }) => fileId))
  for (const file of files)
    if (!edited.has(file.id)) {
      expect({ ...file, isWanted, isHere: here.has(file.artifactId) }).toMatchObject({
        deleted: 0,
        isWanted: true,
        isHere: true,
      })
      expect(db.blobs()).not.toContain(file.sha256)
      expect(isLinked(file)).toBe(false)
    }
  return plan({
    remote: remoteOf(files),
    local: edits,
    cached: new Set(kept),
    wanted: (each) => isWanted && here.has(each.artifactId) && !atHand.has(each.id),
  })
}

/** The list of each project, as its files say. */
const expectCounted = (db: Database, isLinked: IsLinked): void => {
  const blobs = new Set(db.blobs())
  for (const projectId of projects)
    for (const { id: artifactId, fileCount, size, cachedCount } of db.artifacts(projectId)) {
      const files = db.files(artifactId).filter(({ deleted }) => deleted === 0)
      expect({ fileCount, size, cachedCount }).toEqual({
        fileCount: files.length,
        size: files.reduce((sum, file) => sum + file.size, 0),
        cachedCount: files.filter((file) => blobs.has(file.sha256) || isLinked(file)).length,
      })
    }
}

it('plans the same of what is out of step as of everything, and knows what it keeps and lists, whatever came before', () => {
  let planned = 0
  fc.assert(
    fc.property(fc.array(deed, { minLength: 10, maxLength: 80 }), (history) => {
      const { db, isLinked, act } = openScene()
      try {
        for (const each of history) {
          act(each)
          expect(db.keptBytes()).toBe(db.usage().kept)
          expectCounted(db, isLinked)
          for (const projectId of projects)
            for (const all of [false, true]) {
              const expected = planOfAll(db, isLinked, projectId, all)
              planned += expected.length
              expect(planOfFew(db, isLinked, projectId, all)).toEqual(expected)
            }
        }
      } finally {
        db.close()
      }
    }),
    { numRuns: 50 },
  )
  // Else it would hold of nothing.
  expect(planned).toBeGreaterThan(500)
})

/** How many of today's migrations the preview had: all that it knew is in its tables, and nothing is told of them. */
const ofPreview = 9

/** A file as the preview would have made it, with what a file of today holds. */
const asPreview = (today: string, path: string): void => {
  const db = new SQLite(path)
  for (const migration of migrations.slice(0, ofPreview)) db.exec(migration)
  db.pragma(`user_version = ${ofPreview}`)
  db.prepare('attach ? as today').run(today)
  const tables = db
    .prepare(
      "select name from main.sqlite_master where type = 'table' and name not like 'titles%' and name not like 'sqlite_%'",
    )
    .pluck()
    .all() as string[]
  for (const table of tables) {
    const columns = db.pragma(`main.table_info(${table})`) as { name: string }[]
    const names = columns.map(({ name }) => name).join(', ')
    db.exec(`insert into main.${table} (${names}) select ${names} from today.${table}`)
  }
  db.close()
}

it('plans the same when a file of the preview, with whatever came before, is opened by this version', () => {
  // In memory where the system has such a folder: each deed of a history is on the disk before the next.
  const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const place = mkdtempSync(join(temporary, 'atelier-out-of-step-'))
  const [today, preview] = [join(place, 'today.sqlite'), join(place, 'preview.sqlite')]
  let planned = 0
  try {
    fc.assert(
      fc.property(fc.array(deed, { minLength: 30, maxLength: 60 }), (history) => {
        for (const file of [today, preview])
          for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
        const scene = openScene(today)
        for (const each of history) scene.act(each)
        scene.db.close()
        asPreview(today, preview)
        const db = openDatabase(preview)
        try {
          expect(db.keptBytes()).toBe(db.usage().kept)
          expectCounted(db, () => false)
          for (const projectId of projects)
            for (const all of [false, true]) {
              // What lies in folders is not told to it yet.
              const expected = planOfAll(db, () => false, projectId, all)
              planned += expected.length
              expect(planOfFew(db, () => false, projectId, all)).toEqual(expected)
            }
        } finally {
          db.close()
        }
      }),
      { numRuns: 15 },
    )
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
  expect(planned).toBeGreaterThan(20)
})
