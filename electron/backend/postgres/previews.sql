-- Makes a database of the last preview (the eighteen migrations of before they lay by thing) into one that today's
-- migrations go on from: mends what today's checks refuse, takes away what has another name or shape there, and what the
-- preview's migrations noted. All other rows stay as they are. All of today's migrations run after it, and each may run
-- twice: whoever is cut off in between goes on.
-- The embedded backend does this by itself, after it made a copy. A hosted project: back it up first, for what is mended
-- loses what was wrong with it; then this in the SQL editor, then `supabase db push`. What somebody added to Atelier's
-- own schema stays, unless it has the name of a function or policy of Atelier's.
set local lock_timeout = '10s';

do $$
declare
  v_each record;
  v_left integer := -1;
  v_count integer;
  v_url text;
  v_headers jsonb;
  v_template jsonb;
  v_scopes text[];
  v_path text[];
begin
  if to_regprocedure('private.ws_ids(public.workspace_role)') is null then return; end if;

  -- What the checks of 08_connections ask. They are made anew there, word for word.
  create or replace function private.are_plain_headers(headers jsonb) returns boolean
  language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $function$
  begin
    return jsonb_typeof(headers) = 'object' and pg_column_size(headers) <= 16384 and not exists (
      select from jsonb_each(headers) h
      where lower(h.key) ~ '(authorization|authentication|cookie|token|secret|password|signature|credential|(^|[-_])auth($|[-_])|(^|[-_]|api|auth|access)key($|[-_]))'
        or jsonb_typeof(h.value) <> 'string');
  end $function$;
  create or replace function private.holds_a_secret(template jsonb) returns boolean
  language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $function$
  begin
    return private.names_a_secret(regexp_replace(template::text, '"[^"\\]*": "\{\{[^"\\{}]*\}\}"', '"": ""', 'g')::jsonb);
  end $function$;
  create or replace function private.carries_a_secret(url text) returns boolean
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $function$
    select url ~* '[?&;#]([a-z0-9_-]*(api[-_]?key|token|secret|password|signature|credential)|key|sig|code|auth)='
  $function$;

  -- What they refuse is mended before anything goes that a trigger calls, so that the log tells of each. A secret that
  -- stood where many read it goes, and the connection is switched off until somebody has stored it as one.
  update public.projects p set archived_reason = left(p.archived_reason, 1000) where char_length(p.archived_reason) > 1000;
  for v_each in select c.id, c.endpoint_url, c.custom_headers, c.request_body_template from public.api_connections c loop
    v_url := v_each.endpoint_url;
    while private.carries_a_secret(v_url) loop
      v_url := regexp_replace(v_url,
        '([?&;#])([a-z0-9_-]*(api[-_]?key|token|secret|password|signature|credential)|key|sig|code|auth)=[^&;#]*', '\1', 'gi');
      v_url := regexp_replace(regexp_replace(v_url, '([?&;#])[&;]+', '\1', 'g'), '[?&;#]+$', '');
    end loop;
    v_headers := v_each.custom_headers;
    if not private.are_plain_headers(v_headers) then
      v_headers := coalesce((select jsonb_object_agg(h.key, h.value) from jsonb_each(v_headers) h
        where private.are_plain_headers(jsonb_build_object(h.key, h.value))), '{}');
    end if;
    v_template := v_each.request_body_template;
    if private.levels_of(v_template) > 32 then
      v_template := '{}';
    elsif private.holds_a_secret(v_template) then
      for v_path in
        with recursive node (path, value) as (
          select '{}'::text[], v_template
          union all
          select n.path || e.key, e.value from node n cross join lateral (
            select o.key, o.value from jsonb_each(case jsonb_typeof(n.value) when 'object' then n.value else '{}' end) o
            union all
            select (a.place - 1)::text, a.value
            from jsonb_array_elements(case jsonb_typeof(n.value) when 'array' then n.value else '[]' end)
              with ordinality a (value, place)) e)
        select n.path from node n
        where n.path[cardinality(n.path)] ~* '^(client[-_]?secret|secret|password|private[-_]?key|access[-_]?token|refresh[-_]?token|api[-_]?key)$'
        order by cardinality(n.path)
      loop
        if v_template #> v_path is not null then
          v_template := jsonb_set(v_template, v_path, to_jsonb('{{' || v_path[cardinality(v_path)] || '}}'));
        end if;
      end loop;
      if private.holds_a_secret(v_template) or pg_column_size(v_template) > 262144 then
        v_template := '{}';
      end if;
    end if;
    if (v_url, v_headers, v_template) is distinct from (v_each.endpoint_url, v_each.custom_headers, v_each.request_body_template) then
      update public.api_connections c set endpoint_url = v_url, custom_headers = v_headers, request_body_template = v_template,
        is_active = false, description = coalesce((select d.text from (select concat_ws(E'\n\n',
          'Switched off by an update of Atelier, which took out what was secret in its address, headers or template. Store that as the secret of the connection, and switch it on.',
          c.description) as text) d where char_length(d.text) <= 4000), c.description)
      where c.id = v_each.id;
    end if;
  end loop;
  for v_each in select c.id, c.scopes from public.oauth2_connections c
    where cardinality(c.scopes) > 200 or pg_column_size(c.scopes) > 16384
  loop
    -- As many as there is room for, from the first on.
    v_scopes := array(select s.scope from (
      select u.scope, u.place, sum(octet_length(u.scope) + 8) over (order by u.place) as bytes
      from unnest(v_each.scopes) with ordinality u (scope, place)) s
      where s.place <= 200 and s.bytes <= 16000 order by s.place);
    update public.oauth2_connections c set scopes = v_scopes, is_active = false where c.id = v_each.id;
  end loop;

  for v_each in select p.schemaname, p.tablename, p.policyname from pg_policies p
    where (p.schemaname = 'public' and p.tablename = any (private.own_tables())
        and p.policyname ~ ('^' || p.tablename || '_(select|insert|update|delete)(_public)?$'))
      or (p.schemaname || '.' || p.tablename, p.policyname) in (select o.relation, o.name from private.platform_policies() o)
  loop
    execute format('drop policy %I on %I.%I', v_each.policyname, v_each.schemaname, v_each.tablename);
  end loop;
  drop trigger if exists bury on public.artifacts;
  if to_regclass('private.leaving_blobs') is not null then
    alter table private.leaving_blobs rename to blobs_being_removed;
    alter table private.blobs_being_removed rename constraint leaving_blobs_pkey to blobs_being_removed_pkey;
  end if;

  alter table public.api_connections drop constraint api_connections_endpoint_url_check,
    add check (private.is_public_https(endpoint_url) and not private.carries_a_secret(endpoint_url)),
    drop constraint api_connections_request_body_template_check,
    add check (pg_column_size(request_body_template) <= 262144 and not private.holds_a_secret(request_body_template));
  alter table public.projects add check (char_length(archived_reason) <= 1000);
  alter table public.oauth2_connections add check (cardinality(scopes) <= 200 and pg_column_size(scopes) <= 16384);

  -- Every function of the preview's that nothing of a table needs; of each other they may: again, until none goes any more.
  loop
    v_count := 0;
    for v_each in select p.oid::regprocedure::text as name, case p.prokind when 'p' then 'procedure' else 'function' end as kind from pg_proc p
      where (p.pronamespace = 'private'::regnamespace and p.proname = any (string_to_array(
        'act_for activate_user active_members address_mark addresses_are_confirmed admin_project_ids archive_places_of ' ||
        'are_plain_headers artifact_to_change assess audit_digest audit_row auth_metadata blind_index bought_tokens_left ' ||
        'broadcast_change bury_artifact changed_audit_days check_name check_tables check_usage_scope checked_changes ' ||
        'colleague_ids complete_installation dec detach_old_audit digest_audit drop_secret enc end_expired_access ' ||
        'ensure_a_plan epoch extension_schema file_time forget_old gen_random_bytes give_places global_ws ' ||
        'gone_project_ids guard_document guard_publish has_left hmac in_workspace_of is_active_user is_claimable ' ||
        'is_document is_public_https is_referenced is_still_meant is_super jobs_are_scheduled join_by_domain ' ||
        'judged_changes keep_an_owner key_id leave_projects levels_of live_subscription logs_parameters made_by_me ' ||
        'make_audit_partitions make_platform_policies managed_connection_ids master_keys may_consent may_hear ' ||
        'mirror_account mirror_missing_pii mirror_pii missing_policies move_bought_tokens names_a_secret note_backup ' ||
        'note_departure note_gap note_message on_auth_user_created on_auth_user_deleted on_auth_user_updated ' ||
        'on_status_changed parsed_object pass_on pass_on_places path_id personal_tokens_left pgp_sym_decrypt ' ||
        'pgp_sym_encrypt platform_policies platform_report project_ids purge_deleted queue_objects refuse_audit_change ' ||
        'refuse_change refuse_used_id release_stale_reservations request_address request_agent require_super ' ||
        'roll_free_periods rollup rotate_secrets run_due_jobs run_job schedule_jobs sha256 stamp_author stamp_editor ' ||
        'subscription_stage supply_master_key table_digest table_digests tables_to_keep take_project_of_chat ' ||
        'take_tokens_back tokens_left touch touch_change url_safe verify_audit visible_ws_ids write_audit ws_ids', ' ')))
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

  delete from supabase_migrations.schema_migrations m where m.version between '20260101000001' and '20260101000018';
end $$;
