-- One row a place and day, in UTC, made by private.rollup().
set local lock_timeout = '10s';

create table if not exists public.workspace_stats (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  stats_date date not null,
  total_projects bigint not null check (total_projects >= 0),
  total_users bigint not null check (total_users >= 0),
  total_chats bigint not null check (total_chats >= 0),
  total_artifacts bigint not null check (total_artifacts >= 0),
  total_files bigint not null check (total_files >= 0),
  total_tokens_used bigint not null check (total_tokens_used >= 0),
  tokens_remaining bigint not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, stats_date)
);
alter table public.workspace_stats enable row level security;
comment on table public.workspace_stats is 'One row a workspace and day, in UTC.';
comment on column public.workspace_stats.stats_date is 'The day in UTC. Until it is over, the row says how things stood when it was made.';
comment on column public.workspace_stats.total_projects is 'Without deleted ones; archived ones count.';
comment on column public.workspace_stats.total_users is 'Members of the workspace, not those of single projects.';
comment on column public.workspace_stats.total_chats is 'Of all its projects that are not deleted.';
comment on column public.workspace_stats.total_artifacts is 'Of all its projects that are not deleted; without deleted ones.';
comment on column public.workspace_stats.total_files is 'Of all its projects that are not deleted; without removed ones.';
comment on column public.workspace_stats.total_tokens_used is 'Since the workspace began, not of the day.';
comment on column public.workspace_stats.tokens_remaining is 'Of the live plan''s period, bought ones included, reserved ones not; 0 without a live plan.';
comment on column public.workspace_stats.created_at is 'When rollup last made the row.';
create index if not exists workspace_stats_date_idx on public.workspace_stats (workspace_id, stats_date desc);

create table if not exists public.project_stats (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  stats_date date not null,
  total_users bigint not null check (total_users >= 0),
  total_chats bigint not null check (total_chats >= 0),
  total_artifacts bigint not null check (total_artifacts >= 0),
  total_files bigint not null check (total_files >= 0),
  total_tokens_used bigint not null check (total_tokens_used >= 0),
  tokens_remaining bigint not null,
  created_at timestamptz not null default now(),
  unique (project_id, stats_date)
);
alter table public.project_stats enable row level security;
comment on table public.project_stats is 'One row a project and day, in UTC.';
comment on column public.project_stats.stats_date is 'The day in UTC. Until it is over, the row says how things stood when it was made.';
comment on column public.project_stats.total_users is 'Members of the project.';
comment on column public.project_stats.total_chats is 'Closed ones too.';
comment on column public.project_stats.total_artifacts is 'Without deleted ones.';
comment on column public.project_stats.total_files is 'Without removed ones.';
comment on column public.project_stats.total_tokens_used is 'Since the project began, not of the day.';
comment on column public.project_stats.tokens_remaining is 'Of the number token_budget in the project''s settings; without one, what the workspace has left.';
comment on column public.project_stats.created_at is 'When rollup last made the row.';
create index if not exists project_stats_date_idx on public.project_stats (project_id, stats_date desc);
create index if not exists project_stats_workspace_id_idx on public.project_stats (workspace_id);

-- May run again: the day's row is replaced. `only_workspace` makes all rows of one workspace; `at_most` so many of those
-- that are due: not made yet, not since the day ended, or (of today) not for most of a day.
create or replace function private.rollup(day date default (now() at time zone 'utc')::date, only_workspace uuid default null,
  at_most integer default null) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_end timestamptz := (day + 1)::timestamp at time zone 'utc';
  v_made_since timestamptz := case when at_most is not null then case when now() >= v_end then v_end else now() - interval '20 hours' end end;
  v_projects integer;
  v_workspaces integer;
begin
  insert into public.project_stats as t (project_id, workspace_id, stats_date, total_users, total_chats, total_artifacts,
    total_files, total_tokens_used, tokens_remaining)
  select p.id, p.workspace_id, day,
    (select count(*) from public.project_users m where m.project_id = p.id),
    (select count(*) from public.chat_sessions c where c.project_id = p.id),
    (select count(*) from public.artifacts a where a.project_id = p.id and a.deleted_at is null),
    (select count(*) from public.artifact_files f where f.project_id = p.id and f.deleted_at is null),
    coalesce(u.used, 0),
    coalesce((case when jsonb_typeof(p.settings -> 'token_budget') = 'number' then greatest(greatest(least((p.settings ->> 'token_budget')::numeric, 9e15), 0)::bigint - coalesce(u.used, 0), 0) end),
      -- In the Global Workspace a person's share is what there is, not everybody's together.
      case when not w.is_global then greatest(s.base_token_limit + s.additional_tokens - s.period_used - s.reserved, 0)
        when p.owner_id is not null then greatest(private.personal_tokens_left(p.workspace_id, p.owner_id), 0) end, 0)
  from (
      select o.* from public.projects o
      where o.deleted_at is null and (only_workspace is null or o.workspace_id = only_workspace)
        and (v_made_since is null or not exists (select from public.project_stats x
          where x.project_id = o.id and x.stats_date = day and x.created_at >= v_made_since))
      order by o.id limit at_most
    ) p join public.workspaces w on w.id = p.workspace_id
    left join public.workspace_subscriptions s on s.id = private.live_subscription(p.workspace_id)
    left join lateral (select sum(x.tokens_used)::bigint as used from public.token_usage x where x.project_id = p.id) u on true
  on conflict (project_id, stats_date) do update set total_users = excluded.total_users, total_chats = excluded.total_chats,
    total_artifacts = excluded.total_artifacts, total_files = excluded.total_files,
    total_tokens_used = excluded.total_tokens_used, tokens_remaining = excluded.tokens_remaining, created_at = now();
  get diagnostics v_projects = row_count;
  -- A workspace's row adds up its projects': these come first.
  if v_projects >= at_most then return v_projects; end if;
  insert into public.workspace_stats as t (workspace_id, stats_date, total_projects, total_users, total_chats,
    total_artifacts, total_files, total_tokens_used, tokens_remaining)
  select w.id, day, count(ps.project_id),
    (select count(*) from public.workspace_users m where m.workspace_id = w.id),
    coalesce(sum(ps.total_chats), 0), coalesce(sum(ps.total_artifacts), 0), coalesce(sum(ps.total_files), 0),
    coalesce((select sum(x.tokens_used) from public.token_usage x where x.workspace_id = w.id), 0),
    coalesce(greatest(s.base_token_limit + s.additional_tokens - s.period_used - s.reserved, 0), 0)
  from (
      select o.id from public.workspaces o
      where o.deleted_at is null and (only_workspace is null or o.id = only_workspace)
        and (v_made_since is null or not exists (select from public.workspace_stats x
          where x.workspace_id = o.id and x.stats_date = day and x.created_at >= v_made_since))
      order by o.id limit at_most
    ) w
    left join public.project_stats ps on ps.workspace_id = w.id and ps.stats_date = day
    left join public.workspace_subscriptions s on s.id = private.live_subscription(w.id)
  group by w.id, s.id
  on conflict (workspace_id, stats_date) do update set total_projects = excluded.total_projects,
    total_users = excluded.total_users, total_chats = excluded.total_chats, total_artifacts = excluded.total_artifacts,
    total_files = excluded.total_files, total_tokens_used = excluded.total_tokens_used,
    tokens_remaining = excluded.tokens_remaining, created_at = now();
  get diagnostics v_workspaces = row_count;
  return v_projects + v_workspaces;
end $$;
comment on function private.rollup(date, uuid, integer) is 'Job: makes the day''s rows of statistics, of one workspace or of all; with at_most those that are due, so many at a time. May run again: the rows are replaced. Answers how many it made.';

-- Statistics on demand, at most once a minute.
create or replace function public.refresh_stats(workspace uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (workspace = any (private.workspace_ids('admin')) or (workspace = private.global_workspace_id() and private.acts_as_super())) is not true then
    raise exception 'Only an owner or admin can do this.' using errcode = '42501';
  end if;
  if exists (select from public.workspace_stats t where t.workspace_id = workspace
    and t.stats_date = (now() at time zone 'utc')::date and t.created_at > now() - interval '1 minute') then
    raise exception 'They were made less than a minute ago.' using errcode = 'PT429';
  end if;
  perform private.rollup((now() at time zone 'utc')::date, workspace);
end $$;
comment on function public.refresh_stats(uuid) is 'Makes today''s statistics of a workspace anew, at most once a minute.';

revoke all on public.workspace_stats, public.project_stats from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.workspace_stats, public.project_stats to service_role;

revoke execute on function public.refresh_stats(uuid) from public, anon, authenticated;
grant execute on function public.refresh_stats(uuid) to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
grant execute on function private.rollup(date, uuid, integer) to service_role;

grant select on public.workspace_stats, public.project_stats to authenticated;
drop policy if exists workspace_stats_select on public.workspace_stats;
create policy workspace_stats_select on public.workspace_stats for select to authenticated
  using ((workspace_id = any ((select private.workspace_ids('project_creator'))::uuid[]) and workspace_id <> (select private.global_workspace_id()))
    or (select private.acts_as_super()));
drop policy if exists project_stats_select on public.project_stats;
create policy project_stats_select on public.project_stats for select to authenticated
  using (project_id = any ((select private.project_ids('viewer') || private.admin_project_ids())::uuid[]));
