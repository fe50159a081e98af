-- Makes a database of the last preview (the eighteen migrations of before they lay by thing) into one that today's
-- migrations go on from: takes away what has another name or shape there, and what the preview's migrations noted. Rows
-- stay. All of today's migrations run after it, and each may run twice: whoever is cut off in between goes on.
-- The embedded backend does this by itself. A hosted project: this in the SQL editor, then `supabase db push`.
set local lock_timeout = '10s';

do $$
declare
  v_each record;
  v_left integer := -1;
  v_count integer;
begin
  if to_regprocedure('private.ws_ids(public.workspace_role)') is null then return; end if;
  for v_each in select p.schemaname, p.tablename, p.policyname from pg_policies p
    where (p.schemaname = 'public' and p.tablename = any (private.own_tables())) or p.policyname like 'atelier:%'
  loop
    execute format('drop policy %I on %I.%I', v_each.policyname, v_each.schemaname, v_each.tablename);
  end loop;
  drop trigger if exists bury on public.artifacts;
  if to_regclass('private.leaving_blobs') is not null then
    alter table private.leaving_blobs rename to blobs_being_removed;
    alter table private.blobs_being_removed rename constraint leaving_blobs_pkey to blobs_being_removed_pkey;
  end if;

  -- Every function that nothing of a table needs; of each other they may: again, until none goes any more.
  loop
    v_count := 0;
    for v_each in select p.oid::regprocedure::text as name, case p.prokind when 'p' then 'procedure' else 'function' end as kind from pg_proc p
      where (p.pronamespace = 'private'::regnamespace and p.proname not in ('own_tables', 'own_functions'))
        or (p.pronamespace = 'public'::regnamespace and p.proname = any (private.own_functions()))
    loop
      begin
        execute format('drop %s %s', v_each.kind, v_each.name);
      exception when dependent_objects_still_exist then
        v_count := v_count + 1;
      end;
    end loop;
    exit when v_count = v_left;
    v_left := v_count;
  end loop;

  -- What is stricter now says nothing of what is there: these are made anew, with their meaning, by 08_connections.
  create or replace function private.carries_a_secret(url text) returns boolean
    language sql immutable parallel safe set search_path = pg_catalog, pg_temp as 'select false';
  create or replace function private.holds_a_secret(template jsonb) returns boolean
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as 'begin return false; end';
  alter table public.api_connections drop constraint api_connections_endpoint_url_check,
    add check (private.is_public_https(endpoint_url) and not private.carries_a_secret(endpoint_url)),
    drop constraint api_connections_request_body_template_check,
    add check (pg_column_size(request_body_template) <= 262144 and not private.holds_a_secret(request_body_template));
  update public.projects p set archived_reason = left(p.archived_reason, 1000) where char_length(p.archived_reason) > 1000;
  alter table public.projects add check (char_length(archived_reason) <= 1000);
  begin
    alter table public.oauth2_connections add check (cardinality(scopes) <= 200 and pg_column_size(scopes) <= 16384);
  exception when check_violation then
    alter table public.oauth2_connections add check (cardinality(scopes) <= 200 and pg_column_size(scopes) <= 16384) not valid;
  end;

  delete from supabase_migrations.schema_migrations m where m.version between '20260101000001' and '20260101000018';
end $$;
