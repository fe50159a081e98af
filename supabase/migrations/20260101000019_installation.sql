-- What belongs to the platform and not to us: policies on its tables, buckets, its publication, its scheduler, its rights.
-- Tried here, and again by whoever calls complete_installation(), for what a migration may do differs from platform to
-- platform and from day to day. Nothing is left out in silence: the report asks the catalogue, not what was tried.
set local lock_timeout = '10s';

-- A preview's migrations had some of these versions, and would pass for them.
do $$
begin
  if to_regprocedure('private.ws_ids(public.workspace_role)') is not null then
    raise exception 'The migrations of a preview of Atelier made this database.' using errcode = '55000',
      hint = 'Run electron/backend/postgres/previews.sql in the SQL editor, and then push again: nothing is lost by it.';
  end if;
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
comment on table private.assessments is 'What assess found: each finding once, with the time since when it fails.';
comment on column private.assessments.finding is 'What should be so, as a sentence.';
comment on column private.assessments.passed is 'Whether it is so.';
comment on column private.assessments.detail is 'What is wrong; null when it passed.';
comment on column private.assessments.assessed_at is 'When it was last looked at.';
comment on column private.assessments.failing_since is 'When it was first found wrong without passing since; null when it passed.';

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
      where u.is_super_user and (u.super_until is null or u.super_until > now() + interval '1 year') and u.deleted_at is null having count(*) > 2)),
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
comment on function private.assess() is 'Job: looks at everything that should be so and writes private.assessments; answers how many findings fail.';

-- What a person in charge looks at: whether this installation is as it should be, and since when not.
create or replace function public.platform_assessment()
returns table (finding text, passed boolean, detail text, assessed_at timestamptz, failing_since timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_super();
  perform private.write_audit('assessments', auth.uid(), 'READ', null, null, reason => 'assessment');
  perform private.assess();
  return query select a.finding, a.passed, a.detail, a.assessed_at, a.failing_since
    from private.assessments a order by a.passed, a.finding;
end $$;
comment on function public.platform_assessment() is 'Super user with a second factor: whether this installation is as it should be, looked at now; failures first. Logged.';

create or replace function private.platform_policies()
returns table (relation text, name text, command text, role text, reads text, writes text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values
    ('realtime.messages', 'atelier: members hear their topics', 'select', 'authenticated',
      $q$extension = 'broadcast' and (select private.may_hear((select realtime.topic())))$q$, null),
    ('realtime.messages', 'atelier: members see who is in their chats', 'select', 'authenticated',
      $q$extension = 'presence' and (select private.may_be_present((select realtime.topic())))$q$, null),
    ('realtime.messages', 'atelier: members are in their chats', 'insert', 'authenticated', null,
      $q$extension = 'presence' and (select private.may_be_present((select realtime.topic())))$q$),
    ('storage.objects', 'atelier: workspace files, read', 'select', 'authenticated',
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.workspace_ids('project_creator'))::uuid[])
        and private.path_id(name) <> (select private.global_workspace_id())$q$, null),
    ('storage.objects', 'atelier: workspace files, add', 'insert', 'authenticated', null,
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.workspace_ids('admin'))::uuid[])$q$),
    ('storage.objects', 'atelier: workspace files, change', 'update', 'authenticated',
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.workspace_ids('admin'))::uuid[])$q$,
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.workspace_ids('admin'))::uuid[])$q$),
    ('storage.objects', 'atelier: workspace files, remove', 'delete', 'authenticated',
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.workspace_ids('admin'))::uuid[])$q$, null),
    ('storage.objects', 'atelier: project files, read', 'select', 'authenticated',
      $q$bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('viewer'))::uuid[])$q$, null),
    ('storage.objects', 'atelier: project files, add', 'insert', 'authenticated', null,
      $q$bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[])$q$),
    ('storage.objects', 'atelier: project files, change', 'update', 'authenticated',
      $q$bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[])$q$,
      $q$bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[])$q$),
    ('storage.objects', 'atelier: project files, remove', 'delete', 'authenticated',
      $q$bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[])$q$, null),
    -- Blobs are added, never changed or removed by a client, or history would lose them.
    -- Members read history too; who is not one, only what a published artifact shows now.
    ('storage.objects', 'atelier: artifact files, read', 'select', 'authenticated',
      $q$bucket_id = 'artifact-files' and (
        exists (select from public.artifacts a where a.id = private.path_id(name)
          and a.project_id = any ((select private.project_ids('viewer'))::uuid[]))
        or exists (select from public.artifact_files f where f.artifact_id = private.path_id(name) and f.storage_path = name and f.is_public))$q$, null),
    ('storage.objects', 'atelier: artifact files, read published', 'select', 'anon',
      $q$bucket_id = 'artifact-files' and exists (
        select from public.artifact_files f where f.artifact_id = private.path_id(name) and f.storage_path = name)$q$, null),
    ('storage.objects', 'atelier: artifact files, add', 'insert', 'authenticated', null,
      $q$bucket_id = 'artifact-files' and name ~ '^[0-9a-f-]{36}/[0-9a-f]{64}$' and exists (
        select from public.artifacts a where a.id = private.path_id(name)
          and a.project_id = any ((select private.project_ids('contributor'))::uuid[]))$q$)
$$;
comment on function private.platform_policies() is 'The policies that our files and topics need on the platform''s tables.';

-- Makes them anew on one table, all or none. As whoever calls: only the owner of a table, or whom the platform lets, may.
create or replace function private.make_platform_policies(of_relation text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_policy record;
begin
  for v_policy in select p.policyname from pg_policies p
    where p.schemaname || '.' || p.tablename = of_relation and p.policyname like 'atelier:%'
  loop
    execute format('drop policy %I on %s', v_policy.policyname, of_relation::regclass);
  end loop;
  for v_policy in select * from private.platform_policies() p where p.relation = of_relation loop
    execute format('create policy %I on %s for %s to %I', v_policy.name, of_relation::regclass, v_policy.command, v_policy.role)
      || coalesce(' using (' || v_policy.reads || ')', '') || coalesce(' with check (' || v_policy.writes || ')', '');
  end loop;
end $$;
comment on function private.make_platform_policies(text) is 'Makes them anew on one table, as whoever calls.';

create or replace function private.missing_policies(of_relation text) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*)::integer from private.platform_policies() w where w.relation = of_relation and not exists (
    select from pg_policies p where p.schemaname || '.' || p.tablename = w.relation and p.policyname = w.name
      and lower(p.cmd) = w.command and p.roles = array[w.role::name])
$$;
comment on function private.missing_policies(text) is 'How many of them are not on the table, or are another command''s or role''s.';

-- Whether pg_cron has every job.
create or replace function private.jobs_are_scheduled() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_all boolean := false;
begin
  if to_regclass('cron.job') is not null then
    execute $q$select not exists (select from private.jobs j where not exists (
      select from cron.job c where c.jobname = 'atelier ' || j.name and c.schedule = j.schedule and c.active))$q$ into v_all;
  end if;
  return v_all;
exception when insufficient_privilege then
  return false;
end $$;
comment on function private.jobs_are_scheduled() is 'Whether pg_cron has every job, at its time.';

-- Whether the auth server asks whoever types an address for a sign that it is theirs. It tells nobody; but where it does
-- not, accounts are confirmed the moment they are made. (A provider like GitHub has asked.)
create or replace function private.addresses_are_confirmed() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not exists (
    select from (select to_jsonb(a) as account from auth.users a where a.email is not null order by a.created_at desc nulls last limit 200) x
    where private.auth_metadata(x.account -> 'raw_app_meta_data') ->> 'provider' = 'email' and x.account ->> 'invited_at' is null
      and (x.account ->> 'email_confirmed_at')::timestamptz < (x.account ->> 'created_at')::timestamptz + interval '1 second')
$$;
comment on function private.addresses_are_confirmed() is 'Whether none of the last accounts that were made by mail was confirmed the moment it was made.';

-- What this platform has, and what it means where it has not.
create or replace function private.platform_report() returns table (feature text, present boolean, consequence text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query values
    ('scheduled jobs (pg_cron)', private.jobs_are_scheduled(),
      'Enable pg_cron and call private.complete_installation(); or the procedure private.run_due_jobs() must be called from outside every five minutes.'),
    ('Vault', to_regclass('vault.decrypted_secrets') is not null,
      'The master key must be supplied at start by private.supply_master_key().'),
    ('master key', exists (select from private.master_keys() k where k.is_current),
      'No secret can be stored or read, and personal data is not mirrored.'),
    ('policies of files (storage.objects)', private.missing_policies('storage.objects') = 0
        and (select c.relrowsecurity from pg_class c where c.oid = to_regclass('storage.objects')) is true,
      'Nobody can send or read files: select * from private.complete_installation() in the SQL editor.'),
    ('buckets, all private', (select count(*) from storage.buckets b
        where b.id in ('workspace-files', 'project-files', 'artifact-files') and b.public is not true) = 3,
      'Files have no place, or everybody reads them: select * from private.complete_installation() in the SQL editor.'),
    ('broadcast (realtime.send)', to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null,
      'Clients learn of changes by asking.'),
    ('a log without parameters', not private.logs_parameters(),
      'Secrets that are set may stand in the server''s log: set log_parameter_max_length and log_parameter_max_length_on_error to 0 for the role authenticator, or log no statements.'),
    ('no temporary objects for clients', not exists (
        select from unnest(array['anon', 'authenticated', 'service_role']) r where has_database_privilege(r, current_database(), 'temporary')),
      'Clients may make temporary tables and types. Functions look there last; the database''s owner can revoke it.'),
    ('topics of broadcast (realtime.topic)', to_regprocedure('realtime.topic()') is not null,
      'Nobody can be let into a private topic: clients learn of changes by asking.'),
    ('policy of private topics (realtime.messages)', to_regclass('realtime.messages') is not null and private.missing_policies('realtime.messages') = 0,
      'Members hear nothing in their topics, and learn of changes by asking: select * from private.complete_installation() in the SQL editor.'),
    ('publication supabase_realtime', exists (select from pg_publication p where p.pubname = 'supabase_realtime'),
      'Clients learn of changes by asking.'),
    ('addresses are confirmed by mail', private.addresses_are_confirmed()
        or not exists (select from public.workspace_domains d where d.verified_at is not null),
      'Whoever types an address of a confirmed domain is let into its workspace: switch on "Confirm email" (Authentication, Sign In / Providers, Email).');
  return query select g.feature, false, g.reason from private.platform_gaps g;
end $$;
comment on function private.platform_report() is 'What this platform has, and what it means where it has not; as the catalogue says now.';

-- Makes whatever is missing of the platform's part, as far as whoever calls may, and answers the report. As often as
-- one likes: in the SQL editor after the migrations, after pg_cron or Realtime was enabled, after a restore.
create or replace function private.complete_installation() returns table (feature text, present boolean, consequence text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_name text;
  v_tried constant text[] := array['pg_cron as an extension', 'scheduled jobs', 'policies on storage.objects', 'buckets',
    'policy on realtime.messages', 'tables in the publication'];
begin
  delete from private.platform_gaps g where g.feature = any (v_tried);
  begin
    if exists (select from pg_available_extensions e where e.name = 'pg_cron') then
      create extension if not exists pg_cron;
    end if;
  exception when others then
    perform private.note_gap('pg_cron as an extension', sqlerrm);
  end;
  begin
    perform private.schedule_jobs();
  exception when others then
    perform private.note_gap('scheduled jobs', sqlerrm);
  end;
  begin
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
      ('workspace-files', 'workspace-files', false, 52428800, array['image/*', 'application/pdf']),
      ('project-files', 'project-files', false, 209715200, null),
      ('artifact-files', 'artifact-files', false, 524288000, null)
    on conflict (id) do update set file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;
  exception when insufficient_privilege then
    perform private.note_gap('buckets', sqlerrm);
  end;
  begin
    perform private.make_platform_policies('storage.objects');
  exception when insufficient_privilege then
    -- Nothing is missing where they are there already.
    if private.missing_policies('storage.objects') > 0 then perform private.note_gap('policies on storage.objects', sqlerrm); end if;
  end;
  begin
    if to_regclass('realtime.messages') is not null and to_regprocedure('realtime.topic()') is not null then
      perform private.make_platform_policies('realtime.messages');
    end if;
  exception when insufficient_privilege then
    if private.missing_policies('realtime.messages') > 0 then perform private.note_gap('policy on realtime.messages', sqlerrm); end if;
  end;
  -- For clients without broadcast: rows' changes by publication, ids only on delete.
  begin
    if exists (select from pg_publication p where p.pubname = 'supabase_realtime' and not p.puballtables) then
      foreach v_name in array array['chat_messages', 'chat_sessions', 'chat_participants', 'artifacts', 'artifact_files', 'project_users'] loop
        if not exists (select from pg_publication_tables t where t.pubname = 'supabase_realtime' and t.schemaname = 'public' and t.tablename = v_name) then
          execute format('alter publication supabase_realtime add table public.%I', v_name);
        end if;
      end loop;
    end if;
  exception when insufficient_privilege then
    perform private.note_gap('tables in the publication', sqlerrm);
  end;
  -- Nobody but owners makes temporary tables and types: with them a session could put its own types before the system's
  -- wherever a function forgets to say where types come from. Where this may not be said it only warns: the report asks.
  begin
    execute format('revoke temporary on database %I from public', current_database());
  exception when insufficient_privilege then null;
  end;
  -- Secrets and people's words come as parameters, which stay out of the server's log. For the role that requests come
  -- in by, and not in the functions: the server takes parameters down before a function runs, and writes them after it.
  foreach v_name in array array['log_parameter_max_length', 'log_parameter_max_length_on_error'] loop
    begin
      execute format('alter role authenticator set %I = 0', v_name);
    exception when insufficient_privilege or undefined_object then null;
    end;
  end loop;
  return query select r.feature, r.present, r.consequence from private.platform_report() r;
end $$;
comment on function private.complete_installation() is 'For the SQL editor: makes whatever is missing of policies on the platform''s tables, buckets, publication, jobs and rights, and answers the report. As often as one likes.';

-- Last of all: whoever signs up from here on finds everything that their account needs.
create or replace trigger on_auth_user_created after insert on auth.users for each row execute function private.on_auth_user_created();
create or replace trigger on_auth_user_updated after update on auth.users for each row execute function private.on_auth_user_updated();
create or replace trigger on_auth_user_deleted before delete on auth.users for each row execute function private.on_auth_user_deleted();

revoke execute on function public.platform_assessment() from public, anon, authenticated;
grant execute on function public.platform_assessment() to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.platform_report() to service_role;

select count(*) from private.complete_installation();
