import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { LinkDirection } from '../../../../src/contract/folders.ts'
import { type LinkRules, linkRules } from '../../../../src/contract/left-out.ts'
import { packPermissions, unpackPermissions } from '../../../../src/sync/folder/permissions.ts'
import type {
  BaseChange,
  BaseFile,
  Cursor,
  Intent,
  KnownFile,
  RemoteChanges,
  RemoteFile,
  Stamp,
  Store,
} from '../../../../src/sync/folder/ports.ts'
import type { CopyChange } from '../../../../src/sync/linked-copies.ts'
import { defaultLinkRules } from '../../../../src/sync/policy.ts'
import { openFile } from '../../store/open-file.ts'

/** Ordered, never edited once released: `user_version` counts those that ran. */
export const folderMigrations = [
  `create table links (
     id text primary key, project_id text not null, artifact_id text not null, root text not null unique,
     paused integer not null default 0, made_at text not null
   ) without rowid;
   create table project_links (project_id text primary key, root text not null unique, made_at text not null) without rowid;
   create table base (
     link text not null, file_id text not null, path text not null, sha256 text not null, size integer not null,
     revision integer not null, identity text not null, primary key (link, file_id)
   ) without rowid;
   create table known (
     link text not null, path text not null, size integer not null, modified text not null, changed text not null,
     identity text not null, sha256 text not null, hashed_at integer not null, primary key (link, path)
   ) without rowid;
   create table remote (
     link text not null, file_id text not null, path text not null, sha256 text not null, size integer not null,
     revision integer not null, primary key (link, file_id)
   ) without rowid;
   create table cursors (link text primary key, cursor text not null, epoch text not null) without rowid;
   create table intents (link text not null, id text not null, intent text not null, primary key (link, id)) without rowid;`,
  // Which way a folder follows; those of before followed both ways.
  `alter table links add column direction text not null default 'both';
   alter table project_links add column direction text not null default 'both';`,
  `create table link_rules (link text primary key, rules text not null) without rowid;`,
  // What is opened in the application is asked of its folder by its content.
  'create index known_content on known (link, sha256);',
  // Files that somebody removed at the server and that are here yet: nobody is asked about them again.
  'create table decided (link text not null, file_id text not null, primary key (link, file_id)) without rowid;',
  // What was known before says nothing of permissions and times: the server is asked for all of its rows once more.
  `alter table base add column permissions integer;
   alter table known add column permissions integer;
   alter table remote add column permissions integer;
   alter table remote add column modified_at integer;
   update remote set revision = 0;`,
  // What of the bytes that lie here came or went, until whoever keeps copies has heard of it.
  `create table copy_changes (sequence integer primary key autoincrement, link text not null, sha256 text not null);
   create trigger copy_came after insert on known begin
     insert into copy_changes (link, sha256) values (new.link, new.sha256);
   end;
   create trigger copy_changed after update of sha256 on known when old.sha256 is not new.sha256 begin
     insert into copy_changes (link, sha256) values (old.link, old.sha256), (new.link, new.sha256);
   end;
   create trigger copy_left after delete on known begin
     insert into copy_changes (link, sha256) values (old.link, old.sha256);
   end;
   insert into copy_changes (link, sha256) select link, sha256 from known;`,
]

const named = { id: z.string(), from: z.string(), to: z.string(), identity: z.string() }
const remoteFile = {
  fileId: z.string(),
  path: z.string(),
  sha256: z.string(),
  size: z.number(),
  revision: z.number(),
  permissions: z.object({ isExecutable: z.boolean(), isOwnerOnly: z.boolean() }).optional(),
  modifiedAt: z.number().optional(),
}
const intent: z.ZodType<Intent> = z.discriminatedUnion('kind', [
  z.object({ ...named, kind: z.literal('step-aside'), fileId: z.string() }),
  z.object({
    id: z.string(),
    kind: z.literal('put-back'),
    fileId: z.string(),
    path: z.string(),
  }),
  z.object({ ...named, kind: z.literal('swap') }),
  z.object({
    id: z.string(),
    kind: z.literal('commit'),
    files: z.array(z.object({ ...remoteFile, identity: z.string() })),
  }),
  z.object({
    id: z.string(),
    kind: z.literal('download'),
    files: z.array(z.object({ ...remoteFile, at: z.string() })),
  }),
])

const rulesRow = z.object({ rules: z.string() })

/** Rows of one answer. */
const rowsAtOnce = 500

type Synchronous<T> = {
  [M in keyof T]: T[M] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never
}
type Packed<T> = Omit<T, 'permissions'> & { permissions: number | null }
type KnownRow = Omit<KnownFile, 'stamp'> & Packed<Stamp>
type CopyChangeRow = {
  sequence: number
  link: string
  sha256: string
  artifactId: string | null
  isThere: number
}
type RemoteRow = Packed<Omit<RemoteFile, 'modifiedAt'>> & { modifiedAt: number | null }

const stampOf = ({ permissions: packed, ...stamp }: Packed<Stamp>): Stamp => {
  const permissions = unpackPermissions(packed)
  return { ...stamp, ...(permissions && { permissions }) }
}

/** The trees and the journal of one link. Synchronous; each call is one transaction. */
export const openFolderStore = (db: Database.Database, link: string): Synchronous<Store> => {
  const putRemote = db.prepare('insert or replace into remote values (?, ?, ?, ?, ?, ?, ?, ?)')
  const dropRemote = db.prepare('delete from remote where link = ? and file_id = ?')
  // Not `or replace`, which tells no trigger of what it takes away.
  const putKnown = db.prepare(
    `insert into known values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (link, path) do update set size = excluded.size, modified = excluded.modified,
       changed = excluded.changed, identity = excluded.identity, sha256 = excluded.sha256,
       hashed_at = excluded.hashed_at, permissions = excluded.permissions`,
  )
  const dropKnown = db.prepare('delete from known where link = ? and path = ?')
  const putBase = db.prepare('insert or replace into base values (?, ?, ?, ?, ?, ?, ?, ?)')
  const dropBase = db.prepare('delete from base where link = ? and file_id = ?')
  const putDecided = db.prepare('insert or ignore into decided values (?, ?)')
  const dropDecided = db.prepare('delete from decided where link = ? and file_id = ?')
  const addRemote = (file: RemoteFile): void => {
    const { fileId, path, sha256, size, revision, permissions, modifiedAt = null } = file
    const packed = packPermissions(permissions)
    putRemote.run(link, fileId, path, sha256, size, revision, packed, modifiedAt)
    dropDecided.run(link, file.fileId)
  }
  const knownAfter = db.prepare(
    `select path, size, modified, changed, identity, permissions, sha256, hashed_at as hashedAt
     from known where link = ? and path > ? order by path limit ${rowsAtOnce}`,
  )
  const baseAfter = db.prepare(
    `select file_id as fileId, path, sha256, size, revision, identity, permissions
     from base where link = ? and file_id > ? order by file_id limit ${rowsAtOnce}`,
  )
  const remoteAfter = db.prepare(
    `select file_id as fileId, path, sha256, size, revision, permissions, modified_at as modifiedAt
     from remote where link = ? and file_id > ? order by file_id limit ${rowsAtOnce}`,
  )
  const cursorOf = db.prepare('select cursor, epoch from cursors where link = ?')
  const putCursor = db.prepare('insert or replace into cursors values (?, ?, ?)')
  const decidedOf = db.prepare('select file_id as fileId from decided where link = ?')
  const intentsOf = db.prepare('select intent from intents where link = ? order by id')
  const putIntent = db.prepare('insert or replace into intents values (?, ?, ?)')
  const dropIntent = db.prepare('delete from intents where link = ? and id = ?')
  return {
    load: () => ({
      cursor: (cursorOf.get(link) ?? null) as Cursor | null,
      intents: (intentsOf.all(link) as { intent: string }[]).map((row) =>
        intent.parse(JSON.parse(row.intent)),
      ),
      decided: (decidedOf.all(link) as { fileId: string }[]).map(({ fileId }) => fileId),
    }),
    knownAfter: (path) =>
      (knownAfter.all(link, path) as KnownRow[]).map(({ path, sha256, hashedAt, ...stamp }) => ({
        path,
        sha256,
        hashedAt,
        stamp: stampOf(stamp),
      })),
    baseAfter: (fileId) =>
      (baseAfter.all(link, fileId) as Packed<BaseFile>[]).map((row) => ({
        ...row,
        permissions: unpackPermissions(row.permissions),
      })),
    remoteAfter: (fileId) =>
      (remoteAfter.all(link, fileId) as RemoteRow[]).map((row) => ({
        ...row,
        permissions: unpackPermissions(row.permissions),
        modifiedAt: row.modifiedAt ?? undefined,
      })),
    saveKnown: db.transaction((put: KnownFile[], remove: string[]) => {
      for (const path of remove) dropKnown.run(link, path)
      for (const { path, stamp, sha256, hashedAt } of put) {
        const { size, modified, changed, identity } = stamp
        const packed = packPermissions(stamp.permissions)
        putKnown.run(link, path, size, modified, changed, identity, sha256, hashedAt, packed)
      }
    }),
    savePull: db.transaction((pulled: RemoteChanges, decided: readonly string[]) => {
      for (const fileId of pulled.removed) dropRemote.run(link, fileId)
      for (const fileId of decided) putDecided.run(link, fileId)
      for (const file of pulled.files) addRemote(file)
      const { cursor, epoch } = pulled.cursor
      putCursor.run(link, cursor, epoch)
    }),
    begin: db.transaction((intents: Intent[]) => {
      for (const each of intents) putIntent.run(link, each.id, JSON.stringify(each))
    }),
    finish: db.transaction(
      (intents: string[], base: BaseChange[], changed: RemoteFile[], gone: string[]) => {
        for (const id of intents) dropIntent.run(link, id)
        for (const change of base) {
          if ('forget' in change) {
            dropBase.run(link, change.forget)
            dropDecided.run(link, change.forget)
          } else {
            const { fileId, path, sha256, size, revision, identity, permissions } = change.put
            const packed = packPermissions(permissions)
            putBase.run(link, fileId, path, sha256, size, revision, identity, packed)
          }
        }
        for (const file of changed) addRemote(file)
        for (const fileId of gone) dropRemote.run(link, fileId)
      },
    ),
  }
}

export type LinkRow = {
  id: string
  projectId: string
  artifactId: string
  /** The folder, absolute. */
  root: string
  paused: number
  direction: LinkDirection
}
export type ProjectLinkRow = { projectId: string; root: string; direction: LinkDirection }

/** All links of one person on one server, and the trees of each. */
export const openFolderDatabase = (file: string) => {
  const db = openFile(file, folderMigrations)
  const stores = new Map<string, Synchronous<Store>>()
  const of = (link: string): Synchronous<Store> => {
    const store = stores.get(link) ?? openFolderStore(db, link)
    stores.set(link, store)
    return store
  }
  return {
    links: () =>
      db
        .prepare(
          'select id, project_id as projectId, artifact_id as artifactId, root, paused, direction from links order by root',
        )
        .all() as LinkRow[],
    addLink: ({ id, projectId, artifactId, root, paused, direction }: LinkRow) =>
      void db
        .prepare(
          'insert into links (id, project_id, artifact_id, root, paused, direction, made_at) values (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(id, projectId, artifactId, root, paused, direction, new Date().toISOString()),
    /** Where bytes of an artifact were last seen in its folders. */
    holding: (artifactId: string, sha256: string) =>
      (
        db
          .prepare(
            `select k.link, k.path, k.size, k.modified, k.changed, k.identity
             from known k join links l on l.id = k.link where l.artifact_id = ? and k.sha256 = ?`,
          )
          .all(artifactId, sha256) as ({ link: string; path: string } & Stamp)[]
      ).map(({ link, path, ...stamp }) => ({ link, path, stamp })),
    /** What came or went of the bytes in all folders, the first of it; `upTo` is what to say once it was heard. */
    copyChanges: (atMost: number): { upTo: number; changes: CopyChange[] } => {
      const rows = db
        .prepare(
          `select c.sequence, c.link, c.sha256, l.artifact_id as artifactId,
             exists (select 1 from known k where k.link = c.link and k.sha256 = c.sha256) as isThere
           from (select * from copy_changes order by sequence limit ?) c left join links l on l.id = c.link`,
        )
        .all(atMost) as CopyChangeRow[]
      return {
        upTo: rows.at(-1)?.sequence ?? 0,
        changes: rows.map(({ link, sha256, artifactId, isThere }) => ({
          link,
          sha256,
          artifactId: isThere === 1 ? artifactId : null,
        })),
      }
    },
    copiesHeard: (upTo: number) =>
      void db.prepare('delete from copy_changes where sequence <= ?').run(upTo),
    /** Its trees and its journal stay. */
    moveLink: (id: string, root: string) =>
      void db.prepare('update links set root = ? where id = ?').run(root, id),
    turnLink: (id: string, direction: LinkDirection) =>
      void db.prepare('update links set direction = ? where id = ?').run(direction, id),
    pauseLink: (id: string, paused: boolean) =>
      void db.prepare('update links set paused = ? where id = ?').run(paused ? 1 : 0, id),
    /** What its person said of what is left out. */
    rules: (id: string): LinkRules => {
      const row = db.prepare('select rules from link_rules where link = ?').get(id)
      return row ? linkRules.parse(JSON.parse(rulesRow.parse(row).rules)) : defaultLinkRules
    },
    setRules: (id: string, rules: LinkRules) =>
      void db
        .prepare('insert or replace into link_rules values (?, ?)')
        .run(id, JSON.stringify(rules)),
    projectLinks: () =>
      db
        .prepare('select project_id as projectId, root, direction from project_links order by root')
        .all() as ProjectLinkRow[],
    addProjectLink: ({ projectId, root, direction }: ProjectLinkRow) =>
      void db
        .prepare(
          'insert or replace into project_links (project_id, root, direction, made_at) values (?, ?, ?, ?)',
        )
        .run(projectId, root, direction, new Date().toISOString()),
    removeProjectLink: (projectId: string) =>
      void db.prepare('delete from project_links where project_id = ?').run(projectId),
    /** The trees go with it; the folder's files are the person's and stay. */
    removeLink: db.transaction((id: string) => {
      stores.delete(id)
      db.prepare('delete from links where id = ?').run(id)
      for (const table of [
        'base',
        'known',
        'remote',
        'cursors',
        'intents',
        'link_rules',
        'decided',
      ])
        db.prepare(`delete from ${table} where link = ?`).run(id)
    }),
    load: (link: string) => of(link).load(),
    knownAfter: (link: string, path: string) => of(link).knownAfter(path),
    baseAfter: (link: string, fileId: string) => of(link).baseAfter(fileId),
    remoteAfter: (link: string, fileId: string) => of(link).remoteAfter(fileId),
    saveKnown: (link: string, ...rest: Parameters<Synchronous<Store>['saveKnown']>) =>
      of(link).saveKnown(...rest),
    savePull: (link: string, pulled: RemoteChanges, decided: readonly string[]) =>
      of(link).savePull(pulled, decided),
    begin: (link: string, intents: Intent[]) => of(link).begin(intents),
    finish: (link: string, ...rest: Parameters<Synchronous<Store>['finish']>) =>
      of(link).finish(...rest),
    close: () => void db.close(),
  }
}
export type FolderDatabase = ReturnType<typeof openFolderDatabase>
