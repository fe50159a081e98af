-- Grants, row-level security, buckets. One policy per command; none for anyone but the roles it names.
set local lock_timeout = '10s';

do $$
declare
  v_policy record;
begin
  for v_policy in select schemaname, tablename, policyname from pg_policies
    where schemaname = 'public' or (schemaname = 'storage' and policyname like 'atelier:%')
  loop
    execute format('drop policy %I on %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename);
  end loop;
end $$;

revoke all on all tables in schema public from anon, authenticated;
revoke execute on all functions in schema public from public, anon, authenticated;
revoke execute on all functions in schema private from public, anon, authenticated;
grant select, insert, update, delete on public.users, public.workspaces, public.workspace_users, public.projects,
  public.project_users, public.artifacts, public.artifact_files to service_role;
grant select, insert on public.artifact_file_versions to service_role;
grant execute on all functions in schema private to service_role;
grant execute on all functions in schema public to service_role;
grant execute on function private.path_id(text) to anon, authenticated;
grant execute on function private.is_active_user(), private.is_super(), private.ws_ids(public.workspace_role),
  private.project_ids(public.project_role), private.admin_project_ids(), private.visible_ws_ids(),
  private.colleague_ids(), private.global_ws() to authenticated;
grant execute on function public.create_workspace(text, text), public.create_project(uuid, text, text),
  public.archive_project(uuid, text), public.my_account(), public.search_artifacts(text, timestamptz, integer),
  public.commit_artifact_changes(uuid, jsonb, jsonb), public.pull_project(uuid, xid8) to authenticated;
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
grant select (id, display_name, avatar_url, profile, status, is_super_user, created_at, updated_at) on public.users to authenticated;
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
  using (user_id = (select auth.uid())
    or (workspace_id = any ((select private.ws_ids('project_creator'))::uuid[]) and workspace_id <> (select private.global_ws()))
    or (workspace_id = (select private.global_ws()) and (select private.is_super())));
create policy workspace_users_update on public.workspace_users for update to authenticated
  using (workspace_id = any ((select private.ws_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.ws_ids('admin'))::uuid[])))
  with check (workspace_id = any ((select private.ws_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.ws_ids('admin'))::uuid[])));
create policy workspace_users_delete on public.workspace_users for delete to authenticated
  using ((user_id = (select auth.uid()) and workspace_id <> (select private.global_ws()))
    or workspace_id = any ((select private.ws_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.ws_ids('admin'))::uuid[])));

-- projects
grant select on public.projects to authenticated;
grant update (name, description, logo_url, color_palette, settings) on public.projects to authenticated;
create policy projects_select on public.projects for select to authenticated
  using (id = any ((select private.project_ids('viewer'))::uuid[]) or id = any ((select private.admin_project_ids())::uuid[]));
create policy projects_update on public.projects for update to authenticated
  using (id = any ((select private.project_ids('manager'))::uuid[]) or id = any ((select private.admin_project_ids())::uuid[]))
  with check (id = any ((select private.project_ids('manager'))::uuid[]) or id = any ((select private.admin_project_ids())::uuid[]));

-- project_users: only members of the workspace, only below one's own rank
grant select, delete on public.project_users to authenticated;
grant insert (project_id, user_id, role) on public.project_users to authenticated;
grant update (role) on public.project_users to authenticated;
create or replace function private.in_workspace_of(project uuid, member uuid) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (
    select from public.projects p
      join public.workspace_users m on m.workspace_id = p.workspace_id
      join public.workspaces w on w.id = p.workspace_id and not w.is_global
    where p.id = project and m.user_id = member);
end $$;
revoke execute on function private.in_workspace_of(uuid, uuid) from public;
grant execute on function private.in_workspace_of(uuid, uuid) to authenticated;
create policy project_users_select on public.project_users for select to authenticated
  using (project_id = any ((select private.project_ids('viewer'))::uuid[]) or project_id = any ((select private.admin_project_ids())::uuid[]));
create policy project_users_insert on public.project_users for insert to authenticated
  with check (private.in_workspace_of(project_id, user_id) and (
    project_id = any ((select private.project_ids('owner') || private.admin_project_ids())::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[]))));
create policy project_users_update on public.project_users for update to authenticated
  using (project_id = any ((select private.project_ids('owner') || private.admin_project_ids())::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])))
  with check (project_id = any ((select private.project_ids('owner') || private.admin_project_ids())::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])));
create policy project_users_delete on public.project_users for delete to authenticated
  using (user_id = (select auth.uid())
    or project_id = any ((select private.project_ids('owner') || private.admin_project_ids())::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])));

-- artifacts
grant select, delete on public.artifacts to authenticated;
grant insert (id, project_id, chat_id, title, description, artifact_type, status, progress, metadata) on public.artifacts to authenticated;
grant update (title, description, artifact_type, status, progress, metadata, is_public) on public.artifacts to authenticated;
grant select (id, title, description, artifact_type, status, is_public, updated_at) on public.artifacts to anon;
create policy artifacts_select on public.artifacts for select to authenticated
  using (deleted_at is null and (project_id = any ((select private.project_ids('viewer'))::uuid[]) or is_public));
create policy artifacts_select_public on public.artifacts for select to anon
  using (is_public and deleted_at is null and status <> 'archived');
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
  using (deleted_at is null and (is_public or project_id in (select unnest((select private.project_ids('viewer'))))));
create policy artifact_files_select_public on public.artifact_files for select to anon
  using (is_public and deleted_at is null and exists (
    select from public.artifacts a where a.id = artifact_id and a.is_public));
create policy artifact_file_versions_select on public.artifact_file_versions for select to authenticated
  using (exists (select from public.artifacts a where a.id = artifact_id
    and a.project_id = any ((select private.project_ids('viewer'))::uuid[])));

-- Storage
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('workspace-files', 'workspace-files', false, 52428800, array['image/*', 'application/pdf']),
  ('project-files', 'project-files', false, 209715200, null),
  ('artifact-files', 'artifact-files', false, 524288000, null)
on conflict (id) do update set file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;

create policy "atelier: workspace files, read" on storage.objects for select to authenticated
  using (bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('project_creator'))::uuid[])
    and private.path_id(name) <> (select private.global_ws()));
create policy "atelier: workspace files, add" on storage.objects for insert to authenticated
  with check (bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[]));
create policy "atelier: workspace files, change" on storage.objects for update to authenticated
  using (bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[]))
  with check (bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[]));
create policy "atelier: workspace files, remove" on storage.objects for delete to authenticated
  using (bucket_id = 'workspace-files' and private.path_id(name) = any ((select private.ws_ids('admin'))::uuid[]));

create policy "atelier: project files, read" on storage.objects for select to authenticated
  using (bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('viewer'))::uuid[]));
create policy "atelier: project files, add" on storage.objects for insert to authenticated
  with check (bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[]));
create policy "atelier: project files, change" on storage.objects for update to authenticated
  using (bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[]))
  with check (bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[]));
create policy "atelier: project files, remove" on storage.objects for delete to authenticated
  using (bucket_id = 'project-files' and private.path_id(name) = any ((select private.project_ids('contributor'))::uuid[]));

-- Blobs are added, never changed or removed by a client, or history would lose them.
create policy "atelier: artifact files, read" on storage.objects for select to authenticated
  using (bucket_id = 'artifact-files' and exists (select from public.artifacts a where a.id = private.path_id(name)));
create policy "atelier: artifact files, read published" on storage.objects for select to anon
  using (bucket_id = 'artifact-files' and exists (select from public.artifacts a where a.id = private.path_id(name) and a.is_public));
create policy "atelier: artifact files, add" on storage.objects for insert to authenticated
  with check (bucket_id = 'artifact-files' and name ~ '^[0-9a-f-]{36}/[0-9a-f]{64}$' and exists (
    select from public.artifacts a where a.id = private.path_id(name)
      and a.project_id = any ((select private.project_ids('contributor'))::uuid[])));
