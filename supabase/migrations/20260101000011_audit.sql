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

create or replace function private.refuse_audit_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'The audit log is append-only.' using errcode = '42501';
end $$;

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
drop trigger if exists no_truncate on public.audit_logs;
create trigger no_truncate before truncate on public.audit_logs for each statement execute function private.refuse_audit_change();

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

create or replace function private.request_agent() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return left(nullif(current_setting('request.headers', true), '')::jsonb ->> 'user-agent', 500);
exception when others then
  return null;
end $$;

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

-- For whom a service works, in the log, until its transaction ends or it works for somebody else.
create or replace function private.act_for(actor uuid) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select set_config('atelier.actor', coalesce(actor::text, ''), true)
$$;

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
