-- More of the auth server's tables as a hosted project has them: second factors, single sign-on, sessions.
create type auth.factor_type as enum ('totp', 'webauthn', 'phone');
create type auth.factor_status as enum ('unverified', 'verified');
create table auth.identities (
  id uuid primary key default gen_random_uuid(), provider_id text not null, provider text not null,
  user_id uuid not null references auth.users (id) on delete cascade, identity_data jsonb not null,
  email text generated always as (lower(identity_data ->> 'email')) stored,
  created_at timestamptz default now(), unique (provider_id, provider)
);
create table auth.mfa_factors (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id) on delete cascade,
  friendly_name text, factor_type auth.factor_type not null, status auth.factor_status not null, secret text,
  created_at timestamptz not null default now(), last_challenged_at timestamptz unique
);
create table auth.mfa_challenges (
  id uuid primary key default gen_random_uuid(), factor_id uuid not null references auth.mfa_factors (id) on delete cascade,
  created_at timestamptz not null default now(), verified_at timestamptz, ip_address inet not null
);
create table auth.sso_providers (
  id uuid primary key default gen_random_uuid(), resource_id text, disabled boolean, created_at timestamptz default now()
);
create table auth.sso_domains (
  id uuid primary key default gen_random_uuid(), sso_provider_id uuid not null references auth.sso_providers (id) on delete cascade,
  domain text not null, created_at timestamptz default now()
);
create table auth.saml_providers (
  id uuid primary key default gen_random_uuid(), sso_provider_id uuid not null references auth.sso_providers (id) on delete cascade,
  entity_id text not null unique, metadata_xml text not null, attribute_mapping jsonb
);
create table auth.sessions (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id) on delete cascade, aal text
);
create table auth.refresh_tokens (
  id bigserial primary key, token varchar(255) unique, user_id varchar(255), session_id uuid references auth.sessions (id) on delete cascade
);
create table auth.mfa_amr_claims (
  id uuid primary key default gen_random_uuid(), session_id uuid not null references auth.sessions (id) on delete cascade,
  authentication_method text not null
);
do $$
declare
  v_table text;
begin
  for v_table in select tablename from pg_tables where schemaname = 'auth' loop
    execute format('alter table auth.%I owner to supabase_auth_admin', v_table);
    execute format('grant all on auth.%I to deployer with grant option', v_table);
  end loop;
end $$;
