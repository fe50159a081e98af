-- Who is told of a change, and who may listen.
set local lock_timeout = '10s';

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
comment on function private.broadcast_change() is 'Trigger: tells the private topic of the project or chat (its argument) that a row changed; ids only, and no write fails for it.';

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
comment on function private.may_hear(text) is 'Whether the caller may listen to a topic, project:<id> or chat:<id>: members of the project.';

create or replace trigger broadcast after insert or update or delete on public.chat_sessions for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.artifacts for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.project_users for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.project_requirements for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.technical_architecture for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.ui_design for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.project_context for each row execute function private.broadcast_change('project');
create or replace trigger broadcast after insert or update or delete on public.chat_messages for each row execute function private.broadcast_change('chat');
create or replace trigger broadcast after insert or update or delete on public.chat_participants for each row execute function private.broadcast_change('chat');

revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.may_hear(text) to authenticated;
