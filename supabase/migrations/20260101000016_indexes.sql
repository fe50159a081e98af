-- Indexes of foreign keys, lists and search; the what the jobs do; and comments.
set local lock_timeout = '10s';

create index if not exists artifacts_project_id_idx on public.artifacts (project_id, updated_at desc, id desc);
create index if not exists artifacts_changed_idx on public.artifacts (project_id, changed_xid);
create index if not exists artifacts_parts_idx on public.artifacts (project_id, id) where deleted_at is null;
create index if not exists artifacts_public_idx on public.artifacts (updated_at desc, id desc) where is_public;
create index if not exists artifacts_search_idx on public.artifacts using gin (search);
do $$
declare
  v_index record;
begin
  -- A project that had the extension before may have it in another schema.
  for v_index in select * from (values ('artifacts', 'title'), ('workspaces', 'name'), ('projects', 'name')) x (relation, part) loop
    execute format('create index if not exists %I on public.%I using gin (%I %I.gin_trgm_ops)', v_index.relation || '_' || v_index.part || '_idx',
      v_index.relation, v_index.part, private.extension_schema('pg_trgm'));
  end loop;
end $$;
create index if not exists artifact_files_artifact_id_idx on public.artifact_files (artifact_id, project_id, is_public);
create index if not exists artifact_files_changed_idx on public.artifact_files (project_id, changed_xid);
create index if not exists artifact_files_parts_idx on public.artifact_files (project_id, id) where deleted_at is null;
create index if not exists artifact_files_latest_idx on public.artifact_files (project_id, updated_at desc, id desc) where deleted_at is null;
create index if not exists artifact_files_newest_idx on public.artifact_files (updated_at desc, id desc) where deleted_at is null;
create index if not exists projects_deleted_idx on public.projects (id) where deleted_at is not null;
create index if not exists workspaces_deleted_idx on public.workspaces (id) where deleted_at is not null;
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
create index if not exists project_users_expiry_idx on public.project_users (expires_at) where expires_at is not null;
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

create index if not exists artifacts_deleted_idx on public.artifacts (deleted_at) where deleted_at is not null;

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

-- A sum over each day of the audit log and the sum of the day before: who changes a past line, past every
-- trigger, changes all sums after it. supabase/backup.md says where copies of them belong.
create table if not exists private.audit_digests (
  day date primary key,
  line_count bigint not null,
  digest text not null,
  verified_at timestamptz not null default now(),
  is_changed boolean not null default false
);
alter table private.audit_digests enable row level security;

create or replace function private.audit_digest(of_day date, before text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select encode(private.sha256(coalesce(before, '') || coalesce(string_agg(
    encode(private.sha256(to_jsonb(l)::text), 'hex'), '' order by l.created_at, l.id), '')), 'hex')
  from public.audit_logs l
  where l.created_at >= of_day::timestamp at time zone 'utc' and l.created_at < (of_day + 1)::timestamp at time zone 'utc'
$$;

-- The day before yesterday's, and those of days on which nobody made them: a transaction may write its line before
-- midnight and end after it.
create or replace function private.digest_audit(at_most integer default 31) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_today date := (now() at time zone 'utc')::date;
  v_day date := coalesce((select max(d.day) + 1 from private.audit_digests d),
    (select min(l.created_at at time zone 'utc')::date from public.audit_logs l));
  v_made integer := 0;
begin
  while v_day < v_today - 1 and v_made < at_most loop
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

-- The same, a few days at a time: those whose last look is the longest ago, each once a week. Answers how many it asked.
create or replace function private.verify_audit(at_most integer default 1) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_day record;
  v_asked integer := 0;
begin
  for v_day in
    select d.day, d.digest, b.digest as before from private.audit_digests d left join private.audit_digests b on b.day = d.day - 1
    where d.verified_at < now() - interval '7 days' and d.day >= (select min(l.created_at at time zone 'utc')::date from public.audit_logs l)
    order by d.verified_at, d.day limit at_most
  loop
    update private.audit_digests d set verified_at = now(), is_changed = d.digest <> private.audit_digest(v_day.day, v_day.before)
    where d.day = v_day.day;
    v_asked := v_asked + 1;
  end loop;
  return v_asked;
end $$;

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
    ('the jobs run', (select string_agg(j.name || coalesce(': ' || j.failure, case when j.ended_at is null then ' never ended' else ' is late' end), ', ' order by j.name)
      from private.jobs j where j.failure is not null or coalesce(j.ended_at, '-infinity') < now() - j.every - interval '2 hours')),
    ('every workspace has an owner', (select count(*)::text || ' have none' from public.workspaces w
      where not w.is_global and w.deleted_at is null and not exists (
        select from private.active_members(w.id) m where m.role = 'owner') having count(*) > 0)),
    ('the audit log has room for next month', case when to_regclass('audit.logs_' || to_char(now() + interval '1 month', 'YYYY_MM')) is null
      then 'no partition' end),
    ('the audit log is as it was written', (select string_agg(d.day::text, ', ' order by d.day) from private.audit_digests d where d.is_changed)),
    ('the audit log holds no more than it should', (select string_agg(c.relname, ', ') from pg_class c
      where c.relnamespace = 'audit'::regnamespace and c.relname ~ '^logs_\d{4}_\d{2}$'
        and to_date(substr(c.relname, 6), 'YYYY_MM') + interval '2 months' < now() - (select p.audit_retention from private.platform p))),
    ('a backup was made within 26 hours', case when coalesce((select max(b.made_at) from private.backups b), '-infinity')
      < now() - interval '26 hours' then coalesce('the last one ' || (select max(b.made_at) from private.backups b), 'none was ever noted') end),
    ('personal data is sealed', (select count(*)::text || ' accounts have no sealed copy' from public.users u
      where u.deleted_at is null and not exists (select from private.user_pii p where p.user_id = u.id) having count(*) > 0)),
    ('what owners should be told was told', (select count(*)::text || ' notices wait for more than a day' from private.notices n
      where n.sent_at is null and n.created_at < now() - interval '1 day' having count(*) > 0)),
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
  digest text,
  -- What the server had counted of the table by then: a table with the same is the same.
  counted text,
  primary key (checked_at, relation)
);
alter table private.backup_checks enable row level security;

-- That a backup was made, as whoever made it says: db:backup, or a job of one's own.
create table if not exists private.backups (
  made_at timestamptz primary key default now(),
  detail jsonb not null default '{}'
);
alter table private.backups enable row level security;

create or replace function private.note_backup(detail jsonb default '{}') returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.backups as b (detail) values (note_backup.detail) on conflict (made_at) do nothing;
  perform private.write_audit('backups', md5(now()::text)::uuid, 'EXPORT', null, null, reason => 'backup');
end $$;

-- Accounts made while there was no key have no sealed copy yet.
create or replace function private.mirror_missing_pii(at_most integer default 500) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_account record;
  v_made integer := 0;
begin
  if not exists (select from private.master_keys() k where k.is_current) then return 0; end if;
  for v_account in
    select a.id, to_jsonb(a) as data from auth.users a join public.users u on u.id = a.id
    where u.deleted_at is null and not exists (select from private.user_pii p where p.user_id = a.id) limit at_most
  loop
    perform private.mirror_pii(v_account.id, v_account.data ->> 'email', nullif(v_account.data ->> 'phone', ''),
      v_account.data -> 'raw_app_meta_data', v_account.data -> 'raw_user_meta_data');
    v_made := v_made + 1;
  end loop;
  -- Who left while there was no key.
  update private.departures d set address_mark = private.address_mark(a.email) from auth.users a
  where a.id = d.user_id and d.address_mark is null and a.email is not null;
  return v_made;
end $$;

revoke execute on function private.purge_deleted(integer), private.queue_objects(), private.audit_digest(date, text),
  private.digest_audit(integer), private.changed_audit_days(), private.verify_audit(integer), private.assess(),
  private.note_backup(jsonb), private.mirror_missing_pii(integer) from public, anon, authenticated;

-- What each thing is, for whoever looks into the catalogue.
comment on type public.user_status is 'Only active has any access. invited and waitlist wait for activate_user; inactive, banned and archived are shut out.';
comment on type public.workspace_role is 'Roles in a workspace; their order is the rank.';
comment on type public.project_role is 'Roles in a project; their order is the rank.';
comment on type public.project_kind is 'team, or the personal project that comes with an account.';
comment on type public.document_status is 'Where a version of a document stands; guard_document holds the order.';
comment on type public.artifact_status is 'How far an artifact is, as whoever makes it says. archived hides a published one from strangers.';
comment on type private.sealed is 'Ciphertext and which key sealed it; made by enc, opened by dec.';
comment on column private.sealed.key_id is 'Which master key it is, as key_id names it.';
comment on column private.sealed.ciphertext is 'OpenPGP, AES-256, not compressed.';

comment on table public.users is 'One row per account, made at sign-up. Holds nothing that only its owner should see.';
comment on column public.users.id is 'The auth server''s id of the account (auth.users).';
comment on column public.users.display_name is 'At first what the sign-up said, else the address up to its @; then the person''s to change. 1 to 120 characters.';
comment on column public.users.avatar_url is 'https, at most 2000 characters; null without a picture.';
comment on column public.users.profile is 'What the person says of themselves; at most 64 KiB.';
comment on column public.users.status is 'Only `active` has any access. Waiting accounts become active by open sign-up, invitation, verified domain or a super user.';
comment on column public.users.is_super_user is 'Until super_until; without an active account it gives nothing. Changed by set_super_user.';
comment on column public.users.super_until is 'End of a super user''s time; null is none.';
comment on column public.users.banned_by is 'auth or super_user; null when not banned. The auth server lifts only its own ban.';
comment on column public.users.status_before_ban is 'What comes back when the auth server''s ban ends; null otherwise.';
comment on column public.users.confirmed_at is 'When the address, or else the telephone number, was confirmed; the auth server''s word.';
comment on column public.users.email_confirmed_at is 'The auth server''s word. Null: the address opens no invitation and no domain.';
comment on column public.users.last_sign_in_at is 'The auth server''s word; null before the first.';
comment on column public.users.deleted_at is 'When the auth server deleted the account and kept its row; what it deletes for good has none here either.';

comment on table public.workspaces is 'A company or team. One of them is global: everybody''s personal projects live there.';
comment on column public.workspaces.company_name is '1 to 200 characters.';
comment on column public.workspaces.is_global is 'True for one row, made by a migration. A column, not a key in settings that an owner could write.';
comment on column public.workspaces.is_active is 'False makes everything below read-only.';
comment on column public.workspaces.deleted_at is 'Hidden for everyone; restored by restore_workspace, or purged when platform.restore_window is over.';
comment on column public.workspaces.purged_at is 'When purge_deleted took the content and the name; the row stays for what was billed to it.';

comment on table public.workspace_domains is 'Mail domains whose confirmed addresses may join the workspace once DNS has confirmed the claim.';
comment on column public.workspace_domains.domain is 'In lower case. Several workspaces may claim it; one can have it verified.';
comment on column public.workspace_domains.verification_token is 'To be found in the domain''s DNS, as TXT: atelier-verification=<token>.';
comment on column public.workspace_domains.verified_at is 'Set by verify_domain_for_service; null: only claimed, and lets nobody in.';

comment on table public.workspace_users is 'Who belongs to a workspace, with which role.';
comment on column public.workspace_users.role is 'The enum''s order is the rank: project_creator < admin < owner.';

comment on table public.projects is 'What a team works on. Personal projects have an owner_id.';
comment on column public.projects.kind is 'team, or the personal project that comes with an account.';
comment on column public.projects.owner_id is 'Whose personal project it is; null for a team''s, and when that account is gone.';
comment on column public.projects.settings is 'An object of at most 64 KiB. A number token_budget is what the statistics count from; nothing refuses to go over it.';
comment on column public.projects.archived_reason is 'As archive_project or delete_project was told, or user_deleted; emptied by restore_project.';
comment on column public.projects.is_active is 'False: archived, and read-only. Changed by archive_project, delete_project and restore_project.';
comment on column public.projects.deleted_at is 'Hidden for everyone; restored by restore_project, or purged when platform.restore_window is over.';

comment on table public.project_users is 'Who belongs to a project, with which role.';
comment on column public.project_users.role is 'The enum''s order is the rank: viewer < contributor < manager < owner.';
comment on column public.project_users.expires_at is 'Set for access that ends by itself (break_glass).';

comment on table public.invitations is 'Open and past invitations. Only the hash of a token is kept.';
comment on column public.invitations.workspace_id is 'Where it leads; null when it is to a project.';
comment on column public.invitations.project_id is 'Where it leads; null when it is to a workspace.';
comment on column public.invitations.workspace_role is 'The role it gives in workspace_id; null when it is to a project.';
comment on column public.invitations.project_role is 'The role it gives in project_id; null when it is to a workspace.';
comment on column public.invitations.email is 'In lower case. Only the account with this confirmed address can accept.';
comment on column public.invitations.token_hash is 'SHA-256 of the token, which was shown once.';
comment on column public.invitations.expires_at is 'Seven days after it was made.';
comment on column public.invitations.accepted_at is 'Null: not accepted.';
comment on column public.invitations.accepted_by is 'Null: not accepted, or that account is gone.';
comment on column public.invitations.revoked_at is 'When it was withdrawn, or a newer one for the same address took its place.';
comment on column public.invitations.created_by is 'Who invited. Once they could not invite to this any more, it opens nothing.';

comment on table public.api_connections is 'Services a workspace or project calls. What they need to know is sealed elsewhere.';
comment on column public.api_connections.api_type is 'What kind of service, in its maker''s words; 1 to 60 characters.';
comment on column public.api_connections.endpoint_url is 'https, without a password, to no address of a private network; see is_public_https.';
comment on column public.api_connections.auth_type is 'How the secret is sent: bearer, basic, api_key or none.';
comment on column public.api_connections.custom_headers is 'Header names and their text, at most 16 KiB. Names that promise a secret are refused.';
comment on column public.api_connections.http_method is 'GET, POST, PUT, DELETE or PATCH.';
comment on column public.api_connections.request_body_template is 'For whoever calls the service to fill in; at most 256 KiB.';
comment on column public.api_connections.response_path is 'Where in an answer the wanted value lies; null is the whole answer.';
comment on column public.api_connections.response_schema is 'What an answer looks like, for whoever calls the service; at most 256 KiB.';

comment on table public.oauth2_connections is 'OAuth2 clients of a workspace or project. The client secret is sealed elsewhere.';
comment on column public.oauth2_connections.provider is 'Whose OAuth2 server it is, by name; 1 to 60 characters.';
comment on column public.oauth2_connections.provider_config is 'The server''s addresses and the like, at most 64 KiB. Keys that name a secret are refused.';
comment on column public.oauth2_connections.client_id is 'The provider''s public id of this client; 1 to 500 characters.';
comment on column public.oauth2_connections.redirect_uri is 'A public https address, atelier://, or http://127.0.0.1 with any port.';
comment on column public.oauth2_connections.scopes is 'What a consent asks for; what was granted is in oauth2_tokens.scope.';
comment on column public.oauth2_connections.additional_params is 'More parameters of the request for consent, at most 16 KiB. Keys that name a secret are refused.';

comment on table public.oauth2_tokens is 'That a consent exists, whose, and until when. The tokens are sealed elsewhere.';
comment on column public.oauth2_tokens.connection_id is 'The client the consent was given to; one consent a person and client.';
comment on column public.oauth2_tokens.user_id is 'Who consented; null for the connection''s own.';
comment on column public.oauth2_tokens.token_type is 'As the provider says; bearer where it says nothing.';
comment on column public.oauth2_tokens.expires_at is 'End of the access token; null: the provider named none.';
comment on column public.oauth2_tokens.scope is 'What was granted, in the provider''s words; null: it did not say.';
comment on column public.oauth2_tokens.secret_id is 'The sealed tokens. Granted to nobody; store_oauth2_token_for_service writes it.';
comment on column public.oauth2_tokens.lease_id is 'Who is refreshing it: begin_oauth2_refresh_for_service. Granted to nobody.';
comment on column public.oauth2_tokens.lease_until is 'Until when nobody else refreshes it. Granted to nobody.';
comment on column public.oauth2_tokens.has_refresh_token is 'Without one a person must consent again when the token ends.';

comment on table public.environment_variables is 'Names of a project''s variables. The values are sealed elsewhere.';
comment on column public.environment_variables.name is 'As shells take it: a letter or _, then letters, digits and _; at most 255. Once a project.';

comment on table public.chat_sessions is 'Chats of a project with its agents.';
comment on column public.chat_sessions.description is 'For people to read, at most 8000 characters; null without one.';
comment on column public.chat_sessions.is_active is 'False: closed. People can write nothing in it until it is opened again.';
comment on column public.chat_sessions.last_message_at is 'Set by the trigger note_message; null before the first message. A deleted message leaves it as it is.';

comment on table public.chat_messages is 'Messages. People write user messages; those of agents and of the system come from services.';
comment on column public.chat_messages.project_id is 'Taken from the chat, whatever the writer says.';
comment on column public.chat_messages.content is 'Any JSON but null, at most 1 MiB.';
comment on column public.chat_messages.message_type is 'user, ai or system.';
comment on column public.chat_messages.agent_type is 'Which agent spoke; only on messages of type ai.';
comment on column public.chat_messages.created_at is 'The clock''s time, not the transaction''s, so that messages of one transaction keep their order.';

comment on table public.chat_participants is 'Who follows a chat and how far they have read.';
comment on column public.chat_participants.project_id is 'Taken from the chat, whatever the writer says.';
comment on column public.chat_participants.joined_at is 'When they first read or followed the chat.';
comment on column public.chat_participants.last_read_at is 'Later messages of others are unread. mark_chat_read moves it, forwards only.';
comment on column public.chat_participants.is_active is 'False: follows no more; mark_chat_read makes it true again.';

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

comment on table public.project_requirements is 'What a project must do, in versions. An approved version never changes.';
comment on column public.project_requirements.title is 'The same in all versions of one document; 1 to 300 characters.';
comment on column public.project_requirements.content is 'An object or a list, at most 1 MiB; frozen once approved.';
comment on column public.project_requirements.status is 'draft, review, approved, archived. Approved and archived versions are frozen; guard_document holds the order.';
comment on table public.technical_architecture is 'How a project is built, in versions. An approved version never changes.';
comment on column public.technical_architecture.title is 'The same in all versions of one document; 1 to 300 characters.';
comment on column public.technical_architecture.content is 'An object or a list, at most 1 MiB; frozen once approved.';
comment on column public.technical_architecture.status is 'draft, review, approved, archived. Approved and archived versions are frozen; guard_document holds the order.';
comment on column public.technical_architecture.apis_used is 'An object or a list, at most 1 MiB; null: not said.';
comment on column public.technical_architecture.data_schemas is 'An object or a list, at most 1 MiB; null: not said.';
comment on column public.technical_architecture.security_requirements is 'An object or a list, at most 1 MiB; null: not said.';
comment on table public.ui_design is 'How a project looks, in versions. An approved version never changes.';
comment on column public.ui_design.title is 'The same in all versions of one document; 1 to 300 characters.';
comment on column public.ui_design.content is 'An object or a list, at most 1 MiB; frozen once approved.';
comment on column public.ui_design.status is 'draft, review, approved, archived. Approved and archived versions are frozen; guard_document holds the order.';
comment on column public.ui_design.color_palette is 'Colours of what is designed, not of Atelier: an object or a list, at most 1 MiB; null: not said.';
comment on column public.ui_design.ui_framework is 'By name, at most 200 characters; null: not said.';
comment on column public.ui_design.components is 'An object or a list, at most 1 MiB; null: not said.';

comment on table public.project_context is 'Loose findings of agents about a project.';
comment on column public.project_context.context_type is 'What it came from: search, data or quality.';
comment on column public.project_context.content is 'An object or a list, at most 1 MiB.';

comment on table public.workspace_subscriptions is 'Plans of workspaces, at most one of them live, and what its period has used.';
comment on column public.workspace_subscriptions.stripe_customer_id is 'Null on the free plan, which Stripe knows nothing of.';
comment on column public.workspace_subscriptions.stripe_subscription_id is 'Null on the free plan, which Stripe knows nothing of.';
comment on column public.workspace_subscriptions.plan_type is 'free, hobby, pro or enterprise: what private.plan_limits has.';
comment on column public.workspace_subscriptions.base_token_limit is 'Tokens of one period, as the plan''s limit was when it was last told of.';
comment on column public.workspace_subscriptions.additional_tokens is 'Bought tokens. A period uses its own first; what it used of these is taken off when it ends.';
comment on column public.workspace_subscriptions.period_used is 'Tokens used in the current period.';
comment on column public.workspace_subscriptions.reserved is 'Tokens held back for answers under way.';
comment on column public.workspace_subscriptions.status is 'Stripe''s words. trialing, active and past_due are live.';
comment on column public.workspace_subscriptions.current_period_start is 'What is used counts from here.';
comment on column public.workspace_subscriptions.current_period_end is 'Moved by Stripe''s next event; on the free plan by roll_free_periods.';
comment on column public.workspace_subscriptions.told_at is 'When Stripe made the newest event heard of it; older ones are passed over. -infinity: none yet.';

comment on table public.token_purchases is 'Tokens that were bought. A payment is credited once.';
comment on column public.token_purchases.stripe_payment_intent_id is 'One row a payment, however often Stripe tells of it.';
comment on column public.token_purchases.token_amount is 'Tokens, more than none.';
comment on column public.token_purchases.price_paid is 'With two decimals; which currency is not kept.';
comment on column public.token_purchases.status is 'pending or failed: not credited. completed: credited. Then refunded (all of it) or disputed, until that is won.';
comment on column public.token_purchases.price_refunded is 'What was given back of the price so far.';
comment on column public.token_purchases.dispute is 'open, won or lost; null: nobody disputed it.';
comment on column public.token_purchases.tokens_due_back is 'The part of the tokens that was refunded or is disputed.';
comment on column public.token_purchases.tokens_taken_back is 'How many of those were not used yet and were taken.';
comment on column public.token_purchases.created_by is 'Who bought; null: the service did not say, or that account is gone.';

comment on table public.token_usage is 'The ledger of used tokens. Append-only; no cascade reaches it.';
comment on column public.token_usage.workspace_id is 'Who pays. No foreign key: the line outlives the workspace.';
comment on column public.token_usage.project_id is 'Where it was used; null: in no project. No foreign key: the line outlives the project.';
comment on column public.token_usage.chat_id is 'Where it was used; null: in no chat. No foreign key: the line outlives the chat.';
comment on column public.token_usage.tokens_used is 'More than none.';
comment on column public.token_usage.usage_type is 'chat, artifact_generation or search.';
comment on column public.token_usage.idempotency_key is 'Within a workspace a repeated call with the same key counts once. Of a reservation: settled <its id>.';
comment on column public.token_usage.created_by is 'Whose use it was, as the service says; null: nobody''s. No foreign key: the line outlives the account.';

comment on table public.workspace_stats is 'One row a workspace and day, in UTC.';
comment on column public.workspace_stats.stats_date is 'The day in UTC. Until it is over, the row says how things stood when it was made.';
comment on column public.workspace_stats.total_projects is 'Without deleted ones; archived ones count.';
comment on column public.workspace_stats.total_users is 'Members of the workspace, not those of single projects.';
comment on column public.workspace_stats.total_chats is 'Of all its projects that are not deleted.';
comment on column public.workspace_stats.total_artifacts is 'Of all its projects that are not deleted; without deleted ones.';
comment on column public.workspace_stats.total_files is 'Of all its projects that are not deleted; without removed ones.';
comment on column public.workspace_stats.total_tokens_used is 'Since the workspace began, not of the day.';
comment on column public.workspace_stats.tokens_remaining is 'Of the live plan''s period, bought ones included, reserved ones not; 0 without a live plan.';
comment on column public.workspace_stats.created_at is 'When rollup last made the row.';
comment on table public.project_stats is 'One row a project and day, in UTC.';
comment on column public.project_stats.stats_date is 'The day in UTC. Until it is over, the row says how things stood when it was made.';
comment on column public.project_stats.total_users is 'Members of the project.';
comment on column public.project_stats.total_chats is 'Closed ones too.';
comment on column public.project_stats.total_artifacts is 'Without deleted ones.';
comment on column public.project_stats.total_files is 'Without removed ones.';
comment on column public.project_stats.total_tokens_used is 'Since the project began, not of the day.';
comment on column public.project_stats.tokens_remaining is 'Of the number token_budget in the project''s settings; without one, what the workspace has left.';
comment on column public.project_stats.created_at is 'When rollup last made the row.';

comment on table public.audit_logs is 'Who did what, where, from which address. Append-only, in monthly partitions.';
comment on column public.audit_logs.id is 'Random; the key together with created_at, which says the partition.';
comment on column public.audit_logs.created_at is 'The clock''s time, not the transaction''s, so that lines keep their order.';
comment on column public.audit_logs.workspace_id is 'Whose log the line is in; null where it is no workspace''s, for super users. No foreign key.';
comment on column public.audit_logs.project_id is 'The project it is about, for its managers; null where it is none''s. No foreign key.';
comment on column public.audit_logs.table_name is 'The table of the row that changed, or what was read: secrets, workspace_users (the directory), assessments.';
comment on column public.audit_logs.record_id is 'The row that changed; of a reading the secret, the workspace, or whoever read.';
comment on column public.audit_logs.action is 'INSERT, UPDATE or DELETE of a row; READ and EXPORT of what must not be read unseen.';
comment on column public.audit_logs.old_data is 'The row before; null of a new one and of a reading. Secrets and content are replaced by [redacted].';
comment on column public.audit_logs.new_data is 'The row after; null of a deleted one and of a reading. Secrets and content are replaced by [redacted].';
comment on column public.audit_logs.changed_by is 'Whose account; null for services, jobs and the auth server. No foreign key.';
comment on column public.audit_logs.actor_role is 'The role of the request, or the session''s user.';
comment on column public.audit_logs.reason is 'What the caller gave as the reason, at most 1000 characters; null where none was given.';
comment on column public.audit_logs.ip_address is 'From the proxy''s headers; where it sets none, what the client says. Null outside of a request.';
comment on column public.audit_logs.user_agent is 'What the client says it is, the first 500 characters; null outside of a request.';

comment on table private.platform is 'Settings of this installation, one row.';
comment on column private.platform.only_row is 'Always true, so that there is one row.';
comment on column private.platform.open_signup is 'True: whoever signs up is active at once. False: they wait.';
comment on column private.platform.first_user_is_super is 'True: the next account becomes a super user if there is none. It turns false with that account.';
comment on column private.platform.require_aal2 is 'Whether super users need a second factor; false only where the auth server has none.';
comment on column private.platform.audit_retention is 'How long the audit log stays in the database: older months can be detached.';
comment on column private.platform.restore_window is 'How long what was deleted can be restored; then purge_deleted takes it.';
comment on table private.platform_gaps is 'What the platform refused to a migration that could go on without it.';
comment on column private.platform_gaps.feature is 'What is missing for it, in words; once each.';
comment on column private.platform_gaps.reason is 'The database''s own message.';
comment on column private.platform_gaps.noted_at is 'When it was last refused.';
comment on table private.provision_errors is 'What went wrong beside a sign-up or in a job. Neither fails for it.';
comment on column private.provision_errors.id is 'In the order they happened.';
comment on column private.provision_errors.user_id is 'Whose account it was; null for a job. No foreign key.';
comment on column private.provision_errors.message is 'The database''s message; of a job its command before it.';

comment on table private.supplied_keys is 'Master keys of a running server where there is no Vault. Emptied when it stops.';
comment on column private.supplied_keys.id is 'As key_id names it; what was sealed by it says the same.';
comment on column private.supplied_keys.key is 'The key in clear text, at least 32 characters. The table is unlogged and granted to nobody.';
comment on column private.supplied_keys.is_current is 'True seals; false only opens what it sealed before.';
comment on table private.user_pii is 'Sealed copy of addresses and metadata, with a blind index to find them. No row without a master key.';
comment on column private.user_pii.email is 'Sealed; null where the auth server has none.';
comment on column private.user_pii.phone is 'Sealed; null where the auth server has none.';
comment on column private.user_pii.app_metadata is 'The auth server''s raw_app_meta_data as JSON text, sealed.';
comment on column private.user_pii.user_metadata is 'The auth server''s raw_user_meta_data as JSON text, sealed.';
comment on column private.user_pii.email_index is 'blind_index of the address, to find it without opening any; null without one.';
comment on column private.user_pii.phone_index is 'blind_index of the number, to find it without opening any; null without one.';
comment on column private.user_pii.updated_at is 'When mirror_pii last copied it; sealing anew by another key does not count.';
comment on table private.departures is 'Who was a member of a workspace once: no domain lets them in again by itself.';
comment on column private.departures.user_id is 'Null when that account is gone; the mark stays.';
comment on column private.departures.address_mark is 'address_mark of the address then; null without an address or a key.';
comment on column private.departures.left_at is 'When they first left; coming back by invitation does not undo it.';
comment on table private.public_mail_domains is 'Mail domains of everybody, which no workspace can claim.';
comment on column private.public_mail_domains.domain is 'In lower case.';

comment on table private.secrets is 'Sealed secrets of connections, variables and tokens.';
comment on column private.secrets.value is 'JSON text, sealed. read_secret_for_service opens it and is logged.';
comment on column private.secrets.hint is 'The last four characters of a long secret, so that a person recognises it; null of a short one, and of tokens.';
comment on column private.secrets.rotated_at is 'When it was stored: a new secret is a new row, and sealing anew by another key does not count.';
comment on table private.oauth_states is 'OAuth2 consents under way, for ten minutes.';
comment on column private.oauth_states.state_hash is 'Hash of the state parameter, which comes back with the consent.';
comment on column private.oauth_states.connection_id is 'The client that asks for the consent.';
comment on column private.oauth_states.user_id is 'Who is asked.';
comment on column private.oauth_states.verifier is 'The PKCE code verifier, sealed.';
comment on column private.oauth_states.expires_at is 'Ten minutes after it began; a job removes what is past it.';

comment on table private.artifact_tombstones is 'Artifacts that are gone for good, so that a pull can say so to who was away.';
comment on column private.artifact_tombstones.artifact_id is 'No foreign key: the artifact is gone.';
comment on column private.artifact_tombstones.project_id is 'Where it was. No foreign key; they go when the project is purged.';
comment on column private.artifact_tombstones.changed_xid is 'The transaction that deleted it: the cursor of pull_project.';
comment on column private.artifact_tombstones.deleted_at is 'When its row was deleted, not when it was hidden.';
comment on table private.leaving_blobs is 'Unreferenced objects about to be removed; no commit counts on them.';
comment on column private.leaving_blobs.name is 'The object''s name in the bucket artifact-files: <artifact id>/<sha256>.';
comment on column private.leaving_blobs.marked_at is 'From when on no commit counts on it.';
comment on table private.storage_deletions is 'Objects whose rows are gone, for a service to remove.';
comment on column private.storage_deletions.id is 'In the order they were queued.';
comment on column private.storage_deletions.bucket_id is 'workspace-files, project-files or artifact-files.';
comment on column private.storage_deletions.prefix is '<id>/ of the row that is gone: every object whose name begins so.';
comment on column private.storage_deletions.queued_at is 'When the row went; assess tells of those that wait for more than a week.';
comment on column private.storage_deletions.done_at is 'When no such object was left; null: not yet. The line goes 90 days later.';

comment on table private.plan_limits is 'What each plan includes.';
comment on column private.plan_limits.plan_type is 'free, hobby, pro or enterprise.';
comment on column private.plan_limits.base_token_limit is 'Tokens a workspace has in each period.';
comment on column private.plan_limits.per_user_limit is 'Tokens each person has in a period of the Global Workspace; counts nowhere else.';
comment on table private.token_reservations is 'Tokens held back for answers whose size is not known yet.';
comment on column private.token_reservations.id is 'What reserve_tokens answers and settle_tokens takes.';
comment on column private.token_reservations.workspace_id is 'Who pays. No foreign key.';
comment on column private.token_reservations.subscription_id is 'In whose `reserved` they are counted.';
comment on column private.token_reservations.project_id is 'Where they are used; null: in no project. No foreign key.';
comment on column private.token_reservations.chat_id is 'Where they are used; null: in no chat. No foreign key.';
comment on column private.token_reservations.actor is 'For whom, as the service says; null: nobody. In the Global Workspace it is their share.';
comment on column private.token_reservations.tokens is 'The most the answer may use.';
comment on column private.token_reservations.usage_type is 'chat, artifact_generation or search.';
comment on column private.token_reservations.idempotency_key is 'Within a workspace a repeated call with the same key answers the same reservation.';
comment on column private.token_reservations.expires_at is 'At most an hour after it was made; then release_stale_reservations gives the tokens back.';
comment on column private.token_reservations.released_at is 'When release_stale_reservations gave it back; null: never. It can still be settled for seven days.';
comment on column private.token_reservations.settled_at is 'Null: still held back. Settled ones stay for seven days, for repeated calls.';
comment on table private.stripe_events is 'Events that were handled: each counts once.';
comment on column private.stripe_events.id is 'Stripe''s id of the event.';
comment on column private.stripe_events.event_type is 'payment_intent or customer.subscription, a dot, and the status it brought; not Stripe''s own name of it.';
comment on column private.stripe_events.received_at is 'When it was handled.';

comment on table private.audit_digests is 'A sum over each day of the audit log and the day before: who changes a past line changes all sums after it.';
comment on column private.audit_digests.day is 'In UTC.';
comment on column private.audit_digests.line_count is 'Lines of the log on that day.';
comment on column private.audit_digests.digest is 'SHA-256, hexadecimal, as audit_digest makes it.';
comment on column private.audit_digests.verified_at is 'When the day''s lines were last compared with it; verify_audit does so once a week.';
comment on column private.audit_digests.is_changed is 'The lines were not those that were summed, when last compared.';
comment on table private.assessments is 'What assess found: each finding once, with the time since when it fails.';
comment on column private.assessments.finding is 'What should be so, as a sentence.';
comment on column private.assessments.passed is 'Whether it is so.';
comment on column private.assessments.detail is 'What is wrong; null when it passed.';
comment on column private.assessments.assessed_at is 'When it was last looked at.';
comment on column private.assessments.failing_since is 'When it was first found wrong without passing since; null when it passed.';
comment on table private.backup_checks is 'What a backup of that moment must hold.';
comment on column private.backup_checks.checked_at is 'When that table was looked at; kept for 90 days.';
comment on column private.backup_checks.relation is 'Schema and table.';
comment on column private.backup_checks.row_count is 'Rows at that moment.';
comment on column private.backup_checks.digest is 'MD5 over the sorted MD5s of all rows as JSON, without changed_xid; null of a table that is too large to be summed every day.';
comment on column private.backup_checks.counted is 'The server''s counters of the table, and since when it counts.';

-- What columns of one name mean wherever nothing else was said above.
do $$
declare
  v_column record;
begin
  for v_column in
    select c.oid::regclass as relation, w.name, w.says
    from (values
      ('id', 'Primary key, random.'),
      ('workspace_id', 'The workspace it belongs to.'),
      ('project_id', 'The project it belongs to.'),
      ('user_id', 'Whose it is; goes with the account.'),
      ('chat_id', 'The chat it belongs to, tied to its project.'),
      ('name', 'Shown to people; 1 to 200 characters.'),
      ('title', 'Shown to people; 1 to 300 characters.'),
      ('description', 'For people to read, at most 4000 characters; null without one.'),
      ('logo_url', 'https, at most 2000 characters; null without a picture.'),
      ('color_palette', 'Colours for the application to take, an object or a list of at most 64 KiB; null: its own.'),
      ('settings', 'An object of at most 64 KiB for the application; the database reads nothing in it.'),
      ('metadata', 'An object of at most 64 KiB for whoever writes the row; the database reads nothing in it.'),
      ('is_active', 'False: switched off by whoever manages it. For services to heed; the database does not.'),
      ('secret_id', 'Granted to nobody; has_secret says whether there is one. Changed by set_connection_secret.'),
      ('has_secret', 'Whether a secret is stored; follows secret_id by itself.'),
      ('secret_hint', 'The last four characters of a long secret; null of a short one.'),
      ('secret_rotated_at', 'When set_connection_secret last stored or removed the secret; null: never.'),
      ('version', 'Counts from 1 under one title of a project; the next version is a row of its own.'),
      ('approved_at', 'Set by guard_document; null: not approved.'),
      ('approved_by', 'Set by guard_document; null: not approved, or that account is gone.'),
      ('changed_xid', 'The transaction of the last change, set by a trigger: the cursor of pull_project.'),
      ('invited_by', 'Who let them in; null: not by invitation or break_glass, or that account is gone.'),
      ('created_at', 'When the row was made; no client can set it.'),
      ('created_by', 'Who made the row, whatever they say; null: no person did, or that account is gone.'),
      ('updated_at', 'When the row last changed; set by the trigger touch.'),
      ('updated_by', 'Which person changed the row last; null: none did, or that account is gone.')
    ) w (name, says)
      join pg_attribute a on a.attname = w.name and a.attnum > 0
      join pg_class c on c.oid = a.attrelid
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
      -- Another's table may lie here too, and is theirs to speak of.
      and c.relowner = current_user::regrole and col_description(c.oid, a.attnum) is null
  loop
    execute format('comment on column %s.%I is %L', v_column.relation, v_column.name, v_column.says);
  end loop;
end $$;

comment on function public.create_workspace(text, text) is 'Makes a workspace with its free plan; the caller owns it. Ten free ones are as many as one person can own.';
comment on function public.create_project(uuid, text, text, uuid) is 'Makes a project in a workspace one belongs to; the caller owns it. With an id of the caller''s the same request can be made again, and makes no second one.';
comment on function public.archive_project(uuid, text) is 'Makes a project read-only, with a reason.';
comment on function public.archive_workspace(uuid, text) is 'Makes a workspace and all in it read-only, with a reason.';
comment on function public.delete_project(uuid, text) is 'Hides a project; it is purged when the time to restore is over.';
comment on function public.delete_workspace(uuid, text) is 'Hides a workspace, for its owners; its content is purged when the time to restore is over. Not with a paid plan.';
comment on function public.restore_project(uuid) is 'Brings an archived or deleted project back.';
comment on function public.restore_workspace(uuid) is 'Brings an archived or deleted workspace back; for its owners and admins.';
comment on function public.restorable_places() is 'Archived and deleted workspaces and projects that the caller may bring back; restorable_until is null for what is only archived.';
comment on function public.create_invitation(text, uuid, text, text) is 'Invites an address to a workspace or project, below one''s own rank; answers the token, once. PT429 after 20 in an hour.';
comment on function public.accept_invitation(text) is 'Takes an invitation whose address is the account''s confirmed one. PT404 for everything that is wrong, PT410 when the place is closed.';
comment on function public.claim_domain(uuid, text) is 'Claims a mail domain; answers the token its DNS must show.';
comment on function public.verify_domain_for_service(uuid) is 'Service: the domain''s DNS has shown the token.';
comment on function public.company_email_domains(uuid, boolean) is 'Domains whose addresses join the workspace; false: claimed ones too. For owners and admins.';
comment on function public.set_connection_secret(text, uuid, jsonb) is 'Seals the secret of an api or oauth2 connection or a variable (env); null removes it.';
comment on function public.read_secret_for_service(uuid, text, uuid) is 'Service: opens a secret, for a reason and a person that are logged.';
comment on function public.store_oauth2_token_for_service(uuid, uuid, jsonb, timestamptz, text, uuid) is 'Service: seals the tokens of a consent; with the lease of a refresh only while it is the lease.';
comment on function public.begin_oauth2_refresh_for_service(uuid, uuid, uuid, integer) is 'Service: the lease to refresh a consent (leased), or that somebody else has it (busy), or has refreshed it since (fresh).';
comment on function public.end_oauth2_refresh_for_service(uuid, uuid, uuid) is 'Service: gives a lease back unused.';
comment on function public.begin_oauth2_for_service(uuid, uuid) is 'Service: begins a person''s consent to a connection. Answers what the provider is asked with: state, PKCE challenge, client and scopes. Ten minutes.';
comment on function public.take_oauth2_state_for_service(text, uuid) is 'Service: takes a state that came back, once. Answers the connection, the person and the PKCE verifier.';
comment on function public.my_account() is 'The caller''s own account with its address.';
comment on function public.my_places() is 'How the caller stands (null without an account), and the workspaces and projects that the caller may see, archived ones too.';
comment on function public.workspace_directory(uuid) is 'Members with addresses, for owners and admins; logged.';
comment on function public.export_my_data() is 'Everything of the caller''s own, as one document; logged.';
comment on function public.erase_my_account(text) is 'Erases the caller''s account for good; what they made stays without their name. The argument is the account''s address, or its id without one.';
comment on function public.set_user_status(uuid, public.user_status, text) is 'Super user with a second factor: approves, bans, archives an account, with a reason.';
comment on function public.give_workspace_owner(uuid, uuid, text) is 'Super user with a second factor: gives a workspace without an active owner one of its members, or where none is left somebody else, with a reason.';
comment on function public.set_super_user(uuid, boolean, text, timestamptz) is 'Super user with a second factor: makes or unmakes another, with a reason.';
comment on function public.break_glass(uuid, text, integer) is 'Super user with a second factor: 1 to 24 hours of viewing a project, with a reason, in its log and told to its owners.';
comment on function public.notices_for_service(integer) is 'Service: what to mail to whom, oldest first, until notices_sent_for_service says that it was.';
comment on function public.notices_sent_for_service(uuid[]) is 'Service: these notices were sent.';
comment on function public.audit_digests_for_service(date) is 'Service: sums of days of the log, to be kept where nobody here can write.';
comment on table private.notices is 'What people should be told by mail; a service sends it.';
comment on column private.notices.kind is 'break-glass: a super user looks into a project.';
comment on column private.notices.recipient is 'Whose address it goes to; read from the auth server''s row when it is sent.';
comment on column private.notices.project_id is 'What it is about; null: no project.';
comment on column private.notices.detail is 'What the mail says: who, why, for how long.';
comment on column private.notices.sent_at is 'Null: not yet.';
comment on function public.platform_assessment() is 'Super user with a second factor: whether this installation is as it should be, looked at now; failures first. Logged.';
comment on function public.consume_tokens(uuid, uuid, uuid, bigint, text, text, uuid) is 'Service: counts tokens once per key; PT402 when there are not enough. Answers what is left.';
comment on function public.reserve_tokens(uuid, uuid, uuid, bigint, text, text, uuid, integer) is 'Service: holds tokens back for an answer under way.';
comment on function public.settle_tokens(uuid, bigint) is 'Service: what was used, more than was reserved too; the rest of the reservation goes back.';
comment on function public.record_payment_for_service(text, uuid, text, bigint, numeric, text, uuid) is 'Service: a payment Stripe told of; credited once.';
comment on function public.record_refund_for_service(text, text, numeric) is 'Service: all that Stripe gave back of a payment so far; its tokens are taken back as far as they are not used.';
comment on function public.record_dispute_for_service(text, text, text) is 'Service: a payment is disputed (open, then won or lost); its tokens are taken back, and brought again when it is won.';
comment on function public.record_subscription_for_service(text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz) is 'Service: a subscription Stripe told of.';
comment on function public.refresh_stats(uuid) is 'Makes today''s statistics of a workspace anew, at most once a minute.';
comment on function public.chat_overview(uuid) is 'Chats of a project, newest first, with up to 100 unread each.';
comment on function public.mark_chat_read(uuid, timestamptz) is 'How far the caller has read a chat; never back.';
comment on function public.search_places(text, integer) is 'Workspaces and projects one sees, by part of their names, at most 100.';
comment on function public.artifact_metadata(uuid) is 'What the makers of an artifact keep beside it; members of its project.';
comment on function public.search_artifacts(text, timestamptz, integer, uuid) is 'Artifacts of one''s projects, by words or part of the title, newest first, at most 200.';
comment on function public.commit_artifact_changes(uuid, jsonb, jsonb) is 'The only way files change: all or nothing, by compare-and-swap. A conflict is an answer.';
comment on function public.restore_artifact(uuid, bigint) is 'Brings an artifact''s files back to an earlier revision, as one more revision.';
comment on function public.delete_artifact(uuid) is 'Hides an artifact; it is purged when the time to restore is over. For managers, and for who made it while it is not published.';
comment on function public.restore_deleted_artifact(uuid) is 'Brings a hidden artifact back, for who could hide it.';
comment on function public.unreferenced_blobs_for_service(interval, integer) is 'Objects of the bucket artifact-files that nothing refers to: marked by one call, answered by a later one.';
comment on function public.blobs_removed_for_service(text[]) is 'Told after the Storage API has removed unreferenced objects.';
comment on function public.storage_deletions_for_service(integer) is 'Service: objects whose rows are gone, to remove through the Storage API. What has no object left is noted as done.';
comment on function public.detach_old_audit_for_service() is 'Service: takes months that are too old off the audit log; answers their names in schema audit, to be stored and dropped.';
comment on function public.pull_project(uuid, xid8, text, uuid, uuid, integer, text, uuid, boolean) is 'What changed in a project, or in one artifact of it, since a cursor; without one, everything live, or in parts of at_most rows, or that all is as known: known_digest is their number, and the sum of the first eight bytes of the SHA-256 of each (id, hash, size, revision, path). with_digest adds the same of the artifacts (id, updated_at) and of the files to the news.';

comment on function private.note_gap(text, text) is 'Writes down what the platform refused to a migration.';
comment on function private.logs_parameters() is 'Whether the server writes parameters of requests into its log, as it is set for authenticator.';

comment on function private.key_id(text) is 'A name for a key that tells nothing of it: twelve hexadecimal digits of a hash.';
comment on function private.master_keys() is 'The keys at hand, one of them current: Vault''s where it has any, else the supplied ones. Granted to nobody.';
comment on function private.supply_master_key(text, text) is 'For the process that keeps the key where there is no Vault; `previous` only opens. Answers the key''s id.';
comment on function private.enc(text) is 'Seals by the current key, null as null; 55000 where there is none.';
comment on function private.dec(private.sealed) is 'Opens by the key that sealed, null as null; 55000 when it is not here.';
comment on function private.blind_index(text) is 'HMAC-SHA-256 of the value in lower case, under the current key; null where there is none.';
comment on function private.mirror_pii(uuid, text, text, jsonb, jsonb) is 'Keeps the sealed copy of what the auth server knows. Without a key there is none.';
comment on function private.rotate_secrets(integer) is 'Seals anew what an earlier key sealed, at most so many secrets and so many people; answers how many it did.';

comment on function private.is_active_user() is 'Whether the caller''s account is active. Without that it has nothing.';
comment on function private.is_super() is 'Whether the caller is a super user now; require_super asks for the second factor too.';
comment on function private.require_super() is 'Refuses whoever is no super user with a second factor (where private.platform requires one).';
comment on function private.ws_ids(public.workspace_role) is 'Workspaces in which the caller has that rank or more; archived ones only for project_creator, which is to read.';
comment on function private.project_ids(public.project_role) is 'Projects in which the caller has that rank or more; archived ones only for viewer, which is to read.';
comment on function private.admin_project_ids(boolean) is 'Projects of workspaces that the caller runs: theirs to manage, not to read. True leaves archived ones out.';
comment on function private.visible_ws_ids() is 'Workspaces whose name the caller may read: their own, and those of the projects they are in.';
comment on function private.colleague_ids() is 'People the caller works with. Sharing the Global Workspace is not working together.';
comment on function private.managed_connection_ids() is 'OAuth2 connections that the caller manages.';
comment on function private.in_workspace_of(uuid, uuid) is 'Whether somebody is in the workspace of a project that the caller manages; never in the Global Workspace.';
comment on function private.gone_project_ids() is 'Projects that are deleted, or whose workspace is, and not purged yet; whoever asks.';
comment on function private.global_ws() is 'The Global Workspace''s id.';
comment on function private.path_id(text) is 'The id an object''s name begins with; null for every name that is not ours.';
comment on function private.may_hear(text) is 'Whether the caller may listen to a topic, project:<id> or chat:<id>: members of the project.';

comment on function private.is_claimable(text) is 'Whether a domain is not everybody''s.';
comment on function private.is_public_https(text) is 'Check: https, no password, no address of a private network in whatever disguise. A name may still point anywhere.';
comment on function private.are_plain_headers(jsonb) is 'Check: header names with text, none of which promises a secret; at most 16 KiB.';
comment on function private.names_a_secret(jsonb) is 'Whether a document has, at any depth, a key that belongs among the secrets; refuses more than 32 levels.';
comment on function private.levels_of(jsonb) is 'How many levels of objects and lists a document has.';
comment on function private.is_document(jsonb) is 'Check: an object or a list of at most 1 MiB.';
comment on function private.check_name(text) is 'Refuses a name that has not 1 to 200 characters.';
comment on function private.check_usage_scope(uuid, uuid, uuid, bigint, text) is 'Refuses what does not belong together: a project of another workspace, a chat of another project, no tokens, an unknown use.';
comment on function private.judged_changes(uuid, jsonb, jsonb) is 'What each change of a commit comes to: already so, in conflict, wrong, or (null) to be done.';
comment on function private.file_time(text) is 'A time that a disk may give a file, from 1970 to 9999; refuses every other.';
comment on function private.checked_changes(jsonb) is 'The changes that a commit asks for, one a row in their order; refuses what is not of that shape.';
comment on function private.parsed_object(text) is 'An object in text; null where it is none.';
comment on function private.auth_metadata(jsonb) is 'What the auth server says of an account, in the shapes of every auth server we know; {} for anything else.';
comment on function private.made_by_me(text) is 'Rows of a table of projects that the caller made; of projects they cannot read any more only ids and times.';
comment on function private.may_consent(uuid, uuid) is 'Whether a person may give a consent to an OAuth2 connection: an active member where it belongs.';
comment on function private.url_safe(bytea) is 'Base64 for addresses: - and _, no padding.';

comment on function private.activate_user(uuid) is 'Makes a waiting account active, with its places; any other stays as it is.';
comment on function private.give_places(uuid) is 'Membership of the Global Workspace and a personal project; nothing twice.';
comment on function private.has_left(uuid, uuid, text) is 'Whether a person, or an account of the same address, was a member of a workspace once: only an invitation lets them in again.';
comment on function private.address_mark(text) is 'An HMAC of an address under a key of this installation that outlives master keys; null without a key.';
comment on function private.active_members(uuid) is 'Members of a workspace whose accounts are active.';
comment on function private.pass_on(text, uuid, uuid) is 'Gives a workspace or project an owner from among those who are next, where none is active; answers who.';
comment on function private.pass_on_places(uuid) is 'pass_on for every place that somebody runs or could inherit.';
comment on function private.on_status_changed() is 'Trigger: whoever is shut out is followed in places they alone were in charge of.';
comment on function private.join_by_domain(uuid, text) is 'Lets an account into every workspace that has its address''s domain verified. For confirmed addresses.';
comment on function private.mirror_account(jsonb, boolean) is 'Takes over what a row of auth.users says; true also lets a confirmed address join by its domain.';
comment on function private.archive_places_of(uuid) is 'For an account that goes: hides its personal project, and hands what it owned alone to an heir; without one it is archived, and hidden where nobody is left.';
comment on function private.is_still_meant(public.invitations) is 'Whether whoever invited could do so now.';

comment on function private.live_subscription(uuid) is 'The workspace''s subscription that counts (trialing, active, past_due); null without one.';
comment on function private.tokens_left(uuid) is 'What a workspace has left in its period, bought ones included, reserved ones not; null without a live plan.';
comment on function private.personal_tokens_left(uuid, uuid) is 'What is left of a person''s share of the Global Workspace; null elsewhere.';
comment on function private.bought_tokens_left(public.workspace_subscriptions) is 'What is left of bought tokens once the period is over: it uses its own first.';
comment on function private.ensure_a_plan(uuid) is 'Gives a workspace that pays for nothing the free plan: its old one again, or a new one.';
comment on function private.subscription_stage(text) is 'How far along a subscription is, for events of one second.';
comment on function private.take_tokens_back(text) is 'Makes of a refund or dispute what is due: takes tokens that are not used, or brings them again.';
comment on function private.move_bought_tokens(uuid) is 'Brings tokens that were bought under earlier plans to the live one.';
comment on function private.release_stale_reservations(integer) is 'Job: gives back what was reserved and never settled, at most so many; answers how many.';
comment on function private.end_expired_access(integer) is 'Job: ends access that was given for a while, at most so many; answers how many.';
comment on function private.roll_free_periods(integer) is 'Job: begins the next period of free plans, which no webhook begins, at most so many; answers how many.';
comment on function private.rollup(date, uuid, integer) is 'Job: makes the day''s rows of statistics, of one workspace or of all; with at_most those that are due, so many at a time. May run again: the rows are replaced. Answers how many it made.';

comment on function private.artifact_to_change(uuid) is 'An artifact that the caller may change, locked until the transaction ends.';
comment on function private.is_referenced(text) is 'Whether a file or its history needs an object of the bucket artifact-files.';
comment on function private.epoch() is 'Which history of transactions a cursor belongs to: another one after a restore. Cluster and timeline.';

comment on function private.request_address() is 'The address a request came from: the proxy''s headers first, for a client can write the rest. Null outside of one.';
comment on function private.request_agent() is 'The first 500 characters of the request''s user-agent; null outside of one.';
comment on function private.act_for(uuid) is 'For whom a service works, as the log will say until the transaction ends; null: for nobody.';
comment on function private.write_audit(text, uuid, text, uuid, uuid, jsonb, jsonb, text) is 'One line of the log; who, from where and why come from the request.';
comment on function private.make_audit_partitions(date, integer) is 'Job: the log''s partitions for so many months from a day on; answers how many were new.';
comment on function private.detach_old_audit() is 'Detaches months that are older than platform.audit_retention; answers their names in schema audit.';
comment on function private.audit_digest(date, text) is 'The sum over a day''s lines of the log and the sum before; SHA-256, hexadecimal.';
comment on function private.digest_audit(integer) is 'Job: sums of days that are over and have none, at most so many; answers how many it made.';
comment on function private.verify_audit(integer) is 'Job: compares days of the log with their sums, those that were not looked at for a week; answers how many it asked.';
comment on function private.changed_audit_days() is 'Days whose lines are not those that were summed. Months that were moved elsewhere are not asked.';
comment on function private.assess() is 'Job: looks at everything that should be so and writes private.assessments; answers how many findings fail.';
comment on table private.backups is 'Backups that were made, as whoever made them says; assess looks for the last.';
comment on column private.backups.made_at is 'When it was noted, not when its snapshot was taken.';
comment on column private.backups.detail is 'How much, and where to look; no address with a password.';
comment on function private.note_backup(jsonb) is 'Notes that a backup was made, and keeps it in the log.';
comment on function private.mirror_missing_pii(integer) is 'Job: seals what accounts made without a key left unsealed; answers how many.';
comment on function private.purge_deleted(integer) is 'Job: takes what can no longer be restored, at most about so many rows. Ledger and log keep their lines, a workspace its row. Answers how many rows; 0: nothing is left.';

comment on function private.on_auth_user_created() is 'Trigger on auth.users: the account''s row, its copy, and access where the door is open. A sign-up never fails for it.';
comment on function private.on_auth_user_updated() is 'Trigger on auth.users: takes over changes, bans and deletion; what fails is noted in provision_errors.';
comment on function private.on_auth_user_deleted() is 'Trigger on auth.users: its places are archived or get an heir before the account goes.';
comment on function private.touch() is 'Trigger: sets updated_at and keeps created_at, whatever the writer says.';
comment on function private.touch_change() is 'Trigger: sets changed_xid, by which pull_project finds what changed.';
comment on function private.stamp_author() is 'Trigger: created_by is the caller; only a job without a person may name one.';
comment on function private.stamp_editor() is 'Trigger: updated_by is the caller; only a job without a person may name one.';
comment on function private.keep_an_owner() is 'Trigger: the last active owner of a workspace or project cannot leave or step down.';
comment on function private.note_departure() is 'Trigger: keeps that somebody was a member once.';
comment on function private.leave_projects() is 'Trigger: takes whoever leaves a workspace out of its projects; where they alone were in charge somebody follows (pass_on).';
comment on function private.guard_publish() is 'Trigger: only a manager publishes an artifact.';
comment on function private.guard_document() is 'Trigger: draft, review, approved, archived in that order; an approved version never changes and stays. Not who wrote it approves, where another manager could.';
comment on function private.refuse_change() is 'Trigger: history is append-only; only its author''s name goes with the account.';
comment on function private.refuse_audit_change() is 'Trigger: nobody changes, deletes or truncates the log, the table''s owner included.';
comment on function private.audit_row() is 'Trigger: one line of the log for each change of a row. Arguments: how its place is found, then the columns whose content stays out.';
comment on function private.broadcast_change() is 'Trigger: tells the private topic of the project or chat (its argument) that a row changed; ids only, and no write fails for it.';
comment on function private.take_project_of_chat() is 'Trigger: the project is the chat''s, whatever the writer says; refuses people another project''s chat, and messages in a closed one.';
comment on function private.note_message() is 'Trigger: moves the chat''s last_message_at forward.';
comment on function private.drop_secret() is 'Trigger: a secret goes when its row goes or has another.';
comment on function private.bury_artifact() is 'Trigger: leaves a tombstone for a deleted artifact.';
comment on function private.refuse_used_id() is 'Trigger: an artifact cannot take an id under which objects lie already.';
comment on function private.queue_objects() is 'Trigger: queues the objects of a deleted row for removal; its argument is the bucket.';
