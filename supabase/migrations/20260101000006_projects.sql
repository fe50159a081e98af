-- Projects, who belongs to them with which role, and who follows where nobody is in charge any more.
set local lock_timeout = '10s';

create table if not exists public.projects (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 4000),
  logo_url text check (logo_url ~ '^https://' and char_length(logo_url) <= 2000),
  color_palette jsonb check (jsonb_typeof(color_palette) in ('object', 'array') and pg_column_size(color_palette) <= 65536),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object' and pg_column_size(settings) <= 65536),
  kind public.project_kind not null default 'team',
  owner_id uuid references public.users (id) on delete set null,
  archived_reason text check (char_length(archived_reason) <= 1000),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  check (kind = 'personal' or owner_id is null)
);
alter table public.projects enable row level security;
comment on table public.projects is 'What a team works on. Personal projects have an owner_id.';
comment on column public.projects.kind is 'team, or the personal project that comes with an account.';
comment on column public.projects.owner_id is 'Whose personal project it is; null for a team''s, and when that account is gone.';
comment on column public.projects.settings is 'An object of at most 64 KiB. A number token_budget is what the statistics count from; nothing refuses to go over it.';
comment on column public.projects.archived_reason is 'As archive_project or delete_project was told, or user_deleted; emptied by restore_project.';
comment on column public.projects.is_active is 'False: archived, and read-only. Changed by archive_project, delete_project and restore_project.';
comment on column public.projects.deleted_at is 'Hidden for everyone; restored by restore_project, or purged when platform.restore_window is over.';
create unique index if not exists projects_one_personal on public.projects (owner_id) where kind = 'personal';
create index if not exists projects_deleted_idx on public.projects (id) where deleted_at is not null;
create index if not exists projects_owner_id_idx on public.projects (owner_id);
create index if not exists projects_workspace_id_idx on public.projects (workspace_id);
-- A project that had the extension before may have it in another schema.
do $$
begin
  execute format('create index if not exists projects_name_idx on public.projects using gin (name %I.gin_trgm_ops)', private.extension_schema('pg_trgm'));
end $$;

create table if not exists public.project_users (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  role public.project_role not null,
  created_at timestamptz not null default now(),
  invited_by uuid references public.users (id) on delete set null,
  -- Set for help that was given access for a while (private.break_glass).
  expires_at timestamptz,
  unique (project_id, user_id)
);
alter table public.project_users enable row level security;
comment on table public.project_users is 'Who belongs to a project, with which role.';
comment on column public.project_users.role is 'The enum''s order is the rank: viewer < contributor < manager < owner.';
comment on column public.project_users.expires_at is 'Set for access that ends by itself (break_glass).';
create index if not exists project_users_expiry_idx on public.project_users (expires_at) where expires_at is not null;
create index if not exists project_users_invited_by_idx on public.project_users (invited_by);
create index if not exists project_users_user_id_idx on public.project_users (user_id);

-- What people should be told outside of the application: a service that can send mail asks for it.
create table if not exists private.notices (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (char_length(kind) between 1 and 60),
  recipient uuid not null references public.users (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
alter table private.notices enable row level security;
comment on table private.notices is 'What people should be told by mail; a service sends it.';
comment on column private.notices.kind is 'break-glass: a super user looks into a project.';
comment on column private.notices.recipient is 'Whose address it goes to; read from the auth server''s row when it is sent.';
comment on column private.notices.project_id is 'What it is about; null: no project.';
comment on column private.notices.detail is 'What the mail says: who, why, for how long.';
comment on column private.notices.sent_at is 'Null: not yet.';
create index if not exists notices_project_id_idx on private.notices (project_id);
create index if not exists notices_recipient_idx on private.notices (recipient);

create or replace function private.in_workspace_of(project uuid, member uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.projects p
      join public.workspace_users m on m.workspace_id = p.workspace_id
      join public.workspaces w on w.id = p.workspace_id and not w.is_global
    where p.id = project and m.user_id = member
      and p.id = any (private.project_ids('manager') || private.admin_project_ids(true)));
end $$;
comment on function private.in_workspace_of(uuid, uuid) is 'Whether somebody is in the workspace of a project that the caller manages; never in the Global Workspace.';

-- `id` is the caller's, so that a request whose answer was lost can be made again: it answers the project it made.
create or replace function public.create_project(workspace uuid, name text, description text default null, id uuid default null)
returns uuid language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid := coalesce(create_project.id, gen_random_uuid());
begin
  if (workspace = any (private.workspace_ids('project_creator'))) is not true
    or not exists (select from public.workspaces w where w.id = workspace and w.is_active) then
    raise exception 'You cannot create a project in this workspace.' using errcode = '42501';
  end if;
  perform private.check_name(name);
  perform pg_advisory_xact_lock(hashtextextended('projects of ' || auth.uid(), 0));
  if (select count(*) from public.project_users m join public.projects p on p.id = m.project_id and p.kind = 'team'
      where m.user_id = auth.uid() and m.role = 'owner' and m.invited_by is null and m.created_at > now() - interval '1 hour') >= 50 then
    raise exception 'Too many projects in one hour.' using errcode = 'PT429';
  end if;
  insert into public.projects (id, workspace_id, name, description)
  values (v_id, workspace, create_project.name, create_project.description) on conflict on constraint projects_pkey do nothing;
  if found then
    insert into public.project_users (project_id, user_id, role) values (v_id, auth.uid(), 'owner');
  elsif not exists (select from public.projects p join public.project_users m on m.project_id = p.id
    where p.id = v_id and p.workspace_id = workspace and p.name = create_project.name and p.deleted_at is null
      and m.user_id = auth.uid() and m.role = 'owner') then
    raise exception 'Another project has this id.' using errcode = '23505';
  end if;
  return v_id;
end $$;
comment on function public.create_project(uuid, text, text, uuid) is 'Makes a project in a workspace one belongs to; the caller owns it. With an id of the caller''s the same request can be made again, and makes no second one.';

create or replace function public.archive_project(project uuid, reason text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('atelier.reason', coalesce(reason, ''), true);
  update public.projects p set is_active = false, archived_reason = reason
  where p.id = project
    and (p.id = any (private.project_ids('owner')) or p.id = any (private.admin_project_ids()));
  if not found then
    raise exception 'You cannot archive this project.' using errcode = '42501';
  end if;
end $$;
comment on function public.archive_project(uuid, text) is 'Makes a project read-only, with a reason.';

create or replace function public.restore_project(project uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.projects p set is_active = true, deleted_at = null, archived_reason = null
  where p.id = project and private.is_active_user()
    and (p.deleted_at is null or p.deleted_at > now() - (select f.restore_window from private.platform f))
    and exists (select from public.workspaces w where w.id = p.workspace_id and w.deleted_at is null and w.is_active)
    and (exists (select from public.project_users m where m.project_id = p.id and m.user_id = auth.uid() and m.role = 'owner'
        and (m.expires_at is null or m.expires_at > now()))
      or exists (select from public.workspace_users m where m.workspace_id = p.workspace_id and m.user_id = auth.uid()
        and m.role >= 'admin'));
  if not found then
    raise exception 'You cannot restore this project.' using errcode = '42501';
  end if;
end $$;
comment on function public.restore_project(uuid) is 'Brings an archived or deleted project back.';

-- Hidden from everyone at once; purged when the time to restore is over.
create or replace function public.delete_project(project uuid, reason text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('atelier.reason', coalesce(reason, ''), true);
  update public.projects p set is_active = false, deleted_at = now(), archived_reason = reason
  where p.id = project and p.deleted_at is null and p.kind = 'team'
    and (p.id = any (private.project_ids('owner')) or p.id = any (private.admin_project_ids())
      or exists (select from public.project_users m where m.project_id = p.id and m.user_id = auth.uid() and m.role = 'owner'
        and (m.expires_at is null or m.expires_at > now()) and private.is_active_user()));
  if not found then
    raise exception 'You cannot delete this project.' using errcode = '42501';
  end if;
end $$;
comment on function public.delete_project(uuid, text) is 'Hides a project; it is purged when the time to restore is over.';

-- What restore_workspace and restore_project would bring back for the caller: nothing else shows what is deleted.
create or replace function public.restorable_places()
returns table (kind text, id uuid, workspace_id uuid, name text, reason text, deleted_at timestamptz, restorable_until timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_window interval := (select f.restore_window from private.platform f);
begin
  if not private.is_active_user() then
    raise exception 'Only an active account can restore.' using errcode = '42501';
  end if;
  return query
    select 'workspace', w.id, w.id, w.name, null::text, w.deleted_at, w.deleted_at + v_window
    from public.workspaces w join public.workspace_users m on m.workspace_id = w.id
    where m.user_id = auth.uid() and m.role >= 'admin' and not w.is_global and not w.is_active and w.purged_at is null
      and (w.deleted_at is null or w.deleted_at > now() - v_window)
    union all
    select 'project', p.id, p.workspace_id, p.name, p.archived_reason, p.deleted_at, p.deleted_at + v_window
    from public.projects p join public.workspaces w on w.id = p.workspace_id
    where not p.is_active and w.is_active and w.deleted_at is null
      and (p.deleted_at is null or p.deleted_at > now() - v_window)
      and (exists (select from public.project_users m where m.project_id = p.id and m.user_id = auth.uid() and m.role = 'owner'
        and (m.expires_at is null or m.expires_at > now()))
        or exists (select from public.workspace_users m where m.workspace_id = p.workspace_id and m.user_id = auth.uid() and m.role >= 'admin'))
    order by 6 desc nulls last, 4, 2;
end $$;
comment on function public.restorable_places() is 'Archived and deleted workspaces and projects that the caller may bring back; restorable_until is null for what is only archived.';

-- What an open window asks for again and again, in one request. Row-level security decides what is in it.
create or replace function public.my_places() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'standing', public.my_account() ->> 'status',
    'workspaces', (
      select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'company_name', w.company_name,
        'description', w.description, 'logo_url', w.logo_url, 'is_global', w.is_global,
        'is_member', exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = auth.uid()))
        order by w.name, w.id), '[]')
      from public.workspaces w where w.deleted_at is null),
    'projects', (
      select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'workspace_id', p.workspace_id, 'name', p.name,
        'description', p.description, 'kind', p.kind, 'is_active', p.is_active, 'updated_at', p.updated_at)
        order by p.name, p.id), '[]')
      from public.projects p where p.deleted_at is null),
    -- What ends by time is told by nobody: whoever shows it asks again then.
    'ends_in_seconds', (
      select ceil(extract(epoch from min(x.at) - now()))::int from (
        select m.expires_at as at from public.project_users m where m.user_id = auth.uid()
        union all select (public.my_account() ->> 'super_until')::timestamptz) x
      where x.at > now() and x.at <= now() + interval '1 day'))
$$;
comment on function public.my_places() is 'How the caller stands (null without an account), the workspaces and projects that the caller may see, archived ones too, and in how many seconds something of it ends by itself (null: not within a day).';

-- Workspaces and projects by part of their names, those one sees, by name.
create or replace function public.search_places(query text, max_rows integer default 20)
returns table (kind text, id uuid, workspace_id uuid, name text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_part text := '%' || replace(replace(replace(left(query, 200), '\', '\\'), '%', '\%'), '_', '\_') || '%';
  v_workspaces uuid[] := private.visible_workspace_ids();
  v_projects uuid[] := private.project_ids('viewer') || private.admin_project_ids();
begin
  return query
    select x.kind, x.id, x.workspace_id, x.name from (
      select 'workspace' as kind, w.id, w.id as workspace_id, w.name from public.workspaces w
      where w.id = any (v_workspaces) and w.name ilike v_part
      union
      select 'project', p.id, p.workspace_id, p.name from public.projects p
      where p.id = any (v_projects) and p.deleted_at is null and p.name ilike v_part) x
    order by x.name, x.id
    limit least(greatest(max_rows, 1), 100);
end $$;
comment on function public.search_places(text, integer) is 'Workspaces and projects one sees, by part of their names, at most 100.';

-- Help that needs to see a project: as a viewer, for a few hours; its owners are told, and find it in the log.
create or replace function public.break_glass(project uuid, why text, hours integer default 1) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_super();
  if coalesce(trim(why), '') = '' or hours between 1 and 24 is not true then
    raise exception 'A reason, and 1 to 24 hours, are needed.' using errcode = '22023';
  end if;
  if not exists (select from public.projects p where p.id = project and p.deleted_at is null) then
    raise exception 'There is no such project.' using errcode = 'PT404';
  end if;
  perform set_config('atelier.reason', 'break glass: ' || why, true);
  insert into public.project_users (project_id, user_id, role, invited_by, expires_at)
  values (project, auth.uid(), 'viewer', auth.uid(), now() + make_interval(hours => hours))
  on conflict (project_id, user_id) do update set expires_at = excluded.expires_at
  where project_users.expires_at is not null;
  insert into private.notices (kind, recipient, project_id, detail)
  select 'break-glass', x.user_id, project, jsonb_build_object('by', auth.uid(), 'why', why, 'hours', hours)
  from (
    select m.user_id from public.project_users m where m.project_id = break_glass.project and m.role = 'owner'
    union
    select m.user_id from public.workspace_users m join public.projects p on p.workspace_id = m.workspace_id
    where p.id = break_glass.project and m.role = 'owner') x
  where x.user_id <> auth.uid();
end $$;
comment on function public.break_glass(uuid, text, integer) is 'Super user with a second factor: 1 to 24 hours of viewing a project, with a reason, in its log and told to its owners.';

-- Access that was given for a while ends.
create or replace function private.end_expired_access(at_most integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_ended integer;
  v_projects uuid[];
begin
  with ended as (
    delete from public.project_users m where m.id in (
      select o.id from public.project_users o where o.expires_at < now() order by o.expires_at limit at_most)
    returning m.project_id, m.role
  )
  select count(*), array_agg(distinct e.project_id order by e.project_id) filter (where e.role = 'owner') into v_ended, v_projects from ended e;
  perform private.pass_on('project', p) from unnest(v_projects) p;
  return v_ended;
end $$;
comment on function private.end_expired_access(integer) is 'Job: ends access that was given for a while, at most so many; answers how many.';

-- What people should be told by mail, by a service that can send one: SQL cannot.
create or replace function public.notices_for_service(max_rows integer default 100)
returns table (id uuid, kind text, email text, project_id uuid, detail jsonb, created_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select n.id, n.kind, a.email::text, n.project_id, n.detail, n.created_at
    from private.notices n join auth.users a on a.id = n.recipient
    where n.sent_at is null order by n.created_at, n.id limit least(greatest(max_rows, 1), 1000);
end $$;
comment on function public.notices_for_service(integer) is 'Service: what to mail to whom, oldest first, until notices_sent_for_service says that it was.';

create or replace function public.notices_sent_for_service(ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update private.notices n set sent_at = now() where n.id = any (ids) and n.sent_at is null;
end $$;
comment on function public.notices_sent_for_service(uuid[]) is 'Service: these notices were sent.';

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
comment on function private.pass_on(text, uuid, uuid) is 'Gives a workspace or project an owner from among those who are next, where none is active; answers who.';

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
comment on function private.pass_on_places(uuid) is 'pass_on for every place that somebody runs or could inherit.';

-- Whoever is shut out keeps their roles for when they come back; whoever comes back may be the heir that was missing.
create or replace function private.on_status_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (new.status = 'active') <> (old.status = 'active') or new.deleted_at is distinct from old.deleted_at then
    perform private.pass_on_places(new.id);
  end if;
  return null;
end $$;
comment on function private.on_status_changed() is 'Trigger: whoever is shut out is followed in places they alone were in charge of.';

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
comment on function private.leave_projects() is 'Trigger: takes whoever leaves a workspace out of its projects; where they alone were in charge somebody follows (pass_on).';

-- A personal project is hidden; of the others somebody else is in charge, or they are archived until a super user gives
-- them an owner. Where nobody with an account is left they are hidden, and purged like all that is.
create or replace function private.archive_places_of(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.projects p
  set is_active = false, deleted_at = now(), archived_reason = 'user_deleted'
  where p.owner_id = person and p.kind = 'personal';
  perform private.pass_on_places(person);
  update public.workspaces w set is_active = false,
    deleted_at = case when not exists (
        select from public.users u where u.deleted_at is null and u.id <> person and (
          exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = u.id)
          or exists (select from public.project_users m join public.projects p on p.id = m.project_id
            where p.workspace_id = w.id and m.user_id = u.id)))
      and not exists (select from public.workspace_subscriptions s where s.id = private.live_subscription(w.id) and s.plan_type <> 'free')
      then coalesce(w.deleted_at, now()) else w.deleted_at end
  where not w.is_global and w.purged_at is null
    and exists (select from public.workspace_users m where m.workspace_id = w.id and m.user_id = person and m.role = 'owner')
    and not exists (select from public.workspace_users m join public.users u on u.id = m.user_id
      where m.workspace_id = w.id and m.role = 'owner' and m.user_id <> person and u.deleted_at is null);
  -- In the Global Workspace nobody else is in charge of a team's project.
  update public.projects p set is_active = false, archived_reason = 'user_deleted',
    deleted_at = case when not exists (select from public.project_users m join public.users u on u.id = m.user_id
      where m.project_id = p.id and m.user_id <> person and u.deleted_at is null) then coalesce(p.deleted_at, now()) else p.deleted_at end
  where p.kind = 'team' and p.workspace_id = private.global_workspace_id()
    and exists (select from public.project_users m where m.project_id = p.id and m.user_id = person and m.role = 'owner')
    and not exists (select from public.project_users m join public.users u on u.id = m.user_id
      where m.project_id = p.id and m.role = 'owner' and m.user_id <> person and u.deleted_at is null);
end $$;
comment on function private.archive_places_of(uuid) is 'For an account that goes: hides its personal project, and hands what it owned alone to an heir; without one it is archived, and hidden where nobody is left.';

create or replace trigger touch before update on public.projects for each row execute function private.touch();
create or replace trigger audit after insert or update or delete on public.projects for each row
  execute function private.audit_row('self-project', 'settings', 'color_palette');
create or replace trigger keep_an_owner before update or delete on public.project_users for each row
  execute function private.keep_an_owner();
create or replace trigger audit after insert or update or delete on public.project_users for each row
  execute function private.audit_row('scope');
create or replace trigger leave_projects after delete on public.workspace_users for each row execute function private.leave_projects();
create or replace trigger pass_on after update of status, deleted_at on public.users for each row
  execute function private.on_status_changed();

revoke all on public.projects, public.project_users from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.projects, public.project_users to service_role;

revoke execute on function public.create_project(uuid, text, text, uuid), public.archive_project(uuid, text),
  public.delete_project(uuid, text), public.restore_project(uuid), public.restorable_places(), public.my_places(),
  public.notices_for_service(integer), public.notices_sent_for_service(uuid[]), public.break_glass(uuid, text, integer),
  public.search_places(text, integer) from public, anon, authenticated;
grant execute on function public.create_project(uuid, text, text, uuid), public.archive_project(uuid, text),
  public.delete_project(uuid, text), public.restore_project(uuid), public.restorable_places(), public.my_places(),
  public.break_glass(uuid, text, integer), public.search_places(text, integer) to authenticated, service_role;
grant execute on function public.notices_for_service(integer), public.notices_sent_for_service(uuid[]) to service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.in_workspace_of(uuid, uuid) to authenticated;

grant select on public.projects to authenticated;
grant update (name, description, logo_url, color_palette, settings) on public.projects to authenticated;
drop policy if exists projects_select on public.projects;
create policy projects_select on public.projects for select to authenticated
  using (id = any ((select private.project_ids('viewer'))::uuid[]) or id = any ((select private.admin_project_ids())::uuid[]));
drop policy if exists projects_update on public.projects;
create policy projects_update on public.projects for update to authenticated
  using (id = any ((select private.project_ids('manager'))::uuid[]) or id = any ((select private.admin_project_ids(true))::uuid[]))
  with check (id = any ((select private.project_ids('manager'))::uuid[]) or id = any ((select private.admin_project_ids(true))::uuid[]));
-- project_users: only members of the workspace, only below one's own rank
grant select, delete on public.project_users to authenticated;
grant insert (project_id, user_id, role) on public.project_users to authenticated;
grant update (role) on public.project_users to authenticated;
drop policy if exists project_users_select on public.project_users;
create policy project_users_select on public.project_users for select to authenticated
  using (project_id = any ((select private.project_ids('viewer'))::uuid[]) or project_id = any ((select private.admin_project_ids())::uuid[]));
drop policy if exists project_users_insert on public.project_users;
create policy project_users_insert on public.project_users for insert to authenticated
  with check (private.in_workspace_of(project_id, user_id) and (
    project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[]))));
drop policy if exists project_users_update on public.project_users;
create policy project_users_update on public.project_users for update to authenticated
  using (project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])))
  with check (project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])));
drop policy if exists project_users_delete on public.project_users;
create policy project_users_delete on public.project_users for delete to authenticated
  using ((user_id = (select auth.uid()) and (select private.is_active_user()))
    or project_id = any ((select private.project_ids('owner') || private.admin_project_ids(true))::uuid[])
    or (role < 'manager' and project_id = any ((select private.project_ids('manager'))::uuid[])));
