-- Schemas, default privileges, enums, and the one row of platform settings.
set local lock_timeout = '10s';

create schema if not exists private;
create schema if not exists extensions;
create extension if not exists pg_trgm with schema extensions;

-- Nothing is granted by default: every grant stands in 0015. The per-schema form would leave the
-- built-in EXECUTE for PUBLIC in place, so this one is global.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;

revoke all on schema private from public;
grant usage on schema private to anon, authenticated, service_role;

-- The order of an enum's values is the rank.
do $$
begin
  if to_regtype('public.user_status') is null then
    create type public.user_status as enum ('invited', 'waitlist', 'active', 'inactive', 'banned', 'archived');
    create type public.workspace_role as enum ('project_creator', 'admin', 'owner');
    create type public.project_role as enum ('viewer', 'contributor', 'manager', 'owner');
    create type public.project_kind as enum ('team', 'personal');
    create type public.artifact_status as enum ('pending', 'generating', 'ready', 'failed', 'archived');
  end if;
end $$;

create table if not exists private.platform (
  only_row boolean primary key default true check (only_row),
  -- Hosted projects start with a waitlist; the embedded backend opens its door at start.
  open_signup boolean not null default false,
  first_user_is_super boolean not null default false
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
