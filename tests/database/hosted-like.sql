-- What a hosted project has before the first migration, as far as the migrations touch it: GoTrue's and
-- Storage's tables, and a `deployer` that is no superuser, like hosted Supabase's `postgres`.
create role deployer login nosuperuser createrole bypassrls;
grant anon, authenticated, service_role, supabase_auth_admin to deployer with admin option;
alter database postgres owner to deployer;
alter schema public owner to deployer;
alter schema extensions owner to deployer;

create table auth.users (
  id uuid primary key, email varchar(255), phone text, raw_app_meta_data jsonb, raw_user_meta_data jsonb,
  email_confirmed_at timestamptz, last_sign_in_at timestamptz, invited_at timestamptz, banned_until timestamptz,
  created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, is_anonymous boolean not null default false
);
create function auth.uid() returns uuid language sql stable as $$
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;
create function auth.jwt() returns jsonb language sql stable as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;
alter table auth.users owner to supabase_auth_admin;
grant usage on schema auth to deployer with grant option;
grant all on auth.users to deployer with grant option;
grant execute on function auth.uid(), auth.jwt() to public;
alter publication supabase_realtime owner to deployer;
alter role supabase_auth_admin set search_path = auth;
grant usage on schema auth to supabase_auth_admin;

create table storage.buckets (
  id text primary key, name text not null unique, public boolean default false,
  file_size_limit bigint, allowed_mime_types text[]
);
create table storage.objects (
  id uuid primary key default gen_random_uuid(), bucket_id text references storage.buckets (id), name text,
  owner uuid, owner_id text, metadata jsonb, user_metadata jsonb, version text,
  created_at timestamptz default now(), updated_at timestamptz default now(), unique (bucket_id, name)
);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant all on all tables in schema storage to anon, authenticated, service_role;
-- Hosted lets its postgres make policies here without owning the table; owning it is the nearest to that.
alter schema storage owner to deployer;
alter table storage.objects owner to deployer;
alter table storage.buckets owner to deployer;
