-- Objects that have to go: those of rows that are gone, and bytes that nothing refers to. A service removes them through
-- the Storage API, which SQL must not pass by.
set local lock_timeout = '10s';

-- Objects whose rows are gone; a service removes them through the Storage API, which SQL must not pass by.
create table if not exists private.storage_deletions (
  id bigint generated always as identity primary key,
  bucket_id text not null,
  prefix text not null,
  queued_at timestamptz not null default now(),
  done_at timestamptz
);
alter table private.storage_deletions enable row level security;
comment on table private.storage_deletions is 'Objects whose rows are gone, for a service to remove.';
comment on column private.storage_deletions.id is 'In the order they were queued.';
comment on column private.storage_deletions.bucket_id is 'workspace-files, project-files or artifact-files.';
comment on column private.storage_deletions.prefix is '<id>/ of the row that is gone: every object whose name begins so.';
comment on column private.storage_deletions.queued_at is 'When the row went; assess tells of those that wait for more than a week.';
comment on column private.storage_deletions.done_at is 'When no such object was left; null: not yet. The line goes 90 days later.';

create or replace function private.queue_objects() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.storage_deletions (bucket_id, prefix) values (tg_argv[0], old.id::text || '/');
  return null;
end $$;
comment on function private.queue_objects() is 'Trigger: queues the objects of a deleted row for removal; its argument is the bucket.';

-- Objects whose rows were deleted: names a service removes through the Storage API, which SQL must not pass by.
create or replace function public.storage_deletions_for_service(max_rows integer default 1000)
returns table (id bigint, bucket_id text, name text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- What has no object left is done.
  update private.storage_deletions d set done_at = now()
  where d.done_at is null and not exists (
    select from storage.objects o where o.bucket_id = d.bucket_id and starts_with(o.name, d.prefix));
  delete from private.storage_deletions d where d.done_at < now() - interval '90 days';
  return query
    select d.id, d.bucket_id, o.name from private.storage_deletions d
      join storage.objects o on o.bucket_id = d.bucket_id and starts_with(o.name, d.prefix)
    where d.done_at is null order by d.id, o.name limit max_rows;
end $$;
comment on function public.storage_deletions_for_service(integer) is 'Service: objects whose rows are gone, to remove through the Storage API. What has no object left is noted as done.';

create or replace function private.is_referenced(blob text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_artifact uuid := private.path_id(blob);
  v_sha256 text := split_part(blob, '/', 2);
begin
  return exists (select from public.artifact_files f where f.artifact_id = v_artifact and f.sha256 = v_sha256)
    or exists (select from public.artifact_file_versions v where v.artifact_id = v_artifact and v.sha256 = v_sha256);
end $$;
comment on function private.is_referenced(text) is 'Whether a file or its history needs an object of the bucket artifact-files.';

-- Blobs that nothing refers to any more, in two calls: the first marks them, and from then on no commit takes
-- them for there; a later one, when every commit of before has ended, answers those still unreferenced. The
-- service removes them through the Storage API and says so. Answers object names of the bucket artifact-files.
create or replace function public.unreferenced_blobs_for_service(grace interval default '7 days', max_rows integer default 1000)
returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- A commit that looked before the mark was there holds its artifact until it ends.
  perform from public.artifacts a
  where a.id in (select private.path_id(l.name) from private.blobs_being_removed l) order by a.id for share;
  return query
    select l.name from private.blobs_being_removed l where not private.is_referenced(l.name)
    order by l.marked_at, l.name limit max_rows;
  -- Referred to after all, by a commit that began before the mark.
  delete from private.blobs_being_removed l where private.is_referenced(l.name);
  insert into private.blobs_being_removed (name)
    select o.name from storage.objects o
    where o.bucket_id = 'artifact-files' and o.created_at < now() - greatest(coalesce(grace, interval '7 days'), interval '0')
      and not private.is_referenced(o.name)
    order by o.created_at limit max_rows
  on conflict do nothing;
end $$;
comment on function public.unreferenced_blobs_for_service(interval, integer) is 'Objects of the bucket artifact-files that nothing refers to: marked by one call, answered by a later one.';

-- What the service has removed may be sent again.
create or replace function public.blobs_removed_for_service(names text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from private.blobs_being_removed l where l.name = any (names);
end $$;
comment on function public.blobs_removed_for_service(text[]) is 'Told after the Storage API has removed unreferenced objects.';

create or replace trigger queue_objects after delete on public.artifacts for each row
  execute function private.queue_objects('artifact-files');
create or replace trigger queue_objects after delete on public.projects for each row
  execute function private.queue_objects('project-files');
create or replace trigger queue_objects after delete on public.workspaces for each row
  execute function private.queue_objects('workspace-files');

revoke execute on function public.unreferenced_blobs_for_service(interval, integer), public.blobs_removed_for_service(text[]),
  public.storage_deletions_for_service(integer) from public, anon, authenticated;
grant execute on function public.unreferenced_blobs_for_service(interval, integer), public.blobs_removed_for_service(text[]),
  public.storage_deletions_for_service(integer) to service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
