import { type Attack, type Control, without } from './attack.ts'

/** Functions that are a service's or the database's own, and those that ask who calls them. */

const byDatabase = (statement: string, because: string): Control => ({
  by: 'database',
  statement,
  because,
})
const service = { by: 'service', because: 'this is a service’s' } as const
const itself = { by: 'database', because: 'this is the database’s own' } as const

/** Arguments, who may, and what is beside the right to call it. */
const closed: [name: string, args: string, who: typeof service | typeof itself, beside?: string][] =
  [
    ['public.consume_tokens', "'{workspace}', null, null, 1, 'chat', 'attack'", service],
    ['public.reserve_tokens', "'{workspace}', null, null, 1, 'chat', 'attack'", service],
    [
      'public.settle_tokens',
      "(select r.id from private.token_reservations r where r.workspace_id = '{workspace}' limit 1)",
      service,
      'grant select on private.token_reservations to anon, authenticated, service_role; create policy hole on private.token_reservations for select using (true);',
    ],
    [
      'public.record_payment_for_service',
      "'evt', '{workspace}', 'pi_x', 1000000, 0, 'completed'",
      service,
    ],
    [
      'public.record_subscription_for_service',
      "'evt', '{workspace}', 'c', 's', 'enterprise', 'active', now(), now() + interval '1 year'",
      service,
    ],
    ['public.read_secret_for_service', "'{secret}', 'curiosity'", service],
    ['public.verify_domain_for_service', "'{domain}'", service],
    ['public.unreferenced_blobs_for_service', '', service],
    ['public.blobs_removed_for_service', "'{}'", service],
    ['public.storage_deletions_for_service', '', service],
    ['public.detach_old_audit_for_service', '', service],
    ['public.audit_digests_for_service', '', service],
    ['public.notices_for_service', '', service],
    ['public.notices_sent_for_service', "'{}'", service],
    [
      'public.store_oauth2_token_for_service',
      `'{oauth2}', '{stranger}', '{"access_token":"x"}'`,
      service,
    ],
    ['public.begin_oauth2_for_service', "'{oauth2}', '{creator}'", service],
    ['public.take_oauth2_state_for_service', "'state a'", service],
    ['private.may_consent', "'{oauth2}', '{creator}'", itself],
    ['private.made_by_me', "'artifacts'", itself],
    ['private.schedule_jobs', '', itself],
    ['private.logs_parameters', '', itself],
    ['private.activate_user', "'{waiting}'", service],
    ['private.rollup', '', service],
    ['private.rotate_secrets', '', service],
    ['private.table_digests', '', service],
    ['private.release_stale_reservations', '', service],
    ['private.roll_free_periods', '', service],
    ['private.master_keys', '', itself],
    ['private.require_recent_sign_in', '', itself],
    ['private.topics_of_change', "'project', '{}'::jsonb", itself],
    ['private.supply_master_key', "repeat('z', 40)", itself],
    ['private.seal', "'x'", itself],
    [
      'private.unseal',
      '(select s.value from private.secrets s limit 1)',
      itself,
      'grant select on private.secrets to anon, authenticated, service_role; create policy hole on private.secrets for select using (true);',
    ],
    ['private.blind_index', "'admin@a.example'", itself],
    ['private.write_audit', "'x', '{project}', 'READ', '{workspace}', null", itself],
    ['private.purge_deleted', '', itself],
    ['private.detach_old_audit', '', itself],
    ['private.digest_audit', '', itself],
    ['private.assess', '', itself],
    ['private.verify_audit', '', itself],
    ['private.table_digest', "'private.secrets'", itself],
    ['private.tables_to_keep', '', itself],
    ['private.check_tables', '', itself],
    ['private.forget_old', '', itself],
    ['private.forget_mutations', '', itself],
    ['private.end_expired_access', '', itself],
    ['private.join_by_domain', "'{stranger}', 'x@firm.example'", itself],
    ['private.archive_places_of', "'{stranger}'", itself],
    ['private.has_left', "'{workspace}', '{stranger}'", itself],
    ['private.ensure_a_plan', "'{workspace}'", itself],
    ['private.make_audit_partitions', 'now()::date, 1', itself],
    ['private.mirror_account', `'{"id": "{stranger}", "email": "x@firm.example"}', true`, itself],
    ['private.audit_digest', 'now()::date, null', itself],
    ['private.changed_audit_days', '', itself],
    ['private.check_usage_scope', "'{workspace}', '{project}', null, 1, 'chat'", itself],
    ['private.epoch', '', itself],
    ['private.is_referenced', "'{artifact}/x'", itself],
    ['private.is_still_meant', 'null::public.invitations', itself],
    ['private.live_subscription', "'{workspace}'", itself],
    ['private.personal_tokens_left', "null, '{stranger}'", itself],
    ['private.tokens_left', "'{workspace}'", itself],
    ['private.platform_report', '', service],
    ['private.missing_policies', "'storage.objects'", itself],
    ['private.jobs_are_scheduled', '', itself],
    ['private.addresses_are_confirmed', '', itself],
    ['private.gen_random_bytes', '8', itself],
    ['private.pgp_sym_encrypt', "'x', 'y', ''", itself],
    ['private.address_mark', "'admin@a.example'", itself],
    ['private.active_members', "'{workspace}'", itself],
    ['private.pass_on', "'workspace', '{workspace}'", itself],
    ['private.pass_on_places', "'{admin}'", itself],
    ['private.take_tokens_back', "'pi_a'", itself],
    ['public.record_refund_for_service', "'evt', 'pi_a', 1", service],
    ['public.record_dispute_for_service', "'evt', 'pi_a', 'open'", service],
    ['public.begin_oauth2_refresh_for_service', "'{oauth2}', null, '{new}'", service],
    ['public.end_oauth2_refresh_for_service', "'{oauth2}', null, '{new}'", service],
    ['private.give_places', "'{waiting}'", itself],
    ['private.mirror_missing_pii', '', itself],
    ['private.note_backup', "'{}'", itself],
    ['private.set_actor', "'{stranger}'", itself],
    ['private.mirror_pii', "'{stranger}', 'x@y.example', null, null, null", itself],
    ['private.move_bought_tokens', "'{workspace}'", itself],
    [
      'private.note_gap',
      "'x', 'y'",
      itself,
      'grant insert, select, update on private.platform_gaps to anon, authenticated, service_role; create policy hole on private.platform_gaps using (true) with check (true);',
    ],
  ]
const calls: Attack[] = closed.flatMap(([name, args, who, beside]) =>
  (['anon', 'workspace owner', 'super', 'service'] as const)
    .filter((by) => by !== who.by)
    .map((by): Attack => {
      // Counted, so that a function that answers no row has been called too.
      const statement = `select count(*) from ${name}(${args})`
      const readsFirst = beside?.includes('for select') && who === service
      return {
        name: `${by} calls ${name}`,
        by,
        statement,
        hole: `grant execute on function ${name} to anon, authenticated, service_role; ${beside ?? ''}`,
        control: readsFirst
          ? byDatabase(statement, 'its argument is looked up, which only the owner may')
          : { ...who, statement },
      }
    }),
)

const clientCalls: Attack[] = [
  {
    name: 'a contributor holds an artifact up',
    by: 'contributor',
    statement: "select private.artifact_to_change('{artifact}')",
    hole: 'grant execute on function private.artifact_to_change to authenticated;',
    control: {
      by: 'contributor',
      statement: "update public.artifacts set title = 'X' where id = '{artifact}'",
    },
  },
  {
    name: 'a super user calls private.require_super',
    by: 'super',
    statement: 'select private.require_super()',
    hole: 'grant execute on function private.require_super to authenticated;',
    control: { by: 'super', statement: 'select public.platform_assessment()' },
  },
  ...(
    [
      ['rename_artifact', "'{artifact}', 'Mine'", 'contributor', 'viewer'],
      ['rename_artifact', "'{artifact}', 'Mine'", 'contributor', 'stranger'],
      ['order_projects', "'{workspace}', array['{project}']::uuid[]", 'viewer', 'stranger'],
    ] as const
  ).map(
    ([name, args, rightful, by]): Attack => ({
      name: `a ${by} calls public.${name}`,
      by,
      statement: `select public.${name}('01f00000-0000-7000-8000-000000000001', ${args})`,
      ...(name === 'rename_artifact' && by === 'stranger' ? { refusal: 'PT404' } : {}),
      hole: `alter function public.${name} security definer;`,
      control: {
        by: rightful,
        statement: `select public.${name}('01f00000-0000-7000-8000-000000000001', ${args})`,
      },
    }),
  ),
  {
    name: 'anon calls public.my_account',
    by: 'anon',
    statement: 'select public.my_account()',
    hole: 'grant execute on function public.my_account to anon;',
    control: { by: 'contributor', statement: 'select public.my_account()' },
  },
  {
    name: 'anon calls public.my_places',
    by: 'anon',
    statement: 'select public.my_places()',
    hole: 'grant execute on function public.my_places to anon; alter function public.my_places() security definer;',
    control: { by: 'contributor', statement: 'select public.my_places()' },
  },
  ...(['workspace', 'project'] as const).map((place): Attack => {
    const statement = `select from jsonb_array_elements(public.my_places() -> '${place}s') e where e ->> 'id' = '{${place}}'`
    return {
      name: `a stranger is told of a ${place} among their own`,
      by: 'stranger',
      statement,
      hole: 'alter function public.my_places() security definer;',
      control: { by: 'contributor', statement },
    }
  }),
  {
    name: 'another tenant’s owner takes a project by its id',
    by: 'workspace owner',
    from: 'b',
    statement: "select public.create_project('{b:workspace}', 'Project a', null, '{project}')",
    refusal: '23505',
    hole: without(
      'public.create_project',
      "raise exception 'Another project has this id.' using errcode = '23505';",
      "insert into public.project_users (project_id, user_id, role) values (v_id, auth.uid(), 'owner');",
    ),
    control: {
      by: 'workspace owner',
      from: 'b',
      statement: "select public.create_project('{b:workspace}', 'Project a', null, '{new}')",
    },
  },
  {
    name: 'anon searches in every project',
    by: 'anon',
    statement: "select from public.search_artifacts('Private')",
    hole: `grant execute on function public.search_artifacts to anon; ${without('public.search_artifacts', 'a.project_id = any (v_projects) and')}`,
    control: { by: 'viewer', statement: "select from public.search_artifacts('Private')" },
  },
  {
    name: 'a stranger searches in every project',
    by: 'stranger',
    statement: "select from public.search_artifacts('Private')",
    hole: without('public.search_artifacts', 'a.project_id = any (v_projects) and'),
    control: { by: 'viewer', statement: "select from public.search_artifacts('Private')" },
  },
  ...(
    [
      [
        'public.pull_project',
        "'{project}'",
        "if (project = any (private.project_ids('viewer'))) is not true then",
        'viewer',
      ],
      [
        'public.chat_overview',
        "'{project}'",
        "if (project = any (private.project_ids('viewer'))) is not true then",
        'viewer',
      ],
      [
        'public.mark_chat_read',
        "'{chat}'",
        "if not exists (select from public.chat_sessions c where c.id = chat and c.project_id = any (private.project_ids('viewer'))) then",
        'viewer',
      ],
    ] as const
  ).map(
    ([name, args, guard, rightful]): Attack => ({
      name: `another tenant’s owner calls ${name}`,
      by: 'workspace owner',
      from: 'b',
      statement: `select ${name}(${args})`,
      refusal: 'PT404',
      hole: `${without(name, guard, 'if false then')} ${without('private.take_project_of_chat', "or (auth.uid() is not null and (new.project_id = any (private.project_ids('viewer'))) is not true)")}`,
      control: { by: rightful, statement: `select ${name}(${args})` },
    }),
  ),
  ...(
    [
      [
        'public.workspace_directory',
        "(workspace = any (private.workspace_ids('admin'))) is not true",
        'false',
      ],
      [
        'public.company_email_domains',
        "(workspace = any (private.workspace_ids('admin'))) is not true",
        'false',
      ],
      ['public.refresh_stats', "workspace = any (private.workspace_ids('admin'))", 'true'],
      ['public.archive_workspace', "and w.id = any (private.workspace_ids('owner'))", ''],
    ] as const
  ).map(
    ([name, guard, instead]): Attack => ({
      name: `another tenant’s owner calls ${name}`,
      by: 'workspace owner',
      from: 'b',
      before: [
        {
          by: 'database',
          statement: "update public.workspace_stats set created_at = now() - interval '1 hour'",
        },
      ],
      statement: `select ${name}('{workspace}')`,
      hole: without(name, guard, instead),
      control: {
        by: 'workspace owner',
        before: [
          {
            by: 'database',
            statement: "update public.workspace_stats set created_at = now() - interval '1 hour'",
          },
        ],
        statement: `select ${name}('{workspace}')`,
      },
    }),
  ),
  {
    name: 'another tenant’s owner changes a secret',
    by: 'workspace owner',
    from: 'b',
    statement: `select public.set_connection_secret('api', '{api}', '{"token":"mine"}')`,
    hole: without(
      'public.set_connection_secret',
      "(v_row ->> 'workspace_id')::uuid = any (private.workspace_ids('admin'))",
      'true',
    ),
    control: {
      by: 'admin',
      statement: `select public.set_connection_secret('api', '{api}', '{"token":"mine"}')`,
    },
  },
  {
    name: 'a contributor changes a secret',
    by: 'contributor',
    statement: `select public.set_connection_secret('env', '{variable}', '"mine"')`,
    hole: without(
      'public.set_connection_secret',
      "private.project_ids('manager')",
      "private.project_ids('contributor')",
    ),
    control: {
      by: 'manager',
      statement: `select public.set_connection_secret('env', '{variable}', '"mine"')`,
    },
  },
]

export const functions: Attack[] = [...calls, ...clientCalls]
/** Names of what clients may not call, for the catalogue to be compared with. */
export const attackedFunctions = [
  ...closed.map(([name]) => name),
  'private.artifact_to_change',
  'private.require_super',
  // With the caller's own rights alone, which open nothing: tests/database/installation.test.ts.
  'private.complete_installation',
  'private.make_platform_policies',
]
