-- What lies sealed: the keys that are at hand, and values that a service alone may read. Rows elsewhere only say that
-- there is one.
set local lock_timeout = '10s';

-- Keys that a server process supplies at start, where there is no Vault. Unlogged: gone after a crash, in
-- no base backup's log, and never granted to anyone.
create unlogged table if not exists private.supplied_keys (
  id text primary key,
  key text not null,
  is_current boolean not null
);
alter table private.supplied_keys enable row level security;
comment on table private.supplied_keys is 'Master keys of a running server where there is no Vault. Emptied when it stops.';
comment on column private.supplied_keys.id is 'As key_id names it; what was sealed by it says the same.';
comment on column private.supplied_keys.key is 'The key in clear text, at least 32 characters. The table is unlogged and granted to nobody.';
comment on column private.supplied_keys.is_current is 'True seals; false only opens what it sealed before.';

-- Ciphertext and which key sealed it.
do $$
begin
  if to_regtype('private.sealed') is null then
    create type private.sealed as (key_id text, ciphertext bytea);
  end if;
end $$;

comment on type private.sealed is 'Ciphertext and which key sealed it; made by seal, opened by unseal.';
comment on column private.sealed.key_id is 'Which master key it is, as key_id names it.';
comment on column private.sealed.ciphertext is 'OpenPGP, AES-256, not compressed.';
create table if not exists private.secrets (
  id uuid primary key default gen_random_uuid(),
  value private.sealed not null,
  -- The last characters of the most telling field, so that a person recognises what they stored.
  hint text check (char_length(hint) <= 8),
  created_at timestamptz not null default now(),
  rotated_at timestamptz not null default now()
);
alter table private.secrets enable row level security;
comment on table private.secrets is 'Sealed secrets of connections, variables and tokens.';
comment on column private.secrets.value is 'JSON text, sealed. read_secret_for_service opens it and is logged.';
comment on column private.secrets.hint is 'The last four characters of a long secret, so that a person recognises it; null of a short one, and of tokens.';
comment on column private.secrets.rotated_at is 'When it was stored: a new secret is a new row, and sealing anew by another key does not count.';

create or replace function private.key_id(key text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select substr(encode(private.sha256('atelier key id ' || key), 'hex'), 1, 12)
$$;
comment on function private.key_id(text) is 'A name for a key that tells nothing of it: twelve hexadecimal digits of a hash.';

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
comment on function private.master_keys() is 'The keys at hand, one of them current: Vault''s where it has any, else the supplied ones. Granted to nobody.';

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
comment on function private.supply_master_key(text, text) is 'For the process that keeps the key where there is no Vault; `previous` only opens. Answers the key''s id.';

create or replace function private.seal(plain text) returns private.sealed
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
comment on function private.seal(text) is 'Seals by the current key, null as null; 55000 where there is none.';

create or replace function private.unseal(sealed private.sealed) returns text
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
comment on function private.unseal(private.sealed) is 'Opens by the key that sealed, null as null; 55000 when it is not here.';

create or replace function private.blind_index(value text) returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (select private.hmac(lower(value), 'blind index ' || k.key, 'sha256') from private.master_keys() k where k.is_current);
end $$;
comment on function private.blind_index(text) is 'HMAC-SHA-256 of the value in lower case, under the current key; null where there is none.';

-- Finds an address without reading any, for as long as this installation lives: by a key of its own, sealed among the
-- secrets, for the master key may be another tomorrow. Null where there is no key. A part after + is the same mailbox.
create or replace function private.address_mark(email text) returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id constant uuid := uuid '6f7c1c5e-0d0a-4c8e-9d3b-7a1e5b0c2f41';
  v_key private.sealed;
begin
  if email is null then return null; end if;
  select (s.value).* into v_key from private.secrets s where s.id = v_id;
  if not found then
    insert into private.secrets (id, value) values (v_id, private.seal(encode(private.gen_random_bytes(32), 'hex'))) on conflict do nothing;
    select (s.value).* into v_key from private.secrets s where s.id = v_id;
  end if;
  return private.hmac(regexp_replace(lower(email), '\+[^@]*@', '@'), private.unseal(v_key), 'sha256');
exception when object_not_in_prerequisite_state then
  return null;
end $$;
comment on function private.address_mark(text) is 'An HMAC of an address under a key of this installation that outlives master keys; null without a key.';

-- A secret goes with the row it belonged to.
create or replace function private.drop_secret() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' or old.secret_id is distinct from new.secret_id then
    delete from private.secrets s where s.id = old.secret_id;
  end if;
  return null;
end $$;
comment on function private.drop_secret() is 'Trigger: a secret goes when its row goes or has another.';

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
      update private.secrets s set value = private.seal(private.unseal(s.value)) where s.id = v_row.id;
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
      update private.user_pii p set email = private.seal(private.unseal(p.email)), phone = private.seal(private.unseal(p.phone)),
        app_metadata = private.seal(private.unseal(p.app_metadata)), user_metadata = private.seal(private.unseal(p.user_metadata)),
        email_index = private.blind_index(private.unseal(p.email)), phone_index = private.blind_index(private.unseal(p.phone))
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
comment on function private.rotate_secrets(integer) is 'Seals anew what an earlier key sealed, at most so many secrets and so many people; answers how many it did.';

create or replace function public.read_secret_for_service(secret uuid, why text, actor uuid default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_value private.sealed;
begin
  if coalesce(trim(why), '') = '' then raise exception 'A reading needs its reason.' using errcode = '22023'; end if;
  select (s.value).* into v_value from private.secrets s where s.id = secret;
  if not found then raise exception 'There is no such secret.' using errcode = 'PT404'; end if;
  perform private.set_actor(actor);
  perform private.write_audit('secrets', secret, 'READ',
    (select coalesce(a.workspace_id, p.workspace_id) from (
      select c.workspace_id, c.project_id from public.api_connections c where c.secret_id = secret
      union all select c.workspace_id, c.project_id from public.oauth2_connections c where c.secret_id = secret
      union all select null, e.project_id from public.environment_variables e where e.secret_id = secret
      union all select c.workspace_id, c.project_id from public.oauth2_tokens t join public.oauth2_connections c on c.id = t.connection_id
        where t.secret_id = secret) a left join public.projects p on p.id = a.project_id limit 1),
    (select a.project_id from (
      select c.project_id from public.api_connections c where c.secret_id = secret
      union all select c.project_id from public.oauth2_connections c where c.secret_id = secret
      union all select e.project_id from public.environment_variables e where e.secret_id = secret
      union all select c.project_id from public.oauth2_tokens t join public.oauth2_connections c on c.id = t.connection_id
        where t.secret_id = secret) a limit 1),
    reason => why);
  return private.unseal(v_value)::jsonb;
end $$;
comment on function public.read_secret_for_service(uuid, text, uuid) is 'Service: opens a secret, for a reason and a person that are logged.';

revoke execute on function public.read_secret_for_service(uuid, text, uuid) from public, anon, authenticated;
grant execute on function public.read_secret_for_service(uuid, text, uuid) to service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.rotate_secrets(integer) to service_role;
