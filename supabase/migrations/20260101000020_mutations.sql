-- Changes of rows that a client makes again until it has heard of them. Each has an id of the client's and happens once,
-- in the very transaction that notes it; who may is asked as anywhere else, by row-level security.
set local lock_timeout = '10s';

do $$
begin
  execute format('create or replace function private.own_tables() returns text[] language sql immutable set search_path = pg_catalog, pg_temp as %L',
    format('select %L::text[]', array(select distinct unnest(private.own_tables() || array['project_orders']) order by 1)));
  execute format('create or replace function private.own_functions() returns text[] language sql immutable set search_path = pg_catalog, pg_temp as %L',
    format('select %L::text[]', array(select distinct unnest(private.own_functions() || array['order_projects', 'rename_artifact',
      'rename_myself', 'restore_artifact_revision', 'restore_file_revision']) order by 1)));
end $$;

create table if not exists private.applied_mutations (
  user_id uuid not null references public.users (id) on delete cascade,
  id uuid not null,
  name text not null,
  input_digest bytea not null,
  artifact_id uuid,
  revision bigint,
  applied_at timestamptz not null default now(),
  primary key (user_id, id)
);
alter table private.applied_mutations enable row level security;
comment on table private.applied_mutations is 'What each person''s clients changed by an id of theirs, so that it is not done again. Kept for 180 days.';
comment on column private.applied_mutations.user_id is 'Whose it is; goes with the account.';
comment on column private.applied_mutations.id is 'The client''s: a UUID of version 7, which has its time in it.';
comment on column private.applied_mutations.name is 'The function that did it.';
comment on column private.applied_mutations.input_digest is 'SHA-256 of the function and of what it was called with: one id is one change.';
comment on column private.applied_mutations.artifact_id is 'The artifact that it made a revision of.';
comment on column private.applied_mutations.revision is 'That revision: what its maker did next counts on it.';
comment on column private.applied_mutations.applied_at is 'When it was done.';
create index if not exists applied_mutations_applied_at_idx on private.applied_mutations (applied_at);
create index if not exists applied_mutations_user_id_applied_at_idx on private.applied_mutations (user_id, applied_at);

-- Whether it is to be done now. It is noted with what it does, or not at all; who makes it at the same time waits here.
create or replace function private.begin_mutation(mutation uuid, name text, input jsonb) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_digest bytea := private.sha256(jsonb_build_array(begin_mutation.name, input)::text);
  v_known bytea;
  v_most constant integer := 3000;
begin
  -- What was done is done, whatever its maker may do by now: nobody is to hear of it that it was refused.
  select m.input_digest into v_known from private.applied_mutations m where m.user_id = auth.uid() and m.id = mutation;
  if not found then
    if private.is_active_user() is not true then
      raise exception 'Only an active account can change something.' using errcode = '42501';
    end if;
    if substr(mutation::text, 15, 1) is distinct from '7' then
      raise exception 'The id of a change is a UUID of version 7.' using errcode = '22023';
    end if;
    -- What is older than what is kept may have been done and forgotten.
    if ('x' || left(replace(mutation::text, '-', ''), 12))::bit(48)::bigint / 1000.0 < extract(epoch from now() - interval '150 days') then
      raise exception 'This change is too old: whether it was made is not known any more.' using errcode = 'PT410';
    end if;
    if (select count(*) from (select from private.applied_mutations m
        where m.user_id = auth.uid() and m.applied_at > now() - interval '1 hour' limit v_most) m) >= v_most then
      raise exception 'Too many changes in one hour.' using errcode = 'PT429';
    end if;
    insert into private.applied_mutations as m (user_id, id, name, input_digest)
    values (auth.uid(), mutation, begin_mutation.name, v_digest) on conflict on constraint applied_mutations_pkey do nothing;
    if found then
      return true;
    end if;
    select m.input_digest into v_known from private.applied_mutations m where m.user_id = auth.uid() and m.id = mutation;
  end if;
  if v_known is distinct from v_digest then
    raise exception 'This id is another change''s.' using errcode = '22023';
  end if;
  return false;
end $$;
comment on function private.begin_mutation(uuid, text, jsonb) is 'Notes a change by its id; answers whether it is to be done now. PT410 of an id older than 150 days that is not known, PT429 after 3000 in an hour.';

-- Of several changes of one person, made one after the other without a look between them, a later one counts on what the
-- earlier ones made.
create or replace function private.made_revision(mutation uuid, artifact uuid, revision bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update private.applied_mutations m set artifact_id = made_revision.artifact, revision = made_revision.revision
  where m.user_id = auth.uid() and m.id = mutation
    and exists (select from public.artifact_file_versions v where v.artifact_id = made_revision.artifact
      and v.artifact_revision = made_revision.revision and v.created_at = now())
$$;
comment on function private.made_revision(uuid, uuid, bigint) is 'Notes which revision of an artifact the caller''s change made; nothing where this transaction made none.';
create or replace function private.own_revisions(artifact uuid, mutations uuid[]) returns bigint[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(m.revision), '{}') from private.applied_mutations m
  where m.user_id = auth.uid() and m.id = any (mutations) and m.artifact_id = own_revisions.artifact
$$;
comment on function private.own_revisions(uuid, uuid[]) is 'The revisions of an artifact that these changes of the caller made.';

create or replace function private.forget_mutations(at_most integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_gone integer;
begin
  delete from private.applied_mutations m where (m.user_id, m.id) in (
    select o.user_id, o.id from private.applied_mutations o where o.applied_at < now() - interval '180 days' limit at_most);
  get diagnostics v_gone = row_count;
  return v_gone;
end $$;
comment on function private.forget_mutations(integer) is 'Job: forgets changes of more than 180 days ago; answers how many.';
insert into private.jobs (name, schedule, every, command) values
  ('old changes', '52 * * * *', '1 hour', 'select private.forget_mutations(1000) >= 1000')
on conflict (name) do update set schedule = excluded.schedule, every = excluded.every, command = excluded.command;

-- The order in which a person wants a workspace's projects; those that it does not name come after.
create table if not exists public.project_orders (
  user_id uuid not null references public.users (id) on delete cascade,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  project_ids uuid[] not null check (cardinality(project_ids) <= 1000 and array_position(project_ids, null) is null),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (user_id, workspace_id)
);
alter table public.project_orders enable row level security;
comment on table public.project_orders is 'The order in which a person wants a workspace''s projects.';
comment on column public.project_orders.user_id is 'Whose it is; goes with the account.';
comment on column public.project_orders.workspace_id is 'The workspace it belongs to.';
comment on column public.project_orders.created_at is 'When it was first said.';
comment on column public.project_orders.updated_at is 'When it was last said.';
comment on column public.project_orders.project_ids is 'The first comes first. Those that are not named come after; those that are gone are passed over.';
create index if not exists project_orders_workspace_id_idx on public.project_orders (workspace_id);
drop trigger if exists touch on public.project_orders;
create trigger touch before update on public.project_orders for each row execute function private.touch();
create or replace trigger broadcast after insert or update or delete on public.project_orders for each row execute function private.broadcast_change('own');

drop policy if exists project_orders_select on public.project_orders;
drop policy if exists project_orders_insert on public.project_orders;
drop policy if exists project_orders_update on public.project_orders;
revoke all on public.project_orders from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.project_orders to service_role;
grant select on public.project_orders to authenticated;
grant insert (user_id, workspace_id, project_ids), update (project_ids) on public.project_orders to authenticated;
create policy project_orders_select on public.project_orders for select to authenticated
  using (user_id = (select auth.uid()) and (select private.is_active_user()));
create policy project_orders_insert on public.project_orders for insert to authenticated
  with check (user_id = (select auth.uid()) and workspace_id in (select w.id from public.workspaces w));
create policy project_orders_update on public.project_orders for update to authenticated
  using (user_id = (select auth.uid()) and workspace_id in (select w.id from public.workspaces w))
  with check (user_id = (select auth.uid()) and workspace_id in (select w.id from public.workspaces w));

-- As it was, with the orders.
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
    'project_orders', (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from public.project_orders o where o.user_id = auth.uid()),
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

-- What follows has no rights of its own: each statement is its caller's, under the policies of the tables. Each answers
-- true, so that nobody between can say for it that all is well.

-- Why a change of an artifact reached no row.
create or replace function private.refuse_artifact(artifact uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.artifacts a where a.id = artifact) then
    raise exception 'You may read this artifact but not change it.' using errcode = '42501';
  end if;
  raise exception 'There is no such artifact.' using errcode = 'PT404';
end $$;
comment on function private.refuse_artifact(uuid) is 'Raises why the caller cannot change an artifact: PT404 where it is not theirs to see, 42501 where it is.';

create or replace function public.rename_artifact(mutation uuid, artifact uuid, title text, known_titles text[] default null) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_title text;
begin
  if private.begin_mutation(mutation, 'rename_artifact', jsonb_build_array(artifact, title, known_titles)) is false then return true; end if;
  select a.title into v_title from public.artifacts a where a.id = artifact for update;
  if not found then perform private.refuse_artifact(artifact); end if;
  if known_titles is not null and v_title <> all (known_titles || rename_artifact.title) then
    raise exception 'It is called “%” now.', v_title using errcode = 'PT409';
  end if;
  update public.artifacts a set title = rename_artifact.title where a.id = artifact;
  if not found then perform private.refuse_artifact(artifact); end if;
  return true;
end $$;
comment on function public.rename_artifact(uuid, uuid, text, text[]) is 'Changes an artifact''s title, once for each id of a change; PT409 when it is called none of what its caller knew. Null: whatever it is called.';

-- `since`: the caller's changes, and revisions of the caller's commits, that came after the look and are known to them.
-- They are no part of what one id stands for: what has become of them may be known only when it is asked again.
create or replace function public.restore_artifact_revision(mutation uuid, artifact uuid, revision bigint, newest bigint,
  since uuid[] default '{}', since_revisions bigint[] default '{}') returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_now bigint;
  v_known bigint[];
  v_answer jsonb;
begin
  if private.begin_mutation(mutation, 'restore_artifact_revision', jsonb_build_array(artifact, revision, newest)) is false then return true; end if;
  select a.revision into v_now from public.artifacts a where a.id = artifact for update;
  if not found then perform private.refuse_artifact(artifact); end if;
  v_known := since_revisions || private.own_revisions(artifact, since);
  if v_now < newest or exists (
    select from public.artifact_file_versions v where v.artifact_id = artifact and v.artifact_revision > newest
      and v.artifact_revision <> all (v_known)) then
    raise exception 'It was changed meanwhile.' using errcode = 'PT409';
  end if;
  v_answer := public.restore_artifact(artifact, revision);
  if v_answer ->> 'status' is distinct from 'committed' then
    raise exception 'It was changed meanwhile.' using errcode = 'PT409';
  end if;
  perform private.made_revision(mutation, artifact, (v_answer ->> 'revision')::bigint);
  return true;
end $$;
comment on function public.restore_artifact_revision(uuid, uuid, bigint, bigint, uuid[], bigint[]) is 'restore_artifact, once for each id of a change, and PT409 unless the artifact is at the revision that was looked at, or at one that the caller made since. Null: wherever it is.';

create or replace function public.restore_file_revision(mutation uuid, artifact uuid, file uuid, revision bigint, newest bigint,
  media_type text, since uuid[] default '{}', since_revisions bigint[] default '{}') returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_then public.artifact_file_versions;
  v_now bigint;
  v_known bigint[];
  v_answer jsonb;
begin
  if private.begin_mutation(mutation, 'restore_file_revision',
    jsonb_build_array(artifact, file, revision, newest, media_type)) is false then return true; end if;
  select * into v_then from public.artifact_file_versions v
  where v.file_id = file and v.artifact_id = artifact and v.revision = restore_file_revision.revision;
  if not found then
    raise exception 'There is no such version.' using errcode = 'PT404';
  end if;
  v_known := since_revisions || private.own_revisions(artifact, since);
  -- What it is expected to be is what it is, where all that came since is known; somebody faster still meets the commit.
  select case when newest is null or coalesce(bool_and(v.revision <= newest or v.artifact_revision = any (v_known)), false)
      then max(v.revision) else newest end
  into v_now from public.artifact_file_versions v where v.file_id = file and v.artifact_id = artifact;
  v_answer := public.commit_artifact_changes(artifact, jsonb_build_object(file, v_now), jsonb_build_array(jsonb_build_object(
    'op', 'put', 'file_id', file, 'path', v_then.file_path, 'sha256', v_then.sha256, 'size', v_then.file_size,
    'media_type', media_type, 'is_executable', v_then.is_executable, 'is_owner_only', v_then.is_owner_only,
    'modified_at', v_then.modified_at)));
  if v_answer ->> 'status' is distinct from 'committed' then
    raise exception 'It was changed meanwhile, or the name is taken.' using errcode = 'PT409';
  end if;
  perform private.made_revision(mutation, artifact, (v_answer ->> 'revision')::bigint);
  return true;
end $$;
comment on function public.restore_file_revision(uuid, uuid, uuid, bigint, bigint, text, uuid[], bigint[]) is 'Makes one file what it was at an earlier revision, once for each id of a change; PT409 unless it is at the revision that was looked at, or at one that the caller made since. Null: wherever it is.';

create or replace function public.order_projects(mutation uuid, workspace uuid, projects uuid[]) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if private.begin_mutation(mutation, 'order_projects', jsonb_build_array(workspace, to_jsonb(projects))) is false then return true; end if;
  insert into public.project_orders as o (user_id, workspace_id, project_ids) values (auth.uid(), workspace, projects)
  on conflict (user_id, workspace_id) do update set project_ids = excluded.project_ids;
  return true;
end $$;
comment on function public.order_projects(uuid, uuid, uuid[]) is 'Keeps the order in which the caller wants a workspace''s projects, once for each id of a change.';

create or replace function public.rename_myself(mutation uuid, display_name text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if private.begin_mutation(mutation, 'rename_myself', jsonb_build_array(display_name)) is false then return true; end if;
  update public.users u set display_name = rename_myself.display_name where u.id = auth.uid();
  if not found then
    raise exception 'You cannot change your name.' using errcode = '42501';
  end if;
  return true;
end $$;
comment on function public.rename_myself(uuid, text) is 'Changes how the caller is called, once for each id of a change.';

revoke execute on function public.rename_artifact(uuid, uuid, text, text[]),
  public.restore_artifact_revision(uuid, uuid, bigint, bigint, uuid[], bigint[]),
  public.restore_file_revision(uuid, uuid, uuid, bigint, bigint, text, uuid[], bigint[]), public.order_projects(uuid, uuid, uuid[]),
  public.rename_myself(uuid, text) from public, anon, authenticated;
grant execute on function public.rename_artifact(uuid, uuid, text, text[]),
  public.restore_artifact_revision(uuid, uuid, bigint, bigint, uuid[], bigint[]),
  public.restore_file_revision(uuid, uuid, uuid, bigint, bigint, text, uuid[], bigint[]), public.order_projects(uuid, uuid, uuid[]),
  public.rename_myself(uuid, text) to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.begin_mutation(uuid, text, jsonb), private.made_revision(uuid, uuid, bigint),
  private.own_revisions(uuid, uuid[]), private.refuse_artifact(uuid) to authenticated;

-- The scheduler has the new job.
select count(*) from private.complete_installation();
