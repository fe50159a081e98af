-- Workspaces, who belongs to them with which role, who was there once, and the domains whose addresses may join.
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
comment on table public.workspaces is 'A company or team. One of them is global: everybody''s personal projects live there.';
comment on column public.workspaces.company_name is '1 to 200 characters.';
comment on column public.workspaces.is_global is 'True for one row, made by a migration. A column, not a key in settings that an owner could write.';
comment on column public.workspaces.is_active is 'False makes everything below read-only.';
comment on column public.workspaces.deleted_at is 'Hidden for everyone; restored by restore_workspace, or purged when platform.restore_window is over.';
comment on column public.workspaces.purged_at is 'When purge_deleted took the content and the name; the row stays for what was billed to it.';
create unique index if not exists workspaces_one_global on public.workspaces (is_global) where is_global;
create index if not exists workspaces_deleted_idx on public.workspaces (id) where deleted_at is not null;
-- A project that had the extension before may have it in another schema.
do $$
begin
  execute format('create index if not exists workspaces_name_idx on public.workspaces using gin (name %I.gin_trgm_ops)', private.extension_schema('pg_trgm'));
end $$;

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
comment on table public.workspace_users is 'Who belongs to a workspace, with which role.';
comment on column public.workspace_users.role is 'The enum''s order is the rank: project_creator < admin < owner.';
create index if not exists workspace_users_invited_by_idx on public.workspace_users (invited_by);
create index if not exists workspace_users_user_id_idx on public.workspace_users (user_id);

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
comment on table private.departures is 'Who was a member of a workspace once: no domain lets them in again by itself.';
comment on column private.departures.user_id is 'Null when that account is gone; the mark stays.';
comment on column private.departures.address_mark is 'address_mark of the address then; null without an address or a key.';
comment on column private.departures.left_at is 'When they first left; coming back by invitation does not undo it.';
create index if not exists departures_user_id_idx on private.departures (user_id);

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
comment on table public.workspace_domains is 'Mail domains whose confirmed addresses may join the workspace once DNS has confirmed the claim.';
comment on column public.workspace_domains.domain is 'In lower case. Several workspaces may claim it; one can have it verified.';
comment on column public.workspace_domains.verification_token is 'To be found in the domain''s DNS, as TXT: atelier-verification=<token>.';
comment on column public.workspace_domains.verified_at is 'Set by verify_domain_for_service; null: only claimed, and lets nobody in.';
create unique index if not exists workspace_domains_one_owner on public.workspace_domains (domain) where verified_at is not null;
create index if not exists workspace_domains_created_by_idx on public.workspace_domains (created_by);

-- Domains of everybody, which belong to no company.
create table if not exists private.public_mail_domains (domain text primary key);
alter table private.public_mail_domains enable row level security;
comment on table private.public_mail_domains is 'Mail domains of everybody, which no workspace can claim.';
comment on column private.public_mail_domains.domain is 'In lower case.';

insert into private.public_mail_domains
select unnest(array['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com',
  'yahoo.co.uk', 'ymail.com', 'icloud.com', 'me.com', 'mac.com', 'aol.com', 'proton.me', 'protonmail.com', 'pm.me',
  'gmx.com', 'gmx.de', 'gmx.net', 'web.de', 'mail.com', 'mail.ru', 'yandex.com', 'yandex.ru', 'zoho.com', 'fastmail.com',
  'hey.com', 'tutanota.com', 'tuta.io', 'qq.com', '163.com', '126.com', 'naver.com', 'orange.fr', 'free.fr', 'laposte.net',
  't-online.de', 'libero.it', 'comcast.net', 'verizon.net', 'att.net', 'sbcglobal.net', 'duck.com', 'mailinator.com'])
on conflict do nothing;

insert into public.workspaces (name, description, company_name, is_global)
select 'Global Workspace', 'Everyone''s personal projects', 'Atelier', true
where not exists (select from public.workspaces where is_global);

-- Two owners who remove each other at once are serialised by the lock on their workspace or project.
create or replace function private.keep_an_owner() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_left integer;
begin
  if old.role <> 'owner' or (tg_op = 'UPDATE' and new.role = 'owner') then
    return coalesce(new, old);
  end if;
  if tg_table_name = 'workspace_users' then
    perform from public.workspaces w where w.id = old.workspace_id and w.purged_at is null for update;
    if not found then return old; end if;
    select count(*) into v_left from public.workspace_users m join public.users u on u.id = m.user_id
    where m.workspace_id = old.workspace_id and m.role = 'owner' and m.id <> old.id
      and u.deleted_at is null and u.status = 'active';
  else
    perform from public.projects p where p.id = old.project_id for update;
    -- A personal project is its owner's, whoever else was made an owner of it.
    if auth.uid() is distinct from old.user_id and auth.uid() is not null
      and exists (select from public.projects p where p.id = old.project_id and p.kind = 'personal' and p.owner_id = old.user_id) then
      raise exception 'A personal project stays its owner''s.' using errcode = '42501';
    end if;
    -- Access that is over is nobody's: end_expired_access gives the project an heir.
    if not found or old.expires_at <= now() then return coalesce(new, old); end if;
    select count(*) into v_left from public.project_users m join public.users u on u.id = m.user_id
    where m.project_id = old.project_id and m.role = 'owner' and m.id <> old.id
      and u.deleted_at is null and u.status = 'active' and m.expires_at is null;
  end if;
  -- An account that is being deleted has its places archived by on_auth_user_deleted.
  if v_left = 0 and exists (select from public.users u where u.id = old.user_id and u.deleted_at is null) then
    raise exception 'The last owner cannot leave.' using errcode = '23514', hint = 'Make somebody else an owner first.';
  end if;
  return coalesce(new, old);
end $$;
comment on function private.keep_an_owner() is 'Trigger: the last active owner of a workspace or project cannot leave or step down.';

-- Members of a workspace whose accounts are active.
create or replace function private.active_members(workspace uuid) returns setof public.workspace_users
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.* from public.workspace_users m join public.users u on u.id = m.user_id
  where m.workspace_id = workspace and u.status = 'active' and u.deleted_at is null
$$;
comment on function private.active_members(uuid) is 'Members of a workspace whose accounts are active.';

-- Whoever was a member and is one no more comes back by invitation alone.
create or replace function private.has_left(workspace uuid, person uuid, email text default null) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_mark bytea := private.address_mark(email);
begin
  return exists (select from private.departures d where d.workspace_id = workspace and (d.user_id = person or d.address_mark = v_mark));
end $$;
comment on function private.has_left(uuid, uuid, text) is 'Whether a person, or an account of the same address, was a member of a workspace once: only an invitation lets them in again.';

create or replace function private.note_departure() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private.departures (workspace_id, user_id, address_mark)
  select w.id, u.id, private.address_mark(a.email) from public.workspaces w, public.users u join auth.users a on a.id = u.id
  where w.id = old.workspace_id and u.id = old.user_id
  on conflict do nothing;
  return null;
end $$;
comment on function private.note_departure() is 'Trigger: keeps that somebody was a member once.';

-- Every workspace whose verified domain is the address's, for addresses that are confirmed.
create or replace function private.join_by_domain(person uuid, email text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_joined integer;
begin
  insert into public.workspace_users (workspace_id, user_id, role)
  select d.workspace_id, person, 'project_creator'
  from public.workspace_domains d join public.workspaces w on w.id = d.workspace_id
  where d.domain = lower(substring(email from '^[^@]+@([^@]+)$')) and d.verified_at is not null
    and w.deleted_at is null and w.is_active and not w.is_global
    and not private.has_left(d.workspace_id, person, email)
  on conflict do nothing;
  get diagnostics v_joined = row_count;
  if v_joined > 0 then perform private.activate_user(person); end if;
end $$;
comment on function private.join_by_domain(uuid, text) is 'Lets an account into every workspace that has its address''s domain verified. For confirmed addresses.';

-- workspace_domains: claimed by an owner, verified by a service
-- Each claim is looked up in DNS every day.
create or replace function private.limit_domains() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('domains of ' || new.workspace_id, 0));
  if auth.uid() is not null and (select count(*) from public.workspace_domains d where d.workspace_id = new.workspace_id) >= 20 then
    raise exception 'Twenty domains are as many as a workspace can claim.' using errcode = '54000', hint = 'Remove one that is not needed.';
  end if;
  return new;
end $$;
comment on function private.limit_domains() is 'Trigger: a workspace claims twenty domains at most.';

create or replace function private.is_claimable(domain text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not exists (select from private.public_mail_domains p where p.domain = is_claimable.domain)
$$;
comment on function private.is_claimable(text) is 'Whether a domain is not everybody''s.';

create or replace function public.create_workspace(name text, company_name text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid;
begin
  if not private.is_active_user() then
    raise exception 'Only an active account can create a workspace.' using errcode = '42501';
  end if;
  perform private.check_name(name), private.check_name(company_name);
  -- Each has a free plan; a person who needs more asks for a paid one.
  perform pg_advisory_xact_lock(hashtextextended('workspaces of ' || auth.uid(), 0));
  if (select count(*) from public.workspace_users m join public.workspace_subscriptions s on s.workspace_id = m.workspace_id
      where m.user_id = auth.uid() and m.role = 'owner' and s.plan_type = 'free' and s.status = 'active') >= 10 then
    raise exception 'Ten free workspaces are as many as one person can own.' using errcode = '54000';
  end if;
  insert into public.workspaces (name, company_name)
  values (create_workspace.name, create_workspace.company_name) returning id into v_id;
  insert into public.workspace_users (workspace_id, user_id, role) values (v_id, auth.uid(), 'owner');
  insert into public.workspace_subscriptions (workspace_id, plan_type, base_token_limit)
  select v_id, l.plan_type, l.base_token_limit from private.plan_limits l where l.plan_type = 'free';
  return v_id;
end $$;
comment on function public.create_workspace(text, text) is 'Makes a workspace with its free plan; the caller owns it. Ten free ones are as many as one person can own.';

create or replace function public.archive_workspace(workspace uuid, reason text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('atelier.reason', coalesce(reason, ''), true);
  update public.workspaces w set is_active = false
  where w.id = workspace and not w.is_global and w.id = any (private.workspace_ids('owner'));
  if not found then
    raise exception 'You cannot archive this workspace.' using errcode = '42501';
  end if;
end $$;
comment on function public.archive_workspace(uuid, text) is 'Makes a workspace and all in it read-only, with a reason.';

create or replace function public.restore_workspace(workspace uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.workspaces w set is_active = true, deleted_at = null
  where w.id = workspace and not w.is_global and private.is_active_user()
    and (w.deleted_at is null or w.deleted_at > now() - (select f.restore_window from private.platform f)) and w.purged_at is null
    and exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = auth.uid() and m.role >= 'admin');
  if not found then
    raise exception 'You cannot restore this workspace.' using errcode = '42501';
  end if;
end $$;
comment on function public.restore_workspace(uuid) is 'Brings an archived or deleted workspace back; for its owners and admins.';

-- Hidden from everyone at once; what it holds is purged when the time to restore is over.
create or replace function public.delete_workspace(workspace uuid, reason text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.workspace_subscriptions s where s.id = private.live_subscription(workspace) and s.plan_type <> 'free')
    and workspace = any (private.workspace_ids('owner')) then
    raise exception 'A workspace with a paid plan cannot be deleted.' using errcode = '22023', hint = 'Cancel the plan first.';
  end if;
  perform set_config('atelier.reason', coalesce(reason, ''), true);
  update public.workspaces w set is_active = false, deleted_at = now()
  where w.id = workspace and w.deleted_at is null and not w.is_global and private.is_active_user()
    and exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = auth.uid() and m.role = 'owner');
  if not found then
    raise exception 'You cannot delete this workspace.' using errcode = '42501';
  end if;
end $$;
comment on function public.delete_workspace(uuid, text) is 'Hides a workspace, for its owners; its content is purged when the time to restore is over. Not with a paid plan.';

-- For a workspace in which nobody is in charge any more: one of its members, or where none is left somebody else.
create or replace function public.give_workspace_owner(workspace uuid, person uuid, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_super();
  if coalesce(trim(why), '') = '' then raise exception 'A reason is needed.' using errcode = '22023'; end if;
  if person = auth.uid() then raise exception 'Nobody raises themselves.' using errcode = '42501'; end if;
  perform from public.workspaces w where w.id = workspace and not w.is_global and w.purged_at is null for update;
  if not found then raise exception 'There is no such workspace.' using errcode = 'PT404'; end if;
  if exists (select from private.active_members(workspace) m where m.role = 'owner') then
    raise exception 'This workspace has an owner.' using errcode = '22023', hint = 'Owners make others.';
  end if;
  if not exists (select from public.users u where u.id = person and u.status = 'active' and u.deleted_at is null) then
    raise exception 'There is no such active account.' using errcode = 'PT404';
  end if;
  if exists (select from private.active_members(workspace)) and not exists (
    select from private.active_members(workspace) m where m.user_id = person) then
    raise exception 'The workspace has members: one of them becomes its owner.' using errcode = '22023';
  end if;
  perform set_config('atelier.reason', why, true);
  insert into public.workspace_users (workspace_id, user_id, role) values (workspace, person, 'owner')
  on conflict (workspace_id, user_id) do update set role = 'owner';
end $$;
comment on function public.give_workspace_owner(uuid, uuid, text) is 'Super user with a second factor: gives a workspace without an active owner one of its members, or where none is left somebody else, with a reason.';

-- Names with addresses, for who runs the workspace; looking is kept in the log.
create or replace function public.workspace_directory(workspace uuid)
returns table (user_id uuid, display_name text, email text, role public.workspace_role)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (workspace = any (private.workspace_ids('admin'))) is not true or (workspace = private.global_workspace_id() and not private.acts_as_super()) then
    raise exception 'Only an owner or admin can read the directory.' using errcode = '42501';
  end if;
  perform private.write_audit('workspace_users', workspace, 'READ', workspace, null, reason => 'directory');
  return query
    select m.user_id, u.display_name, a.email::text, m.role
    from public.workspace_users m join public.users u on u.id = m.user_id join auth.users a on a.id = m.user_id
    where m.workspace_id = workspace order by u.display_name, u.id;
end $$;
comment on function public.workspace_directory(uuid) is 'Members with addresses, for owners and admins; logged.';

-- Domains: an owner claims, the domain's own DNS confirms, a service that has looked there says so.
create or replace function public.claim_domain(workspace uuid, domain text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_domain text := lower(trim(claim_domain.domain));
  v_token text;
begin
  if (workspace = any (private.workspace_ids('owner'))) is not true or workspace = private.global_workspace_id() then
    raise exception 'Only an owner can claim a domain.' using errcode = '42501';
  end if;
  if (v_domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$' and char_length(v_domain) <= 253) is not true then
    raise exception 'This is no domain.' using errcode = '22023';
  end if;
  if exists (select from private.public_mail_domains p where p.domain = v_domain) then
    raise exception 'This domain is everybody''s.' using errcode = '22023';
  end if;
  if exists (select from public.workspace_domains d
    where d.domain = v_domain and d.verified_at is not null and d.workspace_id <> workspace) then
    raise exception 'This domain is another workspace''s.' using errcode = 'PT409', hint = 'A domain is confirmed for one workspace.';
  end if;
  insert into public.workspace_domains as d (workspace_id, domain) values (workspace, v_domain)
  on conflict (workspace_id, domain) do update set domain = excluded.domain
  returning d.verification_token into v_token;
  return v_token;
end $$;
comment on function public.claim_domain(uuid, text) is 'Claims a mail domain; answers the token its DNS must show.';

create or replace function public.verify_domain_for_service(domain_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.workspace_domains d set verified_at = coalesce(d.verified_at, now()) where d.id = domain_id;
  if not found then raise exception 'There is no such claim.' using errcode = 'PT404'; end if;
exception when unique_violation then
  raise exception 'This domain is another workspace''s.' using errcode = 'PT409', hint = 'A domain is confirmed for one workspace.';
end $$;
comment on function public.verify_domain_for_service(uuid) is 'Service: the domain''s DNS has shown the token.';

-- As the specification's column of this name had them.
create or replace function public.company_email_domains(workspace uuid, only_verified boolean default true) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (workspace = any (private.workspace_ids('admin'))) is not true then
    raise exception 'Only an owner or admin can read this.' using errcode = '42501';
  end if;
  return coalesce((
    select array_agg(d.domain order by d.domain) from public.workspace_domains d
    where d.workspace_id = workspace and (d.verified_at is not null or not only_verified)), '{}');
end $$;
comment on function public.company_email_domains(uuid, boolean) is 'Domains whose addresses join the workspace; false: claimed ones too. For owners and admins.';

create or replace trigger touch before update on public.workspaces for each row execute function private.touch();
create or replace trigger audit after insert or update or delete on public.workspaces for each row
  execute function private.audit_row('self-workspace', 'settings', 'color_palette');
create or replace trigger keep_an_owner before update or delete on public.workspace_users for each row
  execute function private.keep_an_owner();
create or replace trigger audit after insert or update or delete on public.workspace_users for each row
  execute function private.audit_row('scope');
create or replace trigger note_departure after delete on public.workspace_users for each row execute function private.note_departure();
create or replace trigger limit_domains before insert on public.workspace_domains for each row execute function private.limit_domains();
create or replace trigger stamp_author before insert on public.workspace_domains for each row execute function private.stamp_author();
create or replace trigger audit after insert or update or delete on public.workspace_domains for each row
  execute function private.audit_row('scope', 'verification_token', 'token_hash', 'email');

revoke all on public.workspaces, public.workspace_users, public.workspace_domains from public, anon, authenticated, service_role;
-- Not all, for services too.
grant select, insert, update on public.workspaces to service_role;
grant select, insert, update, delete on public.workspace_users, public.workspace_domains to service_role;

revoke execute on function public.create_workspace(text, text), public.archive_workspace(uuid, text), public.restore_workspace(uuid),
  public.delete_workspace(uuid, text), public.claim_domain(uuid, text), public.verify_domain_for_service(uuid),
  public.company_email_domains(uuid, boolean), public.workspace_directory(uuid),
  public.give_workspace_owner(uuid, uuid, text) from public, anon, authenticated;
grant execute on function public.create_workspace(text, text), public.archive_workspace(uuid, text), public.restore_workspace(uuid),
  public.delete_workspace(uuid, text), public.claim_domain(uuid, text), public.company_email_domains(uuid, boolean),
  public.workspace_directory(uuid), public.give_workspace_owner(uuid, uuid, text) to authenticated, service_role;
grant execute on function public.verify_domain_for_service(uuid) to service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.is_claimable(text) to authenticated;

-- workspaces: made and archived by function
grant select on public.workspaces to authenticated;
grant update (name, description, company_name, logo_url, color_palette, settings) on public.workspaces to authenticated;
drop policy if exists workspaces_select on public.workspaces;
create policy workspaces_select on public.workspaces for select to authenticated
  using (id = any ((select private.visible_workspace_ids())::uuid[]) or (is_global and (select private.acts_as_super())));
drop policy if exists workspaces_update on public.workspaces;
create policy workspaces_update on public.workspaces for update to authenticated
  using ((not is_global and id = any ((select private.workspace_ids('owner'))::uuid[])) or (is_global and (select private.acts_as_super())))
  with check ((not is_global and id = any ((select private.workspace_ids('owner'))::uuid[])) or (is_global and (select private.acts_as_super())));
-- workspace_users: members of the Global Workspace do not see each other
grant select, delete on public.workspace_users to authenticated;
grant update (role) on public.workspace_users to authenticated;
drop policy if exists workspace_users_select on public.workspace_users;
create policy workspace_users_select on public.workspace_users for select to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or (workspace_id = any ((select private.workspace_ids('project_creator'))::uuid[]) and workspace_id <> (select private.global_workspace_id()))
    or (select private.acts_as_super()));
drop policy if exists workspace_users_update on public.workspace_users;
create policy workspace_users_update on public.workspace_users for update to authenticated
  using (workspace_id = any ((select private.workspace_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.workspace_ids('admin'))::uuid[])))
  with check (workspace_id = any ((select private.workspace_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.workspace_ids('admin'))::uuid[])));
drop policy if exists workspace_users_delete on public.workspace_users;
create policy workspace_users_delete on public.workspace_users for delete to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()) and workspace_id <> (select private.global_workspace_id()))
    or workspace_id = any ((select private.workspace_ids('owner'))::uuid[])
    or (role < 'owner' and workspace_id = any ((select private.workspace_ids('admin'))::uuid[])));
grant select, delete on public.workspace_domains to authenticated;
grant insert (workspace_id, domain) on public.workspace_domains to authenticated;
drop policy if exists workspace_domains_select on public.workspace_domains;
create policy workspace_domains_select on public.workspace_domains for select to authenticated
  using (workspace_id = any ((select private.workspace_ids('admin'))::uuid[]));
drop policy if exists workspace_domains_insert on public.workspace_domains;
create policy workspace_domains_insert on public.workspace_domains for insert to authenticated
  with check (workspace_id = any ((select private.workspace_ids('owner'))::uuid[]) and workspace_id <> (select private.global_workspace_id())
    and private.is_claimable(domain));
drop policy if exists workspace_domains_delete on public.workspace_domains;
create policy workspace_domains_delete on public.workspace_domains for delete to authenticated
  using (workspace_id = any ((select private.workspace_ids('owner'))::uuid[]));
