-- Triggers that keep rows honest: times, the last owner, publishing, history.
set local lock_timeout = '10s';

create or replace function private.touch() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_at := now();
  new.created_at := old.created_at;
  return new;
end $$;

create or replace function private.touch_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.changed_xid := pg_current_xact_id();
  return new;
end $$;

create or replace function private.stamp_author() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  -- A client cannot write as somebody else; a job without a person may name one.
  new.created_by := coalesce(auth.uid(), new.created_by);
  return new;
end $$;

-- Two owners who remove each other at once are serialised by the lock on their workspace or project.
create or replace function private.keep_an_owner() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_left integer;
begin
  if old.role <> 'owner' or (tg_op = 'UPDATE' and new.role = 'owner') then
    return coalesce(new, old);
  end if;
  if tg_table_name = 'workspace_users' then
    perform from public.workspaces w where w.id = old.workspace_id and w.purged_at is null for update;
    if not found then return old; end if;
    select count(*) into v_left from public.workspace_users m join public.users u on u.id = m.user_id
    where m.workspace_id = old.workspace_id and m.role = 'owner' and m.id <> old.id
      and u.deleted_at is null and u.status = 'active';
  else
    perform from public.projects p where p.id = old.project_id for update;
    -- Access that is over is nobody's: end_expired_access gives the project an heir.
    if not found or old.expires_at <= now() then return coalesce(new, old); end if;
    select count(*) into v_left from public.project_users m join public.users u on u.id = m.user_id
    where m.project_id = old.project_id and m.role = 'owner' and m.id <> old.id
      and u.deleted_at is null and u.status = 'active' and m.expires_at is null;
  end if;
  -- An account that is being deleted has its places archived by on_auth_user_deleted.
  if v_left = 0 and exists (select from public.users u where u.id = old.user_id and u.deleted_at is null) then
    raise exception 'The last owner cannot leave.' using errcode = '23514', hint = 'Make somebody else an owner first.';
  end if;
  return coalesce(new, old);
end $$;

create or replace function private.stamp_editor() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_by := coalesce(auth.uid(), new.updated_by);
  return new;
end $$;

create or replace function private.guard_publish() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.is_public and auth.uid() is not null
    and (tg_op = 'INSERT' or not old.is_public)
    and (new.project_id = any (private.project_ids('manager'))) is not true then
    raise exception 'Only a manager of the project can publish an artifact.' using errcode = '42501';
  end if;
  return new;
end $$;

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

-- A trigger of one name on each of some tables, made anew.
create or replace function private.set_trigger(name text, moment text, action text, tables text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_table text;
begin
  foreach v_table in array tables loop
    execute format('drop trigger if exists %I on public.%I', name, v_table);
    execute format('create trigger %I %s on public.%I for each row execute function %s', name, moment, v_table, action);
  end loop;
end $$;

select private.set_trigger('touch', 'before update', 'private.touch()', array['users', 'workspaces', 'projects',
  'api_connections', 'oauth2_connections', 'oauth2_tokens', 'environment_variables', 'chat_sessions', 'chat_messages',
  'artifacts', 'artifact_files', 'workspace_subscriptions', 'project_requirements', 'technical_architecture', 'ui_design',
  'project_context']);
select private.set_trigger('touch_change', 'before insert or update', 'private.touch_change()', array['artifacts', 'artifact_files']);
select private.set_trigger('stamp_author', 'before insert', 'private.stamp_author()', array['workspace_domains', 'api_connections',
  'oauth2_connections', 'environment_variables', 'chat_sessions', 'chat_messages', 'artifacts', 'project_requirements',
  'technical_architecture', 'ui_design', 'project_context']);
-- Who writes a message has not edited its chat.
select private.set_trigger('stamp_editor', 'before insert or update of title, description, settings, is_active',
  'private.stamp_editor()', array['chat_sessions']);
select private.set_trigger('stamp_editor', 'before insert or update', 'private.stamp_editor()', array['project_requirements', 'technical_architecture', 'ui_design', 'project_context']);
select private.set_trigger('keep_an_owner', 'before update or delete', 'private.keep_an_owner()', array['workspace_users', 'project_users']);
select private.set_trigger('guard_publish', 'before insert or update', 'private.guard_publish()', array['artifacts']);
select private.set_trigger('append_only', 'before update', 'private.refuse_change()', array['artifact_file_versions']);
select private.set_trigger('append_only', 'before update or delete', 'private.refuse_change()', array['token_usage']);
-- Truncation passes by triggers on rows.
drop trigger if exists no_truncate on public.token_usage;
create trigger no_truncate before truncate on public.token_usage for each statement execute function private.refuse_change();
drop trigger if exists no_truncate on public.artifact_file_versions;
create trigger no_truncate before truncate on public.artifact_file_versions for each statement execute function private.refuse_change();
select private.set_trigger('guard_document', 'before insert or update or delete', 'private.guard_document()',
  array['project_requirements', 'technical_architecture', 'ui_design']);
-- Before the others, in the order of names: policies and checks see the chat's own project.
select private.set_trigger('a_project_of_chat', 'before insert', 'private.take_project_of_chat()', array['chat_messages', 'chat_participants']);
select private.set_trigger('note_message', 'after insert', 'private.note_message()', array['chat_messages']);
select private.set_trigger('drop_secret', 'after update or delete', 'private.drop_secret()', array['api_connections',
  'oauth2_connections', 'oauth2_tokens', 'environment_variables']);

-- The audit log. artifact_files has its own, complete one: artifact_file_versions.
select private.set_trigger('audit', 'after insert or update or delete', 'private.audit_row(''none'', ''profile'', ''display_name'', ''avatar_url'')', array['users']);
select private.set_trigger('audit', 'after insert or update or delete', 'private.audit_row(''self-workspace'', ''settings'', ''color_palette'')', array['workspaces']);
select private.set_trigger('audit', 'after insert or update or delete', 'private.audit_row(''self-project'', ''settings'', ''color_palette'')', array['projects']);
select private.set_trigger('audit', 'after insert or update or delete', 'private.audit_row(''scope'', ''verification_token'', ''token_hash'', ''email'')',
  array['workspace_domains', 'invitations']);
select private.set_trigger('audit', 'after insert or update or delete', 'private.audit_row(''scope'')', array['workspace_users',
  'project_users', 'chat_participants', 'workspace_subscriptions', 'token_purchases']);
-- Who reads a log is not therefore somebody who may read what it is about.
select private.set_trigger('audit', 'after insert or update or delete',
  'private.audit_row(''scope'', ''title'', ''description'', ''settings'', ''metadata'', ''content'', ''search'', ''apis_used'', ''data_schemas'', ''security_requirements'', ''color_palette'', ''ui_framework'', ''components'')',
  array['chat_sessions', 'artifacts', 'project_context', 'project_requirements', 'technical_architecture', 'ui_design']);
select private.set_trigger('audit', 'after insert or update or delete',
  'private.audit_row(''scope'', ''custom_headers'', ''request_body_template'', ''secret_hint'', ''secret_id'', ''additional_params'', ''provider_config'', ''endpoint_url'', ''description'', ''response_schema'', ''response_path'')',
  array['api_connections', 'oauth2_connections', 'environment_variables']);
select private.set_trigger('audit', 'after insert or update or delete', 'private.audit_row(''connection'')', array['oauth2_tokens']);
select private.set_trigger('audit', 'after insert or update or delete', 'private.audit_row(''scope'', ''content'', ''metadata'')', array['chat_messages']);
drop function private.set_trigger(text, text, text, text[]);
drop trigger if exists audit on private.platform;
create trigger audit after insert or update or delete on private.platform for each row execute function private.audit_row('none');
drop trigger if exists audit on private.plan_limits;
create trigger audit after insert or update or delete on private.plan_limits for each row execute function private.audit_row('none');
