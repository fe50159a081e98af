-- People: what others may see of an account. Addresses and tokens stay in auth.users alone.
set local lock_timeout = '10s';

create table if not exists public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text not null check (char_length(display_name) between 1 and 120),
  avatar_url text check (avatar_url ~ '^https://' and char_length(avatar_url) <= 2000),
  profile jsonb not null default '{}' check (jsonb_typeof(profile) = 'object' and pg_column_size(profile) <= 65536),
  status public.user_status not null default 'waitlist',
  is_super_user boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
alter table public.users enable row level security;
comment on table public.users is 'One row per account, made at sign-up. Holds nothing that only its owner should see.';

create or replace function private.is_active_user() returns boolean
language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return exists (
    select from public.users u
    where u.id = auth.uid() and u.status = 'active' and u.deleted_at is null
  );
end $$;

create or replace function private.is_super() returns boolean
language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return exists (
    select from public.users u
    where u.id = auth.uid() and u.status = 'active' and u.deleted_at is null and u.is_super_user
  );
end $$;
