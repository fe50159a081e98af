-- Two tenants with one row of everything, and what the generated tests call.
create schema tests;

-- Does something as somebody, and it stays; answers how many rows it reached. `none` is the database's owner.
-- The auth server comes without a token, and looks for names in its own schema.
create function tests.act(as_role text, person uuid, statement text, claims jsonb default '{}') returns bigint
language plpgsql as $$
declare
  v_rows bigint;
  v_path text := current_setting('search_path');
  v_claims jsonb := jsonb_strip_nulls(jsonb_build_object('role', as_role, 'sub', person, 'aal', 'aal2')) || claims;
begin
  perform set_config('request.jwt.claims', case when as_role in ('none', 'supabase_auth_admin') then '' else v_claims::text end, true);
  if as_role = 'supabase_auth_admin' then perform set_config('search_path', 'auth', true); end if;
  perform set_config('role', as_role, true);
  execute statement;
  get diagnostics v_rows = row_count;
  perform set_config('role', 'none', true), set_config('search_path', v_path, true), set_config('request.jwt.claims', '', true);
  -- These reach what they reach without counting it.
  return case when statement ~* '^\s*(truncate|drop|alter) ' then 1 else v_rows end;
end $$;

-- What came of a statement as somebody: `allowed` when it reached a row, `no row` when it reached none, else the
-- error's code and words. Nothing of it stays.
create function tests.outcome(as_role text, person uuid, statement text, claims jsonb default '{}') returns text
language plpgsql as $$
begin
  raise exception using errcode = 'TT000', message = tests.act(as_role, person, statement, claims)::text;
exception
  when sqlstate 'TT000' then return case when sqlerrm::bigint > 0 then 'allowed' else 'no row' end;
  when others then return sqlstate || ' ' || sqlerrm;
end $$;

-- The same in the words of the matrix: `refused` is no row, or denied; any other error is neither.
create function tests.attempt(as_role text, person uuid, statement text) returns text
language sql as $$
  select case when o = 'no row' or o like '42501 %' then 'refused' else o end from tests.outcome(as_role, person, statement) o
$$;

-- Takes a guard out of a function, so that a test can see what gets in without it.
create function tests.rewrite(routine regproc, pattern text, instead text) returns void
language plpgsql as $$
declare
  v_before text := pg_get_functiondef(routine);
  v_after text := regexp_replace(v_before, pattern, instead, 'g');
begin
  if v_after = v_before then
    raise exception '% has no such guard: %', routine, pattern;
  end if;
  execute v_after;
end $$;

create function tests.granted(as_role text, relation text, privilege text) returns text[]
language sql as $$
  select coalesce(array_agg(a.attname::text order by a.attname::text collate "C"), '{}')
  from pg_attribute a
  where a.attrelid = ('public.' || relation)::regclass and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(as_role, a.attrelid, a.attnum, privilege)
$$;

create function tests.all_columns(relation text) returns text[]
language sql as $$
  select array_agg(a.attname::text order by a.attname::text collate "C") from pg_attribute a
  where a.attrelid = ('public.' || relation)::regclass and a.attnum > 0 and not a.attisdropped
$$;

update private.platform set open_signup = false, first_user_is_super = false;
select private.supply_master_key(repeat('m', 40));
-- For each tenant.
insert into auth.users (id, email) values
  ('{waiting}', 'waiting@{tenant}.example'), ('{stranger}', 'stranger@{tenant}.example'), ('{creator}', 'creator@{tenant}.example'),
  ('{viewer}', 'viewer@{tenant}.example'), ('{contributor}', 'contributor@{tenant}.example'), ('{manager}', 'manager@{tenant}.example'),
  ('{project owner}', 'project-owner@{tenant}.example'), ('{admin}', 'admin@{tenant}.example'),
  ('{workspace owner}', 'workspace-owner@{tenant}.example'), ('{super}', 'super@{tenant}.example'), ('{fresh}', 'fresh@{tenant}.example');
select private.activate_user(id) from auth.users where email like '%@{tenant}.example' and id <> '{waiting}';
update public.users set is_super_user = true where id = '{super}';
insert into public.workspaces (id, name, company_name) values ('{workspace}', 'W {tenant}', 'C');
insert into public.workspace_users (id, workspace_id, user_id, role) values
  ('{creator membership}', '{workspace}', '{creator}', 'project_creator'), (gen_random_uuid(), '{workspace}', '{contributor}', 'project_creator'),
  (gen_random_uuid(), '{workspace}', '{manager}', 'project_creator'), (gen_random_uuid(), '{workspace}', '{project owner}', 'project_creator'),
  (gen_random_uuid(), '{workspace}', '{admin}', 'admin'), (gen_random_uuid(), '{workspace}', '{workspace owner}', 'owner');
insert into private.departures (workspace_id, user_id) values ('{workspace}', '{fresh}');
insert into public.projects (id, workspace_id, name) values ('{project}', '{workspace}', 'P {tenant}'), ('{fresh}', '{workspace}', 'Empty');
insert into public.project_users (id, project_id, user_id, role) values
  ('{viewer membership}', '{project}', '{viewer}', 'viewer'), (gen_random_uuid(), '{project}', '{contributor}', 'contributor'),
  (gen_random_uuid(), '{project}', '{manager}', 'manager'), (gen_random_uuid(), '{project}', '{project owner}', 'owner');
insert into public.project_orders (user_id, workspace_id, project_ids) values ('{viewer}', '{workspace}', '{}');
insert into private.applied_mutations (user_id, id, name, input_digest) values ('{viewer}', '01f00000-0000-7000-8000-000000000000', 'order_projects', 'x');
insert into public.workspace_domains (id, workspace_id, domain) values ('{domain}', '{workspace}', '{tenant}-firm.example');
insert into public.invitations (id, project_id, project_role, email, token_hash)
values ('{invitation}', '{project}', 'viewer', 'guest@{tenant}.example', extensions.digest('{tenant}', 'sha256'));
insert into private.secrets (id, value) values ('{secret}', private.seal('"s"')), ('{project secret}', private.seal('"s"')), ('{new}', private.seal('"s"'));
insert into public.api_connections (id, workspace_id, project_id, name, api_type, endpoint_url, auth_type, http_method) values
  ('{api}', '{workspace}', null, 'A', 'rest', 'https://a.example/', 'none', 'GET'),
  ('{project api}', null, '{project}', 'A', 'rest', 'https://a.example/', 'none', 'GET');
insert into public.oauth2_connections (id, workspace_id, project_id, provider, provider_config, client_id, redirect_uri, scopes) values
  ('{oauth2}', '{workspace}', null, 'p', '{}', 'c', 'atelier://oauth2', '{}'),
  ('{project oauth2}', null, '{project}', 'p', '{}', 'c', 'atelier://oauth2', '{}');
insert into public.oauth2_tokens (id, connection_id, secret_id) values ('{token}', '{oauth2}', '{secret}'), ('{project token}', '{project oauth2}', '{project secret}');
insert into public.environment_variables (id, project_id, name) values ('{variable}', '{project}', 'TOKEN');
insert into public.chat_sessions (id, project_id, title, created_by) values
  ('{chat}', '{project}', 'Chat', '{contributor}'), ('{quiet chat}', '{project}', 'Quiet', '{contributor}');
insert into public.chat_messages (id, chat_id, content, message_type, created_by) values ('{message}', '{chat}', '{}', 'user', '{contributor}');
insert into public.chat_participants (id, chat_id, user_id) values ('{participant}', '{chat}', '{contributor}');
insert into public.artifacts (id, project_id, title, artifact_type, is_public, created_by) values
  ('{artifact}', '{project}', 'Private', 'website', false, '{manager}'), ('{own artifact}', '{project}', 'Own', 'website', false, '{contributor}'),
  ('{public artifact}', '{project}', 'Public', 'website', true, '{manager}');
insert into public.artifact_files (id, artifact_id, project_id, is_public, file_path, file_type, file_size, sha256, created_by) values
  ('{file}', '{artifact}', '{project}', false, 'a.txt', 'text/plain', 1, repeat('a', 64), '{contributor}'),
  ('{public file}', '{public artifact}', '{project}', true, 'a.txt', 'text/plain', 1, repeat('a', 64), '{contributor}');
insert into public.artifact_file_versions (file_id, revision, artifact_id, artifact_revision, file_path, file_size, sha256, created_by)
values ('{file}', 1, '{artifact}', 1, 'a.txt', 1, repeat('a', 64), '{contributor}');
insert into public.workspace_subscriptions (workspace_id, plan_type, base_token_limit) values ('{workspace}', 'free', 1000);
insert into public.token_purchases (workspace_id, stripe_payment_intent_id, token_amount, price_paid, status) values ('{workspace}', 'pi_{tenant}', 1, 1, 'completed');
insert into public.token_usage (workspace_id, project_id, tokens_used, usage_type, idempotency_key, created_by)
values ('{workspace}', '{project}', 1, 'chat', 'usage {tenant}', '{project owner}');
select private.rollup();
insert into public.project_requirements (id, project_id, title, content, created_by) values ('{requirements}', '{project}', 'R', '{}', '{contributor}');
insert into public.technical_architecture (id, project_id, title, content) values ('{architecture}', '{project}', 'R', '{}');
insert into public.ui_design (id, project_id, title, content) values ('{design}', '{project}', 'R', '{}');
insert into public.project_context (id, project_id, context_type, title, content) values ('{context}', '{project}', 'search', 'R', '{}');
insert into storage.objects (bucket_id, name) values
  ('workspace-files', '{workspace}/logo'), ('project-files', '{project}/brief'),
  ('artifact-files', '{artifact}/' || repeat('a', 64)), ('artifact-files', '{public artifact}/' || repeat('a', 64));
update storage.objects set metadata = '{"size": 1}' where bucket_id = 'artifact-files';
-- What no client sees: a row in every private table that is empty so far.
insert into public.artifacts (id, project_id, title, artifact_type) values ('{buried artifact}', '{project}', 'Gone', 'website');
delete from public.artifacts where id = '{buried artifact}';
select public.reserve_tokens('{workspace}', '{project}', null, 1, 'chat', 'reservation {tenant}', '{project owner}');
insert into private.oauth_states (state_hash, connection_id, user_id, verifier)
values (extensions.digest('state {tenant}', 'sha256'), '{oauth2}', '{admin}', private.seal('v'));
insert into private.stripe_events (id, event_type) values ('evt_{tenant}', 'invoice.paid');
insert into private.provision_errors (user_id, message) values ('{waiting}', 'for the tests');
insert into private.platform_gaps (feature, reason) values ('fixture {tenant}', 'for the tests');
insert into private.backup_checks (relation, row_count, digest) values ('fixture {tenant}', 1, 'd');
insert into storage.objects (bucket_id, name) values ('artifact-files', '{buried artifact}/' || repeat('c', 64));
insert into private.blobs_being_removed (name) values ('{buried artifact}/' || repeat('c', 64));
insert into private.notices (kind, recipient, project_id) values ('break-glass', '{project owner}', '{project}');
insert into private.backups (made_at, detail) values (now() - interval '1 hour', '{}') on conflict do nothing;
insert into private.audit_digests (day, line_count, digest) values ((now() at time zone 'utc')::date - 2, 0, 'd') on conflict do nothing;
select private.assess();
