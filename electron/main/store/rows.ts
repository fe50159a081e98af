export type ArtifactRow = {
  id: string
  projectId: string
  title: string
  description: string | null
  kind: string
  status: string
  isPublic: number
  updatedAt: string
}
export type FileRow = {
  id: string
  artifactId: string
  path: string
  mediaType: string
  size: number
  sha256: string
  revision: number
  isMain: number
  deleted: number
}
export type OutboxRow = {
  fileId: string
  artifactId: string
  path: string
  mediaType: string
  sha256: string
  size: number
  /** The revision the edit was made on; 0 for a new file, and for one made on bytes since replaced. */
  baseRevision: number
  queuedAt: string
  /** Its place among all that is owed (queue-sequence.ts). */
  sequence: number
  /** A FailureCode when the edit waits for something that retrying cannot change. */
  blocked: string | null
  /** When it was blocked, in ms since the epoch, and what the server said then of the role and the bucket. */
  blockedAt: number | null
  blockedRole: string | null
  blockedRules: string | null
  /** What a commit last named, and the revision it would have: it may be there though its answer never came. */
  sentSha256: string | null
  sentRevision: number | null
} & Attributes
/** What goes with the bytes of a file that came from a disk; null is not said, and stays as it is at the server. */
export type Attributes = {
  /** 0 or 1. */
  isExecutable: number | null
  isOwnerOnly: number | null
  /** Milliseconds since the epoch. */
  modifiedAt: number | null
}
/** One that has yet to be given its place. */
export type NewEdit = Omit<OutboxRow, 'sequence'>
export const noAttributes: Attributes = { isExecutable: null, isOwnerOnly: null, modifiedAt: null }
export const unblocked = { blocked: null, blockedAt: null, blockedRole: null, blockedRules: null }
export const unsent = { sentSha256: null, sentRevision: null }
export type Pull = {
  projectId: string
  cursor: string
  epoch: string
  artifacts: ArtifactRow[]
  removedArtifacts: string[]
  files: FileRow[]
}
/** How far everything of a project has come, part by part: a quit in the middle goes on from there. */
export type PullPosition = {
  /** Of the first part: what changed since is asked for after the last. */
  cursor: string
  epoch: string
  rows: 'artifacts' | 'files'
  /** The last id of the part before. */
  after: string
}
/** Some of everything a project has: all of its rows of one kind from after one id up to another. */
export type PullPart = {
  projectId: string
  rows: 'artifacts' | 'files'
  after: string
  /** Null in the last part of a kind. */
  upTo: string | null
  artifacts: ArtifactRow[]
  files: FileRow[]
  /** Where to go on. */
  position: PullPosition
}
/** Rows and the sum of the first eight bytes of the hash of each, as `pull_project` makes it. */
export type Sum = { count: number; sum: bigint }

/** Ordered, never edited once released: `user_version` counts those that ran. */
export const migrations = [
  `create table records (key text primary key, value text not null, saved_at text not null) without rowid;
   create table artifacts (
     id text primary key, project_id text not null, title text not null, description text, kind text not null,
     status text not null, is_public integer not null, updated_at text not null
   ) without rowid;
   create index artifacts_project on artifacts (project_id);
   create table files (
     id text primary key, artifact_id text not null, path text not null, media_type text not null,
     size integer not null, sha256 text not null, revision integer not null, is_main integer not null,
     deleted integer not null
   ) without rowid;
   create index files_artifact on files (artifact_id, path);
   create table blobs (sha256 text primary key, size integer not null, used_at text not null) without rowid;
   create table outbox (
     file_id text primary key, artifact_id text not null, path text not null, media_type text not null,
     sha256 text not null, size integer not null, base_revision integer not null, queued_at text not null,
     parked text
   ) without rowid;
   create table cursors (project_id text primary key, cursor text not null, synced_at text not null) without rowid;
   create table pins (project_id text primary key) without rowid;
   create virtual table titles using fts5 (id unindexed, title, description, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');`,
  // Where the server keeps the beginning of a big upload, so that a restart goes on from there.
  `create table uploads (key text primary key, location text not null, started_at text not null) without rowid;`,
  // What is typed and not saved; and whatever the server never got, which nothing here may forget.
  `create table drafts (
     file_id text primary key, artifact_id text not null, text text not null, base text not null, saved_at text not null
   ) without rowid;
   create view unsent as
     select file_id, artifact_id from outbox union select file_id, artifact_id from drafts;`,
  // Which history of transactions a cursor belongs to: a restored server counts its own.
  'alter table cursors add column epoch text;',
  // What was so when an edit was blocked: when that changes it is worth another try.
  `alter table outbox add column parked_at integer;
   alter table outbox add column parked_role text;
   alter table outbox add column parked_rules text;`,
  // What a commit named whose answer may have been lost.
  `alter table outbox add column sent_sha256 text;
   alter table outbox add column sent_revision integer;`,
  // An artifact's title is found by its row: by its id every change of one read all titles.
  `drop table titles;
   alter table artifacts rename to former_artifacts;
   create table artifacts (
     row integer primary key, id text not null unique, project_id text not null, title text not null, description text,
     kind text not null, status text not null, is_public integer not null, updated_at text not null
   );
   insert into artifacts select null, id, project_id, title, description, kind, status, is_public, updated_at
     from former_artifacts order by id;
   drop table former_artifacts;
   create index artifacts_project on artifacts (project_id, id);
   create virtual table titles using fts5 (title, description, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
   insert into titles (rowid, title, description) select row, title, coalesce(description, '') from artifacts;
   create trigger title_added after insert on artifacts begin
     insert into titles (rowid, title, description) values (new.row, new.title, coalesce(new.description, ''));
   end;
   create trigger title_changed after update on artifacts
     when (old.title, old.description) is not (new.title, new.description) begin
     update titles set title = new.title, description = coalesce(new.description, '') where rowid = new.row;
   end;
   create trigger title_removed after delete on artifacts begin
     delete from titles where rowid = old.row;
   end;
   create table pull_positions (
     project_id text primary key, cursor text not null, epoch text not null, rows text not null, after text not null
   ) without rowid;`,
  // A page asks for its files by their paths, one by one.
  'create index outbox_artifact on outbox (artifact_id, path);',
  // Of files that were brought in: whether they may be run, who may read them, and when they were written.
  `alter table outbox add column is_executable integer;
   alter table outbox add column is_owner_only integer;
   alter table outbox add column modified_at integer;`,
  // What pinned projects lack, so that a pass need not look at all that they have.
  `create index files_hash on files (sha256);
   create view missing_files as
     select f.id as file_id, f.artifact_id, f.sha256, a.project_id from files f join artifacts a on a.id = f.artifact_id
     where not f.deleted and not exists (select 1 from blobs b where b.sha256 = f.sha256);
   create view missing_of_pinned as
     select m.file_id, m.artifact_id, m.sha256, m.project_id from missing_files m
     where exists (select 1 from pins p where p.project_id = m.project_id);
   create table absent_files (file_id text primary key, project_id text not null) without rowid;
   create index absent_files_project on absent_files (project_id, file_id);
   create trigger absent_file_added after insert on files begin
     delete from absent_files where file_id = new.id;
     insert into absent_files select file_id, project_id from missing_of_pinned where file_id = new.id;
   end;
   create trigger absent_file_changed after update of artifact_id, sha256, deleted on files
     when (old.artifact_id, old.sha256, old.deleted) is not (new.artifact_id, new.sha256, new.deleted) begin
     delete from absent_files where file_id = new.id;
     insert into absent_files select file_id, project_id from missing_of_pinned where file_id = new.id;
   end;
   create trigger absent_file_removed after delete on files begin
     delete from absent_files where file_id = old.id;
   end;
   create trigger absent_artifact_added after insert on artifacts begin
     insert into absent_files select file_id, project_id from missing_of_pinned where artifact_id = new.id;
   end;
   create trigger absent_artifact_moved after update of project_id on artifacts
     when old.project_id is not new.project_id begin
     delete from absent_files where file_id in (select id from files where artifact_id = new.id);
     insert into absent_files select file_id, project_id from missing_of_pinned where artifact_id = new.id;
   end;
   create trigger absent_artifact_removed after delete on artifacts begin
     delete from absent_files where file_id in (select id from files where artifact_id = old.id);
   end;
   create trigger absent_project_pinned after insert on pins begin
     insert into absent_files select file_id, project_id from missing_files where project_id = new.project_id;
   end;
   create trigger absent_project_unpinned after delete on pins begin
     delete from absent_files where project_id = old.project_id;
   end;
   create trigger absent_blob_came after insert on blobs begin
     delete from absent_files where file_id in (select id from files where sha256 = new.sha256);
   end;
   create trigger absent_blob_left after delete on blobs begin
     insert into absent_files select file_id, project_id from missing_of_pinned where sha256 = old.sha256;
   end;
   insert into absent_files select file_id, project_id from missing_of_pinned;`,
  // What is written to rows of the server, before it is sent.
  `create table mutations (
     sequence integer primary key autoincrement, id text not null unique, name text not null, input text not null,
     thing text not null, replaces text, queued_at text not null, attempts integer not null default 0, refused text
   );
   create index mutations_thing on mutations (thing, sequence);`,
  // What is kept in all, which is asked after each pass.
  `create table kept_bytes (total integer not null);
   insert into kept_bytes select coalesce(sum(size), 0) from blobs;
   create trigger kept_blob_came after insert on blobs begin
     update kept_bytes set total = total + new.size;
   end;
   create trigger kept_blob_changed after update of size on blobs when old.size is not new.size begin
     update kept_bytes set total = total + new.size - old.size;
   end;
   create trigger kept_blob_left after delete on blobs begin
     update kept_bytes set total = total - old.size;
   end;`,
  // What lies in a linked folder that is there is not missing. (`+`: of one hash there are few files, of an artifact many.)
  `create table linked_copies (
     link text not null, sha256 text not null, artifact_id text not null, primary key (link, sha256)
   ) without rowid;
   create index linked_copies_artifact on linked_copies (artifact_id, sha256);
   create table links_here (link text primary key) without rowid;
   create view copies_here as
     select c.artifact_id, c.sha256 from linked_copies c join links_here h on h.link = c.link;
   drop view missing_of_pinned;
   drop view missing_files;
   create view missing_files as
     select f.id as file_id, f.artifact_id, f.sha256, a.project_id from files f join artifacts a on a.id = f.artifact_id
     where not f.deleted and not exists (select 1 from blobs b where b.sha256 = f.sha256)
       and not exists (select 1 from copies_here c where c.artifact_id = f.artifact_id and c.sha256 = f.sha256);
   create view missing_of_pinned as
     select m.file_id, m.artifact_id, m.sha256, m.project_id from missing_files m
     where exists (select 1 from pins p where p.project_id = m.project_id);
   create trigger linked_copy_came after insert on linked_copies
     when exists (select 1 from links_here where link = new.link) begin
     delete from absent_files where file_id in
       (select id from files where sha256 = new.sha256 and +artifact_id = new.artifact_id);
   end;
   create trigger linked_copy_left after delete on linked_copies begin
     insert or ignore into absent_files select file_id, project_id from missing_of_pinned
       where sha256 = old.sha256 and +artifact_id = old.artifact_id;
   end;
   create trigger link_came after insert on links_here begin
     delete from absent_files where file_id in (
       select f.id from linked_copies c join files f on f.sha256 = c.sha256 and +f.artifact_id = c.artifact_id
       where c.link = new.link);
   end;
   create trigger link_left after delete on links_here begin
     insert or ignore into absent_files select m.file_id, m.project_id
       from linked_copies c join missing_of_pinned m on m.sha256 = c.sha256 and +m.artifact_id = c.artifact_id
       where c.link = old.link;
   end;`,
  // Changes that the server has no final word for.
  `alter table mutations add column unanswered integer not null default 0;
   alter table mutations add column tries_itself integer not null default 0;`,
  // Whose files one changes, which edits may have to go before or behind; and revisions that such edits made since.
  `alter table mutations add column artifact_id text;
   alter table mutations add column since_revisions text not null default '[]';
   create index mutations_artifact on mutations (artifact_id);`,
  // What waits is told in its order, the first of it; and of all names those of conflict copies are looked for.
  `create index outbox_queued on outbox (queued_at, file_id);
   create index files_in_conflict on files (artifact_id, path) where instr(lower(path), '(conflict, ') > 0;`,
  // One order of edits and of other changes. Until now it was read off the clock, and an edit was first where that was the
  // same; changes among themselves keep the order they have.
  `create table queue_sequence (last integer not null);
   alter table outbox add column sequence integer not null default 0;
   create table queued (place integer primary key, file_id text, mutation text);
   insert into queued
     select row_number() over (order by at, mutation is not null, sequence, file_id), file_id, mutation from (
       select queued_at as at, file_id, null as mutation, null as sequence from outbox
       union all select max(queued_at) over (order by sequence), null, id, sequence from mutations);
   update outbox set sequence = (select place from queued where file_id = outbox.file_id);
   update mutations set sequence = -(select place from queued where mutation = mutations.id);
   update mutations set sequence = -sequence;
   insert into queue_sequence select count(*) from queued;
   drop table queued;
   drop index outbox_queued;
   create unique index outbox_sequence on outbox (sequence);`,
  // How many files an artifact has, and how many of them are here: the list shows both after each change.
  `create table file_counts (
     artifact_id text primary key, files integer not null, bytes integer not null, here integer not null
   ) without rowid;
   insert into file_counts
     select f.artifact_id, count(*), sum(f.size), count(*) filter (where (exists (select 1 from blobs b where b.sha256 = f.sha256) or exists (
       select 1 from copies_here c where c.artifact_id = f.artifact_id and c.sha256 = f.sha256))) from files f
     where not f.deleted group by f.artifact_id;
   create trigger counted_file_added after insert on files when not new.deleted begin
     insert into file_counts values (new.artifact_id, 1, new.size, (exists (select 1 from blobs b where b.sha256 = new.sha256) or exists (
       select 1 from copies_here c where c.artifact_id = new.artifact_id and c.sha256 = new.sha256)))
     on conflict (artifact_id) do update set
       files = files + 1, bytes = bytes + excluded.bytes, here = here + excluded.here;
   end;
   create trigger counted_file_changed after update of artifact_id, size, sha256, deleted on files
     when (old.artifact_id, old.size, old.sha256, old.deleted) is not
       (new.artifact_id, new.size, new.sha256, new.deleted) begin
     update file_counts set files = files - 1, bytes = bytes - old.size, here = here - (exists (select 1 from blobs b where b.sha256 = old.sha256) or exists (
       select 1 from copies_here c where c.artifact_id = old.artifact_id and c.sha256 = old.sha256))
       where artifact_id = old.artifact_id and not old.deleted;
     insert into file_counts select new.artifact_id, 1, new.size, (exists (select 1 from blobs b where b.sha256 = new.sha256) or exists (
       select 1 from copies_here c where c.artifact_id = new.artifact_id and c.sha256 = new.sha256)) where not new.deleted
     on conflict (artifact_id) do update set
       files = files + 1, bytes = bytes + excluded.bytes, here = here + excluded.here;
     delete from file_counts where artifact_id = old.artifact_id and files = 0;
   end;
   create trigger counted_file_removed after delete on files when not old.deleted begin
     update file_counts set files = files - 1, bytes = bytes - old.size, here = here - (exists (select 1 from blobs b where b.sha256 = old.sha256) or exists (
       select 1 from copies_here c where c.artifact_id = old.artifact_id and c.sha256 = old.sha256))
       where artifact_id = old.artifact_id;
     delete from file_counts where artifact_id = old.artifact_id and files = 0;
   end;
   create trigger counted_blob_came after insert on blobs begin
     update file_counts set here = here + come.files from (
       select f.artifact_id, count(*) as files from files f
       where f.sha256 = new.sha256 and not f.deleted and not exists (
         select 1 from copies_here c where c.artifact_id = f.artifact_id and c.sha256 = f.sha256)
       group by f.artifact_id) as come
       where come.artifact_id = file_counts.artifact_id;
   end;
   create trigger counted_blob_left after delete on blobs begin
     update file_counts set here = here - gone.files from (
       select f.artifact_id, count(*) as files from files f
       where f.sha256 = old.sha256 and not f.deleted and not exists (
         select 1 from copies_here c where c.artifact_id = f.artifact_id and c.sha256 = f.sha256)
       group by f.artifact_id) as gone
       where gone.artifact_id = file_counts.artifact_id;
   end;
   create trigger counted_copy_came after insert on linked_copies
     when exists (select 1 from links_here where link = new.link) begin
     update file_counts set here = here + come.files from (
       select f.artifact_id, count(*) as files from files f
       where f.sha256 = new.sha256 and +f.artifact_id = new.artifact_id and not f.deleted
         and not exists (select 1 from blobs b where b.sha256 = new.sha256) and not exists (
           select 1 from linked_copies c join links_here h on h.link = c.link
           where c.artifact_id = new.artifact_id and c.sha256 = new.sha256 and c.link <> new.link)
       group by f.artifact_id) as come
       where come.artifact_id = file_counts.artifact_id;
   end;
   create trigger counted_copy_left after delete on linked_copies
     when exists (select 1 from links_here where link = old.link) begin
     update file_counts set here = here - gone.files from (
       select f.artifact_id, count(*) as files from files f
       where f.sha256 = old.sha256 and +f.artifact_id = old.artifact_id and not f.deleted
         and not exists (select 1 from blobs b where b.sha256 = old.sha256) and not exists (
           select 1 from linked_copies c join links_here h on h.link = c.link
           where c.artifact_id = old.artifact_id and c.sha256 = old.sha256 and c.link <> old.link)
       group by f.artifact_id) as gone
       where gone.artifact_id = file_counts.artifact_id;
   end;
   create trigger counted_link_came after insert on links_here begin
     update file_counts set here = here + come.files from (
       select f.artifact_id, count(*) as files
       from linked_copies l join files f on f.sha256 = l.sha256 and +f.artifact_id = l.artifact_id
       where l.link = new.link and not f.deleted
         and not exists (select 1 from blobs b where b.sha256 = l.sha256) and not exists (
           select 1 from linked_copies c join links_here h on h.link = c.link
           where c.artifact_id = l.artifact_id and c.sha256 = l.sha256 and c.link <> new.link)
       group by f.artifact_id) as come
       where come.artifact_id = file_counts.artifact_id;
   end;
   create trigger counted_link_left after delete on links_here begin
     update file_counts set here = here - gone.files from (
       select f.artifact_id, count(*) as files
       from linked_copies l join files f on f.sha256 = l.sha256 and +f.artifact_id = l.artifact_id
       where l.link = old.link and not f.deleted
         and not exists (select 1 from blobs b where b.sha256 = l.sha256) and not exists (
           select 1 from linked_copies c join links_here h on h.link = c.link
           where c.artifact_id = l.artifact_id and c.sha256 = l.sha256 and c.link <> old.link)
       group by f.artifact_id) as gone
       where gone.artifact_id = file_counts.artifact_id;
   end;`,
]

export const artifactColumns =
  'id, project_id as projectId, title, description, kind, status, is_public as isPublic, updated_at as updatedAt'
export const fileColumns =
  'id, artifact_id as artifactId, path, media_type as mediaType, size, sha256, revision, is_main as isMain, deleted'
export const outboxColumns =
  'file_id as fileId, artifact_id as artifactId, path, media_type as mediaType, sha256, size, base_revision as baseRevision, queued_at as queuedAt, sequence, parked as blocked, parked_at as blockedAt, parked_role as blockedRole, parked_rules as blockedRules, sent_sha256 as sentSha256, sent_revision as sentRevision, is_executable as isExecutable, is_owner_only as isOwnerOnly, modified_at as modifiedAt'
