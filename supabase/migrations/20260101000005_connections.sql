-- Connections to other services. What they need to know but nobody may read lies sealed in private.secrets;
-- the rows here only say that it is there.
set local lock_timeout = '10s';

create table if not exists private.secrets (
  id uuid primary key default gen_random_uuid(),
  value private.sealed not null,
  -- The last characters of the most telling field, so that a person recognises what they stored.
  hint text check (char_length(hint) <= 8),
  created_at timestamptz not null default now(),
  rotated_at timestamptz not null default now()
);
alter table private.secrets enable row level security;

-- https only, no password in the address, no address of this network, and a name or four numbers: a host of
-- one number, or of numbers with zeros before them, is an address in disguise. The resolver of the function that
-- calls it checks again: a name may point anywhere.
create or replace function private.is_public_https(url text) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select url ~* '^https://(([a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9]|(([1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])(\.|(?=[:/?#]|$))){4})(:[0-9]{1,5})?([/?#]|$)'
    and char_length(url) <= 2000
    and url !~* '^https://([^/:]*\.(local|internal|localhost)([:/?#]|$)|(0|10|127|169\.254|192\.168|172\.(1[6-9]|2[0-9]|3[01])|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])|22[4-9]|23[0-9]|2[45][0-9])\.[0-9])'
$$;

create or replace function private.are_plain_headers(headers jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return jsonb_typeof(headers) = 'object' and pg_column_size(headers) <= 16384 and not exists (
    select from jsonb_each(headers) h
    where lower(h.key) ~ '(authorization|cookie|api[-_]?key|token|secret|password)' or jsonb_typeof(h.value) <> 'string');
end $$;

-- How many levels of objects and lists a document has: its brackets, without what stands in quotation marks.
create or replace function private.levels_of(value jsonb) returns integer
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(max(x.level), 0)::integer from (
    select sum(case when b.bracket in ('{', '[') then 1 else -1 end) over (order by b.place) as level
    from string_to_table(regexp_replace(regexp_replace(value::text, '"(?:[^"\\]|\\.)*"', '', 'g'), '[^][{}]', '', 'g'), null)
      with ordinality b (bracket, place)) x
$$;

-- Whether a document names something that belongs among the secrets, at any depth. In its text, for that takes as long
-- as it is large: a quotation mark that ends a name is none of a value, in which each has a backslash before it.
create or replace function private.names_a_secret(value jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  if private.levels_of(value) > 32 then
    raise exception 'A document has at most 32 levels.' using errcode = '22023', hint = 'Store it flatter.';
  end if;
  return value::text ~* '"(client[-_]?secret|secret|password|private[-_]?key|access[-_]?token|refresh[-_]?token|api[-_]?key)": ';
end $$;

create table if not exists public.api_connections (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid references public.workspaces (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 4000),
  api_type text not null check (char_length(api_type) between 1 and 60),
  endpoint_url text not null check (private.is_public_https(endpoint_url)),
  auth_type text not null check (auth_type in ('bearer', 'basic', 'api_key', 'none')),
  custom_headers jsonb not null default '{}' check (private.are_plain_headers(custom_headers)),
  http_method text not null check (http_method in ('GET', 'POST', 'PUT', 'DELETE', 'PATCH')),
  request_body_template jsonb not null default '{}' check (pg_column_size(request_body_template) <= 262144),
  response_path text check (char_length(response_path) <= 1000),
  response_schema jsonb not null default '{}' check (pg_column_size(response_schema) <= 262144),
  secret_id uuid references private.secrets (id) on delete set null,
  has_secret boolean not null generated always as (secret_id is not null) stored,
  secret_hint text,
  secret_rotated_at timestamptz,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  constraint scope_check check (num_nonnulls(workspace_id, project_id) = 1)
);
alter table public.api_connections enable row level security;

create table if not exists public.oauth2_connections (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid references public.workspaces (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  provider text not null check (char_length(provider) between 1 and 60),
  provider_config jsonb not null check (jsonb_typeof(provider_config) = 'object' and pg_column_size(provider_config) <= 65536
    and not private.names_a_secret(provider_config)),
  client_id text not null check (char_length(client_id) between 1 and 500),
  redirect_uri text not null check (private.is_public_https(redirect_uri) or redirect_uri ~ '^atelier://' or redirect_uri ~ '^http://127\.0\.0\.1(:[0-9]+)?/'),
  scopes text[] not null,
  additional_params jsonb not null default '{}' check (jsonb_typeof(additional_params) = 'object' and pg_column_size(additional_params) <= 16384
    and not private.names_a_secret(additional_params)),
  secret_id uuid references private.secrets (id) on delete set null,
  has_secret boolean not null generated always as (secret_id is not null) stored,
  secret_hint text,
  secret_rotated_at timestamptz,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  constraint scope_check check (num_nonnulls(workspace_id, project_id) = 1)
);
alter table public.oauth2_connections enable row level security;

-- Whose consent a token is; the tokens themselves are sealed. user_id null: the connection's own.
create table if not exists public.oauth2_tokens (
  id uuid primary key default gen_random_uuid(),
  connection_id uuid not null references public.oauth2_connections (id) on delete cascade,
  user_id uuid references public.users (id) on delete cascade,
  token_type text not null default 'bearer' check (char_length(token_type) between 1 and 60),
  expires_at timestamptz,
  scope text check (char_length(scope) <= 4000),
  secret_id uuid not null references private.secrets (id) on delete restrict,
  has_refresh_token boolean not null default false,
  -- Who is refreshing it just now, and until when nobody else does.
  lease_id uuid,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (connection_id, user_id)
);
alter table public.oauth2_tokens enable row level security;

-- A consent under way: state and PKCE verifier, for ten minutes.
create table if not exists private.oauth_states (
  state_hash bytea primary key,
  connection_id uuid not null references public.oauth2_connections (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  verifier private.sealed not null,
  expires_at timestamptz not null default now() + interval '10 minutes'
);
alter table private.oauth_states enable row level security;

create table if not exists public.environment_variables (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  name text not null check (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,254}$'),
  secret_id uuid references private.secrets (id) on delete set null,
  has_secret boolean not null generated always as (secret_id is not null) stored,
  secret_hint text,
  secret_rotated_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  unique (project_id, name)
);
alter table public.environment_variables enable row level security;

-- A secret goes with the row it belonged to.
create or replace function private.drop_secret() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' or old.secret_id is distinct from new.secret_id then
    delete from private.secrets s where s.id = old.secret_id;
  end if;
  return null;
end $$;

-- Seals again what an earlier key sealed. What does not open is left as it is and takes nothing with it: damaged values
-- are noted here, those whose key is not here by private.assess(). Answers how many values were sealed anew.
create or replace function private.rotate_secrets(batch integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_current text := (select k.id from private.master_keys() k where k.is_current);
  v_here text[] := (select array_agg(k.id) from private.master_keys() k);
  v_row record;
  v_secrets integer := 0;
  v_people integer := 0;
  v_shut integer := 0;
begin
  if v_current is null then
    raise exception 'There is no master key.' using errcode = '55000';
  end if;
  for v_row in select o.id from private.secrets o
    where (o.value).key_id <> v_current and (o.value).key_id = any (v_here) for update skip locked
  loop
    exit when v_secrets >= batch;
    begin
      update private.secrets s set value = private.enc(private.dec(s.value)) where s.id = v_row.id;
      v_secrets := v_secrets + 1;
    exception when others then
      v_shut := v_shut + 1;
    end;
  end loop;
  for v_row in select o.user_id from private.user_pii o
    where coalesce((o.email).key_id, (o.phone).key_id, (o.user_metadata).key_id) <> v_current
      and coalesce((o.email).key_id, (o.phone).key_id, (o.user_metadata).key_id) = any (v_here) for update skip locked
  loop
    exit when v_people >= batch;
    begin
      update private.user_pii p set email = private.enc(private.dec(p.email)), phone = private.enc(private.dec(p.phone)),
        app_metadata = private.enc(private.dec(p.app_metadata)), user_metadata = private.enc(private.dec(p.user_metadata)),
        email_index = private.blind_index(private.dec(p.email)), phone_index = private.blind_index(private.dec(p.phone))
      where p.user_id = v_row.user_id;
      v_people := v_people + 1;
    exception when others then
      v_shut := v_shut + 1;
    end;
  end loop;
  if v_shut > 0 then
    insert into private.provision_errors (message) values (format('rotate_secrets: %s values do not open by the key that sealed them', v_shut));
  end if;
  return v_secrets + v_people;
end $$;
