-- Who is told of a change, and who may listen.
set local lock_timeout = '10s';

-- Whom a change concerns: the topics it is told to. A topic may outlive a membership on a hosted project, so that ids and
-- kinds are all that is ever said in one.
create or replace function private.topics_of_change(kind text, changed jsonb) returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case kind when 'chat' then 'chat:' || (changed ->> 'chat_id') else 'project:' || (changed ->> 'project_id') end
  where kind in ('chat', 'project', 'project member')
  union all
  -- What somebody may see is another than before.
  select 'user:' || (changed ->> case kind when 'account' then 'id' else 'user_id' end)
  where kind in ('account', 'member', 'project member', 'own')
  union all
  select 'user:' || m.user_id from public.project_users m where kind = 'place' and m.project_id = (changed ->> 'id')::uuid
  union
  -- Whoever runs a workspace sees its projects; and all of it see its name. The one of everybody has nothing to tell.
  select 'user:' || m.user_id from public.workspace_users m join public.workspaces w on w.id = m.workspace_id and not w.is_global
  where (kind = 'place' and w.id = (changed ->> 'workspace_id')::uuid and m.role >= 'admin')
    or (kind = 'workspace' and w.id = (changed ->> 'id')::uuid)
  union
  -- Whoever is in a project only sees what its workspace is called, and how it stands.
  select 'user:' || m.user_id from public.project_users m
  join public.projects p on p.id = m.project_id
  join public.workspaces w on w.id = p.workspace_id and not w.is_global
  where topics_of_change.kind = 'workspace' and w.id = (changed ->> 'id')::uuid
$$;
comment on function private.topics_of_change(text, jsonb) is 'The private topics that a row''s change is told to, by what kind of row it is.';

-- Changes are told to private topics where the platform has them: ids only, never content. Files change with their
-- artifact's revision, which is told once for a commit of ten thousand.
create or replace function private.broadcast_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_row jsonb := to_jsonb(coalesce(new, old));
  v_topic text;
begin
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    for v_topic in select private.topics_of_change(tg_argv[0], v_row) loop
      execute 'select realtime.send($1, $2, $3, true)'
        using jsonb_build_object('table', tg_table_name, 'id', v_row -> 'id', 'operation', tg_op), lower(tg_op), v_topic;
    end loop;
  end if;
  return null;
exception when others then
  -- Whoever listens will ask again; whoever writes must not fail for it.
  return null;
end $$;
comment on function private.broadcast_change() is 'Trigger: tells the private topics of its kind of row (its argument) that one changed; ids only, and no write fails for it.';

-- A topic is its project's members' to hear, and a person's own is theirs; nobody but the database speaks in it.
create or replace function private.may_hear(topic text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid := case when topic ~ '^(project|chat|user):[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then split_part(topic, ':', 2)::uuid end;
begin
  if topic like 'user:%' then
    return coalesce(v_id = auth.uid() and private.is_active_user(), false);
  end if;
  if topic like 'project:%' then
    return coalesce(v_id = any (private.project_ids('viewer')), false);
  end if;
  return exists (select from public.chat_sessions c where c.id = v_id and c.project_id = any (private.project_ids('viewer')));
end $$;
comment on function private.may_hear(text) is 'Whether the caller may listen to a topic: project:<id> or chat:<id> as a member of the project, user:<id> as that person.';

-- Who is there is said in chats alone, by whoever may listen there.
create or replace function private.may_be_present(topic text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(topic like 'chat:%', false) and private.may_hear(topic);
end $$;
comment on function private.may_be_present(text) is 'Whether the caller may see who is in a topic, and say that they are: in a chat of a project they are in.';

create or replace trigger broadcast after insert or update or delete on public.chat_sessions for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.artifacts for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.project_users for each row execute function private.broadcast_change('project member');
create or replace trigger broadcast after insert or update or delete on public.project_requirements for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.technical_architecture for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.ui_design for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.project_context for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.chat_messages for each row execute function private.broadcast_change('chat');
create or replace trigger broadcast after insert or update or delete on public.chat_participants for each row execute function private.broadcast_change('chat');
create or replace trigger broadcast after insert or update or delete on public.workspace_users for each row execute function private.broadcast_change('member');
create or replace trigger broadcast after insert or update of name, description, kind, is_active, deleted_at on public.projects for each row execute function private.broadcast_change('place');
create or replace trigger broadcast after update of name, description, company_name, logo_url, is_active, deleted_at on public.workspaces for each row execute function private.broadcast_change('workspace');
create or replace trigger broadcast after update of status, is_super_user, deleted_at, display_name, avatar_url on public.users for each row execute function private.broadcast_change('account');

revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.may_hear(text), private.may_be_present(text) to authenticated;
