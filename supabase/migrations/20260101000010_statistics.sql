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
