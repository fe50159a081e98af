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
create unique index if not exists artifact_files_one_path
  on public.artifact_files (artifact_id, folded_path) where deleted_at is null;
create unique index if not exists artifact_files_one_main
  on public.artifact_files (artifact_id) where is_main_file and deleted_at is null;

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

-- Artifacts that are gone for good, so that a pull can say so to who was away.
create table if not exists private.artifact_tombstones (
  artifact_id uuid primary key,
  project_id uuid not null,
  changed_xid xid8 not null default pg_current_xact_id(),
  deleted_at timestamptz not null default now()
);
alter table private.artifact_tombstones enable row level security;
create index if not exists artifact_tombstones_changed_idx on private.artifact_tombstones (project_id, changed_xid);

create or replace function private.bury_artifact() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.artifact_tombstones (artifact_id, project_id) values (old.id, old.project_id)
  on conflict (artifact_id) do nothing;
  return null;
end $$;
drop trigger if exists bury on public.artifacts;
create trigger bury after delete on public.artifacts for each row execute function private.bury_artifact();

-- Objects are read by whoever reads the artifact they are under: an id that was one's before is nobody's again.
create or replace function private.refuse_used_id() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Whoever makes it once more, not knowing that it is there, is told so by its key.
  if not exists (select from public.artifacts a where a.id = new.id) and exists (select from storage.objects o
    where o.bucket_id = 'artifact-files' and o.name >= new.id::text || '/' and o.name < new.id::text || '0') then
    raise exception 'This id was another artifact''s.' using errcode = '42501';
  end if;
  return new;
end $$;
drop trigger if exists refuse_used_id on public.artifacts;
create trigger refuse_used_id before insert on public.artifacts for each row execute function private.refuse_used_id();

-- Blobs that are about to be removed (public.unreferenced_blobs_for_service): no commit counts on them.
create table if not exists private.leaving_blobs (
  name text primary key,
  marked_at timestamptz not null default now()
);
alter table private.leaving_blobs enable row level security;

create or replace function private.is_referenced(blob text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_artifact uuid := private.path_id(blob);
  v_sha256 text := split_part(blob, '/', 2);
begin
  return exists (select from public.artifact_files f where f.artifact_id = v_artifact and f.sha256 = v_sha256)
    or exists (select from public.artifact_file_versions v where v.artifact_id = v_artifact and v.sha256 = v_sha256);
end $$;
