-- People: what others may see of an account, and apart from it, sealed, what they may not; what happens when an account is
-- made, changed or deleted. auth.users itself stays in clear text inside the platform's disk encryption. GoTrue runs its
-- triggers as supabase_auth_admin with search_path=auth, so every name is qualified and every function is definer.
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
comment on table public.users is 'One row per account, made at sign-up. Holds nothing that only its owner should see.';
comment on column public.users.id is 'The auth server''s id of the account (auth.users).';
comment on column public.users.display_name is 'At first what the sign-up said, else the address up to its @; then the person''s to change. 1 to 120 characters.';
comment on column public.users.avatar_url is 'https, at most 2000 characters; null without a picture.';
comment on column public.users.profile is 'What the person says of themselves; at most 64 KiB.';
comment on column public.users.status is 'Only `active` has any access. Waiting accounts become active by open sign-up, invitation, verified domain or a super user.';
comment on column public.users.is_super_user is 'Until super_until; without an active account it gives nothing. Changed by set_super_user.';
comment on column public.users.super_until is 'End of a super user''s time; null is none.';
comment on column public.users.banned_by is 'auth or super_user; null when not banned. The auth server lifts only its own ban.';
comment on column public.users.status_before_ban is 'What comes back when the auth server''s ban ends; null otherwise.';
comment on column public.users.confirmed_at is 'When the address, or else the telephone number, was confirmed; the auth server''s word.';
comment on column public.users.email_confirmed_at is 'The auth server''s word. Null: the address opens no invitation and no domain.';
comment on column public.users.last_sign_in_at is 'The auth server''s word; null before the first.';
comment on column public.users.deleted_at is 'When the auth server deleted the account and kept its row; what it deletes for good has none here either.';

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
comment on table private.user_pii is 'Sealed copy of addresses and metadata, with a blind index to find them. No row without a master key.';
comment on column private.user_pii.email is 'Sealed; null where the auth server has none.';
comment on column private.user_pii.phone is 'Sealed; null where the auth server has none.';
comment on column private.user_pii.app_metadata is 'The auth server''s raw_app_meta_data as JSON text, sealed.';
comment on column private.user_pii.user_metadata is 'The auth server''s raw_user_meta_data as JSON text, sealed.';
comment on column private.user_pii.email_index is 'blind_index of the address, to find it without opening any; null without one.';
comment on column private.user_pii.phone_index is 'blind_index of the number, to find it without opening any; null without one.';
comment on column private.user_pii.updated_at is 'When mirror_pii last copied it; sealing anew by another key does not count.';
create index if not exists user_pii_email_index on private.user_pii (email_index);
create index if not exists user_pii_phone_index on private.user_pii (phone_index);

-- Keeps the sealed copy of what the auth server knows. Without a key there is none: never in clear text.
create or replace function private.mirror_pii(person uuid, email text, phone text, app_metadata jsonb, user_metadata jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from private.master_keys() k where k.is_current) then return; end if;
  insert into private.user_pii as p
  values (person, private.seal(email), private.seal(phone), private.seal(app_metadata::text), private.seal(user_metadata::text),
    private.blind_index(email), private.blind_index(phone), now())
  on conflict (user_id) do update set email = excluded.email, phone = excluded.phone,
    app_metadata = excluded.app_metadata, user_metadata = excluded.user_metadata,
    email_index = excluded.email_index, phone_index = excluded.phone_index, updated_at = now();
end $$;
comment on function private.mirror_pii(uuid, text, text, jsonb, jsonb) is 'Keeps the sealed copy of what the auth server knows. Without a key there is none.';

-- Accounts made while there was no key have no sealed copy yet.
create or replace function private.mirror_missing_pii(at_most integer default 500) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_account record;
  v_made integer := 0;
begin
  if not exists (select from private.master_keys() k where k.is_current) then return 0; end if;
  for v_account in
    select a.id, to_jsonb(a) as data from auth.users a join public.users u on u.id = a.id
    where u.deleted_at is null and not exists (select from private.user_pii p where p.user_id = a.id) limit at_most
  loop
    perform private.mirror_pii(v_account.id, v_account.data ->> 'email', nullif(v_account.data ->> 'phone', ''),
      v_account.data -> 'raw_app_meta_data', v_account.data -> 'raw_user_meta_data');
    v_made := v_made + 1;
  end loop;
  -- Who left while there was no key.
  update private.departures d set address_mark = private.address_mark(a.email) from auth.users a
  where a.id = d.user_id and d.address_mark is null and a.email is not null;
  return v_made;
end $$;
comment on function private.mirror_missing_pii(integer) is 'Job: seals what accounts made without a key left unsealed; answers how many.';

-- What the auth server says of an account, in the shapes of every auth server we know.
create or replace function private.auth_metadata(value jsonb) returns jsonb
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(case
    when jsonb_typeof(value) = 'object' then value
    when value #>> '{}' ~ '^\s*\{.*\}\s*$' then private.parsed_object(value #>> '{}') end, '{}')
$$;
comment on function private.auth_metadata(jsonb) is 'What the auth server says of an account, in the shapes of every auth server we know; {} for anything else.';

create or replace function private.mirror_account(account jsonb, may_join boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.users u set
    confirmed_at = coalesce((account ->> 'email_confirmed_at')::timestamptz, (account ->> 'phone_confirmed_at')::timestamptz),
    email_confirmed_at = (account ->> 'email_confirmed_at')::timestamptz,
    last_sign_in_at = (account ->> 'last_sign_in_at')::timestamptz
  where u.id = (account ->> 'id')::uuid;
  perform private.mirror_pii((account ->> 'id')::uuid, nullif(account ->> 'email', ''), nullif(account ->> 'phone', ''),
    private.auth_metadata(account -> 'raw_app_meta_data'), private.auth_metadata(account -> 'raw_user_meta_data'));
  if may_join and account ->> 'email_confirmed_at' is not null and account ->> 'email' is not null then
    perform private.join_by_domain((account ->> 'id')::uuid, account ->> 'email');
  end if;
end $$;
comment on function private.mirror_account(jsonb, boolean) is 'Takes over what a row of auth.users says; true also lets a confirmed address join by its domain.';

create or replace function private.give_places(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := (select u.display_name from public.users u where u.id = person);
  v_project uuid;
begin
  insert into public.workspace_users (workspace_id, user_id, role)
  values (private.global_workspace_id(), person, 'project_creator') on conflict do nothing;
  insert into public.projects (workspace_id, name, description, kind, owner_id)
  values (private.global_workspace_id(), left(v_name, 180) || '’s project', 'A place of your own', 'personal', person)
  on conflict do nothing returning id into v_project;
  if v_project is not null then
    insert into public.project_users (project_id, user_id, role) values (v_project, person, 'owner');
  end if;
end $$;
comment on function private.give_places(uuid) is 'Membership of the Global Workspace and a personal project; nothing twice.';

-- The only way to become active: membership of the Global Workspace and a personal project come with it.
create or replace function private.activate_user(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.users u set status = 'active' where u.id = person and u.status in ('waitlist', 'invited');
  if found then perform private.give_places(person); end if;
end $$;
comment on function private.activate_user(uuid) is 'Makes a waiting account active, with its places; any other stays as it is.';

create or replace function private.on_auth_user_created() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- As jsonb, because not every platform's auth.users has every column.
  v_row jsonb := to_jsonb(new);
  v_meta jsonb := private.auth_metadata(v_row -> 'raw_user_meta_data');
  -- Accounts that cost their maker nothing are neither let in nor put in charge before they name themselves.
  v_is_anonymous boolean := coalesce((v_row ->> 'is_anonymous')::boolean, false);
  v_platform private.platform;
begin
  insert into public.users (id, display_name, avatar_url, status)
  values (
    new.id,
    left(coalesce(
      nullif(trim(v_meta ->> 'display_name'), ''), nullif(trim(v_meta ->> 'full_name'), ''),
      nullif(trim(v_meta ->> 'name'), ''), nullif(trim(v_meta ->> 'user_name'), ''),
      nullif(split_part(v_row ->> 'email', '@', 1), ''), 'New member'
    ), 120),
    case when v_meta ->> 'avatar_url' ~ '^https://' and char_length(v_meta ->> 'avatar_url') <= 2000
      then v_meta ->> 'avatar_url' end,
    case when v_row ->> 'invited_at' is not null then 'invited' else 'waitlist' end::public.user_status
  ) on conflict do nothing;
  select * into v_platform from private.platform;
  if v_platform.first_user_is_super and not v_is_anonymous then
    -- One at a time, or two first people would both be in charge.
    perform pg_advisory_xact_lock(hashtext('atelier.first_user'));
    -- Once and for all: were that account deleted, the next would not be a first one.
    update public.users u set is_super_user = true
    where u.id = new.id and exists (select from private.platform p where p.first_user_is_super)
      and not exists (select from public.users s where s.is_super_user);
    update private.platform set first_user_is_super = false;
  end if;
  -- Each by itself: what fails here is kept for somebody to look at, and takes nothing else with it.
  begin
    perform private.mirror_account(v_row, true);
  exception when others then
    insert into private.provision_errors (user_id, message) values (new.id, sqlerrm);
  end;
  if v_platform.open_signup and not v_is_anonymous then
    perform private.activate_user(new.id);
  end if;
  return new;
exception when others then
  insert into private.provision_errors (user_id, message) values (new.id, sqlerrm);
  return new;
end $$;
comment on function private.on_auth_user_created() is 'Trigger on auth.users: the account''s row, its copy, and access where the door is open. A sign-up never fails for it.';

create or replace function private.on_auth_user_updated() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_row jsonb := to_jsonb(new);
  v_old jsonb := to_jsonb(old);
begin
  if (v_row ->> 'deleted_at') is distinct from (v_old ->> 'deleted_at') and v_row ->> 'deleted_at' is not null then
    update public.users u set deleted_at = now(), status = 'archived' where u.id = new.id;
    perform private.archive_places_of(new.id);
  end if;
  -- Only the auth server's own ban is lifted with it; a super user's stays. At every change, for a ban also ends
  -- by time alone, and the next sign-in is the first we hear of it.
  if (v_row ->> 'banned_until')::timestamptz > now() then
    update public.users u set status = 'banned', banned_by = 'auth', status_before_ban = u.status
    where u.id = new.id and u.status in ('invited', 'waitlist', 'active', 'inactive');
  else
    update public.users u set status = coalesce(u.status_before_ban, 'active'), banned_by = null, status_before_ban = null
    where u.id = new.id and u.status = 'banned' and u.banned_by = 'auth';
  end if;
  if v_row - 'updated_at' <> v_old - 'updated_at' then
    -- By domain once, when the address is confirmed: whoever was removed since is not let in by signing in.
    perform private.mirror_account(v_row, v_row ->> 'email' is distinct from v_old ->> 'email'
      or (v_old ->> 'email_confirmed_at' is null and v_row ->> 'email_confirmed_at' is not null));
  end if;
  if (v_old ->> 'is_anonymous')::boolean and (v_row ->> 'is_anonymous')::boolean is false
    and exists (select from private.platform p where p.open_signup)
    and exists (select from public.users u where u.id = new.id and u.status = 'waitlist') then
    perform private.activate_user(new.id);
  end if;
  return new;
exception when others then
  insert into private.provision_errors (user_id, message) values (new.id, sqlerrm);
  return new;
end $$;
comment on function private.on_auth_user_updated() is 'Trigger on auth.users: takes over changes, bans and deletion; what fails is noted in provision_errors.';

create or replace function private.on_auth_user_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.users u set deleted_at = now() where u.id = old.id and u.deleted_at is null;
  perform private.archive_places_of(old.id);
  -- It may have another address by now than when it left: both are known by their marks.
  insert into private.departures (workspace_id, address_mark)
  select d.workspace_id, x.mark from private.departures d, private.address_mark(old.email) x (mark)
  where d.user_id = old.id and x.mark is not null and x.mark is distinct from d.address_mark;
  -- Its address goes too, wherever it was invited; open ones where it was proven, and no other account has it.
  delete from public.invitations i
  where i.accepted_by = old.id or (i.accepted_at is null and i.email = lower(old.email)
    and exists (select from public.users u where u.id = old.id and u.email_confirmed_at is not null)
    and not exists (select from auth.users o where o.id <> old.id and lower(o.email) = i.email));
  delete from private.provision_errors e where e.user_id = old.id;
  return old;
end $$;
comment on function private.on_auth_user_deleted() is 'Trigger on auth.users: its places are archived or get an heir before the account goes.';

-- People.
create or replace function public.my_account() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select jsonb_build_object('id', u.id, 'email', a.email, 'phone', nullif(to_jsonb(a) ->> 'phone', ''),
      'display_name', u.display_name, 'avatar_url', u.avatar_url, 'profile', u.profile, 'status', u.status,
      'is_super_user', private.is_super(), 'super_until', u.super_until, 'created_at', u.created_at, 'last_sign_in_at', u.last_sign_in_at)
    from public.users u join auth.users a on a.id = u.id where u.id = auth.uid()
  );
end $$;
comment on function public.my_account() is 'The caller''s own account with its address.';

-- What the caller made, of one table. Of places they cannot read any more only that it was there: others may have
-- written in it since.
create or replace function private.made_by_me(of_table text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_rows jsonb;
begin
  execute format($q$
    select coalesce(jsonb_agg(case when t.project_id = any ($1)
      then to_jsonb(t) - array['search', 'changed_xid', 'secret_id', 'secret_hint', 'folded_path']
      else jsonb_build_object('id', t.id, 'project_id', t.project_id, 'created_at', t.created_at) end
      order by t.created_at, t.id), '[]')
    from public.%I t where t.created_by = auth.uid()$q$, of_table) into v_rows using private.project_ids('viewer');
  return v_rows;
end $$;
comment on function private.made_by_me(text) is 'Rows of a table of projects that the caller made; of projects they cannot read any more only ids and times.';

-- Everything of one's own, as one document; the bytes of files are in storage under `artifact_files.storage_path`.
create or replace function public.export_my_data() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_email text;
begin
  if auth.uid() is null then raise exception 'Nobody is signed in.' using errcode = '42501'; end if;
  perform private.write_audit('users', auth.uid(), 'EXPORT', null, null, reason => 'export of own data');
  select lower(a.email) into v_email from auth.users a join public.users u on u.id = a.id
  where a.id = auth.uid() and u.email_confirmed_at is not null;
  return jsonb_build_object('account', public.my_account(),
    'workspaces', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from public.workspace_users m where m.user_id = auth.uid()),
    'projects', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from public.project_users m where m.user_id = auth.uid()),
    'chats', private.made_by_me('chat_sessions'),
    'chats_followed', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from public.chat_participants c where c.user_id = auth.uid()),
    'messages', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from public.chat_messages m where m.created_by = auth.uid()),
    'artifacts', private.made_by_me('artifacts'),
    'artifact_files', private.made_by_me('artifact_files'),
    'requirements', private.made_by_me('project_requirements'),
    'architecture', private.made_by_me('technical_architecture'),
    'designs', private.made_by_me('ui_design'),
    'context', private.made_by_me('project_context'),
    'environment_variables', private.made_by_me('environment_variables'))
    || jsonb_build_object(
    'invitations', (select coalesce(jsonb_agg(to_jsonb(i) - 'token_hash'), '[]') from public.invitations i
      where i.created_by = auth.uid() or i.accepted_by = auth.uid() or i.email = v_email),
    'consents', (select coalesce(jsonb_agg(to_jsonb(t) - 'secret_id'), '[]') from public.oauth2_tokens t where t.user_id = auth.uid()),
    'purchases', (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from public.token_purchases p where p.created_by = auth.uid()),
    'usage', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from public.token_usage t where t.created_by = auth.uid()),
    -- What was done, when and from where; what was written is above.
    'activity', (select coalesce(jsonb_agg(to_jsonb(l)), '[]') from (
      select a.created_at, a.table_name, a.record_id, a.action, a.reason, a.ip_address, a.user_agent
      from public.audit_logs a where a.changed_by = auth.uid() order by a.created_at desc limit 10000) l));
end $$;
comment on function public.export_my_data() is 'Everything of the caller''s own, as one document; logged.';

-- For what cannot be undone: a session that lies open somewhere is not its owner. Where the auth server says when somebody
-- signed in (it is in the token, and a renewed token keeps it), and asks them for a second factor, both are asked for.
create or replace function private.require_recent_sign_in() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_methods jsonb := auth.jwt() -> 'amr';
  v_signed_in double precision;
  v_has_factor boolean := false;
begin
  if jsonb_typeof(v_methods) = 'array' then
    select max((x.value ->> 'timestamp')::double precision) into v_signed_in from jsonb_array_elements(v_methods) x
    where jsonb_typeof(x.value -> 'timestamp') = 'number';
  end if;
  if v_signed_in < extract(epoch from now()) - 3600 then
    raise exception 'You signed in too long ago for this.' using errcode = '42501', hint = 'Sign in again; then you have an hour.';
  end if;
  if to_regclass('auth.mfa_factors') is not null then
    execute format('select exists (select from %I.mfa_factors f where f.user_id = $1 and f.status::text = %L)', 'auth', 'verified')
      into v_has_factor using auth.uid();
  end if;
  if v_has_factor and coalesce(auth.jwt() ->> 'aal', '') <> 'aal2' then
    raise exception 'This needs your second factor.' using errcode = '42501';
  end if;
end $$;
comment on function private.require_recent_sign_in() is 'Refuses whoever signed in more than an hour ago, or without the second factor they have.';

-- Erases the caller's account for good. What they made stays, without their name; what was billed and logged keeps an
-- id that is nobody's. `confirmation` is the account's address, or its id where it has none: a slip erases nobody.
create or replace function public.erase_my_account(confirmation text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid := auth.uid();
  v_claims text := current_setting('request.jwt.claims', true);
  v_sub text := current_setting('request.jwt.claim.sub', true);
  v_known text;
begin
  select coalesce(nullif(lower(a.email), ''), a.id::text) into v_known
  from auth.users a join public.users u on u.id = a.id where a.id = v_id and u.status not in ('banned', 'inactive', 'archived');
  if not found then raise exception 'There is no account to erase.' using errcode = '42501'; end if;
  perform private.require_recent_sign_in();
  if lower(trim(coalesce(confirmation, ''))) <> v_known then
    raise exception 'This is not the address of your account.' using errcode = '22023';
  end if;
  if private.is_super() and exists (select from public.users o where o.id <> v_id and o.deleted_at is null)
    and not exists (select from public.users o where o.id <> v_id and o.deleted_at is null and o.status = 'active'
      and o.is_super_user and (o.super_until is null or o.super_until > now())) then
    raise exception 'Nobody else is in charge here.' using errcode = '23514', hint = 'Make somebody else a super user first.';
  end if;
  if exists (
    select from public.workspace_users m join public.workspace_subscriptions s on s.id = private.live_subscription(m.workspace_id)
    where m.user_id = v_id and m.role = 'owner' and s.plan_type <> 'free' and not exists (
      select from public.workspace_users o join public.users u on u.id = o.user_id
      where o.workspace_id = m.workspace_id and o.user_id <> v_id and o.role >= 'admin' and u.status = 'active' and u.deleted_at is null)) then
    raise exception 'A workspace of yours has a paid plan and nobody to follow you.' using errcode = '22023', hint = 'Cancel the plan first.';
  end if;
  perform private.write_audit('users', v_id, 'DELETE', null, null, reason => 'erasure of own account');
  -- Without a person from here on: triggers would put the name that is going into every row again.
  perform set_config('atelier.reason', 'erasure of own account', true), set_config('request.jwt.claim.sub', '', true),
    set_config('request.jwt.claims', (coalesce(nullif(v_claims, ''), '{}')::jsonb - 'sub')::text, true);
  -- The rest hangs on it: on_auth_user_deleted gives places an heir or archives them, and keys do the rest.
  delete from auth.users a where a.id = v_id;
  perform set_config('request.jwt.claims', coalesce(v_claims, ''), true), set_config('request.jwt.claim.sub', coalesce(v_sub, ''), true);
end $$;
comment on function public.erase_my_account(text) is 'Erases the caller''s account for good; what they made stays without their name. The argument is the account''s address, or its id without one.';

create or replace function public.set_user_status(target uuid, new_status public.user_status, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_super();
  if coalesce(trim(why), '') = '' then raise exception 'A reason is needed.' using errcode = '22023'; end if;
  if target = auth.uid() then raise exception 'Nobody judges themselves.' using errcode = '42501'; end if;
  if new_status is null or new_status in ('waitlist', 'invited') then
    raise exception 'An account does not go back to waiting.' using errcode = '22023';
  end if;
  perform set_config('atelier.reason', why, true);
  update public.users u set status = new_status, banned_by = case when new_status = 'banned' then 'super_user' end,
    status_before_ban = null
  where u.id = target and u.deleted_at is null;
  if not found then raise exception 'There is no such account.' using errcode = 'PT404'; end if;
  -- Whoever was never active has no place yet.
  if new_status = 'active' then perform private.give_places(target); end if;
end $$;
comment on function public.set_user_status(uuid, public.user_status, text) is 'Super user with a second factor: approves, bans, archives an account, with a reason.';

create or replace function public.set_super_user(target uuid, allowed boolean, why text, until timestamptz default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_super();
  if coalesce(trim(why), '') = '' then raise exception 'A reason is needed.' using errcode = '22023'; end if;
  if target = auth.uid() then raise exception 'Nobody raises themselves.' using errcode = '42501'; end if;
  if until > now() + interval '1 year' then
    raise exception 'A super user is one for a year at most.' using errcode = '22023', hint = 'Name an earlier end, and renew it.';
  end if;
  perform set_config('atelier.reason', why, true);
  -- Without an end given it is a quarter of a year.
  update public.users u set is_super_user = allowed,
    super_until = case when allowed then coalesce(until, now() + interval '90 days') end
  where u.id = target and u.deleted_at is null and (not allowed or u.status = 'active');
  if not found then raise exception 'There is no such active account.' using errcode = 'PT404'; end if;
end $$;
comment on function public.set_super_user(uuid, boolean, text, timestamptz) is 'Super user with a second factor: makes or unmakes another, with a reason.';

create or replace trigger touch before update on public.users for each row execute function private.touch();
-- The audit log. artifact_files has its own, complete one: artifact_file_versions.
create or replace trigger audit after insert or update or delete on public.users for each row
  execute function private.audit_row('none', 'profile', 'display_name', 'avatar_url');

revoke all on public.users from public, anon, authenticated, service_role;
-- Not all, for services too.
grant select, update, delete on public.users to service_role;

revoke execute on function public.my_account(), public.export_my_data(), public.erase_my_account(text),
  public.set_user_status(uuid, public.user_status, text),
  public.set_super_user(uuid, boolean, text, timestamptz) from public, anon, authenticated;
grant execute on function public.my_account(), public.export_my_data(), public.erase_my_account(text),
  public.set_user_status(uuid, public.user_status, text),
  public.set_super_user(uuid, boolean, text, timestamptz) to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.activate_user(uuid) to service_role;

-- Who is in charge of the platform is nobody's to know; whether one is oneself says my_account.
grant select (id, display_name, avatar_url, profile, status, created_at, updated_at, deleted_at) on public.users to authenticated;
grant update (display_name, avatar_url, profile) on public.users to authenticated;
drop policy if exists users_select on public.users;
create policy users_select on public.users for select to authenticated
  using (id = (select auth.uid()) or id = any ((select private.colleague_ids())::uuid[]) or (select private.acts_as_super()));
drop policy if exists users_update on public.users;
create policy users_update on public.users for update to authenticated
  using (id = (select auth.uid()) and (select private.is_active_user()))
  with check (id = (select auth.uid()));

-- Triggers on auth.users run as the auth server's own role.
do $$
begin
  if exists (select from pg_roles where rolname = 'supabase_auth_admin') then
    grant usage on schema private to supabase_auth_admin;
    grant execute on function private.on_auth_user_created(), private.on_auth_user_updated(),
      private.on_auth_user_deleted() to supabase_auth_admin;
  end if;
end $$;
