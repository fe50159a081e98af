-- Who did what, where, from which address. Append-only against everyone, the table's owner included; no
-- foreign keys, so that nothing can be erased by erasing what it speaks of. Secrets never enter it.
set local lock_timeout = '10s';

create table if not exists public.audit_logs (
  id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default clock_timestamp(),
  workspace_id uuid,
  project_id uuid,
  table_name text not null,
  record_id uuid not null,
  action text not null check (action in ('INSERT', 'UPDATE', 'DELETE', 'READ', 'EXPORT')),
  old_data jsonb,
  new_data jsonb,
  changed_by uuid,
  actor_role text not null,
  reason text check (char_length(reason) <= 1000),
  ip_address inet,
  user_agent text check (char_length(user_agent) <= 500),
  primary key (created_at, id)
) partition by range (created_at);
alter table public.audit_logs enable row level security;

-- A sum over each day of the audit log and the sum of the day before: who changes a past line, past every
-- trigger, changes all sums after it. supabase/backup.md says where copies of them belong.
create table if not exists private.audit_digests (
  day date primary key,
  line_count bigint not null,
  digest text not null,
  verified_at timestamptz not null default now(),
  is_changed boolean not null default false
);
alter table private.audit_digests enable row level security;
comment on table private.audit_digests is 'A sum over each day of the audit log and the day before: who changes a past line changes all sums after it.';
comment on column private.audit_digests.day is 'In UTC.';
comment on column private.audit_digests.line_count is 'Lines of the log on that day.';
comment on column private.audit_digests.digest is 'SHA-256, hexadecimal, as audit_digest makes it.';
comment on column private.audit_digests.verified_at is 'When the day''s lines were last compared with it; verify_audit does so once a week.';
comment on column private.audit_digests.is_changed is 'The lines were not those that were summed, when last compared.';

create or replace function private.refuse_audit_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'The audit log is append-only.' using errcode = '42501';
end $$;
comment on function private.refuse_audit_change() is 'Trigger: nobody changes, deletes or truncates the log, the table''s owner included.';

-- Partitions of the months from `first` on; each guards itself, for a partition can be reached directly.
create or replace function private.make_audit_partitions(first date, months integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_start date;
  v_name text;
  v_made integer := 0;
begin
  for i in 0..months - 1 loop
    v_start := (date_trunc('month', first) + make_interval(months => i))::date;
    v_name := 'logs_' || to_char(v_start, 'YYYY_MM');
    if to_regclass('audit.' || v_name) is null then
      execute format('create table audit.%I (like public.audit_logs including all)', v_name);
      -- What came while no job made partitions goes where it belongs; a row in two places could not be.
      if to_regclass('audit.logs_rest') is not null then
        alter table audit.logs_rest disable trigger append_only;
        execute format('with moved as (delete from audit.logs_rest r where r.created_at >= %L and r.created_at < %L returning *)
          insert into audit.%I select * from moved',
          v_start::text || ' 00:00+00', (v_start + interval '1 month')::date::text || ' 00:00+00', v_name);
        alter table audit.logs_rest enable trigger append_only;
      end if;
      execute format('alter table public.audit_logs attach partition audit.%I for values from (%L) to (%L)',
        v_name, v_start::text || ' 00:00+00', (v_start + interval '1 month')::date::text || ' 00:00+00');
      execute format('alter table audit.%I enable row level security', v_name);
      execute format('create trigger append_only before update or delete on audit.%I for each row execute function private.refuse_audit_change()', v_name);
      execute format('create trigger no_truncate before truncate on audit.%I for each statement execute function private.refuse_audit_change()', v_name);
      v_made := v_made + 1;
    end if;
  end loop;
  return v_made;
end $$;
comment on function private.make_audit_partitions(date, integer) is 'Job: the log''s partitions for so many months from a day on; answers how many were new.';

select private.make_audit_partitions((now() - interval '1 month')::date, 6);

-- Nothing is lost when the job that makes partitions did not run.
do $$
begin
  if to_regclass('audit.logs_rest') is null then
    create table audit.logs_rest partition of public.audit_logs default;
    alter table audit.logs_rest enable row level security;
    create trigger append_only before update or delete on audit.logs_rest for each row execute function private.refuse_audit_change();
    create trigger no_truncate before truncate on audit.logs_rest for each statement execute function private.refuse_audit_change();
  end if;
end $$;

create or replace trigger no_truncate before truncate on public.audit_logs for each statement
  execute function private.refuse_audit_change();

-- After the partitions of now: a partition takes a copy of what is here when it is made.
comment on table public.audit_logs is 'Who did what, where, from which address. Append-only, in monthly partitions.';
comment on column public.audit_logs.id is 'Random; the key together with created_at, which says the partition.';
comment on column public.audit_logs.created_at is 'The clock''s time, not the transaction''s, so that lines keep their order.';
comment on column public.audit_logs.workspace_id is 'Whose log the line is in; null where it is no workspace''s, for super users. No foreign key.';
comment on column public.audit_logs.project_id is 'The project it is about, for its managers; null where it is none''s. No foreign key.';
comment on column public.audit_logs.table_name is 'The table of the row that changed, or what was read: secrets, workspace_users (the directory), assessments.';
comment on column public.audit_logs.record_id is 'The row that changed; of a reading the secret, the workspace, or whoever read.';
comment on column public.audit_logs.action is 'INSERT, UPDATE or DELETE of a row; READ and EXPORT of what must not be read unseen.';
comment on column public.audit_logs.old_data is 'The row before; null of a new one and of a reading. Secrets and content are replaced by [redacted].';
comment on column public.audit_logs.new_data is 'The row after; null of a deleted one and of a reading. Secrets and content are replaced by [redacted].';
comment on column public.audit_logs.changed_by is 'Whose account; null for services, jobs and the auth server. No foreign key.';
comment on column public.audit_logs.actor_role is 'The role of the request, or the session''s user.';
comment on column public.audit_logs.reason is 'What the caller gave as the reason, at most 1000 characters; null where none was given.';
comment on column public.audit_logs.ip_address is 'From the proxy''s headers; where it sets none, what the client says. Null outside of a request.';
comment on column public.audit_logs.user_agent is 'What the client says it is, the first 500 characters; null outside of a request.';
create index if not exists audit_logs_workspace_idx on public.audit_logs (workspace_id, created_at desc, id desc);
create index if not exists audit_logs_project_idx on public.audit_logs (project_id, created_at desc, id desc);
create index if not exists audit_logs_record_idx on public.audit_logs (record_id, created_at desc);

-- The proxy's own headers first: a client can write the rest.
create or replace function private.request_address() returns inet
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
begin
  return trim(coalesce(v_headers ->> 'cf-connecting-ip', v_headers ->> 'x-real-ip',
    split_part(v_headers ->> 'x-forwarded-for', ',', 1)))::inet;
exception when others then
  return null;
end $$;
comment on function private.request_address() is 'The address a request came from: the proxy''s headers first, for a client can write the rest. Null outside of one.';

create or replace function private.request_agent() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return left(nullif(current_setting('request.headers', true), '')::jsonb ->> 'user-agent', 500);
exception when others then
  return null;
end $$;
comment on function private.request_agent() is 'The first 500 characters of the request''s user-agent; null outside of one.';

create or replace function private.write_audit(table_name text, record_id uuid, action text, workspace_id uuid,
  project_id uuid, old_data jsonb default null, new_data jsonb default null, reason text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.audit_logs (table_name, record_id, action, workspace_id, project_id, old_data, new_data, changed_by,
    actor_role, reason, ip_address, user_agent)
  values (table_name, record_id, action, workspace_id, project_id, old_data, new_data,
    coalesce(auth.uid(), nullif(current_setting('atelier.actor', true), '')::uuid),
    coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role', session_user::text),
    left(coalesce(reason, nullif(current_setting('atelier.reason', true), '')), 1000),
    private.request_address(), private.request_agent());
end $$;
comment on function private.write_audit(text, uuid, text, uuid, uuid, jsonb, jsonb, text) is 'One line of the log; who, from where and why come from the request.';

-- For whom a service works, in the log, until its transaction ends or it works for somebody else.
create or replace function private.set_actor(actor uuid) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select set_config('atelier.actor', coalesce(actor::text, ''), true)
$$;
comment on function private.set_actor(uuid) is 'For whom a service works, as the log will say until the transaction ends; null: for nobody.';

-- One row for each change of a row; what only counts along with another write (which has its own) is none. Arguments: how its place is found (`workspace`, `project`, `scope`,
-- `chat`, `self-workspace`, `self-project`, `none`), then the columns whose content stays out.
create or replace function private.audit_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  v_row jsonb := coalesce(v_new, v_old);
  v_workspace uuid;
  v_project uuid;
  v_column text;
  v_counting constant text[] := array['updated_at', 'updated_by', 'changed_xid', 'last_message_at', 'last_read_at', 'period_used', 'reserved', 'lease_id', 'lease_until'];
begin
  if tg_op = 'UPDATE' and v_old - v_counting = v_new - v_counting then
    return null;
  end if;
  for i in 1..tg_nargs - 1 loop
    v_column := tg_argv[i];
    if v_old ? v_column and v_old -> v_column <> 'null' then v_old := v_old || jsonb_build_object(v_column, '[redacted]'); end if;
    if v_new ? v_column and v_new -> v_column <> 'null' then v_new := v_new || jsonb_build_object(v_column, '[redacted]'); end if;
  end loop;
  case tg_argv[0]
    when 'self-workspace' then v_workspace := (v_row ->> 'id')::uuid;
    when 'self-project' then v_project := (v_row ->> 'id')::uuid; v_workspace := (v_row ->> 'workspace_id')::uuid;
    when 'connection' then
      select c.workspace_id, c.project_id into v_workspace, v_project
      from public.oauth2_connections c where c.id = (v_row ->> 'connection_id')::uuid;
    when 'none' then null;
    else v_workspace := (v_row ->> 'workspace_id')::uuid; v_project := (v_row ->> 'project_id')::uuid;
  end case;
  if v_project is not null and v_workspace is null then
    select p.workspace_id into v_workspace from public.projects p where p.id = v_project;
  end if;
  -- Settings of the platform have no id: theirs is made of what they are.
  perform private.write_audit(tg_table_name,
    coalesce((v_row ->> 'id')::uuid, md5(tg_table_name || coalesce(v_row ->> 'plan_type', ''))::uuid), tg_op, v_workspace, v_project, v_old, v_new);
  return null;
end $$;
comment on function private.audit_row() is 'Trigger: one line of the log for each change of a row. Arguments: how its place is found, then the columns whose content stays out.';

-- Months older than the platform keeps are detached, exported by whoever calls, then dropped by them.
create or replace function private.detach_old_audit() returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_keep interval := (select p.audit_retention from private.platform p);
  v_partition text;
begin
  for v_partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.audit_logs'::regclass and c.relname ~ '^logs_\d{4}_\d{2}$'
      and to_date(substr(c.relname, 6), 'YYYY_MM') + interval '1 month' < now() - v_keep
  loop
    execute format('alter table public.audit_logs detach partition audit.%I', v_partition);
    perform private.write_audit('audit_logs', md5(v_partition)::uuid, 'EXPORT', null, null, reason => v_partition || ' detached');
    return next v_partition;
  end loop;
end $$;
comment on function private.detach_old_audit() is 'Detaches months that are older than platform.audit_retention; answers their names in schema audit.';

-- Months of the audit log that are older than the platform keeps: detached here, then read (as `audit.<name>`,
-- by the database's owner), stored elsewhere, and dropped by whoever asked.
create or replace function public.detach_old_audit_for_service() returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select private.detach_old_audit();
end $$;
comment on function public.detach_old_audit_for_service() is 'Service: takes months that are too old off the audit log; answers their names in schema audit, to be stored and dropped.';

create or replace function private.audit_digest(of_day date, before text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select encode(private.sha256(coalesce(before, '') || coalesce(string_agg(
    encode(private.sha256(to_jsonb(l)::text), 'hex'), '' order by l.created_at, l.id), '')), 'hex')
  from public.audit_logs l
  where l.created_at >= of_day::timestamp at time zone 'utc' and l.created_at < (of_day + 1)::timestamp at time zone 'utc'
$$;
comment on function private.audit_digest(date, text) is 'The sum over a day''s lines of the log and the sum before; SHA-256, hexadecimal.';

-- The day before yesterday's, and those of days on which nobody made them: a transaction may write its line before
-- midnight and end after it.
create or replace function private.digest_audit(at_most integer default 31) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_today date := (now() at time zone 'utc')::date;
  v_day date := coalesce((select max(d.day) + 1 from private.audit_digests d),
    (select min(l.created_at at time zone 'utc')::date from public.audit_logs l));
  v_made integer := 0;
begin
  while v_day < v_today - 1 and v_made < at_most loop
    insert into private.audit_digests (day, line_count, digest)
    select v_day, count(*), private.audit_digest(v_day, (select d.digest from private.audit_digests d where d.day = v_day - 1))
    from public.audit_logs l
    where l.created_at >= v_day::timestamp at time zone 'utc' and l.created_at < (v_day + 1)::timestamp at time zone 'utc';
    v_day := v_day + 1;
    v_made := v_made + 1;
  end loop;
  return v_made;
end $$;
comment on function private.digest_audit(integer) is 'Job: sums of days that are over and have none, at most so many; answers how many it made.';

-- Days whose lines are not those that were summed. Months that were moved elsewhere are not asked.
create or replace function private.changed_audit_days() returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.day from private.audit_digests d left join private.audit_digests b on b.day = d.day - 1
  where d.day >= (select min(l.created_at at time zone 'utc')::date from public.audit_logs l)
    and d.digest <> private.audit_digest(d.day, b.digest)
$$;
comment on function private.changed_audit_days() is 'Days whose lines are not those that were summed. Months that were moved elsewhere are not asked.';

-- The same, a few days at a time: those whose last look is the longest ago, each once a week. Answers how many it asked.
create or replace function private.verify_audit(at_most integer default 1) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_day record;
  v_asked integer := 0;
begin
  for v_day in
    select d.day, d.digest, b.digest as before from private.audit_digests d left join private.audit_digests b on b.day = d.day - 1
    where d.verified_at < now() - interval '7 days' and d.day >= (select min(l.created_at at time zone 'utc')::date from public.audit_logs l)
    order by d.verified_at, d.day limit at_most
  loop
    update private.audit_digests d set verified_at = now(), is_changed = d.digest <> private.audit_digest(v_day.day, v_day.before)
    where d.day = v_day.day;
    v_asked := v_asked + 1;
  end loop;
  return v_asked;
end $$;
comment on function private.verify_audit(integer) is 'Job: compares days of the log with their sums, those that were not looked at for a week; answers how many it asked.';

-- Sums of days of the log that are over, for a place that this database's owner cannot write to.
create or replace function public.audit_digests_for_service(since date default '-infinity')
returns table (day date, line_count bigint, digest text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select d.day, d.line_count, d.digest from private.audit_digests d where d.day >= since order by d.day;
end $$;
comment on function public.audit_digests_for_service(date) is 'Service: sums of days of the log, to be kept where nobody here can write.';

create or replace trigger audit after insert or update or delete on private.platform for each row
  execute function private.audit_row('none');

revoke all on public.audit_logs from public, anon, authenticated, service_role;
-- The log is written by its own triggers alone.
grant select on public.audit_logs to service_role;

revoke execute on function public.audit_digests_for_service(date), public.detach_old_audit_for_service() from public, anon, authenticated;
grant execute on function public.audit_digests_for_service(date), public.detach_old_audit_for_service() to service_role;
revoke all on all tables in schema private, audit from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;

grant select on public.audit_logs to authenticated;
drop policy if exists audit_logs_select on public.audit_logs;
create policy audit_logs_select on public.audit_logs for select to authenticated
  using ((workspace_id = any ((select private.workspace_ids('admin'))::uuid[]) and workspace_id <> (select private.global_workspace_id()))
    or project_id = any ((select private.project_ids('manager'))::uuid[])
    or (workspace_id is null and (select private.acts_as_super())));
