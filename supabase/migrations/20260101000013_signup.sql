-- What happens when an account is made, changed or deleted. GoTrue runs these as supabase_auth_admin
-- with search_path=auth, so every name is qualified and every function is definer.
set local lock_timeout = '10s';

-- The only way to become active: membership of the Global Workspace and a personal project come with it.
create or replace function private.activate_user(uid uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.users u set status = 'active' where u.id = uid and u.status in ('waitlist', 'invited');
  if found then perform private.give_places(uid); end if;
end $$;

create or replace function private.give_places(uid uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := (select u.display_name from public.users u where u.id = uid);
  v_project uuid;
begin
  insert into public.workspace_users (workspace_id, user_id, role)
  values (private.global_ws(), uid, 'project_creator') on conflict do nothing;
  insert into public.projects (workspace_id, name, description, kind, owner_id)
  values (private.global_ws(), left(v_name, 180) || '’s project', 'A place of your own', 'personal', uid)
  on conflict do nothing returning id into v_project;
  if v_project is not null then
    insert into public.project_users (project_id, user_id, role) values (v_project, uid, 'owner');
  end if;
end $$;

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
    insert into private.secrets (id, value) values (v_id, private.enc(encode(private.gen_random_bytes(32), 'hex'))) on conflict do nothing;
    select (s.value).* into v_key from private.secrets s where s.id = v_id;
  end if;
  return private.hmac(regexp_replace(lower(email), '\+[^@]*@', '@'), private.dec(v_key), 'sha256');
exception when object_not_in_prerequisite_state then
  return null;
end $$;

-- Whoever was a member and is one no more comes back by invitation alone.
create or replace function private.has_left(workspace uuid, person uuid, email text default null) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_mark bytea := private.address_mark(email);
begin
  return exists (select from private.departures d where d.workspace_id = workspace and (d.user_id = person or d.address_mark = v_mark));
end $$;
create or replace function private.note_departure() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.departures (workspace_id, user_id, address_mark)
  select w.id, u.id, private.address_mark(a.email) from public.workspaces w, public.users u join auth.users a on a.id = u.id
  where w.id = old.workspace_id and u.id = old.user_id
  on conflict do nothing;
  return null;
end $$;
drop trigger if exists note_departure on public.workspace_users;
create trigger note_departure after delete on public.workspace_users for each row execute function private.note_departure();

-- Members of a workspace whose accounts are active.
create or replace function private.active_members(workspace uuid) returns setof public.workspace_users
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.* from public.workspace_users m join public.users u on u.id = m.user_id
  where m.workspace_id = workspace and u.status = 'active' and u.deleted_at is null
$$;

-- Who follows where nobody is in charge any more; the one rule for leaving, erasing, deleting, banning, deactivating and
-- time that is over. Of a workspace the oldest admin, of a project the oldest manager or else an owner of its
-- workspace; always an active account, and nobody who is there for a while. Answers the heir; null: none is needed, or none is there.
create or replace function private.pass_on(kind text, place uuid, leaving uuid default null) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_workspace uuid;
  v_heir uuid;
begin
  if kind = 'workspace' then
    perform from public.workspaces w where w.id = place and not w.is_global and w.purged_at is null for update;
    if not found or exists (
      select from private.active_members(place) m where m.role = 'owner' and m.user_id is distinct from leaving) then
      return null;
    end if;
    select m.user_id into v_heir from private.active_members(place) m
    where m.role = 'admin' and m.user_id is distinct from leaving order by m.created_at, m.user_id limit 1;
    update public.workspace_users m set role = 'owner' where m.workspace_id = place and m.user_id = v_heir;
    return v_heir;
  end if;
  select p.workspace_id into v_workspace from public.projects p where p.id = place and p.kind = 'team' for update;
  if not found or exists (
    select from public.project_users m join public.users u on u.id = m.user_id
    where m.project_id = place and m.role = 'owner' and m.user_id is distinct from leaving and m.expires_at is null
      and u.status = 'active' and u.deleted_at is null) then
    return null;
  end if;
  select h.user_id into v_heir from (
    select m.user_id, 1 as turn, m.created_at from public.project_users m
    where m.project_id = place and m.role = 'manager' and m.expires_at is null
    union all
    select m.user_id, 2, m.created_at from public.workspace_users m where m.workspace_id = v_workspace and m.role = 'owner'
  ) h join public.users u on u.id = h.user_id and u.status = 'active' and u.deleted_at is null
  where h.user_id is distinct from leaving order by h.turn, h.created_at, h.user_id limit 1;
  if v_heir is not null then
    insert into public.project_users as m (project_id, user_id, role) values (place, v_heir, 'owner')
    on conflict (project_id, user_id) do update set role = 'owner', expires_at = null;
  end if;
  return v_heir;
end $$;

-- Workspaces first: their new owners may follow in projects.
create or replace function private.pass_on_places(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_place record;
begin
  for v_place in
    select 'workspace' as kind, m.workspace_id as id from public.workspace_users m where m.user_id = person and m.role >= 'admin'
    union all
    select 'project', m.project_id from public.project_users m where m.user_id = person and m.role >= 'manager'
    order by 1 desc, 2
  loop
    perform private.pass_on(v_place.kind, v_place.id);
  end loop;
end $$;

-- Whoever is shut out keeps their roles for when they come back; whoever comes back may be the heir that was missing.
create or replace function private.on_status_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (new.status = 'active') <> (old.status = 'active') or new.deleted_at is distinct from old.deleted_at then
    perform private.pass_on_places(new.id);
  end if;
  return null;
end $$;
drop trigger if exists pass_on on public.users;
create trigger pass_on after update of status, deleted_at on public.users for each row execute function private.on_status_changed();

-- Whoever leaves a workspace leaves its projects, and where they alone were in charge somebody follows.
create or replace function private.leave_projects() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public.users u where u.id = old.user_id and u.deleted_at is null)
    or not exists (select from public.workspaces w where w.id = old.workspace_id and not w.is_global and w.purged_at is null) then
    return null;
  end if;
  perform private.pass_on('project', x.id, old.user_id) from (
    select p.id from public.project_users m join public.projects p on p.id = m.project_id
    where m.user_id = old.user_id and p.workspace_id = old.workspace_id and m.role = 'owner' order by p.id) x;
  delete from public.project_users m using public.projects p
  where p.id = m.project_id and p.workspace_id = old.workspace_id and m.user_id = old.user_id;
  return null;
end $$;
drop trigger if exists leave_projects on public.workspace_users;
create trigger leave_projects after delete on public.workspace_users for each row execute function private.leave_projects();

-- Every workspace whose verified domain is the address's, for addresses that are confirmed.
create or replace function private.join_by_domain(uid uuid, email text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_joined integer;
begin
  insert into public.workspace_users (workspace_id, user_id, role)
  select d.workspace_id, uid, 'project_creator'
  from public.workspace_domains d join public.workspaces w on w.id = d.workspace_id
  where d.domain = lower(substring(email from '^[^@]+@([^@]+)$')) and d.verified_at is not null
    and w.deleted_at is null and w.is_active and not w.is_global
    and not private.has_left(d.workspace_id, uid, email)
  on conflict do nothing;
  get diagnostics v_joined = row_count;
  if v_joined > 0 then perform private.activate_user(uid); end if;
end $$;

-- An object in text; null where it is none.
create or replace function private.parsed_object(value text) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return case when jsonb_typeof(value::jsonb) = 'object' then value::jsonb end;
exception when invalid_text_representation or untranslatable_character then
  return null;
end $$;

-- What the auth server says of an account, in the shapes of every auth server we know.
create or replace function private.auth_metadata(value jsonb) returns jsonb
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(case
    when jsonb_typeof(value) = 'object' then value
    when value #>> '{}' ~ '^\s*\{.*\}\s*$' then private.parsed_object(value #>> '{}') end, '{}')
$$;

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

-- A personal project is hidden; of the others somebody else is in charge, or they are archived until a super user gives
-- them an owner. Where nobody with an account is left they are hidden, and purged like all that is.
create or replace function private.archive_places_of(uid uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.projects p
  set is_active = false, deleted_at = now(), archived_reason = 'user_deleted'
  where p.owner_id = uid and p.kind = 'personal';
  perform private.pass_on_places(uid);
  update public.workspaces w set is_active = false,
    deleted_at = case when not exists (
        select from public.users u where u.deleted_at is null and u.id <> uid and (
          exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = u.id)
          or exists (select from public.project_users m join public.projects p on p.id = m.project_id
            where p.workspace_id = w.id and m.user_id = u.id)))
      and not exists (select from public.workspace_subscriptions s where s.id = private.live_subscription(w.id) and s.plan_type <> 'free')
      then coalesce(w.deleted_at, now()) else w.deleted_at end
  where not w.is_global and w.purged_at is null
    and exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = uid and m.role = 'owner')
    and not exists (select from public.workspace_users m join public.users u on u.id = m.user_id
      where m.workspace_id = w.id and m.role = 'owner' and m.user_id <> uid and u.deleted_at is null);
  -- In the Global Workspace nobody else is in charge of a team's project.
  update public.projects p set is_active = false, archived_reason = 'user_deleted',
    deleted_at = case when not exists (select from public.project_users m join public.users u on u.id = m.user_id
      where m.project_id = p.id and m.user_id <> uid and u.deleted_at is null) then coalesce(p.deleted_at, now()) else p.deleted_at end
  where p.kind = 'team' and p.workspace_id = private.global_ws()
    and exists (select from public.project_users m where m.project_id = p.id and m.user_id = uid and m.role = 'owner')
    and not exists (select from public.project_users m join public.users u on u.id = m.user_id
      where m.project_id = p.id and m.role = 'owner' and m.user_id <> uid and u.deleted_at is null);
end $$;

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

drop trigger if exists on_auth_user_created on auth.users;
create trigger on_auth_user_created after insert on auth.users
  for each row execute function private.on_auth_user_created();
drop trigger if exists on_auth_user_updated on auth.users;
create trigger on_auth_user_updated after update on auth.users
  for each row execute function private.on_auth_user_updated();
drop trigger if exists on_auth_user_deleted on auth.users;
create trigger on_auth_user_deleted before delete on auth.users
  for each row execute function private.on_auth_user_deleted();
