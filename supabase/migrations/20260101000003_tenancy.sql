-- Workspaces, projects and who belongs to them with which role.
set local lock_timeout = '10s';

create table if not exists public.workspaces (
  id uuid primary key default gen_random_uuid(),
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 4000),
  company_name text not null check (char_length(company_name) between 1 and 200),
  logo_url text check (logo_url ~ '^https://' and char_length(logo_url) <= 2000),
  color_palette jsonb check (jsonb_typeof(color_palette) in ('object', 'array') and pg_column_size(color_palette) <= 65536),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object' and pg_column_size(settings) <= 65536),
  -- A column of its own, not a key in settings that an owner could write.
  is_global boolean not null default false,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  -- Its content is gone; the row stays for what was billed to it.
  purged_at timestamptz check (purged_at is null or deleted_at is not null)
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
  color_palette jsonb check (jsonb_typeof(color_palette) in ('object', 'array') and pg_column_size(color_palette) <= 65536),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object' and pg_column_size(settings) <= 65536),
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
  -- Set for help that was given access for a while (private.break_glass).
  expires_at timestamptz,
  unique (project_id, user_id)
);
alter table public.project_users enable row level security;

-- Who was a member once: no domain lets them in again by itself, with another account of the same address neither.
create table if not exists private.departures (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid references public.users (id) on delete set null,
  address_mark bytea,
  left_at timestamptz not null default now(),
  unique (workspace_id, user_id)
);
alter table private.departures enable row level security;

-- Addresses of these domains may join. A claim counts once the domain itself has confirmed it.
create table if not exists public.workspace_domains (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  domain text not null check (domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$' and char_length(domain) <= 253),
  -- To be found in the domain's DNS, as a TXT record: atelier-verification=<token>.
  verification_token text not null default replace(gen_random_uuid()::text, '-', ''),
  verified_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  unique (workspace_id, domain)
);
alter table public.workspace_domains enable row level security;
create unique index if not exists workspace_domains_one_owner on public.workspace_domains (domain) where verified_at is not null;

-- Domains of everybody, which belong to no company.
create table if not exists private.public_mail_domains (domain text primary key);
alter table private.public_mail_domains enable row level security;
insert into private.public_mail_domains
select unnest(array['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com',
  'yahoo.co.uk', 'ymail.com', 'icloud.com', 'me.com', 'mac.com', 'aol.com', 'proton.me', 'protonmail.com', 'pm.me',
  'gmx.com', 'gmx.de', 'gmx.net', 'web.de', 'mail.com', 'mail.ru', 'yandex.com', 'yandex.ru', 'zoho.com', 'fastmail.com',
  'hey.com', 'tutanota.com', 'tuta.io', 'qq.com', '163.com', '126.com', 'naver.com', 'orange.fr', 'free.fr', 'laposte.net',
  't-online.de', 'libero.it', 'comcast.net', 'verizon.net', 'att.net', 'sbcglobal.net', 'duck.com', 'mailinator.com'])
on conflict do nothing;

create table if not exists public.invitations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid references public.workspaces (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  workspace_role public.workspace_role,
  project_role public.project_role,
  email text not null check (email = lower(email) and email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(email) <= 320),
  -- The token itself is shown once, to whoever invites.
  token_hash bytea not null unique,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  accepted_by uuid references public.users (id) on delete set null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  check (num_nonnulls(workspace_id, project_id) = 1),
  check ((workspace_id is null) = (workspace_role is null) and (project_id is null) = (project_role is null))
);
alter table public.invitations enable row level security;

-- What people should be told outside of the application: a service that can send mail asks for it.
create table if not exists private.notices (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (char_length(kind) between 1 and 60),
  recipient uuid not null references public.users (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
alter table private.notices enable row level security;
create unique index if not exists invitations_one_open on public.invitations (coalesce(workspace_id, project_id), email)
  where accepted_at is null and revoked_at is null;

insert into public.workspaces (name, description, company_name, is_global)
select 'Global Workspace', 'Everyone''s personal projects', 'Atelier', true
where not exists (select from public.workspaces where is_global);
