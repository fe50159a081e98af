-- What everything else stands on: schemas, extensions, the ranks, settings of the platform, who is asking, and triggers
-- that keep rows honest whatever they are about.
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
comment on function private.extension_schema(text) is 'The schema in which an extension is.';

-- A project that had pgcrypto before may have it in another schema: it is asked for through these alone.
create or replace function private.sha256(value text) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to(value, 'UTF8'))
$$;
comment on function private.sha256(text) is 'SHA-256 of a text in UTF-8.';

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
comment on table private.platform is 'Settings of this installation, one row.';
comment on column private.platform.only_row is 'Always true, so that there is one row.';
comment on column private.platform.open_signup is 'True: whoever signs up is active at once. False: they wait.';
comment on column private.platform.first_user_is_super is 'True: the next account becomes a super user if there is none. It turns false with that account.';
comment on column private.platform.require_aal2 is 'Whether super users need a second factor; false only where the auth server has none.';
comment on column private.platform.audit_retention is 'How long the audit log stays in the database: older months can be detached.';
comment on column private.platform.restore_window is 'How long what was deleted can be restored; then purge_deleted takes it.';

-- A sign-up never fails for what we do beside it; what went wrong is kept here.
create table if not exists private.provision_errors (
  id bigint generated always as identity primary key,
  user_id uuid,
  message text not null,
  created_at timestamptz not null default now()
);
alter table private.provision_errors enable row level security;
comment on table private.provision_errors is 'What went wrong beside a sign-up or in a job. Neither fails for it.';
comment on column private.provision_errors.id is 'In the order they happened.';
comment on column private.provision_errors.user_id is 'Whose account it was; null for a job. No foreign key.';
comment on column private.provision_errors.message is 'The database''s message; of a job its command before it.';

-- What a platform refused to a migration that could go on without it.
create table if not exists private.platform_gaps (
  feature text primary key,
  reason text not null,
  noted_at timestamptz not null default now()
);
alter table private.platform_gaps enable row level security;
comment on table private.platform_gaps is 'What the platform refused to a migration that could go on without it.';
comment on column private.platform_gaps.feature is 'What is missing for it, in words; once each.';
comment on column private.platform_gaps.reason is 'The database''s own message.';
comment on column private.platform_gaps.noted_at is 'When it was last refused.';

create or replace function private.note_gap(feature text, reason text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into private.platform_gaps as g (feature, reason) values (feature, reason)
  on conflict (feature) do update set reason = excluded.reason, noted_at = now()
$$;
comment on function private.note_gap(text, text) is 'Writes down what the platform refused to a migration.';

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
comment on function private.logs_parameters() is 'Whether the server writes parameters of requests into its log, as it is set for authenticator.';

comment on function private.own_tables() is 'Names of our tables in the schema public; everything else there is somebody else''s.';
comment on function private.own_functions() is 'Names of our functions in the schema public; everything else there is somebody else''s.';
comment on function private.hmac(text, text, text) is 'pgcrypto''s, wherever it is.';
comment on function private.gen_random_bytes(integer) is 'pgcrypto''s, wherever it is.';
comment on function private.pgp_sym_encrypt(text, text, text) is 'pgcrypto''s, wherever it is.';
comment on function private.pgp_sym_decrypt(bytea, text) is 'pgcrypto''s, wherever it is.';

comment on type public.user_status is 'Only active has any access. invited and waitlist wait for activate_user; inactive, banned and archived are shut out.';
comment on type public.workspace_role is 'Roles in a workspace; their order is the rank.';
comment on type public.project_role is 'Roles in a project; their order is the rank.';
comment on type public.project_kind is 'team, or the personal project that comes with an account.';
comment on type public.document_status is 'Where a version of a document stands; guard_document holds the order.';
comment on type public.artifact_status is 'How far an artifact is, as whoever makes it says. archived hides a published one from strangers.';

-- Who is asking. The helpers every policy calls: one array per statement. They alone know the rules of status, archive
-- and deletion: an inactive account has nothing, an archived place is read-only, a deleted one is gone.
-- plpgsql, because it keeps its plan for the session where SQL functions plan each time.

create or replace function private.is_active_user() returns boolean
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.users u
    where u.id = auth.uid() and u.status = 'active' and u.deleted_at is null
  );
end $$;
comment on function private.is_active_user() is 'Whether the caller''s account is active. Without that it has nothing.';

create or replace function private.is_super() returns boolean
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.users u
    where u.id = auth.uid() and u.status = 'active' and u.deleted_at is null and u.is_super_user
      and (u.super_until is null or u.super_until > now())
  );
end $$;
comment on function private.is_super() is 'Whether the caller is a super user now; what that opens asks acts_as_super.';

-- A password alone opens nothing that is a super user's, to read neither.
create or replace function private.acts_as_super() returns boolean
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return private.is_super()
    and (coalesce(auth.jwt() ->> 'aal', '') = 'aal2' or not coalesce((select p.require_aal2 from private.platform p), true));
end $$;
comment on function private.acts_as_super() is 'Whether the caller is a super user now, with a second factor where private.platform requires one.';

create or replace function private.require_super() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not private.acts_as_super() then
    raise exception 'This needs a super user with a second factor.' using errcode = '42501';
  end if;
end $$;
comment on function private.require_super() is 'Refuses whoever is no super user with a second factor (where private.platform requires one).';

create or replace function private.workspace_ids(min_role public.workspace_role) returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(m.workspace_id)
    from public.workspace_users m
      join public.workspaces w on w.id = m.workspace_id
      join public.users u on u.id = m.user_id
    where m.user_id = auth.uid() and m.role >= min_role
      and u.status = 'active' and u.deleted_at is null
      and w.deleted_at is null and (w.is_active or min_role = 'project_creator')
  ), '{}');
end $$;
comment on function private.workspace_ids(public.workspace_role) is 'Workspaces in which the caller has that rank or more; archived ones only for project_creator, which is to read.';

create or replace function private.project_ids(min_role public.project_role) returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(m.project_id)
    from public.project_users m
      join public.projects p on p.id = m.project_id
      join public.workspaces w on w.id = p.workspace_id
      join public.users u on u.id = m.user_id
    where m.user_id = auth.uid() and m.role >= min_role and (m.expires_at is null or m.expires_at > now())
      and u.status = 'active' and u.deleted_at is null
      and p.deleted_at is null and w.deleted_at is null
      and ((p.is_active and w.is_active) or min_role = 'viewer')
  ), '{}');
end $$;
comment on function private.project_ids(public.project_role) is 'Projects in which the caller has that rank or more; archived ones only for viewer, which is to read.';

-- Projects whose membership and settings a workspace's owner or admin manages, without reading them; to write
-- in them, those that are not archived.
create or replace function private.admin_project_ids(to_write boolean default false) returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(p.id) from public.projects p
    where p.workspace_id = any (private.workspace_ids('admin')) and p.deleted_at is null and (p.is_active or not to_write)
  ), '{}');
end $$;
comment on function private.admin_project_ids(boolean) is 'Projects of workspaces that the caller runs: theirs to manage, not to read. True leaves archived ones out.';

-- Workspaces whose name may be read: one's own, and those of the projects one is in.
create or replace function private.visible_workspace_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return private.workspace_ids('project_creator') || coalesce((
    select array_agg(distinct p.workspace_id) from public.projects p
    where p.id = any (private.project_ids('viewer'))
  ), '{}');
end $$;
comment on function private.visible_workspace_ids() is 'Workspaces whose name the caller may read: their own, and those of the projects they are in.';

-- People one works with. Sharing the Global Workspace is not working together.
create or replace function private.colleague_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(x.user_id) from (
      select m.user_id from public.workspace_users m
        join public.workspaces w on w.id = m.workspace_id and not w.is_global
      where m.workspace_id = any (private.workspace_ids('project_creator'))
      union
      select m.user_id from public.project_users m
      where m.project_id = any (private.project_ids('viewer') || private.admin_project_ids())
    ) x
  ), '{}');
end $$;
comment on function private.colleague_ids() is 'People the caller works with. Sharing the Global Workspace is not working together.';

-- Projects that are gone, until they are purged, and have something published, which is not shown. These are few, where
-- those that are there are many, and asking for each published row would cost a call for each.
create or replace function private.deleted_project_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(x.id) from (
      select p.id from public.projects p
      where p.deleted_at is not null and exists (select from public.artifacts a where a.project_id = p.id and a.is_public)
      union
      select p.id from public.projects p join public.workspaces w on w.id = p.workspace_id
      where w.deleted_at is not null and exists (select from public.artifacts a where a.project_id = p.id and a.is_public)
    ) x
  ), '{}');
end $$;
comment on function private.deleted_project_ids() is 'Projects with something published that are deleted, or whose workspace is, and not purged yet; whoever asks.';

create or replace function private.global_workspace_id() returns uuid
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return (select w.id from public.workspaces w where w.is_global);
end $$;
comment on function private.global_workspace_id() is 'The Global Workspace''s id.';

-- The first segment of an object's name as a uuid; null for every name that is not ours, so that no
-- stray object can make another person's query fail.
create or replace function private.path_id(name text) returns uuid
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  if name !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/'
    or name ~ '(^|/)\.{1,2}(/|$)' then
    return null;
  end if;
  return split_part(name, '/', 1)::uuid;
end $$;
comment on function private.path_id(text) is 'The id an object''s name begins with; null for every name that is not ours.';

-- Rows of every kind.

create or replace function private.touch() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_at := now();
  new.created_at := old.created_at;
  return new;
end $$;
comment on function private.touch() is 'Trigger: sets updated_at and keeps created_at, whatever the writer says.';

create or replace function private.touch_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.changed_xid := pg_current_xact_id();
  return new;
end $$;
comment on function private.touch_change() is 'Trigger: sets changed_xid, by which pull_project finds what changed.';

create or replace function private.stamp_author() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  -- A client cannot write as somebody else; a job without a person may name one.
  new.created_by := coalesce(auth.uid(), new.created_by);
  return new;
end $$;
comment on function private.stamp_author() is 'Trigger: created_by is the caller; only a job without a person may name one.';

create or replace function private.stamp_editor() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_by := coalesce(auth.uid(), new.updated_by);
  return new;
end $$;
comment on function private.stamp_editor() is 'Trigger: updated_by is the caller; only a job without a person may name one.';

create or replace function private.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  -- Only its author's leaving changes a line: the name goes, the line stays.
  if tg_op = 'UPDATE' and to_jsonb(new) ->> 'created_by' is null
    and to_jsonb(new) - 'created_by' = to_jsonb(old) - 'created_by' then
    return new;
  end if;
  raise exception 'History is append-only.' using errcode = '42501';
end $$;
comment on function private.refuse_change() is 'Trigger: history is append-only; only its author''s name goes with the account.';

create or replace function private.check_name(name text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if char_length(trim(name)) between 1 and 200 is not true then
    raise exception 'A name has 1 to 200 characters.' using errcode = '22023';
  end if;
end $$;
comment on function private.check_name(text) is 'Refuses a name that has not 1 to 200 characters.';

-- An object in text; null where it is none.
create or replace function private.parsed_object(value text) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return case when jsonb_typeof(value::jsonb) = 'object' then value::jsonb end;
exception when invalid_text_representation or untranslatable_character then
  return null;
end $$;
comment on function private.parsed_object(text) is 'An object in text; null where it is none.';

revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.is_active_user(), private.is_super(), private.acts_as_super(), private.workspace_ids(public.workspace_role),
  private.project_ids(public.project_role), private.admin_project_ids(boolean), private.visible_workspace_ids(), private.colleague_ids(),
  private.global_workspace_id() to authenticated, service_role;
grant execute on function private.deleted_project_ids(), private.path_id(text) to anon, authenticated;
