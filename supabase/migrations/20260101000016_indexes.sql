-- Indexes of foreign keys, lists and search; and the jobs that run by themselves where pg_cron is.
set local lock_timeout = '10s';

create index if not exists artifacts_project_id_idx on public.artifacts (project_id, updated_at desc, id desc);
create index if not exists artifacts_changed_idx on public.artifacts (project_id, changed_xid);
create index if not exists artifacts_public_idx on public.artifacts (updated_at desc, id desc) where is_public;
create index if not exists artifacts_search_idx on public.artifacts using gin (search);
create index if not exists artifacts_title_idx on public.artifacts using gin (title extensions.gin_trgm_ops);
create index if not exists workspaces_name_idx on public.workspaces using gin (name extensions.gin_trgm_ops);
create index if not exists projects_name_idx on public.projects using gin (name extensions.gin_trgm_ops);
create index if not exists artifact_files_artifact_id_idx on public.artifact_files (artifact_id, project_id, is_public);
create index if not exists artifact_files_changed_idx on public.artifact_files (project_id, changed_xid);
create index if not exists artifact_files_latest_idx on public.artifact_files (project_id, updated_at desc, id desc) where deleted_at is null;
create index if not exists artifact_file_versions_artifact_idx on public.artifact_file_versions (artifact_id, artifact_revision);
create index if not exists chat_sessions_project_idx on public.chat_sessions (project_id, last_message_at desc nulls last, id desc);
create index if not exists chat_messages_page_idx on public.chat_messages (chat_id, created_at desc, id desc);
create index if not exists token_usage_workspace_idx on public.token_usage (workspace_id, created_at desc, id desc);
create index if not exists token_usage_project_idx on public.token_usage (project_id, created_at desc, id desc);
create index if not exists token_usage_person_idx on public.token_usage (created_by, created_at desc);
create index if not exists workspace_stats_date_idx on public.workspace_stats (workspace_id, stats_date desc);
create index if not exists project_stats_date_idx on public.project_stats (project_id, stats_date desc);
create index if not exists audit_logs_workspace_idx on public.audit_logs (workspace_id, created_at desc, id desc);
create index if not exists audit_logs_project_idx on public.audit_logs (project_id, created_at desc, id desc);
create index if not exists audit_logs_record_idx on public.audit_logs (record_id, created_at desc);
create index if not exists token_reservations_expiry_idx on private.token_reservations (expires_at);

-- Every foreign key whose columns lead no index yet. Messages are always read under their chat, whose index
-- leads with it; an index of (chat_id, project_id) would only tempt the planner away from it.
do $$
declare
  v_key record;
begin
  for v_key in
    select c.conrelid::regclass as relation, n.nspname, t.relname, array_agg(a.attname order by k.place) as columns
    from pg_constraint c
      join pg_class t on t.oid = c.conrelid
      join pg_namespace n on n.oid = t.relnamespace
      cross join lateral unnest(c.conkey) with ordinality k (attnum, place)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
    where c.contype = 'f' and n.nspname in ('public', 'private') and t.relname not in ('chat_messages')
      and not exists (
        select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
          and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
    group by c.oid, c.conrelid, n.nspname, t.relname
  loop
    execute format('create index if not exists %I on %s (%s)',
      left(v_key.relname || '_' || array_to_string(v_key.columns, '_'), 58) || '_idx', v_key.relation,
      (select string_agg(quote_ident(x), ', ') from unnest(v_key.columns) x));
  end loop;
end $$;
create index if not exists chat_messages_created_by_idx on public.chat_messages (created_by);

-- Objects whose rows are gone; a service removes them through the Storage API, which SQL must not pass by.
create table if not exists private.storage_deletions (
  id bigint generated always as identity primary key,
  bucket_id text not null,
  prefix text not null,
  queued_at timestamptz not null default now(),
  done_at timestamptz
);
alter table private.storage_deletions enable row level security;

create or replace function private.queue_objects() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.storage_deletions (bucket_id, prefix) values (tg_argv[0], old.id::text || '/');
  return null;
end $$;
drop trigger if exists queue_objects on public.artifacts;
create trigger queue_objects after delete on public.artifacts for each row execute function private.queue_objects('artifact-files');
drop trigger if exists queue_objects on public.projects;
create trigger queue_objects after delete on public.projects for each row execute function private.queue_objects('project-files');
drop trigger if exists queue_objects on public.workspaces;
create trigger queue_objects after delete on public.workspaces for each row execute function private.queue_objects('workspace-files');

-- Projects that can no longer be restored. The ledger and the log keep what they say of them.
create or replace function private.purge_deleted() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_projects uuid[] := coalesce((
    select array_agg(p.id) from public.projects p
    where p.deleted_at < now() - (select f.restore_window from private.platform f)), '{}');
  v_table text;
begin
  foreach v_table in array array['artifacts', 'chat_sessions', 'project_requirements', 'technical_architecture', 'ui_design', 'project_context'] loop
    execute format('delete from public.%I t where t.project_id = any ($1)', v_table) using v_projects;
  end loop;
  delete from public.projects p where p.id = any (v_projects);
  return cardinality(v_projects);
end $$;

-- Facts about what a backup must hold, to be compared with what a restore gave. Not a backup: SQL cannot
-- make one. supabase/backup.md says what does.
create table if not exists private.backup_checks (
  checked_at timestamptz not null default now(),
  relation text not null,
  row_count bigint not null,
  digest text not null,
  primary key (checked_at, relation)
);
alter table private.backup_checks enable row level security;

create or replace function private.table_digests() returns table (relation text, row_count bigint, digest text)
language plpgsql security definer set search_path = '' as $$
declare
  v_table record;
begin
  for v_table in
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ((n.nspname = 'public') or (n.nspname = 'audit')
      or (n.nspname = 'private' and c.relname not in ('backup_checks', 'supplied_keys'))
      or (n.nspname = 'storage' and c.relname in ('objects', 'buckets')))
    order by 1, 2
  loop
    return query execute format($q$
      select %L::text, count(*), md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from %I.%I t$q$,
      v_table.nspname || '.' || v_table.relname, v_table.nspname, v_table.relname);
  end loop;
end $$;

create or replace function private.run_daily_jobs() returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.rollup((now() at time zone 'utc')::date - 1);
  perform private.rollup((now() at time zone 'utc')::date);
  perform private.make_audit_partitions(now()::date, 4);
  perform private.roll_free_periods();
  perform private.release_stale_reservations();
  perform private.purge_deleted();
  delete from private.oauth_states s where s.expires_at < now();
  delete from private.backup_checks b where b.checked_at < now() - interval '90 days';
  insert into private.backup_checks (relation, row_count, digest)
  select d.relation, d.row_count, d.digest from private.table_digests() d;
end $$;
revoke execute on function private.run_daily_jobs(), private.table_digests(), private.purge_deleted(), private.queue_objects()
  from public, anon, authenticated;
grant execute on function private.run_daily_jobs(), private.table_digests() to service_role;

do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
  end if;
exception when others then
  perform private.note_gap('pg_cron as an extension', sqlerrm);
end $$;
do $$
begin
  if exists (select from pg_extension where extname = 'pg_cron') then
    perform cron.schedule('atelier daily', '15 0 * * *', 'select private.run_daily_jobs()');
    perform cron.schedule('atelier reservations', '*/5 * * * *', 'select private.release_stale_reservations()');
    perform cron.schedule('atelier job log', '45 0 * * *', $q$delete from cron.job_run_details where end_time < now() - interval '14 days'$q$);
  end if;
exception when others then
  perform private.note_gap('scheduled jobs', sqlerrm);
end $$;
