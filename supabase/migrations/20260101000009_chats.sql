-- Chats with agents. Messages and participants carry their project, tied to the chat's, so that no row can
-- name another tenant's chat.
set local lock_timeout = '10s';

create table if not exists public.chat_sessions (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete restrict,
  title text not null check (char_length(title) between 1 and 300),
  description text check (char_length(description) <= 8000),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object' and pg_column_size(settings) <= 65536),
  is_active boolean not null default true,
  last_message_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  updated_by uuid references public.users (id) on delete set null,
  unique (id, project_id)
);
alter table public.chat_sessions enable row level security;
comment on table public.chat_sessions is 'Chats of a project with its agents.';
comment on column public.chat_sessions.description is 'For people to read, at most 8000 characters; null without one.';
comment on column public.chat_sessions.is_active is 'False: closed. People can write nothing in it until it is opened again.';
comment on column public.chat_sessions.last_message_at is 'Set by the trigger note_message; null before the first message. A deleted message leaves it as it is.';
create index if not exists chat_sessions_project_idx on public.chat_sessions (project_id, last_message_at desc nulls last, id desc);
create index if not exists chat_sessions_created_by_idx on public.chat_sessions (created_by);
create index if not exists chat_sessions_updated_by_idx on public.chat_sessions (updated_by);

create table if not exists public.chat_messages (
  id uuid primary key default gen_random_uuid(),
  chat_id uuid not null,
  project_id uuid not null,
  content jsonb not null check (jsonb_typeof(content) <> 'null' and pg_column_size(content) <= 1048576),
  message_type text not null check (message_type in ('user', 'ai', 'system')),
  agent_type text check (agent_type in ('orchestrator', 'requirements', 'architect', 'designer', 'coder', 'quality',
    'search', 'scanning', 'data-validation')),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object' and pg_column_size(metadata) <= 65536),
  created_at timestamptz not null default clock_timestamp(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  foreign key (chat_id, project_id) references public.chat_sessions (id, project_id) on delete cascade,
  check (agent_type is null or message_type = 'ai')
);
alter table public.chat_messages enable row level security;
comment on table public.chat_messages is 'Messages. People write user messages; those of agents and of the system come from services.';
comment on column public.chat_messages.project_id is 'Taken from the chat, whatever the writer says.';
comment on column public.chat_messages.content is 'Any JSON but null, at most 1 MiB.';
comment on column public.chat_messages.message_type is 'user, ai or system.';
comment on column public.chat_messages.agent_type is 'Which agent spoke; only on messages of type ai.';
comment on column public.chat_messages.created_at is 'The clock''s time, not the transaction''s, so that messages of one transaction keep their order.';
create index if not exists chat_messages_page_idx on public.chat_messages (chat_id, created_at desc, id desc);
create index if not exists chat_messages_created_by_idx on public.chat_messages (created_by);

create table if not exists public.chat_participants (
  id uuid primary key default gen_random_uuid(),
  chat_id uuid not null,
  project_id uuid not null,
  user_id uuid not null references public.users (id) on delete cascade,
  joined_at timestamptz not null default now(),
  last_read_at timestamptz not null default now(),
  is_active boolean not null default true,
  foreign key (chat_id, project_id) references public.chat_sessions (id, project_id) on delete cascade,
  unique (chat_id, user_id)
);
alter table public.chat_participants enable row level security;
comment on table public.chat_participants is 'Who follows a chat and how far they have read.';
comment on column public.chat_participants.project_id is 'Taken from the chat, whatever the writer says.';
comment on column public.chat_participants.joined_at is 'When they first read or followed the chat.';
comment on column public.chat_participants.last_read_at is 'Later messages of others are unread. mark_chat_read moves it, forwards only.';
comment on column public.chat_participants.is_active is 'False: follows no more; mark_chat_read makes it true again.';
create index if not exists chat_participants_chat_id_project_id_idx on public.chat_participants (chat_id, project_id);
create index if not exists chat_participants_user_id_idx on public.chat_participants (user_id);

-- The project comes from the chat, whatever the writer says; an unknown chat and a foreign one answer alike.
create or replace function private.take_project_of_chat() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select c.project_id into new.project_id from public.chat_sessions c where c.id = new.chat_id;
  if new.project_id is null or (auth.uid() is not null and (new.project_id = any (private.project_ids('viewer'))) is not true) then
    raise exception 'There is no such chat.' using errcode = '42501';
  end if;
  if tg_table_name = 'chat_messages' and exists (select from public.chat_sessions c where c.id = new.chat_id and not c.is_active) then
    raise exception 'This chat is closed.' using errcode = '42501', hint = 'Open it again to write in it.';
  end if;
  return new;
end $$;
comment on function private.take_project_of_chat() is 'Trigger: the project is the chat''s, whatever the writer says; refuses people another project''s chat, and messages in a closed one.';

-- What was said in a closed chat stays as it was said, until the chat itself goes.
create or replace function private.keep_closed_chat() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if auth.uid() is not null and exists (select from public.chat_sessions c where c.id = old.chat_id and not c.is_active) then
    raise exception 'This chat is closed.' using errcode = '42501', hint = 'Open it again to change what was said in it.';
  end if;
  return coalesce(new, old);
end $$;
comment on function private.keep_closed_chat() is 'Trigger: nobody edits or deletes messages of a closed chat.';

create or replace function private.note_message() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.chat_sessions c set last_message_at = n.last_at
  from (select m.chat_id, max(m.created_at) as last_at from added m group by m.chat_id) n
  where c.id = n.chat_id and (c.last_message_at is null or c.last_message_at < n.last_at);
  return null;
end $$;
comment on function private.note_message() is 'Trigger: moves the chat''s last_message_at forward.';

-- Chats of a project with what is unread in each.
create or replace function public.chat_overview(project uuid)
returns table (id uuid, title text, last_message_at timestamptz, is_active boolean, unread bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (project = any (private.project_ids('viewer'))) is not true then
    raise exception 'There is no such project.' using errcode = 'PT404';
  end if;
  return query
    select c.id, c.title, c.last_message_at, c.is_active, (
      select count(*) from (
        select from public.chat_messages m
        where m.chat_id = c.id and m.created_at > coalesce(p.last_read_at, '-infinity') and m.created_by is distinct from auth.uid()
        limit 100) x)
    from public.chat_sessions c left join public.chat_participants p on p.chat_id = c.id and p.user_id = auth.uid()
    where c.project_id = project order by c.last_message_at desc nulls last, c.created_at desc, c.id desc limit 500;
end $$;
comment on function public.chat_overview(uuid) is 'Chats of a project, newest first, with up to 100 unread each.';

create or replace function public.mark_chat_read(chat uuid, until timestamptz default now()) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public.chat_sessions c where c.id = chat and c.project_id = any (private.project_ids('viewer'))) then
    raise exception 'There is no such chat.' using errcode = 'PT404';
  end if;
  insert into public.chat_participants as p (chat_id, user_id, last_read_at) values (chat, auth.uid(), least(until, now()))
  on conflict (chat_id, user_id) do update set last_read_at = greatest(p.last_read_at, excluded.last_read_at), is_active = true;
end $$;
comment on function public.mark_chat_read(uuid, timestamptz) is 'How far the caller has read a chat; never back.';

create or replace trigger touch before update on public.chat_sessions for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.chat_sessions for each row execute function private.stamp_author();
-- Who writes a message has not edited its chat.
create or replace trigger stamp_editor before insert or update of title, description, settings, is_active on public.chat_sessions for each row
  execute function private.stamp_editor();
-- Who reads a log is not therefore somebody who may read what it is about.
create or replace trigger audit after insert or update or delete on public.chat_sessions for each row
  execute function private.audit_row('scope', 'title', 'description', 'settings', 'metadata', 'content', 'search', 'apis_used', 'data_schemas', 'security_requirements', 'color_palette', 'ui_framework', 'components');
create or replace trigger touch before update on public.chat_messages for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.chat_messages for each row execute function private.stamp_author();
-- Before the others, in the order of names: policies and checks see the chat's own project.
create or replace trigger a_project_of_chat before insert on public.chat_messages for each row
  execute function private.take_project_of_chat();
create or replace trigger keep_closed_chat before update or delete on public.chat_messages for each row
  execute function private.keep_closed_chat();
create or replace trigger note_message after insert on public.chat_messages referencing new table as added for each statement
  execute function private.note_message();
create or replace trigger audit after insert or update or delete on public.chat_messages for each row
  execute function private.audit_row('scope', 'content', 'metadata');
create or replace trigger a_project_of_chat before insert on public.chat_participants for each row
  execute function private.take_project_of_chat();
create or replace trigger audit after insert or update or delete on public.chat_participants for each row
  execute function private.audit_row('scope');

revoke all on public.chat_sessions, public.chat_messages, public.chat_participants from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_sessions, public.chat_messages, public.chat_participants to service_role;

revoke execute on function public.chat_overview(uuid), public.mark_chat_read(uuid, timestamptz) from public, anon, authenticated;
grant execute on function public.chat_overview(uuid), public.mark_chat_read(uuid, timestamptz) to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;

grant select, delete on public.chat_sessions, public.chat_messages, public.chat_participants to authenticated;
grant insert (id, project_id, title, description, settings, is_active), update (title, description, settings, is_active)
  on public.chat_sessions to authenticated;
drop policy if exists chat_sessions_select on public.chat_sessions;
create policy chat_sessions_select on public.chat_sessions for select to authenticated
  using (project_id = any ((select private.project_ids('viewer'))::uuid[]));
drop policy if exists chat_sessions_insert on public.chat_sessions;
create policy chat_sessions_insert on public.chat_sessions for insert to authenticated
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
drop policy if exists chat_sessions_update on public.chat_sessions;
create policy chat_sessions_update on public.chat_sessions for update to authenticated
  using (project_id = any ((select private.project_ids('contributor'))::uuid[]))
  with check (project_id = any ((select private.project_ids('contributor'))::uuid[]));
drop policy if exists chat_sessions_delete on public.chat_sessions;
create policy chat_sessions_delete on public.chat_sessions for delete to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[]));
-- Agents' and the system's messages are written by services.
grant insert (id, chat_id, content, message_type, metadata), update (content, metadata) on public.chat_messages to authenticated;
drop policy if exists chat_messages_select on public.chat_messages;
create policy chat_messages_select on public.chat_messages for select to authenticated
  using (project_id in (select unnest((select private.project_ids('viewer')))));
drop policy if exists chat_messages_insert on public.chat_messages;
create policy chat_messages_insert on public.chat_messages for insert to authenticated
  with check (message_type = 'user' and agent_type is null and created_by = (select auth.uid())
    and project_id in (select unnest((select private.project_ids('contributor')))));
drop policy if exists chat_messages_update on public.chat_messages;
create policy chat_messages_update on public.chat_messages for update to authenticated
  using (message_type = 'user' and created_by = (select auth.uid())
    and project_id in (select unnest((select private.project_ids('contributor')))))
  with check (message_type = 'user' and created_by = (select auth.uid()));
drop policy if exists chat_messages_delete on public.chat_messages;
create policy chat_messages_delete on public.chat_messages for delete to authenticated
  using ((message_type = 'user' and created_by = (select auth.uid()) and project_id in (select unnest((select private.project_ids('contributor')))))
    or project_id in (select unnest((select private.project_ids('manager')))));
grant insert (chat_id, user_id), update (last_read_at, is_active) on public.chat_participants to authenticated;
drop policy if exists chat_participants_select on public.chat_participants;
create policy chat_participants_select on public.chat_participants for select to authenticated
  using (project_id in (select unnest((select private.project_ids('viewer')))));
drop policy if exists chat_participants_insert on public.chat_participants;
create policy chat_participants_insert on public.chat_participants for insert to authenticated
  with check (user_id = (select auth.uid()) and project_id in (select unnest((select private.project_ids('viewer')))));
drop policy if exists chat_participants_update on public.chat_participants;
create policy chat_participants_update on public.chat_participants for update to authenticated
  using (user_id = (select auth.uid()) and project_id in (select unnest((select private.project_ids('viewer')))))
  with check (user_id = (select auth.uid()));
drop policy if exists chat_participants_delete on public.chat_participants;
create policy chat_participants_delete on public.chat_participants for delete to authenticated
  using ((user_id = (select auth.uid()) and project_id in (select unnest((select private.project_ids('viewer')))))
    or project_id in (select unnest((select private.project_ids('manager')))));
