-- What clients call. Names are a contract; signatures may only gain defaulted arguments.
set local lock_timeout = '10s';

create or replace function private.check_name(name text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if char_length(trim(name)) between 1 and 200 is not true then
    raise exception 'A name has 1 to 200 characters.' using errcode = '22023';
  end if;
end $$;

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

-- `id` is the caller's, so that a request whose answer was lost can be made again: it answers the project it made.
create or replace function public.create_project(workspace uuid, name text, description text default null, id uuid default null)
returns uuid language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid := coalesce(create_project.id, gen_random_uuid());
begin
  if (workspace = any (private.ws_ids('project_creator'))) is not true
    or not exists (select from public.workspaces w where w.id = workspace and w.is_active) then
    raise exception 'You cannot create a project in this workspace.' using errcode = '42501';
  end if;
  perform private.check_name(name);
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

create or replace function public.archive_workspace(workspace uuid, reason text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('atelier.reason', coalesce(reason, ''), true);
  update public.workspaces w set is_active = false
  where w.id = workspace and not w.is_global and w.id = any (private.ws_ids('owner'));
  if not found then
    raise exception 'You cannot archive this workspace.' using errcode = '42501';
  end if;
end $$;

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

-- Hidden from everyone at once; what it holds is purged when the time to restore is over.
create or replace function public.delete_workspace(workspace uuid, reason text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.workspace_subscriptions s where s.id = private.live_subscription(workspace) and s.plan_type <> 'free')
    and workspace = any (private.visible_ws_ids()) then
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

-- Invitations. The token is answered once and only its hash kept.
create or replace function public.create_invitation(scope text, scope_id uuid, email text, role text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_token text := encode(private.gen_random_bytes(32), 'hex');
  v_email text := lower(trim(create_invitation.email));
  v_mine text;
begin
  if not private.is_active_user() then
    raise exception 'Only an active account can invite.' using errcode = '42501';
  end if;
  if v_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' is not true or char_length(v_email) > 320 then
    raise exception 'This is no address.' using errcode = '22023';
  end if;
  -- One at a time: of two at once neither would count the other, and of two for one address one would fail.
  perform pg_advisory_xact_lock(hashtextextended('invitations of ' || auth.uid(), 0));
  perform pg_advisory_xact_lock(hashtextextended('invitations to ' || scope_id, 0));
  if (select count(*) from public.invitations i where i.created_by = auth.uid() and i.created_at > now() - interval '1 hour') >= 20 then
    raise exception 'Too many invitations in one hour.' using errcode = 'PT429';
  end if;
  if scope = 'workspace' then
    if role is null or (role = any (enum_range(null::public.workspace_role)::text[])) is not true then
      raise exception 'There is no such role.' using errcode = '22023';
    end if;
    select m.role::text into v_mine from public.workspace_users m
    where m.workspace_id = scope_id and m.user_id = auth.uid() and m.workspace_id = any (private.ws_ids('admin'))
      and m.workspace_id <> private.global_ws();
    -- Below one's own rank, except that an owner may make another.
    if v_mine is null or (v_mine <> 'owner' and role::public.workspace_role >= v_mine::public.workspace_role) then
      raise exception 'You cannot invite to this role here.' using errcode = '42501';
    end if;
  elsif scope = 'project' then
    if role is null or (role = any (enum_range(null::public.project_role)::text[])) is not true then
      raise exception 'There is no such role.' using errcode = '22023';
    end if;
    if (scope_id = any (private.admin_project_ids()) or scope_id = any (private.project_ids('owner'))
      or (role::public.project_role < 'manager' and scope_id = any (private.project_ids('manager')))) is not true then
      raise exception 'You cannot invite to this role here.' using errcode = '42501';
    end if;
  else
    raise exception 'An invitation is to a workspace or to a project.' using errcode = '22023';
  end if;
  update public.invitations i set revoked_at = now()
  where coalesce(i.workspace_id, i.project_id) = scope_id and i.email = v_email
    and i.accepted_at is null and i.revoked_at is null;
  insert into public.invitations (workspace_id, project_id, workspace_role, project_role, email, token_hash, created_by)
  values (case when scope = 'workspace' then scope_id end, case when scope = 'project' then scope_id end,
    case when scope = 'workspace' then role::public.workspace_role end,
    case when scope = 'project' then role::public.project_role end, v_email, private.sha256(v_token), auth.uid());
  return v_token;
end $$;

-- Whether whoever invited could do so now: an invitation does not outlive its inviter's rank.
create or replace function private.is_still_meant(invitation public.invitations) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public.users u
    where u.id = invitation.created_by and u.status = 'active' and u.deleted_at is null and (
      exists (select from public.workspace_users m where m.user_id = u.id and m.workspace_id = invitation.workspace_id
        and (m.role = 'owner' or (m.role = 'admin' and invitation.workspace_role < 'admin')))
      or exists (select from public.project_users m where m.user_id = u.id and m.project_id = invitation.project_id
        and (m.expires_at is null or m.expires_at > now())
        and (m.role = 'owner' or (m.role = 'manager' and invitation.project_role < 'manager')))
      or exists (select from public.workspace_users m join public.projects p on p.workspace_id = m.workspace_id
        where m.user_id = u.id and m.role >= 'admin' and p.id = invitation.project_id)));
end $$;

create or replace function public.accept_invitation(token text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_invitation public.invitations;
  v_workspace uuid;
begin
  -- Locked, so that of two acceptances at once one sees the other's.
  select * into v_invitation from public.invitations i
  where i.token_hash = private.sha256(coalesce(token, '')) for update;
  -- One answer for everything that is wrong: nobody learns which invitations there are.
  if not found or v_invitation.accepted_at is not null or v_invitation.revoked_at is not null or v_invitation.expires_at <= now()
    or not exists (
      select from auth.users a join public.users u on u.id = a.id
      where a.id = auth.uid() and lower(a.email) = v_invitation.email and u.email_confirmed_at is not null
        and u.deleted_at is null and u.status in ('waitlist', 'invited', 'active'))
    or not private.is_still_meant(v_invitation) then
    raise exception 'This invitation is not valid for this account.' using errcode = 'PT404',
      hint = 'It may have expired, or be for another address.';
  end if;
  select coalesce(v_invitation.workspace_id, p.workspace_id) into v_workspace
  from (select v_invitation.project_id as id) x left join public.projects p on p.id = x.id
  where x.id is null or (p.is_active and p.deleted_at is null);
  if not exists (select from public.workspaces w where w.id = v_workspace and w.is_active and w.deleted_at is null) then
    raise exception 'The place of this invitation is closed.' using errcode = 'PT410';
  end if;
  update public.invitations i set accepted_at = now(), accepted_by = auth.uid() where i.id = v_invitation.id;
  perform private.activate_user(auth.uid());
  if v_invitation.workspace_id is not null then
    insert into public.workspace_users as m (workspace_id, user_id, role, invited_by)
    values (v_invitation.workspace_id, auth.uid(), v_invitation.workspace_role, v_invitation.created_by)
    on conflict (workspace_id, user_id) do update set role = greatest(m.role, excluded.role);
  else
    insert into public.project_users as m (project_id, user_id, role, invited_by)
    values (v_invitation.project_id, auth.uid(), v_invitation.project_role, v_invitation.created_by)
    on conflict (project_id, user_id) do update set role = greatest(m.role, excluded.role), expires_at = null;
  end if;
  return jsonb_build_object('workspace_id', v_workspace, 'project_id', v_invitation.project_id,
    'role', coalesce(v_invitation.workspace_role::text, v_invitation.project_role::text));
end $$;

-- Domains: an owner claims, the domain's own DNS confirms, a service that has looked there says so.
create or replace function public.claim_domain(workspace uuid, domain text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_domain text := lower(trim(claim_domain.domain));
  v_token text;
begin
  if (workspace = any (private.ws_ids('owner'))) is not true or workspace = private.global_ws() then
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

create or replace function public.verify_domain_for_service(domain_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.workspace_domains d set verified_at = coalesce(d.verified_at, now()) where d.id = domain_id;
  if not found then raise exception 'There is no such claim.' using errcode = 'PT404'; end if;
exception when unique_violation then
  raise exception 'This domain is another workspace''s.' using errcode = 'PT409', hint = 'A domain is confirmed for one workspace.';
end $$;

-- As the specification's column of this name had them.
create or replace function public.company_email_domains(workspace uuid, only_verified boolean default true) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (workspace = any (private.ws_ids('admin'))) is not true then
    raise exception 'Only an owner or admin can read this.' using errcode = '42501';
  end if;
  return coalesce((
    select array_agg(d.domain order by d.domain) from public.workspace_domains d
    where d.workspace_id = workspace and (d.verified_at is not null or not only_verified)), '{}');
end $$;

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
  if v_row is null or ((v_row ->> 'workspace_id')::uuid = any (private.ws_ids('admin'))
    or (v_row ->> 'project_id')::uuid = any (private.project_ids('manager'))) is not true then
    raise exception 'You cannot change this secret.' using errcode = '42501';
  end if;
  -- Only now: nobody holds up a row that is not theirs to change.
  execute format('select to_jsonb(t) from public.%I t where t.id = $1 for update', v_table) into v_row using id;
  if secret is not null then
    v_hint := (select right(t.value, 4) from (
      select x.value from jsonb_each_text(case jsonb_typeof(secret) when 'object' then secret else jsonb_build_object('v', secret) end) x
      order by length(x.value) desc limit 1) t where length(t.value) >= 12);
    insert into private.secrets (value, hint) values (private.enc(secret::text), v_hint) returning secrets.id into v_secret;
  end if;
  execute format('update public.%I t set secret_id = $1, secret_hint = $2, secret_rotated_at = now() where t.id = $3', v_table)
    using v_secret, v_hint, id;
end $$;

create or replace function public.read_secret_for_service(secret uuid, why text, actor uuid default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_value private.sealed;
begin
  if coalesce(trim(why), '') = '' then raise exception 'A reading needs its reason.' using errcode = '22023'; end if;
  select (s.value).* into v_value from private.secrets s where s.id = secret;
  if not found then raise exception 'There is no such secret.' using errcode = 'PT404'; end if;
  perform private.act_for(actor);
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
  return private.dec(v_value)::jsonb;
end $$;

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

-- Gives a lease back unused, so that the next one need not wait; false where it is not the lease any more.
create or replace function public.end_oauth2_refresh_for_service(connection uuid, person uuid, lease uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.oauth2_tokens t set lease_id = null, lease_until = null
  where t.connection_id = connection and t.user_id is not distinct from person and t.lease_id = lease;
  return found;
end $$;

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
    tokens := jsonb_strip_nulls(jsonb_build_object('refresh_token', private.dec(v_old)::jsonb -> 'refresh_token')) || tokens;
  end if;
  if coalesce(tokens ->> 'access_token', '') = '' then
    raise exception 'There is no access token in this.' using errcode = '22023';
  end if;
  perform private.act_for(person);
  insert into private.secrets (value) values (private.enc(tokens::text)) returning id into v_secret;
  insert into public.oauth2_tokens as t (connection_id, user_id, token_type, expires_at, scope, secret_id, has_refresh_token)
  values (connection, person, coalesce(tokens ->> 'token_type', 'bearer'), expires, scope, v_secret, tokens ? 'refresh_token')
  on conflict (connection_id, user_id) do update set token_type = excluded.token_type, expires_at = excluded.expires_at,
    scope = excluded.scope, secret_id = excluded.secret_id, has_refresh_token = excluded.has_refresh_token,
    lease_id = null, lease_until = null
  returning t.id into v_id;
  return v_id;
end $$;

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

create or replace function private.url_safe(value bytea) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select translate(encode(value, 'base64'), E'+/=\n', '-_')
$$;

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
  values (private.sha256(v_state), connection, person, private.enc(v_verifier))
  returning expires_at into v_expires;
  return (
    select jsonb_build_object('state', v_state, 'code_challenge', private.url_safe(private.sha256(v_verifier)),
      'code_challenge_method', 'S256', 'expires_at', v_expires, 'provider', c.provider, 'provider_config', c.provider_config,
      'client_id', c.client_id, 'redirect_uri', c.redirect_uri, 'scopes', to_jsonb(c.scopes), 'additional_params', c.additional_params)
    from public.oauth2_connections c where c.id = connection);
end $$;

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
    'code_verifier', private.dec(v_taken.verifier));
end $$;

-- People.
create or replace function public.my_account() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select jsonb_build_object('id', u.id, 'email', a.email, 'phone', nullif(to_jsonb(a) ->> 'phone', ''),
      'display_name', u.display_name, 'avatar_url', u.avatar_url, 'profile', u.profile, 'status', u.status,
      'is_super_user', private.is_super(), 'created_at', u.created_at, 'last_sign_in_at', u.last_sign_in_at)
    from public.users u join auth.users a on a.id = u.id where u.id = auth.uid()
  );
end $$;

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
      from public.projects p where p.deleted_at is null))
$$;

-- Names with addresses, for who runs the workspace; looking is kept in the log.
create or replace function public.workspace_directory(workspace uuid)
returns table (user_id uuid, display_name text, email text, role public.workspace_role)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (workspace = any (private.ws_ids('admin'))) is not true or (workspace = private.global_ws() and not private.is_super()) then
    raise exception 'Only an owner or admin can read the directory.' using errcode = '42501';
  end if;
  perform private.write_audit('workspace_users', workspace, 'READ', workspace, null, reason => 'directory');
  return query
    select m.user_id, u.display_name, a.email::text, m.role
    from public.workspace_users m join public.users u on u.id = m.user_id join auth.users a on a.id = m.user_id
    where m.workspace_id = workspace order by u.display_name, u.id;
end $$;

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
  from auth.users a join public.users u on u.id = a.id where a.id = v_id and u.status <> 'banned';
  if not found then raise exception 'There is no account to erase.' using errcode = '42501'; end if;
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

create or replace function private.require_super() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_super() or ((select p.require_aal2 from private.platform p) and coalesce(auth.jwt() ->> 'aal', '') <> 'aal2') then
    raise exception 'This needs a super user with a second factor.' using errcode = '42501';
  end if;
end $$;

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

create or replace function public.set_super_user(target uuid, allowed boolean, why text, until timestamptz default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_super();
  if coalesce(trim(why), '') = '' then raise exception 'A reason is needed.' using errcode = '22023'; end if;
  if target = auth.uid() then raise exception 'Nobody raises themselves.' using errcode = '42501'; end if;
  perform set_config('atelier.reason', why, true);
  -- Without an end given it is a quarter of a year.
  update public.users u set is_super_user = allowed,
    super_until = case when allowed then coalesce(until, now() + interval '90 days') end
  where u.id = target and u.deleted_at is null and (not allowed or u.status = 'active');
  if not found then raise exception 'There is no such active account.' using errcode = 'PT404'; end if;
end $$;

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

-- What people should be told by mail, by a service that can send one: SQL cannot.
create or replace function public.notices_for_service(lim integer default 100)
returns table (id uuid, kind text, email text, project_id uuid, detail jsonb, created_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select n.id, n.kind, a.email::text, n.project_id, n.detail, n.created_at
    from private.notices n join auth.users a on a.id = n.recipient
    where n.sent_at is null order by n.created_at, n.id limit least(greatest(lim, 1), 1000);
end $$;

create or replace function public.notices_sent_for_service(ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update private.notices n set sent_at = now() where n.id = any (ids) and n.sent_at is null;
end $$;

-- Sums of days of the log that are over, for a place that this database's owner cannot write to.
create or replace function public.audit_digests_for_service(since date default '-infinity')
returns table (day date, line_count bigint, digest text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select d.day, d.line_count, d.digest from private.audit_digests d where d.day >= since order by d.day;
end $$;

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

-- Tokens. All of these are for services.
create or replace function public.consume_tokens(workspace uuid, project uuid, chat uuid, n bigint, usage_type text,
  idempotency_key text, actor uuid default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_left bigint;
begin
  perform private.check_usage_scope(workspace, project, chat, n, usage_type);
  perform private.act_for(actor);
  -- One share at a time: two calls of one person in the Global Workspace wait for each other.
  perform pg_advisory_xact_lock(hashtextextended(workspace::text || coalesce(actor::text, ''), 0));
  if exists (select from public.token_usage u where u.workspace_id = workspace
    and u.idempotency_key = consume_tokens.idempotency_key) then
    if not exists (select from public.token_usage u where u.workspace_id = workspace
      and u.idempotency_key = consume_tokens.idempotency_key and u.tokens_used = n) then
      raise exception 'This use is known with another number.' using errcode = '22023';
    end if;
    return private.tokens_left(workspace);
  end if;
  v_left := private.personal_tokens_left(workspace, actor);
  if v_left is not null and v_left < n then
    raise exception 'Your share of tokens is used up.' using errcode = 'PT402';
  end if;
  update public.workspace_subscriptions s set period_used = s.period_used + n
  where s.id = private.live_subscription(workspace)
    and s.period_used + s.reserved + n <= s.base_token_limit + s.additional_tokens;
  if not found then
    raise exception 'The workspace has not enough tokens left.' using errcode = 'PT402';
  end if;
  insert into public.token_usage (workspace_id, project_id, chat_id, tokens_used, usage_type, idempotency_key, created_by)
  values (workspace, project, chat, n, consume_tokens.usage_type, consume_tokens.idempotency_key, actor);
  return private.tokens_left(workspace);
end $$;

create or replace function private.tokens_left(workspace uuid) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.base_token_limit + s.additional_tokens - s.period_used - s.reserved
  from public.workspace_subscriptions s where s.id = private.live_subscription(workspace)
$$;

-- For a streamed answer whose size is not known yet: reserve the most it may be, then settle or release.
create or replace function public.reserve_tokens(workspace uuid, project uuid, chat uuid, n bigint, usage_type text,
  idempotency_key text, actor uuid default null, seconds integer default 600) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid;
  v_left bigint;
begin
  perform private.check_usage_scope(workspace, project, chat, n, usage_type);
  perform pg_advisory_xact_lock(hashtextextended(workspace::text || coalesce(actor::text, ''), 0));
  select r.id into v_id from private.token_reservations r
  where r.workspace_id = workspace and r.idempotency_key = reserve_tokens.idempotency_key;
  if found then
    if not exists (select from private.token_reservations r where r.id = v_id and r.tokens = n) then
      raise exception 'This reservation is known with another number.' using errcode = '22023';
    end if;
    return v_id;
  end if;
  v_left := private.personal_tokens_left(workspace, actor);
  if v_left is not null and v_left < n then
    raise exception 'Your share of tokens is used up.' using errcode = 'PT402';
  end if;
  update public.workspace_subscriptions s set reserved = s.reserved + n
  where s.id = private.live_subscription(workspace)
    and s.period_used + s.reserved + n <= s.base_token_limit + s.additional_tokens;
  if not found then
    raise exception 'The workspace has not enough tokens left.' using errcode = 'PT402';
  end if;
  insert into private.token_reservations (workspace_id, subscription_id, project_id, chat_id, actor, tokens, usage_type, idempotency_key, expires_at)
  values (workspace, private.live_subscription(workspace), project, chat, actor, n, reserve_tokens.usage_type,
    reserve_tokens.idempotency_key, now() + make_interval(secs => least(greatest(seconds, 1), 3600)))
  returning id into v_id;
  return v_id;
end $$;

-- What was really used, more than was reserved too: it is used, and paid. Null or 0 gives it all back.
create or replace function public.settle_tokens(reservation uuid, used bigint default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_reserved private.token_reservations;
  v_used bigint := coalesce(used, 0);
  v_workspace uuid;
begin
  select * into v_reserved from private.token_reservations r where r.id = reservation for update;
  if not found then raise exception 'There is no such reservation.' using errcode = 'PT404'; end if;
  -- Told again: it is settled already.
  if v_reserved.settled_at is not null then return private.tokens_left(v_reserved.workspace_id); end if;
  if v_used < 0 then
    raise exception 'Less than nothing was used.' using errcode = '22023';
  end if;
  perform private.act_for(v_reserved.actor);
  update public.workspace_subscriptions s set period_used = s.period_used + v_used,
    reserved = s.reserved - case when v_reserved.released_at is null then v_reserved.tokens else 0 end
  where s.id = v_reserved.subscription_id returning s.workspace_id into v_workspace;
  update private.token_reservations r set settled_at = now() where r.id = reservation;
  if v_used > 0 then
    insert into public.token_usage (workspace_id, project_id, chat_id, tokens_used, usage_type, idempotency_key, created_by)
    values (v_workspace, v_reserved.project_id, v_reserved.chat_id, v_used, v_reserved.usage_type,
      'settled ' || v_reserved.id::text, v_reserved.actor);
  end if;
  return private.tokens_left(v_workspace);
end $$;

create or replace function private.release_stale_reservations(at_most integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_stale record;
  v_count integer := 0;
begin
  delete from private.token_reservations r where r.id in (select o.id from private.token_reservations o
    where least(o.settled_at, o.released_at) < now() - interval '7 days' limit at_most);
  for v_stale in update private.token_reservations r set released_at = now()
    where r.id in (select o.id from private.token_reservations o
      where o.settled_at is null and o.released_at is null and o.expires_at <= now() order by o.expires_at limit at_most for update)
    returning r.subscription_id, r.tokens
  loop
    update public.workspace_subscriptions s set reserved = s.reserved - v_stale.tokens where s.id = v_stale.subscription_id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;

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

-- Stripe delivers at least once and in any order: an event counts once, a payment is credited once.
create or replace function public.record_payment_for_service(event text, workspace uuid, payment_intent text, tokens bigint,
  price numeric, payment_status text, person uuid default null) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_before text;
begin
  perform private.act_for(person);
  insert into private.stripe_events (id, event_type) values (event, 'payment_intent.' || payment_status) on conflict do nothing;
  if not found then return false; end if;
  select p.status into v_before from public.token_purchases p where p.stripe_payment_intent_id = payment_intent for update;
  if v_before in ('completed', 'refunded', 'disputed') then return false; end if;
  insert into public.token_purchases as p (workspace_id, stripe_payment_intent_id, token_amount, price_paid, status, created_by)
  values (workspace, payment_intent, tokens, price, payment_status, person)
  on conflict (stripe_payment_intent_id) do update set status = excluded.status
  where p.workspace_id = excluded.workspace_id and p.token_amount = excluded.token_amount and p.status in ('pending', 'failed');
  if not found then
    -- Another delivery of the same payment was quicker.
    if exists (select from public.token_purchases p where p.stripe_payment_intent_id = payment_intent
      and p.status in ('completed', 'refunded', 'disputed') and p.workspace_id = workspace and p.token_amount = tokens) then
      return false;
    end if;
    raise exception 'This payment is known with other figures.' using errcode = '22023';
  end if;
  if payment_status = 'completed' then
    update public.workspace_subscriptions s set additional_tokens = s.additional_tokens + tokens
    where s.id = private.live_subscription(workspace);
    if not found then raise exception 'The workspace has no live subscription.' using errcode = '22023'; end if;
    -- A refund may be heard of before its payment.
    perform private.take_tokens_back(payment_intent);
  end if;
  return true;
end $$;

-- All that was given back of a payment so far, as Stripe counts it: what is told late says less, and changes nothing.
create or replace function public.record_refund_for_service(event text, payment_intent text, refunded numeric) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (refunded >= 0) is not true then raise exception 'A refund is of some money.' using errcode = '22023'; end if;
  insert into private.stripe_events (id, event_type) values (event, 'charge.refunded') on conflict do nothing;
  if not found then return false; end if;
  update public.token_purchases p set price_refunded = greatest(p.price_refunded, refunded)
  where p.stripe_payment_intent_id = payment_intent;
  -- Not noted either: Stripe tells it again.
  if not found then raise exception 'There is no such payment.' using errcode = 'PT404'; end if;
  perform private.take_tokens_back(payment_intent);
  return true;
end $$;

-- A payment that is disputed is nobody's until the bank has decided: open, then won or lost.
create or replace function public.record_dispute_for_service(event text, payment_intent text, outcome text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (outcome in ('open', 'won', 'lost')) is not true then
    raise exception 'A dispute is open, won or lost.' using errcode = '22023';
  end if;
  insert into private.stripe_events (id, event_type) values (event, 'charge.dispute.' || outcome) on conflict do nothing;
  if not found then return false; end if;
  update public.token_purchases p set dispute = case when outcome = 'open' then coalesce(p.dispute, outcome) else outcome end
  where p.stripe_payment_intent_id = payment_intent;
  if not found then raise exception 'There is no such payment.' using errcode = 'PT404'; end if;
  perform private.take_tokens_back(payment_intent);
  return true;
end $$;

create or replace function public.record_subscription_for_service(event text, workspace uuid, customer text, subscription text,
  plan text, subscription_status text, period_start timestamptz, period_end timestamptz,
  happened_at timestamptz default now()) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_limit bigint := (select l.base_token_limit from private.plan_limits l where l.plan_type = plan);
begin
  if v_limit is null then raise exception 'There is no plan %.', plan using errcode = '22023'; end if;
  if not exists (select from public.workspaces w where w.id = workspace) then
    raise exception 'There is no such workspace.' using errcode = 'PT404';
  end if;
  if exists (select from public.workspace_subscriptions s where s.stripe_subscription_id = subscription and s.workspace_id <> workspace) then
    raise exception 'This subscription is another workspace''s.' using errcode = '22023';
  end if;
  insert into private.stripe_events (id, event_type) values (event, 'customer.subscription.' || subscription_status) on conflict do nothing;
  if not found then return false; end if;
  perform from public.workspaces w where w.id = workspace for update;
  -- An event that is overtaken, or one of a subscription that has ended, says nothing any more.
  if exists (select from public.workspace_subscriptions s where s.stripe_subscription_id = subscription
    and ((s.told_at > happened_at or s.status in ('canceled', 'incomplete_expired'))
      -- Stripe's times are whole seconds: of two events of one second the one that is further along came later.
      or (s.told_at = happened_at and private.subscription_stage(s.status) > private.subscription_stage(subscription_status)))) then
    return true;
  end if;
  -- What begins takes the place of what was; a checkout that is not paid yet, or an end, takes nothing.
  if subscription_status in ('trialing', 'active', 'past_due') then
    update public.workspace_subscriptions s set status = 'canceled'
    where s.id = private.live_subscription(workspace) and s.stripe_subscription_id is distinct from subscription;
  end if;
  insert into public.workspace_subscriptions as s (workspace_id, stripe_customer_id, stripe_subscription_id, plan_type,
    base_token_limit, status, current_period_start, current_period_end, told_at)
  values (workspace, customer, subscription, plan, v_limit, subscription_status, period_start, period_end, happened_at)
  on conflict (stripe_subscription_id) do update set status = excluded.status, plan_type = excluded.plan_type,
    base_token_limit = excluded.base_token_limit, told_at = excluded.told_at,
    additional_tokens = case when excluded.current_period_start > s.current_period_start
      then private.bought_tokens_left(s) else s.additional_tokens end,
    period_used = case when excluded.current_period_start > s.current_period_start then 0 else s.period_used end,
    current_period_start = greatest(excluded.current_period_start, s.current_period_start),
    current_period_end = greatest(excluded.current_period_end, s.current_period_end);
  perform private.ensure_a_plan(workspace);
  perform private.move_bought_tokens(workspace);
  return true;
end $$;

-- Free periods have no webhook to begin them.
create or replace function private.roll_free_periods(at_most integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_count integer;
begin
  update public.workspace_subscriptions s set period_used = 0, additional_tokens = private.bought_tokens_left(s),
    current_period_start = s.current_period_end, current_period_end = s.current_period_end + interval '1 month'
  where s.id in (select o.id from public.workspace_subscriptions o
    where o.plan_type = 'free' and o.status = 'active' and o.current_period_end <= now()
    order by o.current_period_end limit at_most for update);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Statistics on demand, at most once a minute.
create or replace function public.refresh_stats(workspace uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (workspace = any (private.ws_ids('admin')) or (workspace = private.global_ws() and private.is_super())) is not true then
    raise exception 'Only an owner or admin can do this.' using errcode = '42501';
  end if;
  if exists (select from public.workspace_stats t where t.workspace_id = workspace
    and t.stats_date = (now() at time zone 'utc')::date and t.created_at > now() - interval '1 minute') then
    raise exception 'They were made less than a minute ago.' using errcode = 'PT429';
  end if;
  perform private.rollup((now() at time zone 'utc')::date, workspace);
end $$;

-- Chats of a project with what is unread in each.
create or replace function public.chat_overview(project uuid)
returns table (id uuid, title text, last_message_at timestamptz, is_active boolean, unread bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (project = any (private.project_ids('viewer'))) is not true then
    raise exception 'There is no such project.' using errcode = 'PT404';
  end if;
  return query
    select c.id, c.title, c.last_message_at, c.is_active, (
      select count(*) from (
        select from public.chat_messages m
        where m.chat_id = c.id and m.created_at > coalesce(p.last_read_at, '-infinity') and m.created_by is distinct from auth.uid()
        limit 100) x)
    from public.chat_sessions c left join public.chat_participants p on p.chat_id = c.id and p.user_id = auth.uid()
    where c.project_id = project order by c.last_message_at desc nulls last, c.created_at desc, c.id desc limit 500;
end $$;

create or replace function public.mark_chat_read(chat uuid, until timestamptz default now()) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public.chat_sessions c where c.id = chat and c.project_id = any (private.project_ids('viewer'))) then
    raise exception 'There is no such chat.' using errcode = 'PT404';
  end if;
  insert into public.chat_participants as p (chat_id, user_id, last_read_at) values (chat, auth.uid(), least(until, now()))
  on conflict (chat_id, user_id) do update set last_read_at = greatest(p.last_read_at, excluded.last_read_at), is_active = true;
end $$;

-- A page goes on where the last one ended: `before` and `before_id` are its last row's time and id.
create or replace function public.search_artifacts(q text, before timestamptz default null, lim integer default 50,
  before_id uuid default null)
returns table (id uuid, project_id uuid, title text, artifact_type text, updated_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_projects uuid[] := private.project_ids('viewer');
  -- Once, not for every row.
  v_words tsquery := websearch_to_tsquery('english', left(q, 500));
  v_part text := '%' || replace(replace(replace(left(q, 500), '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
  return query
    select a.id, a.project_id, a.title, a.artifact_type, a.updated_at
    from public.artifacts a
    where a.project_id = any (v_projects) and a.deleted_at is null
      and (a.search @@ v_words or a.title ilike v_part)
      and (before is null or a.updated_at < before or (a.updated_at = before and a.id < before_id))
    order by a.updated_at desc, a.id desc
    limit least(greatest(lim, 1), 200);
end $$;

-- Workspaces and projects by part of their names, those one sees, by name.
create or replace function public.search_places(q text, lim integer default 20)
returns table (kind text, id uuid, workspace_id uuid, name text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_part text := '%' || replace(replace(replace(left(q, 200), '\', '\\'), '%', '\%'), '_', '\_') || '%';
  v_workspaces uuid[] := private.visible_ws_ids();
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
    limit least(greatest(lim, 1), 100);
end $$;

-- What the makers of an artifact keep beside it, for the members of its project; published or not.
create or replace function public.artifact_metadata(artifact uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_metadata jsonb;
begin
  select a.metadata into v_metadata from public.artifacts a
  where a.id = artifact and a.deleted_at is null and a.project_id = any (private.project_ids('viewer'));
  if not found then raise exception 'There is no such artifact.' using errcode = 'PT404'; end if;
  return v_metadata;
end $$;

-- A time that a disk may give a file.
create or replace function private.file_time(value text) returns timestamptz
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_time timestamptz := value::timestamptz;
begin
  if v_time not between '1970-01-01 00:00+00' and '9999-12-31 00:00+00' then
    raise exception 'No file is of %.', value using errcode = '22008';
  end if;
  return v_time;
end $$;

-- A change to one file as a commit asks for it; refuses what is not of that shape.
create or replace function private.checked_changes(changes jsonb)
returns table (place bigint, op text, file_id uuid, path text, sha256 text, size bigint, media_type text, is_main boolean, md5 text,
  is_executable boolean, is_owner_only boolean, modified_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_typeof(changes) is distinct from 'array' or jsonb_array_length(changes) not between 1 and 10000 then
    raise exception 'changes must be an array of 1 to 10000 changes' using errcode = '22023';
  end if;
  return query
    select c.ordinality, c.value ->> 'op', (c.value ->> 'file_id')::uuid, c.value ->> 'path', c.value ->> 'sha256',
      (c.value ->> 'size')::bigint, coalesce(c.value ->> 'media_type', 'application/octet-stream'),
      (c.value ->> 'is_main')::boolean, c.value ->> 'md5',
      (c.value ->> 'is_executable')::boolean, (c.value ->> 'is_owner_only')::boolean, private.file_time(c.value ->> 'modified_at')
    from jsonb_array_elements(changes) with ordinality c;
exception when invalid_text_representation or numeric_value_out_of_range or invalid_datetime_format or datetime_field_overflow then
  raise exception 'A change is not of its form: an id, a size, a time or a yes-or-no is none.' using errcode = '22023';
end $$;

-- An artifact that the caller may change, locked until the transaction ends.
create or replace function private.artifact_to_change(artifact uuid) returns public.artifacts
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_artifact public.artifacts;
begin
  select * into v_artifact from public.artifacts a where a.id = artifact and a.deleted_at is null;
  if not found or (v_artifact.project_id = any (private.project_ids('viewer'))) is not true then
    raise exception 'There is no such artifact.' using errcode = 'PT404';
  end if;
  if (v_artifact.project_id = any (private.project_ids('contributor'))) is not true then
    raise exception 'You may read this artifact but not change it.' using errcode = '42501';
  end if;
  -- Only now: nobody holds up what is not theirs to change.
  select * into v_artifact from public.artifacts a where a.id = artifact and a.deleted_at is null for update;
  if not found then
    raise exception 'There is no such artifact.' using errcode = 'PT404';
  end if;
  return v_artifact;
end $$;

-- What each change of a commit comes to, as the artifact's files are now. `verdict` is null for what is to be done.
create or replace function private.judged_changes(artifact uuid, expected jsonb, changes jsonb)
returns table (place bigint, op text, file_id uuid, path text, verdict text, its_path text, its_revision bigint, its_sha256 text)
language plpgsql stable set search_path = pg_catalog, pg_temp
-- A plan that is kept may be one for the empty table that it was. (Not in who writes: each foreign key is such a plan.)
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  return query
    with change as materialized (
      select c.*, coalesce((expected ->> c.file_id::text)::bigint, 0) as revision, lower(normalize(c.path, nfc)) as folded
      from private.checked_changes(changes) c
    ), leaving as materialized (
      -- Files that give their name up in this very commit, so that names can be swapped.
      select f.id from change c join public.artifact_files f on f.id = c.file_id
      where f.artifact_id = judged_changes.artifact and f.deleted_at is null
        and (c.op = 'remove' or f.folded_path <> c.folded)
    )
    select c.place, c.op, c.file_id, c.path, case
        when c.op is null or c.op not in ('put', 'remove') or c.file_id is null
          or (c.op = 'put' and (c.path is null or c.sha256 is null or c.size is null)) then 'incomplete'
        when f.artifact_id <> judged_changes.artifact then 'foreign'
        when c.again > 1 then 'twice'
        when c.op = 'remove' then case
          when f.id is null or f.deleted_at is not null then 'gone'
          when f.revision <> c.revision then 'changed' end
        when f.deleted_at is null and f.sha256 = c.sha256 and f.file_path = c.path
          and coalesce(c.is_executable, f.is_executable) = f.is_executable then 'so'
        when coalesce(f.revision, 0) <> c.revision then
          case when f.id is null or f.deleted_at is not null then 'removed' else 'changed' end
        when exists (
          select from public.artifact_files o
          where o.artifact_id = judged_changes.artifact and o.deleted_at is null and o.folded_path = c.folded
            and o.id <> c.file_id and o.id not in (select l.id from leaving l)) then 'path-taken'
        when not exists (
          select from storage.objects o
          where o.bucket_id = 'artifact-files' and o.name = judged_changes.artifact::text || '/' || c.sha256
            and (o.metadata ->> 'size')::bigint = c.size
            -- Of what came in one request Storage keeps the MD5 as its ETag. (Of what came in parts it is no digest.)
            and (c.md5 is null or coalesce(btrim(o.metadata ->> 'eTag', '"'), '') not similar to '[0-9a-f]{32}' or btrim(o.metadata ->> 'eTag', '"') = c.md5)
            and not exists (select from private.leaving_blobs l where l.name = o.name)) then 'no-bytes'
        end, f.file_path, f.revision, f.sha256
    from (select c.*, row_number() over (partition by c.file_id order by c.place) as again from change c) c
      left join public.artifact_files f on f.id = c.file_id;
end $$;

-- The only commit point of artifact files: all or nothing, by compare-and-swap. A conflict is an answer,
-- not an error. A change that is already so (a lost response, repeated) is done, not a conflict; and what differs in its
-- time alone, or in who may read it where it lies, is so already. What a change does not say of a file stays.
create or replace function public.commit_artifact_changes(artifact_id uuid, expected jsonb, changes jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_known jsonb := coalesce(expected, '{}');
  v_artifact public.artifacts;
  v_wrong jsonb;
  v_conflicts jsonb;
  v_done jsonb;
  v_puts uuid[];
  v_removals uuid[];
  v_main uuid;
  v_revision bigint;
begin
  v_artifact := private.artifact_to_change(commit_artifact_changes.artifact_id);

  if jsonb_typeof(v_known) <> 'object' or exists (
    select from jsonb_each(v_known) e where jsonb_typeof(e.value) <> 'number' or e.value::text !~ '^\d{1,18}$') then
    raise exception 'expected must give a revision for each file.' using errcode = '22023';
  end if;
  with judged as materialized (
    select * from private.judged_changes(v_artifact.id, v_known, changes)
  )
  select
    (select to_jsonb(w) from judged w where w.verdict in ('incomplete', 'foreign', 'twice', 'no-bytes') order by w.place limit 1),
    coalesce(jsonb_agg(jsonb_build_object('file_id', j.file_id, 'path', case when j.verdict = 'path-taken' then j.path
        else coalesce(j.its_path, j.path) end, 'revision', j.its_revision,
        'sha256', case when j.verdict <> 'path-taken' then j.its_sha256 end, 'reason', j.verdict) order by j.place)
      filter (where j.verdict in ('changed', 'removed', 'path-taken')), '[]'),
    coalesce(jsonb_agg(jsonb_build_object('file_id', j.file_id, 'revision', j.its_revision) order by j.place)
      filter (where j.verdict = 'so'), '[]'),
    coalesce(array_agg(j.file_id order by j.place) filter (where j.verdict is null and j.op = 'put'), '{}'),
    coalesce(array_agg(j.file_id order by j.place) filter (where j.verdict is null and j.op = 'remove'), '{}')
  into v_wrong, v_conflicts, v_done, v_puts, v_removals from judged j;
  if v_wrong ->> 'verdict' = 'incomplete' then
    raise exception 'Change % is not complete.', v_wrong ->> 'place' using errcode = '22023';
  elsif v_wrong ->> 'verdict' = 'foreign' then
    raise exception 'File % belongs to another artifact.', v_wrong ->> 'file_id' using errcode = '22023';
  elsif v_wrong ->> 'verdict' = 'twice' then
    raise exception 'File % is in two changes of one commit.', v_wrong ->> 'file_id' using errcode = '22023';
  elsif v_wrong ->> 'verdict' = 'no-bytes' then
    raise exception 'The bytes of % are not in storage.', v_wrong ->> 'path'
      using errcode = 'PT409', hint = 'Upload the object first.';
  end if;
  if v_conflicts <> '[]' then
    return jsonb_build_object('status', 'conflict', 'conflicts', v_conflicts);
  end if;
  if v_puts = '{}' and v_removals = '{}' then
    return jsonb_build_object('status', 'committed', 'revision', v_artifact.revision, 'files', v_done);
  end if;

  update public.artifacts a set revision = a.revision + 1
  where a.id = v_artifact.id returning a.revision into v_revision;
  -- Removals first, so that a name is free for the file that takes it; and files that swap names step aside.
  update public.artifact_files f set deleted_at = now(), revision = f.revision + 1, updated_by = auth.uid()
  where f.id = any (v_removals);
  with change as materialized (
    select c.file_id, case when c.op = 'put' then lower(normalize(c.path, nfc)) end as folded
    from private.checked_changes(changes) c
  )
  update public.artifact_files f set file_path = '.leaving/' || f.id from change c
  where f.id = c.file_id and f.deleted_at is null and f.folded_path <> c.folded
    and f.folded_path in (select w.folded from change w where w.folded is not null);
  select c.file_id into v_main from private.checked_changes(changes) c
  where c.is_main and c.file_id = any (v_puts) order by c.place desc limit 1;
  update public.artifact_files f set is_main_file = false
  where f.artifact_id = v_artifact.id and f.is_main_file and (f.id <> v_main or f.id in (
    select c.file_id from private.checked_changes(changes) c where c.is_main = false and c.file_id = any (v_puts)));
  insert into public.artifact_files as f (id, artifact_id, project_id, is_public, file_path, file_type,
    file_size, sha256, is_main_file, is_executable, is_owner_only, modified_at, created_by, updated_by)
  select c.file_id, v_artifact.id, v_artifact.project_id, v_artifact.is_public, c.path,
    c.media_type, c.size, c.sha256, coalesce(c.file_id = v_main, false),
    coalesce(c.is_executable, b.is_executable, false), coalesce(c.is_owner_only, b.is_owner_only, false),
    coalesce(c.modified_at, case when b.sha256 = c.sha256 then b.modified_at end, now()), auth.uid(), auth.uid()
  from private.checked_changes(changes) c
    left join lateral (select * from public.artifact_files b where b.id = c.file_id offset 0) b on true
  where c.file_id in (select unnest(v_puts)) order by c.place
  on conflict (id) do update set file_path = excluded.file_path, file_type = excluded.file_type,
    file_size = excluded.file_size, sha256 = excluded.sha256, revision = f.revision + 1,
    is_executable = excluded.is_executable, is_owner_only = excluded.is_owner_only, modified_at = excluded.modified_at,
    is_main_file = excluded.is_main_file or f.is_main_file, deleted_at = null, updated_by = auth.uid();
  with version as (
    insert into public.artifact_file_versions as v (file_id, revision, artifact_id, artifact_revision, file_path,
      file_size, sha256, is_executable, is_owner_only, modified_at, removed, created_by)
    select f.id, f.revision, v_artifact.id, v_revision, f.file_path, f.file_size, f.sha256,
      f.is_executable, f.is_owner_only, f.modified_at, f.deleted_at is not null, auth.uid()
    from unnest(v_removals || v_puts) with ordinality t (id, place)
      cross join lateral (select * from public.artifact_files f where f.id = t.id offset 0) f
    order by t.place
    returning v.file_id, v.revision
  )
  select v_done || coalesce(jsonb_agg(jsonb_build_object('file_id', v.file_id, 'revision', v.revision)), '[]')
  into v_done from version v;
  return jsonb_build_object('status', 'committed', 'revision', v_revision, 'files', v_done);
end $$;

-- Brings an artifact's files back to what they were at an earlier revision, as one more revision: nothing of
-- the history is lost, and the bytes are still there because history keeps them.
create or replace function public.restore_artifact(artifact_id uuid, to_revision bigint) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_artifact public.artifacts;
  v_changes jsonb;
  v_expected jsonb;
begin
  v_artifact := private.artifact_to_change(restore_artifact.artifact_id);
  if to_revision is null or to_revision not between 0 and v_artifact.revision then
    raise exception 'There is no revision % of this artifact.', to_revision using errcode = '22023';
  end if;
  with past as (
    select distinct on (v.file_id) v.* from public.artifact_file_versions v
    where v.artifact_id = v_artifact.id and v.artifact_revision <= to_revision
    order by v.file_id, v.artifact_revision desc, v.revision desc
  ), wanted as (
    select f.id, f.revision, f.file_type, p.file_path, p.sha256, p.file_size, p.is_executable, p.is_owner_only, p.modified_at,
      p.file_id is not null and not p.removed as present
    from public.artifact_files f left join past p on p.file_id = f.id
    where f.artifact_id = v_artifact.id and case when p.file_id is null or p.removed then f.deleted_at is null
      else f.deleted_at is not null or f.sha256 <> p.sha256 or f.file_path <> p.file_path or f.is_executable <> p.is_executable end
  )
  select jsonb_agg(case when w.present
      then jsonb_build_object('op', 'put', 'file_id', w.id, 'path', w.file_path, 'sha256', w.sha256,
        'size', w.file_size, 'media_type', w.file_type, 'is_executable', w.is_executable,
        'is_owner_only', w.is_owner_only, 'modified_at', w.modified_at)
      else jsonb_build_object('op', 'remove', 'file_id', w.id) end),
    jsonb_object_agg(w.id, w.revision)
  into v_changes, v_expected from wanted w;
  if v_changes is null then
    return jsonb_build_object('status', 'committed', 'revision', v_artifact.revision, 'files', '[]'::jsonb);
  end if;
  return public.commit_artifact_changes(v_artifact.id, v_expected, v_changes);
end $$;

-- Hides an artifact from everyone; restored or purged later. Its rows and bytes stay until then.
create or replace function public.delete_artifact(artifact uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.artifacts a set deleted_at = now()
  where a.id = artifact and a.deleted_at is null and (a.project_id = any (private.project_ids('manager'))
    or (a.created_by = auth.uid() and not a.is_public and a.project_id = any (private.project_ids('contributor'))));
  if not found then raise exception 'You cannot delete this artifact.' using errcode = '42501'; end if;
end $$;

create or replace function public.restore_deleted_artifact(artifact uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.artifacts a set deleted_at = null
  where a.id = artifact and a.deleted_at > now() - (select f.restore_window from private.platform f)
    and (a.project_id = any (private.project_ids('manager'))
      or (a.created_by = auth.uid() and not a.is_public and a.project_id = any (private.project_ids('contributor'))));
  if not found then raise exception 'You cannot restore this artifact.' using errcode = '42501'; end if;
  -- Whoever pulled meanwhile has let its files go: they are told again.
  update public.artifact_files f set deleted_at = f.deleted_at where f.artifact_id = artifact;
end $$;

-- Blobs that nothing refers to any more, in two calls: the first marks them, and from then on no commit takes
-- them for there; a later one, when every commit of before has ended, answers those still unreferenced. The
-- service removes them through the Storage API and says so. Answers object names of the bucket artifact-files.
create or replace function public.unreferenced_blobs_for_service(grace interval default '7 days', lim integer default 1000)
returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- A commit that looked before the mark was there holds its artifact until it ends.
  perform from public.artifacts a
  where a.id in (select private.path_id(l.name) from private.leaving_blobs l) order by a.id for share;
  return query
    select l.name from private.leaving_blobs l where not private.is_referenced(l.name)
    order by l.marked_at, l.name limit lim;
  -- Referred to after all, by a commit that began before the mark.
  delete from private.leaving_blobs l where private.is_referenced(l.name);
  insert into private.leaving_blobs (name)
    select o.name from storage.objects o
    where o.bucket_id = 'artifact-files' and o.created_at < now() - greatest(coalesce(grace, interval '7 days'), interval '0')
      and not private.is_referenced(o.name)
    order by o.created_at limit lim
  on conflict do nothing;
end $$;

-- What the service has removed may be sent again.
create or replace function public.blobs_removed_for_service(names text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from private.leaving_blobs l where l.name = any (names);
end $$;

-- Objects whose rows were deleted: names a service removes through the Storage API, which SQL must not pass by.
create or replace function public.storage_deletions_for_service(lim integer default 1000)
returns table (id bigint, bucket_id text, name text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- What has no object left is done.
  update private.storage_deletions d set done_at = now()
  where d.done_at is null and not exists (
    select from storage.objects o where o.bucket_id = d.bucket_id and starts_with(o.name, d.prefix));
  delete from private.storage_deletions d where d.done_at < now() - interval '90 days';
  return query
    select d.id, d.bucket_id, o.name from private.storage_deletions d
      join storage.objects o on o.bucket_id = d.bucket_id and starts_with(o.name, d.prefix)
    where d.done_at is null order by d.id, o.name limit lim;
end $$;

-- Months of the audit log that are older than the platform keeps: detached here, then read (as `audit.<name>`,
-- by the database's owner), stored elsewhere, and dropped by whoever asked.
create or replace function public.detach_old_audit_for_service() returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select private.detach_old_audit();
end $$;

-- What a person in charge looks at: whether this installation is as it should be, and since when not.
create or replace function public.platform_assessment()
returns table (finding text, passed boolean, detail text, assessed_at timestamptz, failing_since timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_super();
  perform private.write_audit('assessments', auth.uid(), 'READ', null, null, reason => 'assessment');
  perform private.assess();
  return query select a.finding, a.passed, a.detail, a.assessed_at, a.failing_since
    from private.assessments a order by a.passed, a.finding;
end $$;

-- Which history of transactions a cursor belongs to: another one after a restore into another cluster, or to an
-- earlier point in time.
create or replace function private.epoch() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.system_identifier::text || '.' || c.timeline_id::text from pg_control_system() s, pg_control_checkpoint() c
$$;

-- What changed in a project since a cursor. The cursor is the oldest transaction still running when the
-- answer was made: rows of a transaction that commits later are at or past it, so none is ever skipped;
-- some come twice. Without a cursor, or with one of another epoch: everything live, and the ids to reconcile
-- against, so that `artifact_ids` in an answer says that it is whole. The caller's role and what the bucket takes
-- are in it so that a client knows when what was refused is worth another try. With `at_most` everything comes in
-- parts: artifacts, those after `after_artifact`, and then files, those after `after_file`; the nil UUID begins.
create or replace function public.pull_project(project uuid, since xid8 default null, of_epoch text default null,
  of_artifact uuid default null, after_file uuid default null, at_most integer default null,
  known_digest text default null, after_artifact uuid default null, with_digest boolean default null) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_cursor xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_epoch text := private.epoch();
  v_since xid8 := case when since <= v_cursor and coalesce(of_epoch, v_epoch) = v_epoch then since end;
  v_most integer := greatest(at_most, 1);
  v_is_of_artifacts boolean;
  -- Not jsonb, which takes five times as long, and nobody here looks into it.
  v_artifacts json;
  v_files json;
  v_artifact_ids json;
  v_file_ids json;
  v_count integer;
  v_same boolean := false;
  v_role text := 'viewer';
  v_rules text;
  v_digest text;
begin
  if (project = any (private.project_ids('viewer'))) is not true then
    raise exception 'There is no such project.' using errcode = 'PT404';
  end if;
  if project = any (private.project_ids('contributor')) then
    select m.role into v_role from public.project_users m where m.project_id = project and m.user_id = auth.uid();
  end if;
  select concat_ws(' ', b.file_size_limit, b.allowed_mime_types) into v_rules
    from storage.buckets b where b.id = 'artifact-files';
  -- More news than ten parts of everything: everything it is, in parts.
  if v_since is not null and at_most is not null and (select count(*) from (
      select from public.artifact_files f where f.project_id = project
        and (of_artifact is null or f.artifact_id = of_artifact) and f.changed_xid >= v_since limit 10 * v_most + 1) f)
      + (select count(*) from (select from public.artifacts a where a.project_id = project
        and (of_artifact is null or a.id = of_artifact) and a.changed_xid >= v_since limit 10 * v_most + 1) a) > 10 * v_most then
    v_since := null;
  end if;
  v_is_of_artifacts := v_since is null and at_most is not null and after_artifact is not null;
  select coalesce(json_agg(json_build_object('id', a.id, 'project_id', a.project_id, 'title', a.title,
    'description', a.description, 'artifact_type', a.artifact_type, 'status', a.status, 'is_public', a.is_public,
    'revision', a.revision, 'updated_at', a.updated_at, 'deleted_at', a.deleted_at)), '[]'),
    coalesce(json_agg(a.id), '[]'), count(*)
  into v_artifacts, v_artifact_ids, v_count from (
    select a.* from public.artifacts a
    where a.project_id = project and (of_artifact is null or a.id = of_artifact)
      and case when v_since is null then a.deleted_at is null else a.changed_xid >= v_since end
      and (not v_is_of_artifacts or a.id > after_artifact)
      -- Of a project in parts the artifacts come first, and once.
      and (v_is_of_artifacts or v_since is not null or of_artifact is not null or at_most is null or after_file is null)
    order by case when v_is_of_artifacts then a.id end
    limit case when v_is_of_artifacts then v_most end) a;
  if v_is_of_artifacts then
    return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', json '[]',
      'role', v_role, 'upload_rules', v_rules, 'artifact_ids', v_artifact_ids, 'more', v_count >= v_most, 'same', false);
  end if;
  -- Whoever has it all already need not be sent it.
  if v_since is null and at_most is not null and known_digest is not null then
    select count(*) || ' ' || coalesce(sum(('x' || encode(substr(sha256(convert_to(
        concat_ws(' ', f.id, f.sha256, f.file_size, f.revision, f.file_path), 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)
      = known_digest into v_same
    from public.artifact_files f join public.artifacts a on a.id = f.artifact_id
    where f.project_id = project and (of_artifact is null or f.artifact_id = of_artifact)
      and f.deleted_at is null and a.deleted_at is null;
  end if;
  select coalesce(json_agg(json_build_object('id', f.id, 'artifact_id', f.artifact_id, 'file_path', f.file_path,
    'file_name', f.file_name, 'file_type', f.file_type, 'file_size', f.file_size, 'sha256', f.sha256,
    'revision', f.revision, 'is_main_file', f.is_main_file, 'is_executable', f.is_executable,
    'is_owner_only', f.is_owner_only, 'modified_at', f.modified_at, 'storage_path', f.storage_path,
    'updated_at', f.updated_at, 'deleted_at', f.deleted_at)), '[]'),
    coalesce(json_agg(f.id) filter (where at_most is null), '[]'), count(*)
  into v_files, v_file_ids, v_count from (
    select f.* from public.artifact_files f join public.artifacts a on a.id = f.artifact_id
    where f.project_id = project and (of_artifact is null or f.artifact_id = of_artifact)
      and case when v_since is null then f.deleted_at is null and a.deleted_at is null else f.changed_xid >= v_since end
      and (v_since is not null or after_file is null or f.id > after_file) and not v_same
    order by case when at_most is not null then f.id end
    limit case when v_since is null and at_most is not null then v_most end) f;
  if v_since is not null then
    -- Of all that is there: who has the news too compares it with what they have.
    if with_digest then
      select concat_ws(' ', (
          select count(*) || ' ' || coalesce(sum(('x' || encode(substr(sha256(convert_to(
            concat_ws(' ', a.id, to_json(a.updated_at) #>> '{}'), 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)
          from public.artifacts a
          where a.project_id = project and (of_artifact is null or a.id = of_artifact) and a.deleted_at is null), (
          select count(*) || ' ' || coalesce(sum(('x' || encode(substr(sha256(convert_to(
            concat_ws(' ', f.id, f.sha256, f.file_size, f.revision, f.file_path), 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)
          from public.artifact_files f join public.artifacts a on a.id = f.artifact_id
          where f.project_id = project and (of_artifact is null or f.artifact_id = of_artifact)
            and f.deleted_at is null and a.deleted_at is null)) into v_digest;
    end if;
    return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', v_files,
      'role', v_role, 'upload_rules', v_rules, 'digest', v_digest, 'removed_artifact_ids', (
        select coalesce(json_agg(t.artifact_id), '[]') from private.artifact_tombstones t
        where t.project_id = project and t.changed_xid >= v_since));
  elsif at_most is not null then
    return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', v_files,
      'role', v_role, 'upload_rules', v_rules, 'artifact_ids', v_artifact_ids, 'more', v_count >= v_most,
      'same', v_same);
  end if;
  return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', v_files,
    'role', v_role, 'upload_rules', v_rules, 'artifact_ids', v_artifact_ids, 'file_ids', v_file_ids);
end $$;
