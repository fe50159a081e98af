-- Artifacts, their files, and every state a file ever had. The row is the truth; the bytes lie in the
-- bucket artifact-files under <artifact id>/<sha256> and are never overwritten.
set local lock_timeout = '10s';

create table if not exists public.artifacts (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete restrict,
  chat_id uuid,
  title text not null check (char_length(title) between 1 and 300),
  description text check (char_length(description) <= 8000),
  artifact_type text not null check (char_length(artifact_type) between 1 and 60),
  status public.artifact_status not null default 'pending',
  progress integer not null default 0 check (progress between 0 and 100),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object' and pg_column_size(metadata) <= 65536),
  is_public boolean not null default false,
  revision bigint not null default 0,
  changed_xid xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  search tsvector generated always as (
    to_tsvector('english', title || ' ' || coalesce(description, ''))
  ) stored,
  unique (id, project_id, is_public),
  -- Its chat is its own project's, or none.
  foreign key (chat_id, project_id) references public.chat_sessions (id, project_id) on delete set null (chat_id)
);
alter table public.artifacts enable row level security;
comment on table public.artifacts is 'Folders of files that a team makes. The revision rises by one with each commit.';
comment on column public.artifacts.id is 'A client may choose it, for work without a network. An id that has objects in storage is refused.';
comment on column public.artifacts.chat_id is 'The chat it came from, of the same project; null: from none, or that chat is gone.';
comment on column public.artifacts.description is 'For people to read and search, at most 8000 characters; null without one.';
comment on column public.artifacts.artifact_type is 'What it is, in its maker''s words, such as website or library; 1 to 60 characters.';
comment on column public.artifacts.status is 'As whoever makes it says. archived hides a published one from strangers.';
comment on column public.artifacts.progress is 'Percent, 0 to 100, as whoever makes it says.';
comment on column public.artifacts.is_public is 'Published: everyone reads it and its files, signed out too. Only a manager sets it (guard_publish).';
comment on column public.artifacts.revision is 'Rises by one with each commit.';
comment on column public.artifacts.deleted_at is 'Hidden by delete_artifact; brought back by restore_deleted_artifact, or purged when platform.restore_window is over.';
comment on column public.artifacts.search is 'English word stems of title and description, for search_artifacts.';
create index if not exists artifacts_project_id_idx on public.artifacts (project_id, updated_at desc, id desc);
create index if not exists artifacts_changed_idx on public.artifacts (project_id, changed_xid);
create index if not exists artifacts_parts_idx on public.artifacts (project_id, id) where deleted_at is null;
create index if not exists artifacts_published_idx on public.artifacts (project_id) where is_public;
create index if not exists artifacts_public_idx on public.artifacts (updated_at desc, id desc) where is_public;
create index if not exists artifacts_search_idx on public.artifacts using gin (search);
create index if not exists artifacts_deleted_idx on public.artifacts (deleted_at) where deleted_at is not null;
create index if not exists artifacts_chat_id_project_id_idx on public.artifacts (chat_id, project_id);
create index if not exists artifacts_created_by_idx on public.artifacts (created_by);
-- A project that had the extension before may have it in another schema.
do $$
begin
  execute format('create index if not exists artifacts_title_idx on public.artifacts using gin (title %I.gin_trgm_ops)', private.extension_schema('pg_trgm'));
end $$;

create table if not exists public.artifact_files (
  id uuid primary key default gen_random_uuid(),
  artifact_id uuid not null,
  -- Carried from the artifact and tied to it, so that no file can belong to another tenant's project.
  project_id uuid not null,
  is_public boolean not null,
  file_path text not null check (
    char_length(file_path) between 1 and 1024
    and file_path !~ '(^|/)(\.{1,2})?(/|$)'
    and file_path !~ '[\\[:cntrl:]]'
  ),
  file_name text not null generated always as (regexp_replace(file_path, '^.*/', '')) stored,
  -- The same name in another case or another Unicode form is the same file on most people's disks.
  folded_path text generated always as (lower(normalize(file_path, nfc))) stored,
  file_type text not null check (char_length(file_type) between 1 and 255),
  file_size bigint not null check (file_size >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  storage_path text not null generated always as (artifact_id::text || '/' || sha256) stored,
  is_main_file boolean not null default false,
  is_executable boolean not null default false,
  is_owner_only boolean not null default false,
  modified_at timestamptz not null default now() check (modified_at between '1970-01-01 00:00+00' and '9999-12-31 00:00+00'),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object' and pg_column_size(metadata) <= 65536),
  revision bigint not null default 1 check (revision > 0),
  changed_xid xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  updated_by uuid references public.users (id) on delete set null,
  deleted_at timestamptz,
  foreign key (artifact_id, project_id, is_public)
    references public.artifacts (id, project_id, is_public) on update cascade on delete cascade
);
alter table public.artifact_files enable row level security;
comment on table public.artifact_files is 'The files of artifacts as they are now. Written by commit_artifact_changes alone.';
comment on column public.artifact_files.id is 'Chosen by the client that made the file; renaming keeps it.';
comment on column public.artifact_files.artifact_id is 'Tied to the artifact together with project_id and is_public.';
comment on column public.artifact_files.project_id is 'The artifact''s, tied to it by the foreign key.';
comment on column public.artifact_files.is_public is 'The artifact''s; the foreign key carries it along.';
comment on column public.artifact_files.file_path is 'Below the artifact, parted by /; 1 to 1024 characters, without empty, . and .. parts, backslashes or control characters.';
comment on column public.artifact_files.file_name is 'The last part of the path.';
comment on column public.artifact_files.folded_path is 'The path in lower case and NFC: unique among live files of an artifact.';
comment on column public.artifact_files.file_type is 'Media type, as the client says; application/octet-stream where it says nothing.';
comment on column public.artifact_files.file_size is 'Bytes; a commit compares it with the object''s.';
comment on column public.artifact_files.sha256 is 'Hash of the bytes, hexadecimal; with the artifact''s id the object''s name.';
comment on column public.artifact_files.storage_path is 'The object''s name in the bucket artifact-files: <artifact id>/<sha256>.';
comment on column public.artifact_files.is_main_file is 'What an artifact opens with; at most one live file of it.';
comment on column public.artifact_files.is_executable is 'Its owner may run it; a computer gives the bit to those who may read it there.';
comment on column public.artifact_files.is_owner_only is 'Where it was sent from nobody but its owner could read it: what comes down new is so too.';
comment on column public.artifact_files.modified_at is 'When its bytes were last changed, as the disk it came from says. Alone it makes no version.';
comment on column public.artifact_files.metadata is 'Nothing writes it yet.';
comment on column public.artifact_files.revision is 'Rises by one with each change of this file; a commit compares it.';
comment on column public.artifact_files.created_by is 'Who committed it first; null when that account is gone.';
comment on column public.artifact_files.updated_by is 'Who committed it last; null when that account is gone.';
comment on column public.artifact_files.deleted_at is 'When a commit removed it. The row stays for its history, and the path is free.';
create unique index if not exists artifact_files_one_path
  on public.artifact_files (artifact_id, folded_path) where deleted_at is null;
create unique index if not exists artifact_files_one_main
  on public.artifact_files (artifact_id) where is_main_file and deleted_at is null;
create index if not exists artifact_files_artifact_id_idx on public.artifact_files (artifact_id, project_id, is_public);
create index if not exists artifact_files_changed_idx on public.artifact_files (project_id, changed_xid);
create index if not exists artifact_files_parts_idx on public.artifact_files (project_id, id) where deleted_at is null;
create index if not exists artifact_files_latest_idx on public.artifact_files (project_id, updated_at desc, id desc) where deleted_at is null;
create index if not exists artifact_files_newest_idx on public.artifact_files (updated_at desc, id desc) where deleted_at is null;
create index if not exists artifact_files_created_by_idx on public.artifact_files (created_by);
create index if not exists artifact_files_updated_by_idx on public.artifact_files (updated_by);

create table if not exists public.artifact_file_versions (
  file_id uuid not null references public.artifact_files (id) on delete cascade,
  revision bigint not null,
  artifact_id uuid not null references public.artifacts (id) on delete cascade,
  artifact_revision bigint not null,
  file_path text not null,
  file_size bigint not null,
  sha256 text not null,
  is_executable boolean not null default false,
  is_owner_only boolean not null default false,
  modified_at timestamptz not null default now(),
  removed boolean not null default false,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  primary key (file_id, revision)
);
alter table public.artifact_file_versions enable row level security;
comment on table public.artifact_file_versions is 'Every committed state of every file. Append-only.';
comment on column public.artifact_file_versions.file_id is 'The file as it is now, in artifact_files.';
comment on column public.artifact_file_versions.revision is 'The file''s own revision that this state was.';
comment on column public.artifact_file_versions.artifact_id is 'Here too, so that history is read and restored without the files.';
comment on column public.artifact_file_versions.artifact_revision is 'The artifact''s revision that this commit made; restore_artifact goes by it.';
comment on column public.artifact_file_versions.file_path is 'The path it had then.';
comment on column public.artifact_file_versions.file_size is 'Bytes.';
comment on column public.artifact_file_versions.sha256 is 'Hash of the bytes, hexadecimal. Their object stays as long as this line.';
comment on column public.artifact_file_versions.is_executable is 'As artifact_files had it then.';
comment on column public.artifact_file_versions.is_owner_only is 'As artifact_files had it then.';
comment on column public.artifact_file_versions.modified_at is 'As artifact_files had it then.';
comment on column public.artifact_file_versions.removed is 'The commit removed the file: path, size and hash are the last ones it had.';
comment on column public.artifact_file_versions.created_at is 'When it was committed.';
comment on column public.artifact_file_versions.created_by is 'Who committed; null when that account is gone.';
create index if not exists artifact_file_versions_artifact_idx on public.artifact_file_versions (artifact_id, artifact_revision);
create index if not exists artifact_file_versions_created_by_idx on public.artifact_file_versions (created_by);

-- Artifacts that are gone for good, so that a pull can say so to who was away.
create table if not exists private.artifact_tombstones (
  artifact_id uuid primary key,
  project_id uuid not null,
  changed_xid xid8 not null default pg_current_xact_id(),
  deleted_at timestamptz not null default now()
);
alter table private.artifact_tombstones enable row level security;
comment on table private.artifact_tombstones is 'Artifacts that are gone for good, so that a pull can say so to who was away.';
comment on column private.artifact_tombstones.artifact_id is 'No foreign key: the artifact is gone.';
comment on column private.artifact_tombstones.project_id is 'Where it was. No foreign key; they go when the project is purged.';
comment on column private.artifact_tombstones.changed_xid is 'The transaction that deleted it: the cursor of pull_project.';
comment on column private.artifact_tombstones.deleted_at is 'When its row was deleted, not when it was hidden.';
create index if not exists artifact_tombstones_changed_idx on private.artifact_tombstones (project_id, changed_xid);

create or replace function private.record_tombstone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.artifact_tombstones (artifact_id, project_id) values (old.id, old.project_id)
  on conflict (artifact_id) do nothing;
  return null;
end $$;
comment on function private.record_tombstone() is 'Trigger: leaves a tombstone for a deleted artifact.';

-- Objects are read by whoever reads the artifact they are under: an id that was one's before is nobody's again.
create or replace function private.refuse_used_id() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from private.artifact_tombstones t where t.artifact_id = new.id) then
    raise exception 'This id was another artifact''s.' using errcode = '42501';
  end if;
  -- Whoever makes it once more, not knowing that it is there, is told so by its key.
  if not exists (select from public.artifacts a where a.id = new.id) and exists (select from storage.objects o
    where o.bucket_id = 'artifact-files' and o.name >= new.id::text || '/' and o.name < new.id::text || '0') then
    raise exception 'This id was another artifact''s.' using errcode = '42501';
  end if;
  return new;
end $$;
comment on function private.refuse_used_id() is 'Trigger: an artifact cannot take an id under which objects lie already.';

create or replace function private.guard_publish() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Publishing, and what comes to it: taking back what is published, archiving it, and showing again what is archived.
  if auth.uid() is not null
    and (case when tg_op = 'INSERT' then new.is_public
      else new.is_public <> old.is_public or (old.is_public and (new.status = 'archived') <> (old.status = 'archived')) end)
    and (new.project_id = any (private.project_ids('manager'))) is not true then
    raise exception 'Only a manager of the project can publish an artifact.' using errcode = '42501';
  end if;
  return new;
end $$;
comment on function private.guard_publish() is 'Trigger: only a manager publishes an artifact.';

-- Hides an artifact from everyone; restored or purged later. Its rows and bytes stay until then.
create or replace function public.delete_artifact(artifact uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.artifacts a set deleted_at = now()
  where a.id = artifact and a.deleted_at is null and (a.project_id = any (private.project_ids('manager'))
    or (a.created_by = auth.uid() and not a.is_public and a.project_id = any (private.project_ids('contributor'))));
  if not found then raise exception 'You cannot delete this artifact.' using errcode = '42501'; end if;
end $$;
comment on function public.delete_artifact(uuid) is 'Hides an artifact; it is purged when the time to restore is over. For managers, and for who made it while it is not published.';

create or replace function public.restore_deleted_artifact(artifact uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.artifacts a set deleted_at = null
  where a.id = artifact and a.deleted_at > now() - (select f.restore_window from private.platform f)
    and (a.project_id = any (private.project_ids('manager'))
      or (a.created_by = auth.uid() and not a.is_public and a.project_id = any (private.project_ids('contributor'))));
  if not found then raise exception 'You cannot restore this artifact.' using errcode = '42501'; end if;
  -- Whoever pulled meanwhile has let its files go: they are told again.
  update public.artifact_files f set deleted_at = f.deleted_at where f.artifact_id = artifact;
end $$;
comment on function public.restore_deleted_artifact(uuid) is 'Brings a hidden artifact back, for who could hide it.';

-- A page goes on where the last one ended: `before` and `before_id` are its last row's time and id.
create or replace function public.search_artifacts(query text, before timestamptz default null, max_rows integer default 50,
  before_id uuid default null)
returns table (id uuid, project_id uuid, title text, artifact_type text, updated_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_projects uuid[] := private.project_ids('viewer');
  -- Once, not for every row.
  v_words tsquery := websearch_to_tsquery('english', left(query, 500));
  v_part text := '%' || replace(replace(replace(left(query, 500), '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
  return query
    select a.id, a.project_id, a.title, a.artifact_type, a.updated_at
    from public.artifacts a
    where a.project_id = any (v_projects) and a.deleted_at is null
      and (a.search @@ v_words or a.title ilike v_part)
      and (before is null or a.updated_at < before or (a.updated_at = before and a.id < before_id))
    order by a.updated_at desc, a.id desc
    limit least(greatest(max_rows, 1), 200);
end $$;
comment on function public.search_artifacts(text, timestamptz, integer, uuid) is 'Artifacts of one''s projects, by words or part of the title, newest first, at most 200.';

-- What the makers of an artifact keep beside it, for the members of its project; published or not.
create or replace function public.artifact_metadata(artifact uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_metadata jsonb;
begin
  select a.metadata into v_metadata from public.artifacts a
  where a.id = artifact and a.deleted_at is null and a.project_id = any (private.project_ids('viewer'));
  if not found then raise exception 'There is no such artifact.' using errcode = 'PT404'; end if;
  return v_metadata;
end $$;
comment on function public.artifact_metadata(uuid) is 'What the makers of an artifact keep beside it; members of its project.';

create or replace trigger record_tombstone after delete on public.artifacts for each row execute function private.record_tombstone();
create or replace trigger refuse_used_id before insert on public.artifacts for each row execute function private.refuse_used_id();
create or replace trigger touch before update on public.artifacts for each row execute function private.touch();
create or replace trigger touch_change before insert or update on public.artifacts for each row execute function private.touch_change();
create or replace trigger stamp_author before insert on public.artifacts for each row execute function private.stamp_author();
create or replace trigger guard_publish before insert or update on public.artifacts for each row execute function private.guard_publish();
-- Who reads a log is not therefore somebody who may read what it is about.
create or replace trigger audit after insert or update or delete on public.artifacts for each row
  execute function private.audit_row('scope', 'title', 'description', 'settings', 'metadata', 'content', 'search', 'apis_used', 'data_schemas', 'security_requirements', 'color_palette', 'ui_framework', 'components');
create or replace trigger touch before update on public.artifact_files for each row execute function private.touch();
create or replace trigger touch_change before insert or update on public.artifact_files for each row
  execute function private.touch_change();
create or replace trigger append_only before update on public.artifact_file_versions for each row execute function private.refuse_change();
create or replace trigger no_truncate before truncate on public.artifact_file_versions for each statement
  execute function private.refuse_change();

revoke all on public.artifacts, public.artifact_files, public.artifact_file_versions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.artifacts to service_role;
-- History is written by its own functions and triggers alone.
grant select on public.artifact_files, public.artifact_file_versions to service_role;

revoke execute on function public.search_artifacts(text, timestamptz, integer, uuid), public.artifact_metadata(uuid),
  public.delete_artifact(uuid), public.restore_deleted_artifact(uuid) from public, anon, authenticated;
grant execute on function public.search_artifacts(text, timestamptz, integer, uuid), public.artifact_metadata(uuid),
  public.delete_artifact(uuid), public.restore_deleted_artifact(uuid) to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;

-- What its makers keep beside it (metadata) is not published with it: see artifact_metadata.
grant select (id, project_id, chat_id, title, description, artifact_type, status, progress, is_public, revision, changed_xid,
  created_at, created_by, updated_at, deleted_at, search), delete on public.artifacts to authenticated;
grant insert (id, project_id, chat_id, title, description, artifact_type, status, progress, metadata, is_public) on public.artifacts to authenticated;
grant update (title, description, artifact_type, status, progress, metadata, is_public) on public.artifacts to authenticated;
grant select (id, title, description, artifact_type, status, is_public, updated_at) on public.artifacts to anon;
drop policy if exists artifacts_select on public.artifacts;
create policy artifacts_select on public.artifacts for select to authenticated
  using (deleted_at is null and (project_id = any ((select private.project_ids('viewer'))::uuid[])
    or (is_public and status <> 'archived' and project_id <> all ((select private.deleted_project_ids())::uuid[]))));
drop policy if exists artifacts_select_public on public.artifacts;
create policy artifacts_select_public on public.artifacts for select to anon
  using (is_public and deleted_at is null and status <> 'archived'
    and project_id <> all ((select private.deleted_project_ids())::uuid[]));
drop policy if exists artifacts_insert on public.artifacts;
create policy artifacts_insert on public.artifacts for insert to authenticated
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
drop policy if exists artifacts_update on public.artifacts;
create policy artifacts_update on public.artifacts for update to authenticated
  using (project_id = any ((select private.project_ids('contributor'))::uuid[]))
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
drop policy if exists artifacts_delete on public.artifacts;
create policy artifacts_delete on public.artifacts for delete to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[])
    or (created_by = (select auth.uid()) and not is_public and project_id = any ((select private.project_ids('contributor'))::uuid[])));
-- artifact_files and their history: read-only, written by commit_artifact_changes alone
grant select on public.artifact_files, public.artifact_file_versions to authenticated;
grant select (id, artifact_id, file_name, file_type, file_size, file_path, is_main_file, is_public, storage_path, updated_at) on public.artifact_files to anon;
drop policy if exists artifact_files_select on public.artifact_files;
create policy artifact_files_select on public.artifact_files for select to authenticated
  using (deleted_at is null and (project_id in (select unnest((select private.project_ids('viewer'))))
    or (is_public and exists (select from public.artifacts a where a.id = artifact_id))));
drop policy if exists artifact_files_select_public on public.artifact_files;
create policy artifact_files_select_public on public.artifact_files for select to anon
  using (is_public and deleted_at is null and exists (
    select from public.artifacts a where a.id = artifact_id and a.is_public));
drop policy if exists artifact_file_versions_select on public.artifact_file_versions;
create policy artifact_file_versions_select on public.artifact_file_versions for select to authenticated
  using (exists (select from public.artifacts a where a.id = artifact_id
    and a.project_id = any ((select private.project_ids('viewer'))::uuid[])));
