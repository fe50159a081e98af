-- Grants, row-level security, buckets. One policy per command; none for anyone but the roles it names.
set local lock_timeout = '10s';

do $$
declare
  v_policy record;
begin
  for v_policy in select schemaname, tablename, policyname from pg_policies
    where schemaname = 'public' and tablename = any (private.own_tables())
  loop
    execute format('drop policy %I on %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename);
  end loop;
end $$;

-- What a platform granted by itself goes; other tables and functions of the schema are somebody else's.
do $$
declare
  v_name text;
begin
  foreach v_name in array private.own_tables() loop
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', v_name);
    execute format('grant select, insert, update, delete on public.%I to service_role', v_name);
  end loop;
  for v_name in select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = any (private.own_functions())
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_name);
    execute format('grant execute on function %s to service_role', v_name);
  end loop;
end $$;
revoke all on all tables in schema private, audit from anon, authenticated, service_role;
revoke execute on all functions in schema private from public, anon, authenticated, service_role;
-- History, ledger and log are written by their own functions and triggers alone.
revoke insert, update, delete on public.artifact_files, public.artifact_file_versions, public.audit_logs from service_role;
revoke update, delete on public.token_usage from service_role;
revoke delete on public.workspaces from service_role;
revoke insert on public.users from service_role;
grant execute on function private.path_id(text), private.gone_project_ids() to anon, authenticated;
-- Checks of columns run as whoever writes them.
grant execute on function private.is_public_https(text), private.are_plain_headers(jsonb), private.is_document(jsonb), private.names_a_secret(jsonb), private.levels_of(jsonb)
  to authenticated, service_role;
grant execute on function private.is_active_user(), private.is_super(), private.ws_ids(public.workspace_role),
  private.project_ids(public.project_role), private.admin_project_ids(boolean), private.visible_ws_ids(),
  private.colleague_ids(), private.global_ws() to authenticated, service_role;
grant execute on function private.rollup(date, uuid, integer), private.activate_user(uuid),
  private.rotate_secrets(integer), private.release_stale_reservations(integer), private.roll_free_periods(integer) to service_role;
grant execute on function public.create_workspace(text, text), public.create_project(uuid, text, text, uuid),
  public.archive_project(uuid, text), public.archive_workspace(uuid, text), public.delete_project(uuid, text),
  public.restore_project(uuid), public.restore_workspace(uuid), public.create_invitation(text, uuid, text, text),
  public.accept_invitation(text), public.claim_domain(uuid, text), public.set_connection_secret(text, uuid, jsonb),
  public.my_account(), public.my_places(), public.workspace_directory(uuid), public.export_my_data(),
  public.set_user_status(uuid, public.user_status, text), public.set_super_user(uuid, boolean, text, timestamptz),
  public.give_workspace_owner(uuid, uuid, text), public.break_glass(uuid, text, integer), public.refresh_stats(uuid), public.chat_overview(uuid),
  public.mark_chat_read(uuid, timestamptz), public.search_artifacts(text, timestamptz, integer, uuid),
  public.commit_artifact_changes(uuid, jsonb, jsonb), public.restore_artifact(uuid, bigint),
  public.artifact_metadata(uuid), public.search_places(text, integer), public.delete_artifact(uuid), public.restore_deleted_artifact(uuid), public.delete_workspace(uuid, text),
  public.platform_assessment(), public.pull_project(uuid, xid8, text, uuid, uuid, integer, text, uuid, boolean) to authenticated;
grant execute on function public.restorable_places(), public.company_email_domains(uuid, boolean), public.erase_my_account(text)
  to authenticated;
-- Triggers on auth.users run as the auth server's own role.
do $$
begin
  if exists (select from pg_roles where rolname = 'supabase_auth_admin') then
    grant usage on schema private to supabase_auth_admin;
    grant execute on function private.on_auth_user_created(), private.on_auth_user_updated(),
      private.on_auth_user_deleted() to supabase_auth_admin;
  end if;
end $$;

-- users
grant select (id, display_name, avatar_url, profile, status, is_super_user, created_at, updated_at, deleted_at) on public.users to authenticated;
grant update (display_name, avatar_url, profile) on public.users to authenticated;
create policy users_select on public.users for select to authenticated
  using (id = (select auth.uid()) or id = any ((select private.colleague_ids())::uuid[]) or (select private.is_super()));
create policy users_update on public.users for update to authenticated
  using (id = (select auth.uid()) and (select private.is_active_user()))
  with check (id = (select auth.uid()));

-- workspaces: made and archived by function
grant select on public.workspaces to authenticated;
grant update (name, description, company_name, logo_url, color_palette, settings) on public.workspaces to authenticated;
create policy workspaces_select on public.workspaces for select to authenticated
  using (id = any ((select private.visible_ws_ids())::uuid[]) or (is_global and (select private.is_super())));
create policy workspaces_update on public.workspaces for update to authenticated
  using ((not is_global and id = any ((select private.ws_ids('owner'))::uuid[])) or (is_global and (select private.is_super())))
  with check ((not is_global and id = any ((select private.ws_ids('owner'))::uuid[])) or (is_global and (select private.is_super())));

-- workspace_users: members of the Global Workspace do not see each other
grant select, delete on public.workspace_users to authenticated;
grant update (role) on public.workspace_users to authenticated;
create policy workspace_users_select on public.workspace_users for select to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or (workspace_id = any ((select private.ws_ids('project_creator'))::uuid[]) and workspace_id <> (select private.global_ws()))
    or (select private.is_super()));
create policy workspace_users_update on public.workspace_users for update to authenticated
  using (workspace_id = any ((select private.ws_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.ws_ids('admin'))::uuid[])))
  with check (workspace_id = any ((select private.ws_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.ws_ids('admin'))::uuid[])));
create policy workspace_users_delete on public.workspace_users for delete to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()) and workspace_id <> (select private.global_ws()))
    or workspace_id = any ((select private.ws_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.ws_ids('admin'))::uuid[])));

-- projects
grant select on public.projects to authenticated;
grant update (name, description, logo_url, color_palette, settings) on public.projects to authenticated;
create policy projects_select on public.projects for select to authenticated
  using (id = any ((select private.project_ids('viewer'))::uuid[]) or id = any ((select private.admin_project_ids())::uuid[]));
create policy projects_update on public.projects for update to authenticated
  using (id = any ((select private.project_ids('manager'))::uuid[]) or id = any ((select private.admin_project_ids(true))::uuid[]))
  with check (id = any ((select private.project_ids('manager'))::uuid[]) or id = any ((select private.admin_project_ids(true))::uuid[]));

-- project_users: only members of the workspace, only below one's own rank
grant select, delete on public.project_users to authenticated;
grant insert (project_id, user_id, role) on public.project_users to authenticated;
grant update (role) on public.project_users to authenticated;
create or replace function private.in_workspace_of(project uuid, member uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.projects p
      join public.workspace_users m on m.workspace_id = p.workspace_id
      join public.workspaces w on w.id = p.workspace_id and not w.is_global
    where p.id = project and m.user_id = member
      and p.id = any (private.project_ids('manager') || private.admin_project_ids(true)));
end $$;
revoke execute on function private.in_workspace_of(uuid, uuid) from public;
grant execute on function private.in_workspace_of(uuid, uuid) to authenticated;
create policy project_users_select on public.project_users for select to authenticated
  using (project_id = any ((select private.project_ids('viewer'))::uuid[]) or project_id = any ((select private.admin_project_ids())::uuid[]));
create policy project_users_insert on public.project_users for insert to authenticated
  with check (private.in_workspace_of(project_id, user_id) and (
    project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[]))));
create policy project_users_update on public.project_users for update to authenticated
  using (project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])))
  with check (project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])));
create policy project_users_delete on public.project_users for delete to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])));

-- artifacts
-- What its makers keep beside it (metadata) is not published with it: see artifact_metadata.
grant select (id, project_id, chat_id, title, description, artifact_type, status, progress, is_public, revision, changed_xid,
  created_at, created_by, updated_at, deleted_at, search), delete on public.artifacts to authenticated;
grant insert (id, project_id, chat_id, title, description, artifact_type, status, progress, metadata, is_public) on public.artifacts to authenticated;
grant update (title, description, artifact_type, status, progress, metadata, is_public) on public.artifacts to authenticated;
grant select (id, title, description, artifact_type, status, is_public, updated_at) on public.artifacts to anon;
create policy artifacts_select on public.artifacts for select to authenticated
  using (deleted_at is null and (project_id = any ((select private.project_ids('viewer'))::uuid[])
    or (is_public and status <> 'archived' and project_id <> all ((select private.gone_project_ids())::uuid[]))));
create policy artifacts_select_public on public.artifacts for select to anon
  using (is_public and deleted_at is null and status <> 'archived'
    and project_id <> all ((select private.gone_project_ids())::uuid[]));
create policy artifacts_insert on public.artifacts for insert to authenticated
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
create policy artifacts_update on public.artifacts for update to authenticated
  using (project_id = any ((select private.project_ids('contributor'))::uuid[]))
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
create policy artifacts_delete on public.artifacts for delete to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[])
    or (created_by = (select auth.uid()) and not is_public and project_id = any ((select private.project_ids('contributor'))::uuid[])));

-- artifact_files and their history: read-only, written by commit_artifact_changes alone
grant select on public.artifact_files, public.artifact_file_versions to authenticated;
grant select (id, artifact_id, file_name, file_type, file_size, file_path, is_main_file, is_public, storage_path, updated_at) on public.artifact_files to anon;
create policy artifact_files_select on public.artifact_files for select to authenticated
  using (deleted_at is null and (project_id in (select unnest((select private.project_ids('viewer'))))
    or (is_public and exists (select from public.artifacts a where a.id = artifact_id))));
create policy artifact_files_select_public on public.artifact_files for select to anon
  using (is_public and deleted_at is null and exists (
    select from public.artifacts a where a.id = artifact_id and a.is_public));
create policy artifact_file_versions_select on public.artifact_file_versions for select to authenticated
  using (exists (select from public.artifacts a where a.id = artifact_id
    and a.project_id = any ((select private.project_ids('viewer'))::uuid[])));

-- workspace_domains: claimed by an owner, verified by a service
create or replace function private.is_claimable(domain text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not exists (select from private.public_mail_domains p where p.domain = is_claimable.domain)
$$;
revoke execute on function private.is_claimable(text) from public;
grant execute on function private.is_claimable(text) to authenticated;
grant select, delete on public.workspace_domains to authenticated;
grant insert (workspace_id, domain) on public.workspace_domains to authenticated;
create policy workspace_domains_select on public.workspace_domains for select to authenticated
  using (workspace_id = any ((select private.ws_ids('admin'))::uuid[]));
create policy workspace_domains_insert on public.workspace_domains for insert to authenticated
  with check (workspace_id = any ((select private.ws_ids('owner'))::uuid[]) and workspace_id <> (select private.global_ws())
    and private.is_claimable(domain));
create policy workspace_domains_delete on public.workspace_domains for delete to authenticated
  using (workspace_id = any ((select private.ws_ids('owner'))::uuid[]));

-- invitations: made by function; an update is a revocation
grant select (id, workspace_id, project_id, workspace_role, project_role, email, expires_at, accepted_at, accepted_by,
  revoked_at, created_at, created_by) on public.invitations to authenticated;
grant update (revoked_at) on public.invitations to authenticated;
create policy invitations_select on public.invitations for select to authenticated
  using (workspace_id = any ((select private.ws_ids('admin'))::uuid[])
    or project_id = any ((select private.project_ids('manager') || private.admin_project_ids())::uuid[]));
create policy invitations_update on public.invitations for update to authenticated
  using (accepted_at is null and (workspace_id = any ((select private.ws_ids('admin'))::uuid[])
    or project_id = any ((select private.project_ids('manager') || private.admin_project_ids(true))::uuid[])))
  with check (revoked_at is not null);

-- connections: a workspace's are its members' to read, a project's its contributors'
grant select (id, workspace_id, project_id, name, description, api_type, endpoint_url, auth_type, custom_headers, http_method,
  request_body_template, response_path, response_schema, has_secret, secret_hint, secret_rotated_at, is_active, created_at,
  created_by, updated_at), delete on public.api_connections to authenticated;
grant insert (workspace_id, project_id, name, description, api_type, endpoint_url, auth_type, custom_headers, http_method,
  request_body_template, response_path, response_schema, is_active) on public.api_connections to authenticated;
grant update (name, description, api_type, endpoint_url, auth_type, custom_headers, http_method, request_body_template,
  response_path, response_schema, is_active) on public.api_connections to authenticated;
grant select (id, workspace_id, project_id, provider, provider_config, client_id, redirect_uri, scopes, additional_params,
  has_secret, secret_hint, secret_rotated_at, is_active, created_at, created_by, updated_at), delete
  on public.oauth2_connections to authenticated;
grant insert (workspace_id, project_id, provider, provider_config, client_id, redirect_uri, scopes, additional_params, is_active)
  on public.oauth2_connections to authenticated;
grant update (provider, provider_config, client_id, redirect_uri, scopes, additional_params, is_active)
  on public.oauth2_connections to authenticated;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['api_connections', 'oauth2_connections'] loop
    execute format($p$create policy %1$s_select on public.%1$I for select to authenticated
      using ((workspace_id = any ((select private.ws_ids('project_creator'))::uuid[]) and workspace_id <> (select private.global_ws()))
        or project_id = any ((select private.project_ids('contributor'))::uuid[]))$p$, v_table);
    execute format($p$create policy %1$s_insert on public.%1$I for insert to authenticated
      with check (workspace_id = any ((select private.ws_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format($p$create policy %1$s_update on public.%1$I for update to authenticated
      using (workspace_id = any ((select private.ws_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))
      with check (workspace_id = any ((select private.ws_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format($p$create policy %1$s_delete on public.%1$I for delete to authenticated
      using (workspace_id = any ((select private.ws_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
  end loop;
end $$;

-- oauth2_tokens: that there is one, and until when
create or replace function private.managed_connection_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(c.id) from public.oauth2_connections c
    where c.workspace_id = any (private.ws_ids('admin')) or c.project_id = any (private.project_ids('manager'))), '{}');
end $$;
revoke execute on function private.managed_connection_ids() from public;
grant execute on function private.managed_connection_ids() to authenticated;
grant select (id, connection_id, user_id, token_type, expires_at, scope, has_refresh_token, created_at, updated_at), delete
  on public.oauth2_tokens to authenticated;
create policy oauth2_tokens_select on public.oauth2_tokens for select to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or connection_id = any ((select private.managed_connection_ids())::uuid[]));
create policy oauth2_tokens_delete on public.oauth2_tokens for delete to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or connection_id = any ((select private.managed_connection_ids())::uuid[]));

-- environment_variables: names are the contributors' to know, values nobody's
grant select (id, project_id, name, has_secret, secret_hint, secret_rotated_at, created_at, created_by, updated_at), delete
  on public.environment_variables to authenticated;
grant insert (project_id, name), update (name) on public.environment_variables to authenticated;
create policy environment_variables_select on public.environment_variables for select to authenticated
  using (project_id = any ((select private.project_ids('contributor'))::uuid[]));
create policy environment_variables_insert on public.environment_variables for insert to authenticated
  with check (project_id = any ((select private.project_ids('manager'))::uuid[]));
create policy environment_variables_update on public.environment_variables for update to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[]))
  with check (project_id = any ((select private.project_ids('manager'))::uuid[]));
create policy environment_variables_delete on public.environment_variables for delete to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[]));

-- chats
grant select, delete on public.chat_sessions, public.chat_messages, public.chat_participants to authenticated;
grant insert (id, project_id, title, description, settings, is_active), update (title, description, settings, is_active)
  on public.chat_sessions to authenticated;
create policy chat_sessions_select on public.chat_sessions for select to authenticated
  using (project_id = any ((select private.project_ids('viewer'))::uuid[]));
create policy chat_sessions_insert on public.chat_sessions for insert to authenticated
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
create policy chat_sessions_update on public.chat_sessions for update to authenticated
  using (project_id = any ((select private.project_ids('contributor'))::uuid[]))
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
create policy chat_sessions_delete on public.chat_sessions for delete to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[]));
-- Agents' and the system's messages are written by services.
grant insert (id, chat_id, content, message_type, metadata), update (content, metadata) on public.chat_messages to authenticated;
create policy chat_messages_select on public.chat_messages for select to authenticated
  using (project_id in (select unnest((select private.project_ids('viewer')))));
create policy chat_messages_insert on public.chat_messages for insert to authenticated
  with check (message_type = 'user' and agent_type is null and created_by = (select auth.uid())
    and project_id in (select unnest((select private.project_ids('contributor')))));
create policy chat_messages_update on public.chat_messages for update to authenticated
  using (message_type = 'user' and created_by = (select auth.uid())
    and project_id in (select unnest((select private.project_ids('contributor')))))
  with check (message_type = 'user' and created_by = (select auth.uid()));
create policy chat_messages_delete on public.chat_messages for delete to authenticated
  using ((message_type = 'user' and created_by = (select auth.uid()) and project_id in (select unnest((select private.project_ids('contributor')))))
    or project_id in (select unnest((select private.project_ids('manager')))));
grant insert (chat_id, user_id), update (last_read_at, is_active) on public.chat_participants to authenticated;
create policy chat_participants_select on public.chat_participants for select to authenticated
  using (project_id in (select unnest((select private.project_ids('viewer')))));
create policy chat_participants_insert on public.chat_participants for insert to authenticated
  with check (user_id = (select auth.uid()) and project_id in (select unnest((select private.project_ids('viewer')))));
create policy chat_participants_update on public.chat_participants for update to authenticated
  using (user_id = (select auth.uid()) and project_id in (select unnest((select private.project_ids('viewer')))))
  with check (user_id = (select auth.uid()));
create policy chat_participants_delete on public.chat_participants for delete to authenticated
  using ((user_id = (select auth.uid()) and project_id in (select unnest((select private.project_ids('viewer')))))
    or project_id in (select unnest((select private.project_ids('manager')))));

-- what a project is about: read by its members, written by its managers
grant select, delete on public.project_requirements, public.technical_architecture, public.ui_design, public.project_context to authenticated;
grant insert (id, project_id, title, content, version, status), update (title, content, status) on public.project_requirements to authenticated;
grant insert (id, project_id, title, content, version, status, apis_used, data_schemas, security_requirements),
  update (title, content, status, apis_used, data_schemas, security_requirements) on public.technical_architecture to authenticated;
grant insert (id, project_id, title, content, version, status, color_palette, ui_framework, components),
  update (title, content, status, color_palette, ui_framework, components) on public.ui_design to authenticated;
grant insert (id, project_id, context_type, title, content, metadata), update (context_type, title, content, metadata)
  on public.project_context to authenticated;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['project_requirements', 'technical_architecture', 'ui_design', 'project_context'] loop
    execute format($p$create policy %1$s_select on public.%1$I for select to authenticated
      using (project_id = any ((select private.project_ids('viewer'))::uuid[]))$p$, v_table);
    execute format($p$create policy %1$s_insert on public.%1$I for insert to authenticated
      with check (project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format($p$create policy %1$s_update on public.%1$I for update to authenticated
      using (project_id = any ((select private.project_ids('manager'))::uuid[]))
      with check (project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format($p$create policy %1$s_delete on public.%1$I for delete to authenticated
      using (project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
  end loop;
end $$;

-- billing: read by who runs the workspace; usage also by whose it is
grant select on public.workspace_subscriptions, public.token_purchases, public.token_usage, public.workspace_stats,
  public.project_stats, public.audit_logs to authenticated;
create policy workspace_subscriptions_select on public.workspace_subscriptions for select to authenticated
  using (workspace_id = any ((select private.ws_ids('admin'))::uuid[]));
create policy token_purchases_select on public.token_purchases for select to authenticated
  using (workspace_id = any ((select private.ws_ids('admin'))::uuid[]));
create policy token_usage_select on public.token_usage for select to authenticated
  using ((created_by = (select auth.uid()) and (select private.is_active_user()))
    or (workspace_id = any ((select private.ws_ids('admin'))::uuid[]) and workspace_id <> (select private.global_ws()))
    or project_id = any ((select private.project_ids('viewer'))::uuid[]));
create policy workspace_stats_select on public.workspace_stats for select to authenticated
  using ((workspace_id = any ((select private.ws_ids('project_creator'))::uuid[]) and workspace_id <> (select private.global_ws()))
    or (select private.is_super()));
create policy project_stats_select on public.project_stats for select to authenticated
  using (project_id = any ((select private.project_ids('viewer') || private.admin_project_ids())::uuid[]));
create policy audit_logs_select on public.audit_logs for select to authenticated
  using ((workspace_id = any ((select private.ws_ids('admin'))::uuid[]) and workspace_id <> (select private.global_ws()))
    or project_id = any ((select private.project_ids('manager'))::uuid[])
    or (workspace_id is null and (select private.is_super())));

-- Changes are told to private topics where the platform has them: ids only, never content. Files change with their
-- artifact's revision, which is told once for a commit of ten thousand.
create or replace function private.broadcast_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_row jsonb := to_jsonb(coalesce(new, old));
  v_topic text := case tg_argv[0] when 'chat' then 'chat:' || (v_row ->> 'chat_id') else 'project:' || (v_row ->> 'project_id') end;
begin
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    execute 'select realtime.send($1, $2, $3, true)'
      using jsonb_build_object('table', tg_table_name, 'id', v_row -> 'id', 'operation', tg_op), lower(tg_op), v_topic;
  end if;
  return null;
exception when others then
  -- Whoever listens will ask again; whoever writes must not fail for it.
  return null;
end $$;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['chat_sessions', 'artifacts', 'project_users', 'project_requirements',
    'technical_architecture', 'ui_design', 'project_context'] loop
    execute format('drop trigger if exists broadcast on public.%I', v_table);
    execute format('create trigger broadcast after insert or update or delete on public.%I for each row execute function private.broadcast_change(''project'')', v_table);
  end loop;
  foreach v_table in array array['chat_messages', 'chat_participants'] loop
    execute format('drop trigger if exists broadcast on public.%I', v_table);
    execute format('create trigger broadcast after insert or update or delete on public.%I for each row execute function private.broadcast_change(''chat'')', v_table);
  end loop;
end $$;
-- A topic is its project's members' to hear; nobody but the database speaks in it.
create or replace function private.may_hear(topic text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid := case when topic ~ '^(project|chat):[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then split_part(topic, ':', 2)::uuid end;
begin
  if topic like 'project:%' then
    return coalesce(v_id = any (private.project_ids('viewer')), false);
  end if;
  return exists (select from public.chat_sessions c where c.id = v_id and c.project_id = any (private.project_ids('viewer')));
end $$;
revoke execute on function private.may_hear(text) from public;
grant execute on function private.may_hear(text) to authenticated;
