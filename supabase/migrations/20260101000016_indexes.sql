-- Indexes of foreign keys, lists and search; the jobs that run by themselves where pg_cron is; and comments.
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
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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

-- What can no longer be restored. The ledger and the log keep what they say of it, and a workspace its row, for
-- what was billed to it.
create or replace function private.purge_deleted() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_before timestamptz := now() - (select f.restore_window from private.platform f);
  v_workspaces uuid[] := coalesce((
    select array_agg(w.id) from public.workspaces w where w.deleted_at < v_before and w.purged_at is null), '{}');
  v_projects uuid[] := coalesce((
    select array_agg(p.id) from public.projects p where p.deleted_at < v_before or p.workspace_id = any (v_workspaces)), '{}');
  v_table text;
begin
  foreach v_table in array array['artifacts', 'chat_sessions', 'project_requirements', 'technical_architecture', 'ui_design', 'project_context'] loop
    execute format('delete from public.%I t where t.project_id = any ($1)', v_table) using v_projects;
  end loop;
  delete from public.artifacts a where a.deleted_at < v_before;
  delete from private.artifact_tombstones t where t.project_id = any (v_projects);
  delete from public.projects p where p.id = any (v_projects);
  update public.workspaces w set purged_at = now(), name = 'Deleted workspace', company_name = 'Deleted', description = null,
    logo_url = null, color_palette = null, settings = '{}' where w.id = any (v_workspaces);
  foreach v_table in array array['workspace_users', 'workspace_domains', 'invitations', 'api_connections', 'oauth2_connections', 'workspace_stats'] loop
    execute format('delete from public.%I t where t.workspace_id = any ($1)', v_table) using v_workspaces;
  end loop;
  insert into private.storage_deletions (bucket_id, prefix) select 'workspace-files', w::text || '/' from unnest(v_workspaces) w;
  return cardinality(v_projects) + cardinality(v_workspaces);
end $$;

-- A sum over each day of the audit log and the sum of the day before: who changes a past line, past every
-- trigger, changes all sums after it. supabase/backup.md says where copies of them belong.
create table if not exists private.audit_digests (
  day date primary key,
  line_count bigint not null,
  digest text not null
);
alter table private.audit_digests enable row level security;

create or replace function private.audit_digest(of_day date, before text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select encode(extensions.digest(coalesce(before, '') || coalesce(string_agg(
    encode(extensions.digest(to_jsonb(l)::text, 'sha256'), 'hex'), '' order by l.created_at, l.id), ''), 'sha256'), 'hex')
  from public.audit_logs l
  where l.created_at >= of_day::timestamp at time zone 'utc' and l.created_at < (of_day + 1)::timestamp at time zone 'utc'
$$;

-- Yesterday's, and those of days on which nobody made them.
create or replace function private.digest_audit() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_today date := (now() at time zone 'utc')::date;
  v_day date := coalesce((select max(d.day) + 1 from private.audit_digests d),
    (select min(l.created_at at time zone 'utc')::date from public.audit_logs l));
  v_made integer := 0;
begin
  while v_day < v_today loop
    insert into private.audit_digests (day, line_count, digest)
    select v_day, count(*), private.audit_digest(v_day, (select d.digest from private.audit_digests d where d.day = v_day - 1))
    from public.audit_logs l
    where l.created_at >= v_day::timestamp at time zone 'utc' and l.created_at < (v_day + 1)::timestamp at time zone 'utc';
    v_day := v_day + 1;
    v_made := v_made + 1;
  end loop;
  return v_made;
end $$;

-- Days whose lines are not those that were summed. Months that were moved elsewhere are not asked.
create or replace function private.changed_audit_days() returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.day from private.audit_digests d left join private.audit_digests b on b.day = d.day - 1
  where d.day >= (select min(l.created_at at time zone 'utc')::date from public.audit_logs l)
    and d.digest <> private.audit_digest(d.day, b.digest)
$$;

-- The regular assessment: each finding once, with the time since when it fails.
create table if not exists private.assessments (
  finding text primary key,
  passed boolean not null,
  detail text,
  assessed_at timestamptz not null default now(),
  failing_since timestamptz
);
alter table private.assessments enable row level security;

create or replace function private.assess() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.assessments as a (finding, passed, detail, failing_since)
  select f.finding, f.wrong is null, f.wrong, case when f.wrong is not null then now() end
  from (values
    ('every table has row-level security', (select string_agg(c.oid::regclass::text, ', ') from pg_class c
      where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'audit'::regnamespace)
        and c.relkind in ('r', 'p') and not c.relrowsecurity)),
    ('no policy is for everyone', (select string_agg(p.schemaname || '.' || p.tablename || ' ' || p.policyname, ', ')
      from pg_policies p where p.schemaname = 'public' and 'public' = any (p.roles))),
    ('no policy lets everything through', (select string_agg(p.schemaname || '.' || p.tablename || ' ' || p.policyname, ', ')
      from pg_policies p where p.schemaname in ('public', 'storage') and (p.qual = 'true' or p.with_check = 'true'))),
    ('functions with their owner''s rights name where they look', (select string_agg(p.oid::regprocedure::text, ', ')
      from pg_proc p where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and p.prosecdef
        and not coalesce(array_to_string(p.proconfig, ' ') ~ 'search_path=', false))),
    ('nobody signed out may call a function but the helpers of policies', (select string_agg(p.oid::regprocedure::text, ', ')
      from pg_proc p where p.pronamespace = 'public'::regnamespace and has_function_privilege('anon', p.oid, 'execute'))),
    ('buckets are private', (select string_agg(b.id, ', ') from storage.buckets b where b.public
      and b.id in ('workspace-files', 'project-files', 'artifact-files'))),
    ('there is a master key', case when not exists (select from private.master_keys() k where k.is_current) then 'none' end),
    ('everything is sealed by the current key', (select count(*)::text || ' are not' from private.secrets s
      where (s.value).key_id not in (select k.id from private.master_keys() k where k.is_current) having count(*) > 0)),
    ('super users are few, and for a time', (select count(*)::text || ' without an end' from public.users u
      where u.is_super_user and u.super_until is null and u.deleted_at is null having count(*) > 2)),
    ('nothing went wrong beside sign-ups and in jobs this week', (select count(*)::text || ', last: ' || max(left(e.message, 200))
      from private.provision_errors e where e.created_at > now() - interval '7 days' having count(*) > 0)),
    ('the daily jobs ran', case when coalesce((select max(b.checked_at) from private.backup_checks b), '-infinity')
      < now() - interval '26 hours' then 'not within 26 hours' end),
    ('the audit log has room for next month', case when to_regclass('audit.logs_' || to_char(now() + interval '1 month', 'YYYY_MM')) is null
      then 'no partition' end),
    ('the audit log is as it was written', (select string_agg(d::text, ', ') from private.changed_audit_days() d)),
    ('deleted objects are removed', (select count(*)::text || ' wait for more than a week' from private.storage_deletions d
      where d.done_at is null and d.queued_at < now() - interval '7 days' having count(*) > 0)),
    ('the platform refused nothing', (select string_agg(g.feature, ', ') from private.platform_gaps g))
  ) f (finding, wrong)
  on conflict (finding) do update set passed = excluded.passed, detail = excluded.detail, assessed_at = now(),
    failing_since = case when not excluded.passed then coalesce(a.failing_since, now()) end;
  delete from private.assessments a where a.assessed_at < now();
  return (select count(*) from private.assessments a where not a.passed);
end $$;

-- Facts about what a backup must hold, to be compared with what a restore gave (but for ids of transactions, which
-- are each cluster's own). Not a backup: SQL cannot
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
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
      select %L::text, count(*), md5(coalesce(string_agg(md5(r), '' order by md5(r)), ''))
      from (select (to_jsonb(t) - 'changed_xid')::text as r from %I.%I t) x$q$,
      v_table.nspname || '.' || v_table.relname, v_table.nspname, v_table.relname);
  end loop;
end $$;

-- One job by itself: what fails is noted and takes none of the others with it.
create or replace function private.run_job(job text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute job;
exception when others then
  insert into private.provision_errors (message) values (left(job, 200) || ': ' || sqlerrm);
end $$;
revoke execute on function private.run_job(text) from public, anon, authenticated;

create or replace function private.run_daily_jobs() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.run_job($q$select private.make_audit_partitions(now()::date, 4)$q$);
  perform private.run_job($q$select private.rollup((now() at time zone 'utc')::date - 1)$q$);
  perform private.run_job($q$select private.rollup((now() at time zone 'utc')::date)$q$);
  perform private.run_job($q$select private.roll_free_periods()$q$);
  perform private.run_job($q$select private.release_stale_reservations()$q$);
  perform private.run_job($q$select private.purge_deleted()$q$);
  -- Only where there is a key: without one there is nothing to seal with.
  perform private.run_job($q$select private.rotate_secrets() from private.master_keys() k where k.is_current$q$);
  perform private.run_job($q$select private.digest_audit()$q$);
  delete from private.oauth_states s where s.expires_at < now();
  delete from private.backup_checks b where b.checked_at < now() - interval '90 days';
  insert into private.backup_checks (relation, row_count, digest)
  select d.relation, d.row_count, d.digest from private.table_digests() d;
  perform private.run_job($q$select private.assess()$q$);
end $$;
revoke execute on function private.run_daily_jobs(), private.table_digests(), private.purge_deleted(), private.queue_objects(),
  private.audit_digest(date, text), private.digest_audit(), private.changed_audit_days(), private.assess()
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

-- What each thing is, for whoever looks into the catalogue.
comment on table public.users is 'One row per account, made at sign-up. Holds nothing that only its owner should see.';
comment on table public.workspaces is 'A company or team. One of them is global: everybody''s personal projects live there.';
comment on table public.workspace_domains is 'Mail domains whose confirmed addresses may join the workspace once DNS has confirmed the claim.';
comment on table public.workspace_users is 'Who belongs to a workspace, with which role.';
comment on table public.projects is 'What a team works on. Personal projects have an owner_id.';
comment on table public.project_users is 'Who belongs to a project, with which role.';
comment on table public.invitations is 'Open and past invitations. Only the hash of a token is kept.';
comment on table public.api_connections is 'Services a workspace or project calls. What they need to know is sealed elsewhere.';
comment on table public.oauth2_connections is 'OAuth2 clients of a workspace or project. The client secret is sealed elsewhere.';
comment on table public.oauth2_tokens is 'That a consent exists, whose, and until when. The tokens are sealed elsewhere.';
comment on table public.environment_variables is 'Names of a project''s variables. The values are sealed elsewhere.';
comment on table public.chat_sessions is 'Chats of a project with its agents.';
comment on table public.chat_messages is 'Messages. People write user messages; those of agents and of the system come from services.';
comment on table public.chat_participants is 'Who follows a chat and how far they have read.';
comment on table public.artifacts is 'Folders of files that a team makes. The revision rises by one with each commit.';
comment on table public.artifact_files is 'The files of artifacts as they are now. Written by commit_artifact_changes alone.';
comment on table public.artifact_file_versions is 'Every committed state of every file. Append-only.';
comment on table public.project_requirements is 'What a project must do, in versions. An approved version never changes.';
comment on table public.technical_architecture is 'How a project is built, in versions. An approved version never changes.';
comment on table public.ui_design is 'How a project looks, in versions. An approved version never changes.';
comment on table public.project_context is 'Loose findings of agents about a project.';
comment on table public.workspace_subscriptions is 'Plans of workspaces, at most one of them live, and what its period has used.';
comment on table public.token_purchases is 'Tokens that were bought. A payment is credited once.';
comment on table public.token_usage is 'The ledger of used tokens. Append-only; no cascade reaches it.';
comment on table public.workspace_stats is 'One row a workspace and day, in UTC.';
comment on table public.project_stats is 'One row a project and day, in UTC.';
comment on table public.audit_logs is 'Who did what, where, from which address. Append-only, in monthly partitions.';
comment on table private.platform is 'Settings of this installation, one row.';
comment on table private.platform_gaps is 'What the platform refused to a migration that could go on without it.';
comment on table private.provision_errors is 'What went wrong beside a sign-up. A sign-up never fails for it.';
comment on table private.supplied_keys is 'Master keys of a running server where there is no Vault. Emptied when it stops.';
comment on table private.user_pii is 'Sealed copy of addresses and metadata, with a blind index to find them.';
comment on table private.public_mail_domains is 'Mail domains of everybody, which no workspace can claim.';
comment on table private.secrets is 'Sealed secrets of connections, variables and tokens.';
comment on table private.oauth_states is 'OAuth2 consents under way, for ten minutes.';
comment on table private.plan_limits is 'What each plan includes.';
comment on table private.token_reservations is 'Tokens held back for answers whose size is not known yet.';
comment on table private.stripe_events is 'Events that were handled: each counts once.';
comment on table private.leaving_blobs is 'Unreferenced objects about to be removed; no commit counts on them.';
comment on table private.storage_deletions is 'Objects whose rows are gone, for a service to remove.';
comment on table private.backup_checks is 'What a backup of that moment must hold.';
comment on column public.users.profile is 'What the person says of themselves; at most 64 KiB.';
comment on column public.users.status is 'Only `active` has any access. Waiting accounts become active by invitation, verified domain or a super user.';
comment on column public.users.super_until is 'End of a super user''s time; null is none.';
comment on column public.users.banned_by is 'The auth server lifts only its own ban.';
comment on column public.workspaces.is_active is 'False makes everything below read-only.';
comment on column public.workspaces.deleted_at is 'Hidden for everyone; restored or purged later.';
comment on column public.workspace_domains.verification_token is 'To be found in the domain''s DNS, as TXT: atelier-verification=<token>.';
comment on column public.workspace_users.role is 'The enum''s order is the rank: project_creator < admin < owner.';
comment on column public.project_users.role is 'The enum''s order is the rank: viewer < contributor < manager < owner.';
comment on column public.project_users.expires_at is 'Set for access that ends by itself (break_glass).';
comment on column public.projects.kind is 'team, or the personal project that comes with an account.';
comment on column public.invitations.token_hash is 'SHA-256 of the token, which was shown once.';
comment on column public.api_connections.secret_id is 'Granted to nobody; has_secret says whether there is one.';
comment on column public.api_connections.secret_hint is 'The last four characters of a long secret.';
comment on column public.chat_messages.project_id is 'Taken from the chat, whatever the writer says.';
comment on column public.chat_messages.agent_type is 'Which agent spoke; only on messages of type ai.';
comment on column public.artifacts.revision is 'Rises by one with each commit.';
comment on column public.artifacts.changed_xid is 'The transaction of the last change: the cursor of pull_project.';
comment on column public.artifact_files.sha256 is 'Hash of the bytes, hexadecimal; with the artifact''s id the object''s name.';
comment on column public.artifact_files.folded_path is 'The path in lower case and NFC: unique among live files of an artifact.';
comment on column public.artifact_files.revision is 'Rises by one with each change of this file; a commit compares it.';
comment on column public.workspace_subscriptions.period_used is 'Tokens used in the current period.';
comment on column public.workspace_subscriptions.told_at is 'When Stripe made the newest event heard of it.';
comment on column public.workspace_subscriptions.reserved is 'Tokens held back for answers under way.';
comment on column public.token_usage.idempotency_key is 'Within a workspace a repeated call with the same key counts once.';
comment on column public.audit_logs.actor_role is 'The role of the request, or the session''s user.';
comment on column public.audit_logs.old_data is 'Secrets and message content are replaced by [redacted].';
comment on function public.create_workspace(text, text) is 'Makes a workspace with its free plan; the caller owns it.';
comment on function public.create_project(uuid, text, text) is 'Makes a project in a workspace one belongs to; the caller owns it.';
comment on function public.archive_project(uuid, text) is 'Makes a project read-only, with a reason.';
comment on function public.archive_workspace(uuid, text) is 'Makes a workspace and all in it read-only, with a reason.';
comment on function public.delete_project(uuid, text) is 'Hides a project; it is purged when the time to restore is over.';
comment on function public.restore_project(uuid) is 'Brings an archived or deleted project back.';
comment on function public.restore_workspace(uuid) is 'Brings an archived or deleted workspace back.';
comment on function public.create_invitation(text, uuid, text, text) is 'Invites an address to a workspace or project, below one''s own rank; answers the token, once.';
comment on function public.accept_invitation(text) is 'Takes an invitation whose address is the account''s confirmed one. PT404 for everything that is wrong.';
comment on function public.claim_domain(uuid, text) is 'Claims a mail domain; answers the token its DNS must show.';
comment on function public.verify_domain_for_service(uuid) is 'Service: the domain''s DNS has shown the token.';
comment on function public.set_connection_secret(text, uuid, jsonb) is 'Seals the secret of an api or oauth2 connection or a variable (env); null removes it.';
comment on function public.read_secret_for_service(uuid, text) is 'Service: opens a secret, for a reason that is logged.';
comment on function public.store_oauth2_token_for_service(uuid, uuid, jsonb, timestamptz, text) is 'Service: seals the tokens of a consent.';
comment on function public.my_account() is 'The caller''s own account with its address.';
comment on function public.workspace_directory(uuid) is 'Members with addresses, for owners and admins; logged.';
comment on function public.export_my_data() is 'Everything of the caller''s own, as one document; logged.';
comment on function public.set_user_status(uuid, public.user_status, text) is 'Super user with a second factor: approves, bans, archives an account, with a reason.';
comment on function public.set_super_user(uuid, boolean, text, timestamptz) is 'Super user with a second factor: makes or unmakes another, with a reason.';
comment on function public.break_glass(uuid, text, integer) is 'Super user with a second factor: hours of viewing a project, with a reason, in its log.';
comment on function public.consume_tokens(uuid, uuid, uuid, bigint, text, text, uuid) is 'Service: counts tokens once per key; PT402 when there are not enough. Answers what is left.';
comment on function public.reserve_tokens(uuid, uuid, uuid, bigint, text, text, uuid, integer) is 'Service: holds tokens back for an answer under way.';
comment on function public.settle_tokens(uuid, bigint) is 'Service: what of a reservation was used; the rest goes back.';
comment on function public.record_payment_for_service(text, uuid, text, bigint, numeric, text, uuid) is 'Service: a payment Stripe told of; credited once.';
comment on function public.record_subscription_for_service(text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz) is 'Service: a subscription Stripe told of.';
comment on function public.refresh_stats(uuid) is 'Makes today''s statistics of a workspace anew, at most once a minute.';
comment on function public.chat_overview(uuid) is 'Chats of a project, newest first, with up to 100 unread each.';
comment on function public.mark_chat_read(uuid, timestamptz) is 'How far the caller has read a chat.';
comment on function public.search_artifacts(text, timestamptz, integer, uuid) is 'Artifacts one may see, by words or part of the title, newest first, at most 200.';
comment on function public.commit_artifact_changes(uuid, jsonb, jsonb) is 'The only way files change: all or nothing, by compare-and-swap. A conflict is an answer.';
comment on function public.restore_artifact(uuid, bigint) is 'Brings an artifact''s files back to an earlier revision, as one more revision.';
comment on function public.unreferenced_blobs_for_service(interval, integer) is 'Objects of the bucket artifact-files that nothing refers to: marked by one call, answered by a later one.';
comment on function public.blobs_removed_for_service(text[]) is 'Told after the Storage API has removed unreferenced objects.';
comment on function public.pull_project(uuid, xid8, text) is 'What changed in a project since a cursor; without one, everything live.';
