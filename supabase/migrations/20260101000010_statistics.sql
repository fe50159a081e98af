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

-- Set-based, and may run again: the day's row is replaced. `only` limits it to one workspace.
create or replace function private.rollup(day date default (now() at time zone 'utc')::date, only_workspace uuid default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
  from public.projects p join public.workspaces w on w.id = p.workspace_id
    left join public.workspace_subscriptions s on s.id = private.live_subscription(p.workspace_id)
    left join lateral (select sum(x.tokens_used)::bigint as used from public.token_usage x where x.project_id = p.id) u on true
  where p.deleted_at is null and (only_workspace is null or p.workspace_id = only_workspace)
  on conflict (project_id, stats_date) do update set total_users = excluded.total_users, total_chats = excluded.total_chats,
    total_artifacts = excluded.total_artifacts, total_files = excluded.total_files,
    total_tokens_used = excluded.total_tokens_used, tokens_remaining = excluded.tokens_remaining, created_at = now();
  insert into public.workspace_stats as t (workspace_id, stats_date, total_projects, total_users, total_chats,
    total_artifacts, total_files, total_tokens_used, tokens_remaining)
  select w.id, day, count(ps.project_id),
    (select count(*) from public.workspace_users m where m.workspace_id = w.id),
    coalesce(sum(ps.total_chats), 0), coalesce(sum(ps.total_artifacts), 0), coalesce(sum(ps.total_files), 0),
    coalesce((select sum(x.tokens_used) from public.token_usage x where x.workspace_id = w.id), 0),
    coalesce(greatest(s.base_token_limit + s.additional_tokens - s.period_used - s.reserved, 0), 0)
  from public.workspaces w
    left join public.project_stats ps on ps.workspace_id = w.id and ps.stats_date = day
    left join public.workspace_subscriptions s on s.id = private.live_subscription(w.id)
  where w.deleted_at is null and (only_workspace is null or w.id = only_workspace)
  group by w.id, s.id
  on conflict (workspace_id, stats_date) do update set total_projects = excluded.total_projects,
    total_users = excluded.total_users, total_chats = excluded.total_chats, total_artifacts = excluded.total_artifacts,
    total_files = excluded.total_files, total_tokens_used = excluded.total_tokens_used,
    tokens_remaining = excluded.tokens_remaining, created_at = now();
end $$;
