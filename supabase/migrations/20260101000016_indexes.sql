-- Indexes of foreign keys, lists and search.
set local lock_timeout = '10s';

create index if not exists workspace_users_user_id_idx on public.workspace_users (user_id);
create index if not exists workspace_users_invited_by_idx on public.workspace_users (invited_by) where invited_by is not null;
create index if not exists project_users_user_id_idx on public.project_users (user_id);
create index if not exists project_users_invited_by_idx on public.project_users (invited_by) where invited_by is not null;
create index if not exists projects_workspace_id_idx on public.projects (workspace_id);
create index if not exists artifacts_project_id_idx on public.artifacts (project_id, updated_at desc, id desc);
create index if not exists artifacts_changed_idx on public.artifacts (project_id, changed_xid);
create index if not exists artifacts_created_by_idx on public.artifacts (created_by);
create index if not exists artifacts_public_idx on public.artifacts (updated_at desc, id desc) where is_public;
create index if not exists artifacts_search_idx on public.artifacts using gin (search);
create index if not exists artifacts_title_idx on public.artifacts using gin (title extensions.gin_trgm_ops);
create index if not exists artifact_files_artifact_id_idx on public.artifact_files (artifact_id, project_id, is_public);
create index if not exists artifact_files_changed_idx on public.artifact_files (project_id, changed_xid);
create index if not exists artifact_files_created_by_idx on public.artifact_files (created_by);
create index if not exists artifact_files_updated_by_idx on public.artifact_files (updated_by);
create index if not exists artifact_file_versions_artifact_idx on public.artifact_file_versions (artifact_id, artifact_revision);
create index if not exists artifact_file_versions_created_by_idx on public.artifact_file_versions (created_by);
