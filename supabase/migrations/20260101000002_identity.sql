-- People: what others may see of an account, and apart from it, sealed, what they may not.
-- auth.users itself stays in clear text inside the platform's disk encryption.
set local lock_timeout = '10s';

create table if not exists public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text not null check (char_length(display_name) between 1 and 120),
  avatar_url text check (avatar_url ~ '^https://' and char_length(avatar_url) <= 2000),
  profile jsonb not null default '{}' check (jsonb_typeof(profile) = 'object' and pg_column_size(profile) <= 65536),
  status public.user_status not null default 'waitlist',
  is_super_user boolean not null default false,
  super_until timestamptz,
  -- Who banned: the auth server may lift only its own ban, and what was before it comes back.
  banned_by text check (banned_by in ('auth', 'super_user')),
  status_before_ban public.user_status,
  confirmed_at timestamptz,
  email_confirmed_at timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
alter table public.users enable row level security;

-- Keys that a server process supplies at start, where there is no Vault. Unlogged: gone after a crash, in
-- no base backup's log, and never granted to anyone.
create unlogged table if not exists private.supplied_keys (
  id text primary key,
  key text not null,
  is_current boolean not null
);
alter table private.supplied_keys enable row level security;

-- Ciphertext and which key sealed it.
do $$
begin
  if to_regtype('private.sealed') is null then
    create type private.sealed as (key_id text, ciphertext bytea);
  end if;
end $$;

create table if not exists private.user_pii (
  user_id uuid primary key references public.users (id) on delete cascade,
  email private.sealed,
  phone private.sealed,
  app_metadata private.sealed,
  user_metadata private.sealed,
  -- Finds an address without reading any: an HMAC under the same key.
  email_index bytea,
  phone_index bytea,
  updated_at timestamptz not null default now()
);
alter table private.user_pii enable row level security;
create index if not exists user_pii_email_index on private.user_pii (email_index);
create index if not exists user_pii_phone_index on private.user_pii (phone_index);

create or replace function private.key_id(key text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select substr(encode(private.sha256('atelier key id ' || key), 'hex'), 1, 12)
$$;

-- The keys at hand: Vault's where there is one, else the supplied ones.
create or replace function private.master_keys() returns table (id text, key text, is_current boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if to_regclass('vault.decrypted_secrets') is not null then
    return query execute $q$
      select private.key_id(s.decrypted_secret), s.decrypted_secret, s.name = 'atelier_master_key'
      from vault.decrypted_secrets s
      where s.name in ('atelier_master_key', 'atelier_master_key_previous') and s.decrypted_secret <> ''
    $q$;
    if found then return; end if;
  end if;
  return query select k.id, k.key, k.is_current from private.supplied_keys k;
end $$;

-- For the process that keeps the key where there is no Vault. The keys of before stay for what they sealed.
create or replace function private.supply_master_key(key text, previous text default null) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if coalesce(length(key), 0) < 32 or length(previous) < 32 then
    raise exception 'A master key has at least 32 characters.' using errcode = '22023';
  end if;
  -- Not deleted: deleted rows stay in the file.
  truncate private.supplied_keys;
  insert into private.supplied_keys values (private.key_id(key), key, true);
  if previous is not null and previous <> key then
    insert into private.supplied_keys values (private.key_id(previous), previous, false);
  end if;
  return private.key_id(key);
end $$;

create or replace function private.enc(plain text) returns private.sealed
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key record;
begin
  if plain is null then return null; end if;
  select k.id, k.key into v_key from private.master_keys() k where k.is_current;
  if not found then
    raise exception 'There is no master key, so nothing was stored.' using errcode = '55000',
      hint = 'See private.platform_report().';
  end if;
  return row(v_key.id, private.pgp_sym_encrypt(plain, v_key.key, 'cipher-algo=aes256, compress-algo=0'))::private.sealed;
end $$;

create or replace function private.dec(sealed private.sealed) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key text;
begin
  if sealed is null or sealed.ciphertext is null then return null; end if;
  select k.key into v_key from private.master_keys() k where k.id = sealed.key_id;
  if not found then
    raise exception 'The key % that sealed this is not here.', sealed.key_id using errcode = '55000';
  end if;
  return private.pgp_sym_decrypt(sealed.ciphertext, v_key);
end $$;

create or replace function private.blind_index(value text) returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select private.hmac(lower(value), 'blind index ' || k.key, 'sha256') from private.master_keys() k where k.is_current);
end $$;

-- Keeps the sealed copy of what the auth server knows. Without a key there is none: never in clear text.
create or replace function private.mirror_pii(uid uuid, email text, phone text, app_metadata jsonb, user_metadata jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from private.master_keys() k where k.is_current) then return; end if;
  insert into private.user_pii as p
  values (uid, private.enc(email), private.enc(phone), private.enc(app_metadata::text), private.enc(user_metadata::text),
    private.blind_index(email), private.blind_index(phone), now())
  on conflict (user_id) do update set email = excluded.email, phone = excluded.phone,
    app_metadata = excluded.app_metadata, user_metadata = excluded.user_metadata,
    email_index = excluded.email_index, phone_index = excluded.phone_index, updated_at = now();
end $$;

create or replace function private.is_active_user() returns boolean
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.users u
    where u.id = auth.uid() and u.status = 'active' and u.deleted_at is null
  );
end $$;

create or replace function private.is_super() returns boolean
language plpgsql stable security definer parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.users u
    where u.id = auth.uid() and u.status = 'active' and u.deleted_at is null and u.is_super_user
      and (u.super_until is null or u.super_until > now())
  );
end $$;
