-- What clients call. Names are a contract; signatures may only gain defaulted arguments.
set local lock_timeout = '10s';

create or replace function public.create_workspace(name text, company_name text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  v_id uuid;
begin
  if not private.is_active_user() then
    raise exception 'Only an active account can create a workspace.' using errcode = '42501';
  end if;
  insert into public.workspaces (name, company_name)
  values (create_workspace.name, create_workspace.company_name) returning id into v_id;
  insert into public.workspace_users (workspace_id, user_id, role) values (v_id, auth.uid(), 'owner');
  return v_id;
end $$;

create or replace function public.create_project(workspace uuid, name text, description text default null) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  v_id uuid;
begin
  if not workspace = any (private.ws_ids('project_creator'))
    or not exists (select from public.workspaces w where w.id = workspace and w.is_active) then
    raise exception 'You cannot create a project in this workspace.' using errcode = '42501';
  end if;
  insert into public.projects (workspace_id, name, description)
  values (workspace, create_project.name, create_project.description) returning id into v_id;
  insert into public.project_users (project_id, user_id, role) values (v_id, auth.uid(), 'owner');
  return v_id;
end $$;

create or replace function public.archive_project(project uuid, reason text default null) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update public.projects p set is_active = false, archived_reason = reason
  where p.id = project
    and (p.id = any (private.project_ids('owner')) or p.id = any (private.admin_project_ids()));
  if not found then
    raise exception 'You cannot archive this project.' using errcode = '42501';
  end if;
end $$;

create or replace function public.my_account() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  return (
    select jsonb_build_object('id', u.id, 'email', a.email, 'display_name', u.display_name,
      'avatar_url', u.avatar_url, 'status', u.status, 'is_super_user', u.is_super_user)
    from public.users u join auth.users a on a.id = u.id where u.id = auth.uid()
  );
end $$;

create or replace function public.search_artifacts(q text, before timestamptz default null, lim integer default 50)
returns table (id uuid, project_id uuid, title text, artifact_type text, updated_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
declare
  v_projects uuid[] := private.project_ids('viewer');
begin
  return query
    select a.id, a.project_id, a.title, a.artifact_type, a.updated_at
    from public.artifacts a
    where a.project_id = any (v_projects) and a.deleted_at is null
      and (a.search @@ websearch_to_tsquery('english', q) or a.title ilike '%' || replace(replace(replace(q, '\', '\\'), '%', '\%'), '_', '\_') || '%')
      and (before is null or a.updated_at < before)
    order by a.updated_at desc, a.id desc
    limit least(greatest(lim, 1), 200);
end $$;

-- Some servers hand a json array to a function as a json string of its text.
create or replace function private.unwrapped(value jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = '' as $$
begin
  return case jsonb_typeof(value) when 'string' then (value #>> '{}')::jsonb else value end;
end $$;

-- A change to one file as a commit asks for it; refuses what is not of that shape.
create or replace function private.checked_changes(changes jsonb)
returns table (place bigint, op text, file_id uuid, path text, sha256 text, size bigint, media_type text, is_main boolean)
language plpgsql immutable set search_path = '' as $$
begin
  if jsonb_typeof(changes) is distinct from 'array' or jsonb_array_length(changes) not between 1 and 10000 then
    raise exception 'changes must be an array of 1 to 10000 changes' using errcode = '22023';
  end if;
  return query
    select c.ordinality, c.value ->> 'op', (c.value ->> 'file_id')::uuid, c.value ->> 'path', c.value ->> 'sha256',
      (c.value ->> 'size')::bigint, coalesce(c.value ->> 'media_type', 'application/octet-stream'),
      (c.value ->> 'is_main')::boolean
    from jsonb_array_elements(changes) with ordinality c;
end $$;

-- The only commit point of artifact files: all or nothing, by compare-and-swap. A conflict is an answer,
-- not an error. A change that is already so (a lost response, repeated) is done, not a conflict.
create or replace function public.commit_artifact_changes(artifact_id uuid, expected jsonb, changes jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_changes jsonb := private.unwrapped(changes);
  v_known jsonb := coalesce(private.unwrapped(expected), '{}');
  v_artifact public.artifacts;
  v_change record;
  v_file public.artifact_files;
  v_expected bigint;
  v_conflicts jsonb := '[]';
  v_done jsonb := '[]';
  v_todo uuid[] := '{}';
  v_object jsonb;
  v_revision bigint;
begin
  select * into v_artifact from public.artifacts a
  where a.id = commit_artifact_changes.artifact_id and a.deleted_at is null for update;
  if not found or not v_artifact.project_id = any (private.project_ids('viewer')) then
    raise exception 'There is no such artifact.' using errcode = 'PT404';
  end if;
  if not v_artifact.project_id = any (private.project_ids('contributor')) then
    raise exception 'You may read this artifact but not change it.' using errcode = '42501';
  end if;

  for v_change in select * from private.checked_changes(v_changes) order by place loop
    if v_change.op is null or v_change.op not in ('put', 'remove') or v_change.file_id is null
      or (v_change.op = 'put' and (v_change.path is null or v_change.sha256 is null or v_change.size is null)) then
      raise exception 'Change % is not complete.', v_change.place using errcode = '22023';
    end if;
    v_expected := coalesce((v_known ->> v_change.file_id::text)::bigint, 0);
    select * into v_file from public.artifact_files f where f.id = v_change.file_id;
    if v_file.id is not null and v_file.artifact_id <> v_artifact.id then
      raise exception 'File % belongs to another artifact.', v_change.file_id using errcode = '22023';
    end if;

    if v_change.op = 'remove' then
      if v_file.id is null or v_file.deleted_at is not null then
        continue;
      elsif v_file.revision <> v_expected then
        v_conflicts := v_conflicts || jsonb_build_object('file_id', v_file.id, 'path', v_file.file_path,
          'revision', v_file.revision, 'sha256', v_file.sha256, 'reason', 'changed');
      else
        v_todo := v_todo || v_change.file_id;
      end if;
      continue;
    end if;

    if v_file.id is not null and v_file.deleted_at is null and v_file.sha256 = v_change.sha256
      and v_file.file_path = v_change.path then
      v_done := v_done || jsonb_build_object('file_id', v_file.id, 'revision', v_file.revision);
      continue;
    end if;
    if coalesce(v_file.revision, 0) <> v_expected then
      v_conflicts := v_conflicts || jsonb_build_object('file_id', v_change.file_id,
        'path', coalesce(v_file.file_path, v_change.path), 'revision', v_file.revision, 'sha256', v_file.sha256,
        'reason', case when v_file.id is null or v_file.deleted_at is not null then 'removed' else 'changed' end);
      continue;
    end if;
    if exists (
      select from public.artifact_files o
      where o.artifact_id = v_artifact.id and o.deleted_at is null and o.id <> v_change.file_id
        and o.folded_path = lower(normalize(v_change.path, nfc)) and not o.id = any (v_todo)
    ) then
      v_conflicts := v_conflicts || jsonb_build_object('file_id', v_change.file_id, 'path', v_change.path,
        'revision', v_file.revision, 'sha256', null, 'reason', 'path-taken');
      continue;
    end if;
    select o.metadata into v_object from storage.objects o
    where o.bucket_id = 'artifact-files' and o.name = v_artifact.id::text || '/' || v_change.sha256;
    if v_object is null or (v_object ->> 'size')::bigint <> v_change.size then
      raise exception 'The bytes of % are not in storage.', v_change.path
        using errcode = 'PT409', hint = 'Upload the object first.';
    end if;
    v_todo := v_todo || v_change.file_id;
  end loop;

  if v_conflicts <> '[]' then
    return jsonb_build_object('status', 'conflict', 'conflicts', v_conflicts);
  end if;
  if v_todo = '{}' then
    return jsonb_build_object('status', 'committed', 'revision', v_artifact.revision, 'files', v_done);
  end if;

  update public.artifacts a set revision = a.revision + 1
  where a.id = v_artifact.id returning a.revision into v_revision;
  -- Removals first, so that a name is free for the file that takes it.
  for v_change in
    select * from private.checked_changes(v_changes) c where c.file_id = any (v_todo)
    order by (c.op = 'put'), c.place
  loop
    if v_change.op = 'remove' then
      update public.artifact_files f
      set deleted_at = now(), revision = f.revision + 1, updated_by = auth.uid()
      where f.id = v_change.file_id returning * into v_file;
    else
      if v_change.is_main then
        update public.artifact_files f set is_main_file = false
        where f.artifact_id = v_artifact.id and f.is_main_file and f.id <> v_change.file_id;
      end if;
      insert into public.artifact_files as f (id, artifact_id, project_id, is_public, file_path, file_type,
        file_size, sha256, is_main_file, created_by, updated_by)
      values (v_change.file_id, v_artifact.id, v_artifact.project_id, v_artifact.is_public, v_change.path,
        v_change.media_type, v_change.size, v_change.sha256, coalesce(v_change.is_main, false), auth.uid(), auth.uid())
      on conflict (id) do update set file_path = excluded.file_path, file_type = excluded.file_type,
        file_size = excluded.file_size, sha256 = excluded.sha256, revision = f.revision + 1,
        is_main_file = coalesce(v_change.is_main, f.is_main_file), deleted_at = null, updated_by = auth.uid()
      returning * into v_file;
    end if;
    insert into public.artifact_file_versions (file_id, revision, artifact_id, artifact_revision, file_path,
      file_size, sha256, removed, created_by)
    values (v_file.id, v_file.revision, v_artifact.id, v_revision, v_file.file_path, v_file.file_size,
      v_file.sha256, v_file.deleted_at is not null, auth.uid());
    v_done := v_done || jsonb_build_object('file_id', v_file.id, 'revision', v_file.revision);
  end loop;
  return jsonb_build_object('status', 'committed', 'revision', v_revision, 'files', v_done);
end $$;

-- What changed in a project since a cursor. The cursor is the oldest transaction still running when the
-- answer was made: rows of a transaction that commits later are at or past it, so none is ever skipped;
-- some come twice. Without a cursor: everything live, and the ids to reconcile against.
create or replace function public.pull_project(project uuid, since xid8 default null) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_cursor xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_artifacts jsonb;
  v_files jsonb;
begin
  if not project = any (private.project_ids('viewer')) then
    raise exception 'There is no such project.' using errcode = 'PT404';
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'project_id', a.project_id, 'title', a.title,
    'description', a.description, 'artifact_type', a.artifact_type, 'status', a.status, 'is_public', a.is_public,
    'revision', a.revision, 'updated_at', a.updated_at, 'deleted_at', a.deleted_at)), '[]')
  into v_artifacts from public.artifacts a
  where a.project_id = project
    and case when since is null then a.deleted_at is null else a.changed_xid >= since end;
  select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'artifact_id', f.artifact_id, 'file_path', f.file_path,
    'file_name', f.file_name, 'file_type', f.file_type, 'file_size', f.file_size, 'sha256', f.sha256,
    'revision', f.revision, 'is_main_file', f.is_main_file, 'storage_path', f.storage_path,
    'updated_at', f.updated_at, 'deleted_at', f.deleted_at)), '[]')
  into v_files from public.artifact_files f join public.artifacts a on a.id = f.artifact_id
  where f.project_id = project
    and case when since is null then f.deleted_at is null and a.deleted_at is null else f.changed_xid >= since end;
  return jsonb_build_object('cursor', v_cursor::text, 'artifacts', v_artifacts, 'files', v_files)
    || case when since is not null then '{}'::jsonb else jsonb_build_object(
      'artifact_ids', (select coalesce(jsonb_agg(x -> 'id'), '[]') from jsonb_array_elements(v_artifacts) x),
      'file_ids', (select coalesce(jsonb_agg(x -> 'id'), '[]') from jsonb_array_elements(v_files) x)) end;
end $$;
