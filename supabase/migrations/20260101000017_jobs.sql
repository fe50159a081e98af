-- What runs by itself: each job by itself, in small steps, with its beginning and its end noted. pg_cron runs each at
-- its time; where there is none, whoever calls private.run_due_jobs() every few minutes.
set local lock_timeout = '10s';

-- Facts about what a backup must hold, to be compared with what a restore gave (but for ids of transactions, which
-- are each cluster's own). Not a backup: SQL cannot
-- make one. supabase/backup.md says what does.
create table if not exists private.backup_checks (
  checked_at timestamptz not null default now(),
  relation text not null,
  row_count bigint not null,
  digest text,
  -- What the server had counted of the table by then: a table with the same is the same.
  counted text,
  primary key (checked_at, relation)
);
alter table private.backup_checks enable row level security;
comment on table private.backup_checks is 'What a backup of that moment must hold.';
comment on column private.backup_checks.checked_at is 'When that table was looked at; kept for 90 days.';
comment on column private.backup_checks.relation is 'Schema and table.';
comment on column private.backup_checks.row_count is 'Rows at that moment.';
comment on column private.backup_checks.digest is 'MD5 over the sorted MD5s of all rows as JSON, without changed_xid; null of a table that is too large to be summed every day.';
comment on column private.backup_checks.counted is 'The server''s counters of the table, and since when it counts.';

-- That a backup was made, as whoever made it says: db:backup, or a job of one's own.
create table if not exists private.backups (
  made_at timestamptz primary key default now(),
  detail jsonb not null default '{}'
);
alter table private.backups enable row level security;
comment on table private.backups is 'Backups that were made, as whoever made them says; assess looks for the last.';
comment on column private.backups.made_at is 'When it was noted, not when its snapshot was taken.';
comment on column private.backups.detail is 'How much, and where to look; no address with a password.';

create table if not exists private.jobs (
  name text primary key,
  schedule text not null,
  every interval not null,
  command text not null,
  started_at timestamptz,
  ended_at timestamptz,
  failure text
);
alter table private.jobs enable row level security;
comment on table private.jobs is 'What runs by itself, how often, and when it last did.';
comment on column private.jobs.name is 'For pg_cron `atelier ` and this.';
comment on column private.jobs.schedule is 'When pg_cron runs it, in its words, UTC.';
comment on column private.jobs.every is 'How often run_due_jobs runs it.';
comment on column private.jobs.command is 'One step, which ends within seconds; answers whether there is more to do.';
comment on column private.jobs.started_at is 'When it last began; null: never.';
comment on column private.jobs.ended_at is 'When it last came to its end. Before started_at: it is running, or it was cancelled.';
comment on column private.jobs.failure is 'What its last run failed with; null: nothing.';

-- A command does one step, and answers whether there is more to do.
insert into private.jobs (name, schedule, every, command) values
  ('audit partitions', '5 * * * *', '1 hour', 'select private.make_audit_partitions(now()::date, 4) is null'),
  ('statistics', '15 * * * *', '1 hour',
    $q$select private.rollup((now() at time zone 'utc')::date - 1, at_most => 500) + private.rollup(at_most => 500) > 0$q$),
  ('free periods', '10 * * * *', '1 hour', 'select private.roll_free_periods(500) >= 500'),
  ('reservations', '*/5 * * * *', '5 minutes', 'select private.release_stale_reservations(500) >= 500'),
  ('access that is over', '*/5 * * * *', '5 minutes', 'select private.end_expired_access(200) >= 200'),
  ('purge', '20 * * * *', '1 hour', 'select private.purge_deleted(500) > 0'),
  -- Without a key there is nothing to seal with.
  ('seal again', '25 * * * *', '1 hour',
    'select coalesce((select private.rotate_secrets(200) >= 200 from private.master_keys() k where k.is_current), false)'),
  ('sealed copies', '30 * * * *', '1 hour', 'select private.mirror_missing_pii(200) >= 200'),
  ('sums of the log', '35 * * * *', '1 hour', 'select private.digest_audit(1) > 0'),
  ('look at the log', '40 * * * *', '1 hour', 'select private.verify_audit(1) > 0'),
  ('counts of tables', '45 * * * *', '1 hour', 'select private.check_tables(1) > 0'),
  ('old notes', '50 * * * *', '1 hour', 'select private.forget_old(1000) >= 1000'),
  ('assessment', '55 * * * *', '1 hour', 'select private.assess() is null')
on conflict (name) do update set schedule = excluded.schedule, every = excluded.every, command = excluded.command;

-- What can no longer be restored. The ledger and the log keep what they say of it, and a workspace its row, for
-- what was billed to it. At most so many rows at a time, each place as a whole where it is not larger than that.
create or replace function private.purge_deleted(at_most integer default 500) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_before timestamptz := now() - (select f.restore_window from private.platform f);
  v_workspaces uuid[] := coalesce((select array_agg(x.id) from (
    select w.id from public.workspaces w where w.deleted_at < v_before and w.purged_at is null
    order by w.deleted_at, w.id limit at_most) x), '{}');
  v_projects uuid[] := coalesce((select array_agg(x.id) from (
    select p.id from public.projects p where p.deleted_at < v_before or p.workspace_id = any (v_workspaces)
    order by p.id limit at_most) x), '{}');
  v_table text;
  v_taken integer;
  v_all integer := 0;
begin
  foreach v_table in array array['artifacts', 'chat_sessions', 'project_requirements', 'technical_architecture', 'ui_design', 'project_context'] loop
    execute format('delete from public.%1$I t where t.id in (
      select o.id from public.%1$I o where o.project_id = any ($1) limit $2)', v_table) using v_projects, at_most - v_all;
    get diagnostics v_taken = row_count;
    v_all := v_all + v_taken;
    if v_all >= at_most then return v_all; end if;
  end loop;
  delete from public.artifacts a where a.id in (
    select o.id from public.artifacts o where o.deleted_at < v_before limit at_most - v_all);
  get diagnostics v_taken = row_count;
  v_all := v_all + v_taken;
  if v_all >= at_most then return v_all; end if;
  delete from private.artifact_tombstones t where t.project_id = any (v_projects);
  delete from public.projects p where p.id = any (v_projects);
  -- Those of which everything is gone.
  v_workspaces := coalesce((select array_agg(w) from unnest(v_workspaces) w
    where not exists (select from public.projects p where p.workspace_id = w)), '{}');
  update public.workspaces w set purged_at = now(), name = 'Deleted workspace', company_name = 'Deleted', description = null,
    logo_url = null, color_palette = null, settings = '{}' where w.id = any (v_workspaces);
  foreach v_table in array array['workspace_users', 'workspace_domains', 'invitations', 'api_connections', 'oauth2_connections', 'workspace_stats'] loop
    execute format('delete from public.%I t where t.workspace_id = any ($1)', v_table) using v_workspaces;
  end loop;
  delete from private.departures d where d.workspace_id = any (v_workspaces);
  insert into private.storage_deletions (bucket_id, prefix) select 'workspace-files', w::text || '/' from unnest(v_workspaces) w;
  return v_all + cardinality(v_projects) + cardinality(v_workspaces);
end $$;
comment on function private.purge_deleted(integer) is 'Job: takes what can no longer be restored, at most about so many rows. Ledger and log keep their lines, a workspace its row. Answers how many rows; 0: nothing is left.';

-- What is only kept for a while.
create or replace function private.forget_old(at_most integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_gone integer;
  v_all integer := 0;
begin
  delete from private.oauth_states s where s.state_hash in (
    select o.state_hash from private.oauth_states o where o.expires_at < now() limit at_most);
  get diagnostics v_gone = row_count; v_all := v_all + v_gone;
  delete from private.notices n where n.id in (
    select o.id from private.notices o where o.created_at < now() - interval '90 days' limit at_most);
  get diagnostics v_gone = row_count; v_all := v_all + v_gone;
  delete from private.backup_checks b where (b.checked_at, b.relation) in (
    select o.checked_at, o.relation from private.backup_checks o where o.checked_at < now() - interval '90 days' limit at_most);
  get diagnostics v_gone = row_count; v_all := v_all + v_gone;
  if to_regclass('cron.job_run_details') is not null then
    execute 'delete from cron.job_run_details where runid in (
      select o.runid from cron.job_run_details o where o.end_time < now() - interval ''14 days'' limit $1)' using at_most;
    get diagnostics v_gone = row_count; v_all := v_all + v_gone;
  end if;
  return v_all;
end $$;
comment on function private.forget_old(integer) is 'Job: takes consents that ended, notices, checks and runs of jobs that are old; answers how many rows.';

create or replace function private.note_backup(detail jsonb default '{}') returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.backups as b (detail) values (note_backup.detail) on conflict (made_at) do nothing;
  perform private.write_audit('backups', md5(now()::text)::uuid, 'EXPORT', null, null, reason => 'backup');
end $$;
comment on function private.note_backup(jsonb) is 'Notes that a backup was made, and keeps it in the log.';

-- Rows and a digest of a table now.
create or replace function private.table_digest(of_table regclass) returns table (row_count bigint, digest text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query execute format($q$
    select count(*), md5(coalesce(string_agg(md5(r), '' order by md5(r)), ''))
    from (select (to_jsonb(t) - 'changed_xid')::text as r from %s t) x$q$, of_table);
end $$;
comment on function private.table_digest(regclass) is 'Rows and a digest of a table now.';

-- Those that a backup must hold; partitions of the log each by itself.
create or replace function private.tables_to_keep() returns table (relation text, id regclass)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select n.nspname || '.' || c.relname, c.oid::regclass
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and (n.nspname in ('public', 'audit')
    -- What a job writes about jobs is no content.
    or (n.nspname = 'private' and c.relname not in ('backup_checks', 'supplied_keys', 'jobs'))
    or (n.nspname = 'storage' and c.relname in ('objects', 'buckets')))
  order by 1
$$;
comment on function private.tables_to_keep() is 'Tables whose rows a backup must hold.';

create or replace function private.table_digests() returns table (relation text, row_count bigint, digest text)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select t.relation, d.row_count, d.digest from private.tables_to_keep() t cross join lateral private.table_digest(t.id) d
$$;
comment on function private.table_digests() is 'Rows and a digest of every table now, to compare a restore with.';

-- Notes what tables hold, so many at a time, each once a day. One in which nothing was written since is as it was; one
-- that is too large is only counted: summing it takes longer than a job may.
create or replace function private.check_tables(at_most integer default 1, rows_to_sum bigint default 200000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_table record;
  v_rows bigint;
  v_digest text;
  v_checked integer := 0;
begin
  for v_table in
    select t.relation, t.id, b.row_count, b.digest, b.counted, format('%s %s %s since %s', pg_stat_get_tuples_inserted(t.id),
        pg_stat_get_tuples_updated(t.id), pg_stat_get_tuples_deleted(t.id), pg_postmaster_start_time()) as counts
    from private.tables_to_keep() t left join lateral (
      select c.* from private.backup_checks c where c.relation = t.relation order by c.checked_at desc limit 1) b on true
    where b.checked_at is null or b.checked_at < now() - interval '20 hours'
    order by b.checked_at nulls first, t.relation limit at_most
  loop
    if v_table.counted = v_table.counts then
      v_rows := v_table.row_count;
      v_digest := v_table.digest;
    else
      execute format('select count(*) from %s', v_table.id) into v_rows;
      v_digest := null;
      if v_rows <= rows_to_sum then
        select d.row_count, d.digest into v_rows, v_digest from private.table_digest(v_table.id) d;
      end if;
    end if;
    insert into private.backup_checks (relation, row_count, digest, counted)
    values (v_table.relation, v_rows, v_digest, v_table.counts);
    v_checked := v_checked + 1;
  end loop;
  return v_checked;
end $$;
comment on function private.check_tables(integer, bigint) is 'Job: notes what tables hold, each once a day; what nobody wrote in is not read again. Answers how many it noted.';

-- One job, step by step, each its own transaction, until nothing is left or its time is over; the next run goes on. What
-- fails is noted. What is cancelled (by a limit of time, which nobody can catch) has begun and not ended. No definer and
-- no path of its own: with either a procedure could not end transactions. It is the database's owner's.
create or replace procedure private.run_job(job text, seconds integer default 60)
language plpgsql as $$
declare
  v_started timestamptz := clock_timestamp();
  v_command text;
  v_failure text;
  v_more boolean := true;
begin
  -- Not twice at once: whoever began it less than three minutes ago may be at it still.
  update private.jobs j set started_at = v_started
  where j.name = job and (j.started_at is null or j.ended_at >= j.started_at or j.started_at < v_started - interval '3 minutes')
  returning j.command into v_command;
  commit;
  if v_command is null then
    if not exists (select from private.jobs j where j.name = job) then
      raise exception 'There is no job %.', job using errcode = '22023';
    end if;
    return;
  end if;
  while coalesce(v_more, false) and v_failure is null and clock_timestamp() < v_started + make_interval(secs => seconds) loop
    begin
      execute v_command into v_more;
    exception when others then
      v_failure := sqlerrm;
    end;
    commit;
  end loop;
  if v_failure is not null then
    insert into private.provision_errors (message) values ('job ' || job || ': ' || v_failure);
  end if;
  update private.jobs j set ended_at = clock_timestamp(), failure = v_failure where j.name = job;
  commit;
end $$;
comment on procedure private.run_job(text, integer) is 'Runs one job for so many seconds at most, with its beginning, end and failure noted. Not in a transaction.';

-- Every job whose time has come, or all of them; to be called every few minutes where there is no pg_cron. What was
-- begun last comes last, so that one that is cancelled again and again holds up no other.
create or replace procedure private.run_due_jobs(all_of_them boolean default false)
language plpgsql as $$
declare
  v_jobs text[] := array(select j.name from private.jobs j
    where all_of_them or j.started_at is null or j.started_at + j.every <= now()
    order by j.started_at nulls first, j.name <> 'assessment' desc, j.name);
  v_job text;
begin
  foreach v_job in array v_jobs loop
    call private.run_job(v_job);
  end loop;
end $$;
comment on procedure private.run_due_jobs(boolean) is 'Runs the jobs whose time has come, or all. For where there is no pg_cron: every five minutes, not in a transaction.';

-- False where there is no pg_cron.
create or replace function private.schedule_jobs() returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from pg_extension where extname = 'pg_cron') then return false; end if;
  execute $q$select cron.unschedule(c.jobid) from cron.job c
    where c.jobname like 'atelier %' and c.jobname not in (select 'atelier ' || j.name from private.jobs j)$q$;
  execute $q$select cron.schedule('atelier ' || j.name, j.schedule, format('call private.run_job(%L)', j.name)) from private.jobs j$q$;
  return true;
end $$;
comment on function private.schedule_jobs() is 'Gives the jobs to pg_cron; again is as well as once. False where there is no pg_cron.';

revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.table_digests() to service_role;
