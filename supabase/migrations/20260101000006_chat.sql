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

-- The project comes from the chat, whatever the writer says; an unknown chat and a foreign one answer alike.
create or replace function private.take_project_of_chat() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select c.project_id into new.project_id from public.chat_sessions c where c.id = new.chat_id;
  if new.project_id is null or (auth.uid() is not null and (new.project_id = any (private.project_ids('viewer'))) is not true) then
    raise exception 'There is no such chat.' using errcode = '42501';
  end if;
  if tg_table_name = 'chat_messages' and auth.uid() is not null
    and exists (select from public.chat_sessions c where c.id = new.chat_id and not c.is_active) then
    raise exception 'This chat is closed.' using errcode = '42501', hint = 'Open it again to write in it.';
  end if;
  return new;
end $$;

create or replace function private.note_message() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.chat_sessions c set last_message_at = new.created_at
  where c.id = new.chat_id and (c.last_message_at is null or c.last_message_at < new.created_at);
  return null;
end $$;
