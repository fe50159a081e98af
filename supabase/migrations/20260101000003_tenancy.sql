-- Workspaces, projects and who belongs to them with which role.
set local lock_timeout = '10s';

create table if not exists public.workspaces (
  id uuid primary key default gen_random_uuid(),
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 4000),
  company_name text not null check (char_length(company_name) between 1 and 200),
  logo_url text check (logo_url ~ '^https://' and char_length(logo_url) <= 2000),
  color_palette jsonb,
  settings jsonb not null default '{}',
  -- A column of its own, not a key in settings that an owner could write.
  is_global boolean not null default false,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
alter table public.workspaces enable row level security;
create unique index if not exists workspaces_one_global on public.workspaces (is_global) where is_global;

create table if not exists public.workspace_users (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  role public.workspace_role not null,
  created_at timestamptz not null default now(),
  invited_by uuid references public.users (id) on delete set null,
  unique (workspace_id, user_id)
);
alter table public.workspace_users enable row level security;

create table if not exists public.projects (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 4000),
  logo_url text check (logo_url ~ '^https://' and char_length(logo_url) <= 2000),
  color_palette jsonb,
  settings jsonb not null default '{}',
  kind public.project_kind not null default 'team',
  owner_id uuid references public.users (id) on delete set null,
  archived_reason text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  check (kind = 'personal' or owner_id is null)
);
alter table public.projects enable row level security;
create unique index if not exists projects_one_personal on public.projects (owner_id) where kind = 'personal';

create table if not exists public.project_users (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  role public.project_role not null,
  created_at timestamptz not null default now(),
  invited_by uuid references public.users (id) on delete set null,
  unique (project_id, user_id)
);
alter table public.project_users enable row level security;

insert into public.workspaces (name, description, company_name, is_global)
select 'Global Workspace', 'Everyone''s personal projects', 'Atelier', true
where not exists (select from public.workspaces where is_global);
