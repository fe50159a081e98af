-- The helpers every policy calls: one array per statement. They alone know the rules of status, archive
-- and deletion: an inactive account has nothing, an archived place is read-only, a deleted one is gone.
-- plpgsql, because it keeps its plan for the session where SQL functions plan each time.
set local lock_timeout = '10s';

create or replace function private.ws_ids(min_role public.workspace_role) returns uuid[]
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

-- Projects whose membership and settings a workspace's owner or admin manages, without reading them; to write
-- in them, those that are not archived.
create or replace function private.admin_project_ids(to_write boolean default false) returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(p.id) from public.projects p
    where p.workspace_id = any (private.ws_ids('admin')) and p.deleted_at is null and (p.is_active or not to_write)
  ), '{}');
end $$;

-- Workspaces whose name may be read: one's own, and those of the projects one is in.
create or replace function private.visible_ws_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return private.ws_ids('project_creator') || coalesce((
    select array_agg(distinct p.workspace_id) from public.projects p
    where p.id = any (private.project_ids('viewer'))
  ), '{}');
end $$;

-- People one works with. Sharing the Global Workspace is not working together.
create or replace function private.colleague_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(x.user_id) from (
      select m.user_id from public.workspace_users m
        join public.workspaces w on w.id = m.workspace_id and not w.is_global
      where m.workspace_id = any (private.ws_ids('project_creator'))
      union
      select m.user_id from public.project_users m
      where m.project_id = any (private.project_ids('viewer') || private.admin_project_ids())
    ) x
  ), '{}');
end $$;

-- Projects that are gone, until they are purged: what was published from them is not shown. These are few, where
-- those that are there are many, and asking for each published row would cost a call for each.
create or replace function private.gone_project_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(x.id) from (
      select p.id from public.projects p where p.deleted_at is not null
      union
      select p.id from public.projects p join public.workspaces w on w.id = p.workspace_id where w.deleted_at is not null
    ) x
  ), '{}');
end $$;

create or replace function private.global_ws() returns uuid
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return (select w.id from public.workspaces w where w.is_global);
end $$;

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
