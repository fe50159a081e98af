-- Schemas, default privileges, enums, and the one row of platform settings.
set local lock_timeout = '10s';

-- What is ours in the schema public. Nothing else there is touched, and a project that has something of these names
-- already is refused here, before anything has changed.
do $$
declare
  v_tables constant text[] := array['api_connections', 'artifact_file_versions', 'artifact_files', 'artifacts', 'audit_logs',
    'chat_messages', 'chat_participants', 'chat_sessions', 'environment_variables', 'invitations', 'oauth2_connections', 'oauth2_tokens',
    'project_context', 'project_requirements', 'project_stats', 'project_users', 'projects', 'technical_architecture',
    'token_purchases', 'token_usage', 'ui_design', 'users', 'workspace_domains', 'workspace_stats', 'workspace_subscriptions',
    'workspace_users', 'workspaces'];
  v_types constant text[] := array['artifact_status', 'document_status', 'project_kind', 'project_role', 'user_status', 'workspace_role'];
  v_functions constant text[] := array['accept_invitation', 'archive_project', 'archive_workspace', 'artifact_metadata',
    'audit_digests_for_service', 'begin_oauth2_for_service', 'begin_oauth2_refresh_for_service', 'blobs_removed_for_service',
    'break_glass', 'chat_overview', 'claim_domain', 'commit_artifact_changes', 'company_email_domains', 'consume_tokens',
    'create_invitation', 'create_project', 'create_workspace', 'delete_artifact', 'delete_project', 'delete_workspace',
    'detach_old_audit_for_service', 'end_oauth2_refresh_for_service', 'erase_my_account', 'export_my_data', 'give_workspace_owner',
    'mark_chat_read', 'my_account', 'my_places', 'notices_for_service', 'notices_sent_for_service', 'platform_assessment', 'pull_project',
    'read_secret_for_service', 'record_dispute_for_service', 'record_payment_for_service', 'record_refund_for_service',
    'record_subscription_for_service', 'refresh_stats', 'reserve_tokens', 'restorable_places', 'restore_artifact',
    'restore_deleted_artifact', 'restore_project', 'restore_workspace', 'search_artifacts', 'search_places',
    'set_connection_secret', 'set_super_user', 'set_user_status', 'settle_tokens', 'storage_deletions_for_service',
    'store_oauth2_token_for_service', 'take_oauth2_state_for_service', 'unreferenced_blobs_for_service',
    'verify_domain_for_service', 'workspace_directory'];
  v_buckets text[];
  v_others text;
begin
  if to_regclass('private.platform') is null then
    if to_regclass('storage.buckets') is not null then
      execute $q$select array_agg('bucket ' || b.id) from storage.buckets b
        where b.id in ('workspace-files', 'project-files', 'artifact-files')$q$ into v_buckets;
    end if;
    select string_agg(x.name, ', ' order by x.name) into v_others from (
      select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any (v_tables)
      union all
      select 'type ' || t.oid::regtype from pg_type t where t.typnamespace = 'public'::regnamespace and t.typname = any (v_types)
      union all
      select 'function ' || p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any (v_functions)
      union all
      select 'schema ' || n.nspname from pg_namespace n where n.nspname in ('private', 'audit') and (
        exists (select from pg_class c where c.relnamespace = n.oid) or exists (select from pg_proc p where p.pronamespace = n.oid)
        or exists (select from pg_type t where t.typnamespace = n.oid))
      union all
      select 'trigger ' || t.tgname || ' on auth.users' from pg_trigger t where t.tgrelid = to_regclass('auth.users')
        and t.tgname in ('on_auth_user_created', 'on_auth_user_updated', 'on_auth_user_deleted')
      union all
      select unnest(v_buckets)) x;
    if v_others is not null then
      raise exception 'This project holds something else under names that Atelier needs: %. Nothing was changed.', v_others
        using errcode = '42710', hint = 'Give Atelier a project of its own, or one without these names.';
    end if;
  end if;
  create schema if not exists private;
  execute format('create or replace function private.own_tables() returns text[] language sql immutable set search_path = pg_catalog, pg_temp as %L',
    format('select %L::text[]', v_tables));
  execute format('create or replace function private.own_functions() returns text[] language sql immutable set search_path = pg_catalog, pg_temp as %L',
    format('select %L::text[]', v_functions));
end $$;

create schema if not exists extensions;
-- The partitions of the audit log, which no client reads but through their parent.
create schema if not exists audit;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists pgcrypto with schema extensions;

create or replace function private.extension_schema(extension text) returns name
language sql stable set search_path = pg_catalog, pg_temp as $$
  select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = extension
$$;

-- A project that had pgcrypto before may have it in another schema: it is asked for through these alone.
create or replace function private.sha256(value text) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to(value, 'UTF8'))
$$;
do $$
declare
  v_schema name := private.extension_schema('pgcrypto');
  v_function record;
begin
  for v_function in select * from (values
    ('hmac(value text, key text, algorithm text)', 'bytea', 'immutable', 'hmac($1, $2, $3)'),
    ('gen_random_bytes(count integer)', 'bytea', 'volatile', 'gen_random_bytes($1)'),
    ('pgp_sym_encrypt(plain text, key text, options text)', 'bytea', 'volatile', 'pgp_sym_encrypt($1, $2, $3)'),
    ('pgp_sym_decrypt(sealed bytea, key text)', 'text', 'immutable', 'pgp_sym_decrypt($1, $2)')
  ) x (signature, answer, changes, body) loop
    execute format('create or replace function private.%s returns %s language sql %s parallel safe set search_path = pg_catalog, pg_temp as %L',
      v_function.signature, v_function.answer, v_function.changes, format('select %I.%s', v_schema, v_function.body));
  end loop;
end $$;
revoke execute on function private.own_tables(), private.own_functions(), private.extension_schema(text), private.sha256(text),
  private.hmac(text, text, text), private.gen_random_bytes(integer), private.pgp_sym_encrypt(text, text, text),
  private.pgp_sym_decrypt(bytea, text) from public;

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
