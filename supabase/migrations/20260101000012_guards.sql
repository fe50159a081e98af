-- Triggers that keep rows honest: times, the last owner, publishing, history.
set local lock_timeout = '10s';

create or replace function private.touch() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  new.created_at := old.created_at;
  return new;
end $$;

create or replace function private.touch_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.changed_xid := pg_current_xact_id();
  return new;
end $$;

create or replace function private.stamp_author() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- A client cannot write as somebody else; a job without a person may name one.
  new.created_by := coalesce(auth.uid(), new.created_by);
  return new;
end $$;

-- Two owners who remove each other at once are serialised by the lock on their workspace or project.
create or replace function private.keep_an_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_left integer;
begin
  if old.role <> 'owner' or (tg_op = 'UPDATE' and new.role = 'owner') then
    return coalesce(new, old);
  end if;
  if tg_table_name = 'workspace_users' then
    perform from public.workspaces w where w.id = old.workspace_id for update;
    if not found then return old; end if;
    select count(*) into v_left from public.workspace_users m
    where m.workspace_id = old.workspace_id and m.role = 'owner' and m.id <> old.id;
  else
    perform from public.projects p where p.id = old.project_id for update;
    if not found then return old; end if;
    select count(*) into v_left from public.project_users m
    where m.project_id = old.project_id and m.role = 'owner' and m.id <> old.id;
  end if;
  -- An account that is being deleted has its places archived by on_auth_user_deleted.
  if v_left = 0 and exists (select from public.users u where u.id = old.user_id and u.deleted_at is null) then
    raise exception 'The last owner cannot leave.' using errcode = '23514', hint = 'Make somebody else an owner first.';
  end if;
  return coalesce(new, old);
end $$;

create or replace function private.guard_publish() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.is_public and auth.uid() is not null
    and (tg_op = 'INSERT' or not old.is_public)
    and not new.project_id = any (private.project_ids('manager')) then
    raise exception 'Only a manager of the project can publish an artifact.' using errcode = '42501';
  end if;
  return new;
end $$;

create or replace function private.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'History is append-only.' using errcode = '42501';
end $$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['users', 'workspaces', 'projects', 'artifacts', 'artifact_files'] loop
    execute format('drop trigger if exists touch on public.%I', v_table);
    execute format('create trigger touch before update on public.%I for each row execute function private.touch()', v_table);
  end loop;
  foreach v_table in array array['artifacts', 'artifact_files'] loop
    execute format('drop trigger if exists touch_change on public.%I', v_table);
    execute format('create trigger touch_change before insert or update on public.%I for each row execute function private.touch_change()', v_table);
  end loop;
  foreach v_table in array array['workspace_users', 'project_users'] loop
    execute format('drop trigger if exists keep_an_owner on public.%I', v_table);
    execute format('create trigger keep_an_owner before update or delete on public.%I for each row execute function private.keep_an_owner()', v_table);
  end loop;
end $$;

drop trigger if exists stamp_author on public.artifacts;
create trigger stamp_author before insert on public.artifacts
  for each row execute function private.stamp_author();
drop trigger if exists guard_publish on public.artifacts;
create trigger guard_publish before insert or update on public.artifacts
  for each row execute function private.guard_publish();
drop trigger if exists append_only on public.artifact_file_versions;
create trigger append_only before update on public.artifact_file_versions
  for each row execute function private.refuse_change();
