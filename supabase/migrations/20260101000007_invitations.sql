-- Invitations to a workspace or a project. The token is shown once, and only its hash kept.
set local lock_timeout = '10s';

create table if not exists public.invitations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid references public.workspaces (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  workspace_role public.workspace_role,
  project_role public.project_role,
  email text not null check (email = lower(email) and email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(email) <= 320),
  -- The token itself is shown once, to whoever invites.
  token_hash bytea not null unique,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  accepted_by uuid references public.users (id) on delete set null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  check (num_nonnulls(workspace_id, project_id) = 1),
  check ((workspace_id is null) = (workspace_role is null) and (project_id is null) = (project_role is null))
);
alter table public.invitations enable row level security;
comment on table public.invitations is 'Open and past invitations. Only the hash of a token is kept.';
comment on column public.invitations.workspace_id is 'Where it leads; null when it is to a project.';
comment on column public.invitations.project_id is 'Where it leads; null when it is to a workspace.';
comment on column public.invitations.workspace_role is 'The role it gives in workspace_id; null when it is to a project.';
comment on column public.invitations.project_role is 'The role it gives in project_id; null when it is to a workspace.';
comment on column public.invitations.email is 'In lower case. Only the account with this confirmed address can accept.';
comment on column public.invitations.token_hash is 'SHA-256 of the token, which was shown once.';
comment on column public.invitations.expires_at is 'Seven days after it was made.';
comment on column public.invitations.accepted_at is 'Null: not accepted.';
comment on column public.invitations.accepted_by is 'Null: not accepted, or that account is gone.';
comment on column public.invitations.revoked_at is 'When it was withdrawn, or a newer one for the same address took its place.';
comment on column public.invitations.created_by is 'Who invited. Once they could not invite to this any more, it opens nothing.';
create unique index if not exists invitations_one_open on public.invitations (coalesce(workspace_id, project_id), email)
  where accepted_at is null and revoked_at is null;
create index if not exists invitations_accepted_by_idx on public.invitations (accepted_by);
create index if not exists invitations_created_by_idx on public.invitations (created_by);
create index if not exists invitations_project_id_idx on public.invitations (project_id);
create index if not exists invitations_workspace_id_idx on public.invitations (workspace_id);

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
    where m.workspace_id = scope_id and m.user_id = auth.uid() and m.workspace_id = any (private.workspace_ids('admin'))
      and m.workspace_id <> private.global_workspace_id();
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
comment on function public.create_invitation(text, uuid, text, text) is 'Invites an address to a workspace or project, below one''s own rank; answers the token, once. PT429 after 20 in an hour.';

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
comment on function private.is_still_meant(public.invitations) is 'Whether whoever invited could do so now.';

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
comment on function public.accept_invitation(text) is 'Takes an invitation whose address is the account''s confirmed one. PT404 for everything that is wrong, PT410 when the place is closed.';

create or replace trigger audit after insert or update or delete on public.invitations for each row
  execute function private.audit_row('scope', 'verification_token', 'token_hash', 'email');

revoke all on public.invitations from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.invitations to service_role;

revoke execute on function public.create_invitation(text, uuid, text, text),
  public.accept_invitation(text) from public, anon, authenticated;
grant execute on function public.create_invitation(text, uuid, text, text), public.accept_invitation(text) to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;

-- invitations: made by function; an update is a revocation
grant select (id, workspace_id, project_id, workspace_role, project_role, email, expires_at, accepted_at, accepted_by,
  revoked_at, created_at, created_by) on public.invitations to authenticated;
grant update (revoked_at) on public.invitations to authenticated;
drop policy if exists invitations_select on public.invitations;
create policy invitations_select on public.invitations for select to authenticated
  using (workspace_id = any ((select private.workspace_ids('admin'))::uuid[])
    or project_id = any ((select private.project_ids('manager') || private.admin_project_ids())::uuid[]));
drop policy if exists invitations_update on public.invitations;
create policy invitations_update on public.invitations for update to authenticated
  using (accepted_at is null and (workspace_id = any ((select private.workspace_ids('admin'))::uuid[])
    or project_id = any ((select private.project_ids('manager') || private.admin_project_ids(true))::uuid[])))
  with check (revoked_at is not null);
