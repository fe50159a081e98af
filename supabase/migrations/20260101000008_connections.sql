-- Connections to other services. What they need to know but nobody may read lies sealed in private.secrets;
-- the rows here only say that it is there.
set local lock_timeout = '10s';

-- https only, no password in the address, no address of this network, and a name or four numbers: a host of
-- one number, or of numbers with zeros before them, is an address in disguise. The resolver of the function that
-- calls it checks again: a name may point anywhere.
create or replace function private.is_public_https(url text) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select url ~* '^https://(([a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9]|(([1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])(\.|(?=[:/?#]|$))){4})(:[0-9]{1,5})?([/?#]|$)'
    and char_length(url) <= 2000
    and url !~* '^https://([^/:]*\.(local|internal|localhost)([:/?#]|$)|(0|10|127|169\.254|192\.168|172\.(1[6-9]|2[0-9]|3[01])|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])|22[4-9]|23[0-9]|2[45][0-9])\.[0-9])'
$$;
comment on function private.is_public_https(text) is 'Check: https, no password, no address of a private network in whatever disguise. A name may still point anywhere.';

create or replace function private.are_plain_headers(headers jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return jsonb_typeof(headers) = 'object' and pg_column_size(headers) <= 16384 and not exists (
    select from jsonb_each(headers) h
    where lower(h.key) ~ '(authorization|authentication|cookie|token|secret|password|signature|credential|(^|[-_])auth($|[-_])|(^|[-_]|api|auth|access)key($|[-_]))'
      or jsonb_typeof(h.value) <> 'string');
end $$;
comment on function private.are_plain_headers(jsonb) is 'Check: header names with text, none of which promises a secret; at most 16 KiB.';

-- How many levels of objects and lists a document has: its brackets, without what stands in quotation marks.
create or replace function private.levels_of(value jsonb) returns integer
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(max(x.level), 0)::integer from (
    select sum(case when b.bracket in ('{', '[') then 1 else -1 end) over (order by b.place) as level
    from string_to_table(regexp_replace(regexp_replace(value::text, '"(?:[^"\\]|\\.)*"', '', 'g'), '[^][{}]', '', 'g'), null)
      with ordinality b (bracket, place)) x
$$;
comment on function private.levels_of(jsonb) is 'How many levels of objects and lists a document has.';

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
comment on function private.names_a_secret(jsonb) is 'Whether a document has, at any depth, a key that belongs among the secrets; refuses more than 32 levels.';

-- Of a template a secret is filled in later: `{{…}}` may stand where it will be.
create or replace function private.holds_a_secret(template jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return private.names_a_secret(regexp_replace(template::text, '"[^"\\]*": "\{\{[^"\\{}]*\}\}"', '"": ""', 'g')::jsonb);
end $$;
comment on function private.holds_a_secret(jsonb) is 'Whether a template has, at any depth, a key that belongs among the secrets with anything but {{a place for it}}.';

-- What an address says in its query is read by everybody who sees the connection.
create or replace function private.carries_a_secret(url text) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select url ~* '[?&;#]([a-z0-9_-]*(api[-_]?key|token|secret|password|signature|credential)|key|sig|code|auth)='
$$;
comment on function private.carries_a_secret(text) is 'Whether an address has a parameter that promises a secret.';

create table if not exists public.api_connections (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid references public.workspaces (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 4000),
  api_type text not null check (char_length(api_type) between 1 and 60),
  endpoint_url text not null check (private.is_public_https(endpoint_url) and not private.carries_a_secret(endpoint_url)),
  auth_type text not null check (auth_type in ('bearer', 'basic', 'api_key', 'none')),
  custom_headers jsonb not null default '{}' check (private.are_plain_headers(custom_headers)),
  http_method text not null check (http_method in ('GET', 'POST', 'PUT', 'DELETE', 'PATCH')),
  request_body_template jsonb not null default '{}' check (pg_column_size(request_body_template) <= 262144
    and not private.holds_a_secret(request_body_template)),
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
comment on table public.api_connections is 'Services a workspace or project calls. What they need to know is sealed elsewhere.';
comment on column public.api_connections.api_type is 'What kind of service, in its maker''s words; 1 to 60 characters.';
comment on column public.api_connections.endpoint_url is 'https, without a password, to no address of a private network; see is_public_https.';
comment on column public.api_connections.auth_type is 'How the secret is sent: bearer, basic, api_key or none.';
comment on column public.api_connections.custom_headers is 'Header names and their text, at most 16 KiB. Names that promise a secret are refused.';
comment on column public.api_connections.http_method is 'GET, POST, PUT, DELETE or PATCH.';
comment on column public.api_connections.request_body_template is 'For whoever calls the service to fill in; at most 256 KiB.';
comment on column public.api_connections.response_path is 'Where in an answer the wanted value lies; null is the whole answer.';
comment on column public.api_connections.response_schema is 'What an answer looks like, for whoever calls the service; at most 256 KiB.';
create index if not exists api_connections_created_by_idx on public.api_connections (created_by);
create index if not exists api_connections_project_id_idx on public.api_connections (project_id);
create index if not exists api_connections_secret_id_idx on public.api_connections (secret_id);
create index if not exists api_connections_workspace_id_idx on public.api_connections (workspace_id);

create table if not exists public.oauth2_connections (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid references public.workspaces (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  provider text not null check (char_length(provider) between 1 and 60),
  provider_config jsonb not null check (jsonb_typeof(provider_config) = 'object' and pg_column_size(provider_config) <= 65536
    and not private.names_a_secret(provider_config)),
  client_id text not null check (char_length(client_id) between 1 and 500),
  redirect_uri text not null check (private.is_public_https(redirect_uri) or redirect_uri ~ '^atelier://' or redirect_uri ~ '^http://127\.0\.0\.1(:[0-9]+)?/'),
  scopes text[] not null check (cardinality(scopes) <= 200 and pg_column_size(scopes) <= 16384),
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
comment on table public.oauth2_connections is 'OAuth2 clients of a workspace or project. The client secret is sealed elsewhere.';
comment on column public.oauth2_connections.provider is 'Whose OAuth2 server it is, by name; 1 to 60 characters.';
comment on column public.oauth2_connections.provider_config is 'The server''s addresses and the like, at most 64 KiB. Keys that name a secret are refused.';
comment on column public.oauth2_connections.client_id is 'The provider''s public id of this client; 1 to 500 characters.';
comment on column public.oauth2_connections.redirect_uri is 'A public https address, atelier://, or http://127.0.0.1 with any port.';
comment on column public.oauth2_connections.scopes is 'What a consent asks for; what was granted is in oauth2_tokens.scope.';
comment on column public.oauth2_connections.additional_params is 'More parameters of the request for consent, at most 16 KiB. Keys that name a secret are refused.';
create index if not exists oauth2_connections_created_by_idx on public.oauth2_connections (created_by);
create index if not exists oauth2_connections_project_id_idx on public.oauth2_connections (project_id);
create index if not exists oauth2_connections_secret_id_idx on public.oauth2_connections (secret_id);
create index if not exists oauth2_connections_workspace_id_idx on public.oauth2_connections (workspace_id);

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
comment on table public.oauth2_tokens is 'That a consent exists, whose, and until when. The tokens are sealed elsewhere.';
comment on column public.oauth2_tokens.connection_id is 'The client the consent was given to; one consent a person and client.';
comment on column public.oauth2_tokens.user_id is 'Who consented; null for the connection''s own.';
comment on column public.oauth2_tokens.token_type is 'As the provider says; bearer where it says nothing.';
comment on column public.oauth2_tokens.expires_at is 'End of the access token; null: the provider named none.';
comment on column public.oauth2_tokens.scope is 'What was granted, in the provider''s words; null: it did not say.';
comment on column public.oauth2_tokens.secret_id is 'The sealed tokens. Granted to nobody; store_oauth2_token_for_service writes it.';
comment on column public.oauth2_tokens.lease_id is 'Who is refreshing it: begin_oauth2_refresh_for_service. Granted to nobody.';
comment on column public.oauth2_tokens.lease_until is 'Until when nobody else refreshes it. Granted to nobody.';
comment on column public.oauth2_tokens.has_refresh_token is 'Without one a person must consent again when the token ends.';
create index if not exists oauth2_tokens_secret_id_idx on public.oauth2_tokens (secret_id);
create index if not exists oauth2_tokens_user_id_idx on public.oauth2_tokens (user_id);

-- A consent under way: state and PKCE verifier, for ten minutes.
create table if not exists private.oauth_states (
  state_hash bytea primary key,
  connection_id uuid not null references public.oauth2_connections (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  verifier private.sealed not null,
  expires_at timestamptz not null default now() + interval '10 minutes'
);
alter table private.oauth_states enable row level security;
comment on table private.oauth_states is 'OAuth2 consents under way, for ten minutes.';
comment on column private.oauth_states.state_hash is 'Hash of the state parameter, which comes back with the consent.';
comment on column private.oauth_states.connection_id is 'The client that asks for the consent.';
comment on column private.oauth_states.user_id is 'Who is asked.';
comment on column private.oauth_states.verifier is 'The PKCE code verifier, sealed.';
comment on column private.oauth_states.expires_at is 'Ten minutes after it began; a job removes what is past it.';
create index if not exists oauth_states_connection_id_idx on private.oauth_states (connection_id);
create index if not exists oauth_states_user_id_idx on private.oauth_states (user_id);

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
comment on table public.environment_variables is 'Names of a project''s variables. The values are sealed elsewhere.';
comment on column public.environment_variables.name is 'As shells take it: a letter or _, then letters, digits and _; at most 255. Once a project.';
create index if not exists environment_variables_created_by_idx on public.environment_variables (created_by);
create index if not exists environment_variables_secret_id_idx on public.environment_variables (secret_id);

-- oauth2_tokens: that there is one, and until when
create or replace function private.managed_connection_ids() returns uuid[]
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select array_agg(c.id) from public.oauth2_connections c
    where c.workspace_id = any (private.workspace_ids('admin')) or c.project_id = any (private.project_ids('manager'))), '{}');
end $$;
comment on function private.managed_connection_ids() is 'OAuth2 connections that the caller manages.';

-- Secrets: written by who manages the connection, read by a service alone, and every reading is kept.
create or replace function public.set_connection_secret(kind text, id uuid, secret jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_table text := case kind when 'api' then 'api_connections' when 'oauth2' then 'oauth2_connections' when 'env' then 'environment_variables' end;
  v_row jsonb;
  v_secret uuid;
  v_hint text;
begin
  if v_table is null then raise exception 'There is no such kind of secret.' using errcode = '22023'; end if;
  if secret is not null and (pg_column_size(secret) > 65536 or secret in ('{}', '""', 'null')) then
    raise exception 'This is no secret.' using errcode = '22023';
  end if;
  execute format('select to_jsonb(t) from public.%I t where t.id = $1', v_table) into v_row using id;
  if v_row is null or ((v_row ->> 'workspace_id')::uuid = any (private.workspace_ids('admin'))
    or (v_row ->> 'project_id')::uuid = any (private.project_ids('manager'))) is not true then
    raise exception 'You cannot change this secret.' using errcode = '42501';
  end if;
  -- Only now: nobody holds up a row that is not theirs to change.
  execute format('select to_jsonb(t) from public.%I t where t.id = $1 for update', v_table) into v_row using id;
  if secret is not null then
    v_hint := (select right(t.value, 4) from (
      select x.value from jsonb_each_text(case jsonb_typeof(secret) when 'object' then secret else jsonb_build_object('v', secret) end) x
      order by length(x.value) desc limit 1) t where length(t.value) >= 12);
    insert into private.secrets (value, hint) values (private.seal(secret::text), v_hint) returning secrets.id into v_secret;
  end if;
  execute format('update public.%I t set secret_id = $1, secret_hint = $2, secret_rotated_at = now() where t.id = $3', v_table)
    using v_secret, v_hint, id;
end $$;
comment on function public.set_connection_secret(text, uuid, jsonb) is 'Seals the secret of an api or oauth2 connection or a variable (env); null removes it.';

-- Consent to an OAuth2 connection. A service begins it for a person and sends them to the provider with the state and
-- the challenge; what they come back with is taken once, within ten minutes, and gives the verifier.
create or replace function private.may_consent(connection uuid, person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.oauth2_connections c join public.users u on u.id = person
    where c.id = connection and c.is_active and u.status = 'active' and u.deleted_at is null and (
      exists (select from public.workspace_users m join public.workspaces w on w.id = m.workspace_id
        where m.workspace_id = c.workspace_id and m.user_id = person and not w.is_global and w.is_active and w.deleted_at is null)
      or exists (select from public.project_users m join public.projects p on p.id = m.project_id
          join public.workspaces w on w.id = p.workspace_id
        where m.project_id = c.project_id and m.user_id = person and m.role >= 'contributor'
          and (m.expires_at is null or m.expires_at > now())
          and p.is_active and p.deleted_at is null and w.is_active and w.deleted_at is null)));
end $$;
comment on function private.may_consent(uuid, uuid) is 'Whether a person may give a consent to an OAuth2 connection: an active member where it belongs.';

create or replace function private.url_safe(value bytea) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select translate(encode(value, 'base64'), E'+/=\n', '-_')
$$;
comment on function private.url_safe(bytea) is 'Base64 for addresses: - and _, no padding.';

create or replace function public.begin_oauth2_for_service(connection uuid, person uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_state text := private.url_safe(private.gen_random_bytes(32));
  v_verifier text := private.url_safe(private.gen_random_bytes(32));
  v_expires timestamptz;
begin
  if not private.may_consent(connection, person) then
    raise exception 'There is no such connection for this account.' using errcode = 'PT404';
  end if;
  delete from private.oauth_states s where s.expires_at <= now();
  perform pg_advisory_xact_lock(hashtextextended('consents of ' || person, 0));
  if (select count(*) from private.oauth_states s where s.user_id = person) >= 20 then
    raise exception 'Too many consents are under way.' using errcode = 'PT429';
  end if;
  insert into private.oauth_states (state_hash, connection_id, user_id, verifier)
  values (private.sha256(v_state), connection, person, private.seal(v_verifier))
  returning expires_at into v_expires;
  return (
    select jsonb_build_object('state', v_state, 'code_challenge', private.url_safe(private.sha256(v_verifier)),
      'code_challenge_method', 'S256', 'expires_at', v_expires, 'provider', c.provider, 'provider_config', c.provider_config,
      'client_id', c.client_id, 'redirect_uri', c.redirect_uri, 'scopes', to_jsonb(c.scopes), 'additional_params', c.additional_params)
    from public.oauth2_connections c where c.id = connection);
end $$;
comment on function public.begin_oauth2_for_service(uuid, uuid) is 'Service: begins a person''s consent to a connection. Answers what the provider is asked with: state, PKCE challenge, client and scopes. Ten minutes.';

-- `person`: who came back, where the service knows; a consent that somebody else began is not theirs.
create or replace function public.take_oauth2_state_for_service(state text, person uuid default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_taken private.oauth_states;
begin
  delete from private.oauth_states s where s.state_hash = private.sha256(coalesce(state, '')) returning * into v_taken;
  if not found or v_taken.expires_at <= now() or v_taken.user_id <> person
    or not private.may_consent(v_taken.connection_id, v_taken.user_id) then
    raise exception 'This consent is not under way.' using errcode = 'PT404', hint = 'Begin it again.';
  end if;
  return jsonb_build_object('connection_id', v_taken.connection_id, 'user_id', v_taken.user_id,
    'code_verifier', private.unseal(v_taken.verifier));
end $$;
comment on function public.take_oauth2_state_for_service(text, uuid) is 'Service: takes a state that came back, once. Answers the connection, the person and the PKCE verifier.';

-- One refresh at a time: a provider that sees a refresh token twice ends the consent. Whoever gets the lease refreshes and
-- stores; for others it is busy, or fresh already where they had `seen` an earlier secret. A lease ends by itself.
create or replace function public.begin_oauth2_refresh_for_service(connection uuid, person uuid, seen uuid default null,
  seconds integer default 30) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_token public.oauth2_tokens;
begin
  select * into v_token from public.oauth2_tokens t
  where t.connection_id = connection and t.user_id is not distinct from person for update;
  if not found then raise exception 'There is no such consent.' using errcode = 'PT404'; end if;
  if v_token.secret_id <> seen then
    return jsonb_build_object('status', 'fresh', 'secret_id', v_token.secret_id, 'expires_at', v_token.expires_at);
  end if;
  if v_token.lease_until > clock_timestamp() then
    return jsonb_build_object('status', 'busy', 'until', v_token.lease_until);
  end if;
  if not v_token.has_refresh_token then
    raise exception 'This consent cannot be refreshed.' using errcode = '22023', hint = 'The person consents again.';
  end if;
  update public.oauth2_tokens t set lease_id = gen_random_uuid(),
    lease_until = clock_timestamp() + make_interval(secs => least(greatest(seconds, 1), 300))
  where t.id = v_token.id returning * into v_token;
  return jsonb_build_object('status', 'leased', 'lease', v_token.lease_id, 'until', v_token.lease_until, 'secret_id', v_token.secret_id);
end $$;
comment on function public.begin_oauth2_refresh_for_service(uuid, uuid, uuid, integer) is 'Service: the lease to refresh a consent (leased), or that somebody else has it (busy), or has refreshed it since (fresh).';

-- Gives a lease back unused, so that the next one need not wait; false where it is not the lease any more.
create or replace function public.end_oauth2_refresh_for_service(connection uuid, person uuid, lease uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.oauth2_tokens t set lease_id = null, lease_until = null
  where t.connection_id = connection and t.user_id is not distinct from person and t.lease_id = lease;
  return found;
end $$;
comment on function public.end_oauth2_refresh_for_service(uuid, uuid, uuid) is 'Service: gives a lease back unused.';

-- With a `lease` it is the answer to a refresh: refused when another one came between, and what the provider does not
-- give anew stays. Without one it is a new consent, which counts whatever is under way.
create or replace function public.store_oauth2_token_for_service(connection uuid, person uuid, tokens jsonb, expires timestamptz default null, scope text default null,
  lease uuid default null)
returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_secret uuid;
  v_id uuid;
  v_old private.sealed;
begin
  if lease is not null then
    perform from public.oauth2_tokens t
    where t.connection_id = connection and t.user_id is not distinct from person and t.lease_id = lease for update;
    if not found then
      raise exception 'Somebody else has refreshed this consent.' using errcode = 'PT409', hint = 'Read it again.';
    end if;
    select (s.value).* into v_old from public.oauth2_tokens t join private.secrets s on s.id = t.secret_id
    where t.lease_id = lease;
    tokens := jsonb_strip_nulls(jsonb_build_object('refresh_token', private.unseal(v_old)::jsonb -> 'refresh_token')) || tokens;
  end if;
  if coalesce(tokens ->> 'access_token', '') = '' then
    raise exception 'There is no access token in this.' using errcode = '22023';
  end if;
  perform private.set_actor(person);
  insert into private.secrets (value) values (private.seal(tokens::text)) returning id into v_secret;
  insert into public.oauth2_tokens as t (connection_id, user_id, token_type, expires_at, scope, secret_id, has_refresh_token)
  values (connection, person, coalesce(tokens ->> 'token_type', 'bearer'), expires, scope, v_secret, tokens ? 'refresh_token')
  on conflict (connection_id, user_id) do update set token_type = excluded.token_type, expires_at = excluded.expires_at,
    scope = excluded.scope, secret_id = excluded.secret_id, has_refresh_token = excluded.has_refresh_token,
    lease_id = null, lease_until = null
  returning t.id into v_id;
  return v_id;
end $$;
comment on function public.store_oauth2_token_for_service(uuid, uuid, jsonb, timestamptz, text, uuid) is 'Service: seals the tokens of a consent; with the lease of a refresh only while it is the lease.';

create or replace trigger touch before update on public.api_connections for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.api_connections for each row execute function private.stamp_author();
create or replace trigger drop_secret after update or delete on public.api_connections for each row execute function private.drop_secret();
create or replace trigger audit after insert or update or delete on public.api_connections for each row
  execute function private.audit_row('scope', 'custom_headers', 'request_body_template', 'secret_hint', 'secret_id', 'additional_params', 'provider_config', 'endpoint_url', 'description', 'response_schema', 'response_path');
create or replace trigger touch before update on public.oauth2_connections for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.oauth2_connections for each row execute function private.stamp_author();
create or replace trigger drop_secret after update or delete on public.oauth2_connections for each row
  execute function private.drop_secret();
create or replace trigger audit after insert or update or delete on public.oauth2_connections for each row
  execute function private.audit_row('scope', 'custom_headers', 'request_body_template', 'secret_hint', 'secret_id', 'additional_params', 'provider_config', 'endpoint_url', 'description', 'response_schema', 'response_path');
create or replace trigger touch before update on public.oauth2_tokens for each row execute function private.touch();
create or replace trigger drop_secret after update or delete on public.oauth2_tokens for each row execute function private.drop_secret();
create or replace trigger audit after insert or update or delete on public.oauth2_tokens for each row
  execute function private.audit_row('connection');
create or replace trigger touch before update on public.environment_variables for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.environment_variables for each row execute function private.stamp_author();
create or replace trigger drop_secret after update or delete on public.environment_variables for each row
  execute function private.drop_secret();
-- Who runs the workspace reads the log, and not the names of a project's variables.
create or replace trigger audit after insert or update or delete on public.environment_variables for each row
  execute function private.audit_row('scope', 'name', 'secret_hint', 'secret_id');

revoke all on public.api_connections, public.oauth2_connections, public.oauth2_tokens,
  public.environment_variables from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.api_connections, public.oauth2_connections, public.oauth2_tokens,
  public.environment_variables to service_role;

revoke execute on function public.set_connection_secret(text, uuid, jsonb),
  public.begin_oauth2_refresh_for_service(uuid, uuid, uuid, integer), public.end_oauth2_refresh_for_service(uuid, uuid, uuid),
  public.store_oauth2_token_for_service(uuid, uuid, jsonb, timestamptz, text, uuid), public.begin_oauth2_for_service(uuid, uuid),
  public.take_oauth2_state_for_service(text, uuid) from public, anon, authenticated;
grant execute on function public.set_connection_secret(text, uuid, jsonb) to authenticated, service_role;
grant execute on function public.begin_oauth2_refresh_for_service(uuid, uuid, uuid, integer),
  public.end_oauth2_refresh_for_service(uuid, uuid, uuid),
  public.store_oauth2_token_for_service(uuid, uuid, jsonb, timestamptz, text, uuid), public.begin_oauth2_for_service(uuid, uuid),
  public.take_oauth2_state_for_service(text, uuid) to service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
-- Checks of columns run as whoever writes them.
grant execute on function private.is_public_https(text), private.are_plain_headers(jsonb), private.levels_of(jsonb),
  private.names_a_secret(jsonb), private.holds_a_secret(jsonb), private.carries_a_secret(text) to authenticated, service_role;
grant execute on function private.managed_connection_ids() to authenticated;

-- connections: a workspace's are its members' to read, a project's its contributors'
grant select (id, workspace_id, project_id, name, description, api_type, endpoint_url, auth_type, custom_headers, http_method,
  request_body_template, response_path, response_schema, has_secret, secret_hint, secret_rotated_at, is_active, created_at,
  created_by, updated_at), delete on public.api_connections to authenticated;
grant insert (workspace_id, project_id, name, description, api_type, endpoint_url, auth_type, custom_headers, http_method,
  request_body_template, response_path, response_schema, is_active) on public.api_connections to authenticated;
grant update (name, description, api_type, endpoint_url, auth_type, custom_headers, http_method, request_body_template,
  response_path, response_schema, is_active) on public.api_connections to authenticated;
grant select (id, workspace_id, project_id, provider, provider_config, client_id, redirect_uri, scopes, additional_params,
  has_secret, secret_hint, secret_rotated_at, is_active, created_at, created_by, updated_at), delete
  on public.oauth2_connections to authenticated;
grant insert (workspace_id, project_id, provider, provider_config, client_id, redirect_uri, scopes, additional_params, is_active)
  on public.oauth2_connections to authenticated;
grant update (provider, provider_config, client_id, redirect_uri, scopes, additional_params, is_active)
  on public.oauth2_connections to authenticated;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['api_connections', 'oauth2_connections'] loop
    execute format('drop policy if exists %1$s_select on public.%1$I', v_table);
    execute format($p$create policy %1$s_select on public.%1$I for select to authenticated
      using ((workspace_id = any ((select private.workspace_ids('project_creator'))::uuid[]) and workspace_id <> (select private.global_workspace_id()))
        or project_id = any ((select private.project_ids('contributor'))::uuid[]))$p$, v_table);
    execute format('drop policy if exists %1$s_insert on public.%1$I', v_table);
    execute format($p$create policy %1$s_insert on public.%1$I for insert to authenticated
      with check (workspace_id = any ((select private.workspace_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format('drop policy if exists %1$s_update on public.%1$I', v_table);
    execute format($p$create policy %1$s_update on public.%1$I for update to authenticated
      using (workspace_id = any ((select private.workspace_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))
      with check (workspace_id = any ((select private.workspace_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format('drop policy if exists %1$s_delete on public.%1$I', v_table);
    execute format($p$create policy %1$s_delete on public.%1$I for delete to authenticated
      using (workspace_id = any ((select private.workspace_ids('admin'))::uuid[])
        or project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
  end loop;
end $$;

grant select (id, connection_id, user_id, token_type, expires_at, scope, has_refresh_token, created_at, updated_at), delete
  on public.oauth2_tokens to authenticated;
drop policy if exists oauth2_tokens_select on public.oauth2_tokens;
create policy oauth2_tokens_select on public.oauth2_tokens for select to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or connection_id = any ((select private.managed_connection_ids())::uuid[]));
drop policy if exists oauth2_tokens_delete on public.oauth2_tokens;
create policy oauth2_tokens_delete on public.oauth2_tokens for delete to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or connection_id = any ((select private.managed_connection_ids())::uuid[]));
-- environment_variables: names are the contributors' to know, values nobody's
grant select (id, project_id, name, has_secret, secret_hint, secret_rotated_at, created_at, created_by, updated_at), delete
  on public.environment_variables to authenticated;
grant insert (project_id, name), update (name) on public.environment_variables to authenticated;
drop policy if exists environment_variables_select on public.environment_variables;
create policy environment_variables_select on public.environment_variables for select to authenticated
  using (project_id = any ((select private.project_ids('contributor'))::uuid[]));
drop policy if exists environment_variables_insert on public.environment_variables;
create policy environment_variables_insert on public.environment_variables for insert to authenticated
  with check (project_id = any ((select private.project_ids('manager'))::uuid[]));
drop policy if exists environment_variables_update on public.environment_variables;
create policy environment_variables_update on public.environment_variables for update to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[]))
  with check (project_id = any ((select private.project_ids('manager'))::uuid[]));
drop policy if exists environment_variables_delete on public.environment_variables;
create policy environment_variables_delete on public.environment_variables for delete to authenticated
  using (project_id = any ((select private.project_ids('manager'))::uuid[]));
