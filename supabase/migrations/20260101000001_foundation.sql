-- Schemas, default privileges, enums, and the one row of platform settings.
set local lock_timeout = '10s';

create schema if not exists private;
create schema if not exists extensions;
-- The partitions of the audit log, which no client reads but through their parent.
create schema if not exists audit;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists pgcrypto with schema extensions;

-- Nothing is granted by default: every grant stands in 0015. The per-schema form would leave the
-- built-in EXECUTE for PUBLIC in place, so this one is global.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;

revoke all on schema private, audit from public;
grant usage on schema private to anon, authenticated, service_role;

-- The order of an enum's values is the rank.
do $$
begin
  if to_regtype('public.user_status') is null then
    create type public.user_status as enum ('invited', 'waitlist', 'active', 'inactive', 'banned', 'archived');
    create type public.workspace_role as enum ('project_creator', 'admin', 'owner');
    create type public.project_role as enum ('viewer', 'contributor', 'manager', 'owner');
    create type public.project_kind as enum ('team', 'personal');
    create type public.document_status as enum ('draft', 'review', 'approved', 'archived');
    create type public.artifact_status as enum ('pending', 'generating', 'ready', 'failed', 'archived');
  end if;
end $$;

create table if not exists private.platform (
  only_row boolean primary key default true check (only_row),
  -- Hosted projects start with a waitlist; the embedded backend opens its door at start.
  open_signup boolean not null default false,
  first_user_is_super boolean not null default false,
  -- Whoever is in charge proves it with a second factor, where the auth server has one.
  require_aal2 boolean not null default true,
  -- How long the audit log stays in the database, and deleted places can be restored.
  audit_retention interval not null default '13 months',
  restore_window interval not null default '30 days'
);
insert into private.platform default values on conflict do nothing;
alter table private.platform enable row level security;

-- A sign-up never fails for what we do beside it; what went wrong is kept here.
create table if not exists private.provision_errors (
  id bigint generated always as identity primary key,
  user_id uuid,
  message text not null,
  created_at timestamptz not null default now()
);
alter table private.provision_errors enable row level security;

-- What a platform refused to a migration that could go on without it.
create table if not exists private.platform_gaps (
  feature text primary key,
  reason text not null,
  noted_at timestamptz not null default now()
);
alter table private.platform_gaps enable row level security;

create or replace function private.note_gap(feature text, reason text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into private.platform_gaps as g (feature, reason) values (feature, reason)
  on conflict (feature) do update set reason = excluded.reason, noted_at = now()
$$;

-- Nobody but owners makes temporary tables and types: with them a session could put its own types before
-- the system's wherever a function forgets to say where types come from.
do $$
begin
  execute format('revoke temporary on database %I from public', current_database());
exception when insufficient_privilege then
  perform private.note_gap('no temporary objects for clients', sqlerrm);
end $$;

-- Secrets and people's words come as parameters, which stay out of the server's log. For the role that requests come
-- in by, and not in the functions: the server takes parameters down before a function runs, and writes them after it.
-- What may not be set here is told by the report, where it matters.
do $$
declare
  v_setting text;
begin
  foreach v_setting in array array['log_parameter_max_length', 'log_parameter_max_length_on_error'] loop
    begin
      execute format('alter role authenticator set %I = 0', v_setting);
    exception when insufficient_privilege or undefined_object then
      null;
    end;
  end loop;
end $$;

-- Whether the server writes parameters of requests down, as it is set for the role that they come in by.
create or replace function private.logs_parameters() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_own jsonb := coalesce((
    select jsonb_object_agg(split_part(c, '=', 1), substr(c, strpos(c, '=') + 1) order by s.setdatabase)
    from pg_db_role_setting s cross join unnest(s.setconfig) c
    where s.setrole = to_regrole('authenticator')
      and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))), '{}');
  v_logs boolean := current_setting('log_statement') in ('mod', 'all') or current_setting('log_duration')::boolean
    or current_setting('log_min_duration_statement') <> '-1' or current_setting('log_min_duration_sample') <> '-1'
    or current_setting('log_transaction_sample_rate')::numeric > 0;
begin
  return coalesce(v_own ->> 'log_parameter_max_length_on_error', current_setting('log_parameter_max_length_on_error')) <> '0'
    or (v_logs and coalesce(v_own ->> 'log_parameter_max_length', current_setting('log_parameter_max_length')) <> '0');
end $$;

-- What this platform has, and what it means where it has not. Nothing is left out in silence.
create or replace function private.platform_report() returns table (feature text, present boolean, consequence text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query values
    ('scheduled jobs (pg_cron)', exists (select from pg_extension e where e.extname = 'pg_cron'),
      'The procedure private.run_due_jobs() must be called from outside every five minutes.'),
    ('Vault', to_regclass('vault.decrypted_secrets') is not null,
      'The master key must be supplied at start by private.supply_master_key().'),
    ('master key', exists (select from private.master_keys() k where k.is_current),
      'No secret can be stored or read, and personal data is not mirrored.'),
    ('broadcast (realtime.send)', to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null,
      'Clients learn of changes by asking.'),
    ('a log without parameters', not private.logs_parameters(),
      'Secrets that are set may stand in the server''s log: set log_parameter_max_length and log_parameter_max_length_on_error to 0 for the role authenticator, or log no statements.'),
    ('topics of broadcast (realtime.topic)', to_regprocedure('realtime.topic()') is not null,
      'Nobody can be let into a private topic: clients learn of changes by asking.'),
    ('policy of private topics (realtime.messages)', exists (select from pg_policies p
      where p.schemaname = 'realtime' and p.tablename = 'messages' and p.policyname = 'atelier: members hear their topics'),
      'Members hear nothing in their topics: clients learn of changes by asking.'),
    ('publication supabase_realtime', exists (select from pg_publication p where p.pubname = 'supabase_realtime'),
      'Clients learn of changes by asking.');
  return query select g.feature, false, g.reason from private.platform_gaps g;
end $$;
