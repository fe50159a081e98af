-- What belongs to the platform and not to us: policies on its tables, buckets, its publication, its scheduler, its rights.
-- Tried here, and again by whoever calls complete_installation(), for what a migration may do differs from platform to
-- platform and from day to day. Nothing is left out in silence: the report asks the catalogue, not what was tried.
set local lock_timeout = '10s';

create or replace function private.platform_policies()
returns table (relation text, name text, command text, role text, reads text, writes text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values
    ('realtime.messages', 'atelier: members hear their topics', 'select', 'authenticated',
      $q$extension = 'broadcast' and (select private.may_hear((select realtime.topic())))$q$, null),
    ('storage.objects', 'atelier: workspace files, read', 'select', 'authenticated',
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('project_creator'))::uuid[])
        and private.path_id(name) <> (select private.global_ws())$q$, null),
    ('storage.objects', 'atelier: workspace files, add', 'insert', 'authenticated', null,
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[])$q$),
    ('storage.objects', 'atelier: workspace files, change', 'update', 'authenticated',
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[])$q$,
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[])$q$),
    ('storage.objects', 'atelier: workspace files, remove', 'delete', 'authenticated',
      $q$bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[])$q$, null),
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

create or replace function private.missing_policies(of_relation text) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*)::integer from private.platform_policies() w where w.relation = of_relation and not exists (
    select from pg_policies p where p.schemaname || '.' || p.tablename = w.relation and p.policyname = w.name
      and lower(p.cmd) = w.command and p.roles = array[w.role::name])
$$;

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

-- Whether the auth server asks whoever types an address for a sign that it is theirs. It tells nobody; but where it does
-- not, accounts are confirmed the moment they are made. (A provider like GitHub has asked.)
create or replace function private.addresses_are_confirmed() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not exists (
    select from (select to_jsonb(a) as account from auth.users a where a.email is not null order by a.created_at desc nulls last limit 200) x
    where private.auth_metadata(x.account -> 'raw_app_meta_data') ->> 'provider' = 'email' and x.account ->> 'invited_at' is null
      and (x.account ->> 'email_confirmed_at')::timestamptz < (x.account ->> 'created_at')::timestamptz + interval '1 second')
$$;

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

-- Functions of this and the files before it that came after the grants: nobody's who was not named there.
revoke execute on all functions in schema private from public;
revoke execute on all procedures in schema private from public;
grant execute on function private.platform_report() to service_role;
select count(*) from private.complete_installation();

comment on function private.own_tables() is 'Names of our tables in the schema public; everything else there is somebody else''s.';
comment on function private.own_functions() is 'Names of our functions in the schema public; everything else there is somebody else''s.';
comment on function private.extension_schema(text) is 'The schema in which an extension is.';
comment on function private.sha256(text) is 'SHA-256 of a text in UTF-8.';
comment on function private.hmac(text, text, text) is 'pgcrypto''s, wherever it is.';
comment on function private.gen_random_bytes(integer) is 'pgcrypto''s, wherever it is.';
comment on function private.pgp_sym_encrypt(text, text, text) is 'pgcrypto''s, wherever it is.';
comment on function private.pgp_sym_decrypt(bytea, text) is 'pgcrypto''s, wherever it is.';
comment on function private.platform_policies() is 'The policies that our files and topics need on the platform''s tables.';
comment on function private.make_platform_policies(text) is 'Makes them anew on one table, as whoever calls.';
comment on function private.missing_policies(text) is 'How many of them are not on the table, or are another command''s or role''s.';
comment on function private.jobs_are_scheduled() is 'Whether pg_cron has every job, at its time.';
comment on function private.addresses_are_confirmed() is 'Whether none of the last accounts that were made by mail was confirmed the moment it was made.';
comment on function private.platform_report() is 'What this platform has, and what it means where it has not; as the catalogue says now.';
comment on function private.complete_installation() is 'For the SQL editor: makes whatever is missing of policies on the platform''s tables, buckets, publication, jobs and rights, and answers the report. As often as one likes.';
