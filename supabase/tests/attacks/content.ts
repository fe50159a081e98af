import { type Attack, database, disable, policyOf, quoted, without } from './attack.ts'

/** What keeps content honest: who speaks, who publishes, who approves, and where a connection may lead. */

const message = (type: string) =>
  `insert into public.chat_messages (chat_id, content, message_type) values ('{chat}', '{}', '${type}')`
const publish = (person: string) =>
  `update public.artifacts set is_public = true where id = '{${person}}'`
const approve =
  "update public.project_requirements set status = 'approved' where id = '{requirements}'"
const connection = (values: string) =>
  `insert into public.api_connections (project_id, name, api_type, auth_type, http_method, endpoint_url, custom_headers) values ('{project}', 'N', 'rest', 'none', 'GET', ${values})`
const badConnection = (what: string, values: string, constraint: string): Attack => ({
  name: `a connection ${what}`,
  by: 'manager',
  statement: connection(values),
  refusal: '23514',
  hole: `alter table public.api_connections drop constraint ${constraint};`,
  control: {
    by: 'manager',
    statement: connection(`'https://api.example/v1', '{"accept":"text/plain"}'`),
  },
})

export const content: Attack[] = [
  {
    name: 'a contributor speaks as an agent',
    by: 'contributor',
    statement: message('ai'),
    hole: policyOf('chat_messages', 'insert'),
    control: { by: 'service', statement: message('ai'), because: 'agents are services' },
  },
  {
    name: 'a manager speaks as the system',
    by: 'manager',
    statement: message('system'),
    hole: policyOf('chat_messages', 'insert'),
    control: { by: 'manager', statement: message('user') },
  },
  {
    name: 'a viewer speaks',
    by: 'viewer',
    statement: message('user'),
    hole: policyOf('chat_messages', 'insert'),
    control: { by: 'contributor', statement: message('user') },
  },
  {
    name: 'a message into a closed chat',
    by: 'contributor',
    before: [
      {
        by: 'manager',
        statement: "update public.chat_sessions set is_active = false where id = '{chat}'",
      },
    ],
    statement: message('user'),
    hole: without('private.take_project_of_chat', 'and not c.is_active', 'and false'),
    control: { by: 'contributor', statement: message('user') },
  },
  {
    name: 'a message of a closed chat is rewritten',
    by: 'contributor',
    before: [
      {
        by: 'manager',
        statement: "update public.chat_sessions set is_active = false where id = '{chat}'",
      },
    ],
    statement: `update public.chat_messages set content = '{"a":2}' where id = '{message}'`,
    hole: disable('keep_closed_chat', 'public.chat_messages'),
    control: {
      by: 'contributor',
      statement: `update public.chat_messages set content = '{"a":2}' where id = '{message}'`,
    },
  },
  {
    name: 'a manager rewrites somebody’s message',
    by: 'manager',
    statement: `update public.chat_messages set content = '{"a":2}' where id = '{message}'`,
    hole: policyOf('chat_messages', 'update'),
    control: {
      by: 'contributor',
      statement: `update public.chat_messages set content = '{"a":2}' where id = '{message}'`,
    },
  },
  {
    name: 'a viewer removes somebody’s message',
    by: 'viewer',
    statement: "delete from public.chat_messages where id = '{message}'",
    hole: policyOf('chat_messages', 'delete'),
    control: {
      by: 'manager',
      statement: "delete from public.chat_messages where id = '{message}'",
    },
  },
  {
    name: 'a contributor adds somebody else to a chat',
    by: 'contributor',
    statement:
      "insert into public.chat_participants (chat_id, user_id) values ('{quiet chat}', '{manager}')",
    hole: policyOf('chat_participants', 'insert'),
    control: {
      by: 'contributor',
      statement:
        "insert into public.chat_participants (chat_id, user_id) values ('{quiet chat}', '{contributor}')",
    },
  },
  {
    name: 'an artifact tied to another tenant’s chat',
    by: 'contributor',
    from: 'b',
    statement:
      "insert into public.artifacts (project_id, chat_id, title, artifact_type) values ('{b:project}', '{chat}', 'X', 'website')",
    refusal: '23503',
    hole: 'alter table public.artifacts drop constraint artifacts_chat_id_project_id_fkey;',
    control: {
      by: 'contributor',
      statement:
        "insert into public.artifacts (project_id, chat_id, title, artifact_type) values ('{project}', '{chat}', 'X', 'website')",
    },
  },
  {
    name: 'a contributor publishes',
    by: 'contributor',
    statement: publish('own artifact'),
    hole: disable('guard_publish', 'public.artifacts'),
    control: { by: 'manager', statement: publish('own artifact') },
  },
  {
    name: 'a contributor takes back what is published',
    by: 'contributor',
    statement: "update public.artifacts set is_public = false where id = '{public artifact}'",
    hole: disable('guard_publish', 'public.artifacts'),
    control: {
      by: 'manager',
      statement: "update public.artifacts set is_public = false where id = '{public artifact}'",
    },
  },
  {
    name: 'a contributor makes what is public from the start',
    by: 'contributor',
    statement:
      "insert into public.artifacts (project_id, title, artifact_type, is_public) values ('{project}', 'X', 'website', true)",
    hole: disable('guard_publish', 'public.artifacts'),
    control: {
      by: 'manager',
      statement:
        "insert into public.artifacts (project_id, title, artifact_type, is_public) values ('{project}', 'X', 'website', true)",
    },
  },
  {
    name: 'a contributor deletes what is public',
    by: 'contributor',
    statement: "delete from public.artifacts where id = '{public artifact}'",
    hole: policyOf('artifacts', 'delete'),
    control: {
      by: 'manager',
      statement: "delete from public.artifacts where id = '{public artifact}'",
    },
  },
  {
    name: 'a contributor brings back what a manager took from the public',
    by: 'contributor',
    before: [
      { by: 'manager', statement: publish('own artifact') },
      { by: 'manager', statement: "select public.delete_artifact('{own artifact}')" },
    ],
    statement: "select public.restore_deleted_artifact('{own artifact}')",
    hole: without('public.restore_deleted_artifact', 'and not a.is_public'),
    control: {
      by: 'contributor',
      before: [{ by: 'contributor', statement: "select public.delete_artifact('{own artifact}')" }],
      statement: "select public.restore_deleted_artifact('{own artifact}')",
    },
  },
  {
    name: 'a manager approves without a review',
    by: 'manager',
    statement: approve,
    refusal: '23514',
    hole: disable('guard_document', 'public.project_requirements'),
    control: {
      by: 'project owner',
      before: [
        {
          by: 'manager',
          statement:
            "update public.project_requirements set status = 'review' where id = '{requirements}'",
        },
      ],
      statement: approve,
    },
  },
  {
    name: 'a manager approves what they wrote',
    by: 'manager',
    before: [
      {
        by: 'manager',
        statement:
          "update public.project_requirements set title = 'Mine', status = 'review' where id = '{requirements}'",
      },
    ],
    statement: approve,
    refusal: '23514',
    hole: disable('guard_document', 'public.project_requirements'),
    control: {
      by: 'project owner',
      before: [
        {
          by: 'manager',
          statement:
            "update public.project_requirements set status = 'review' where id = '{requirements}'",
        },
      ],
      statement: approve,
    },
  },
  {
    name: 'a manager rewrites an approved version',
    by: 'manager',
    before: [
      database(
        "update public.project_requirements set status = 'review' where id = '{requirements}'",
      ),
      { by: 'project owner', statement: approve },
    ],
    statement: "update public.project_requirements set title = 'Other' where id = '{requirements}'",
    refusal: '23514',
    hole: disable('guard_document', 'public.project_requirements'),
    control: {
      by: 'manager',
      statement:
        "update public.project_requirements set title = 'Other' where id = '{requirements}'",
    },
  },
  {
    name: 'a manager deletes an approved version',
    by: 'manager',
    before: [
      database(
        "update public.project_requirements set status = 'review' where id = '{requirements}'",
      ),
      { by: 'project owner', statement: approve },
    ],
    statement: "delete from public.project_requirements where id = '{requirements}'",
    refusal: '23514',
    hole: disable('guard_document', 'public.project_requirements'),
    control: {
      by: 'manager',
      statement: "delete from public.project_requirements where id = '{requirements}'",
    },
  },
  ...[
    'http://api.example/',
    'https://127.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/',
    'https://vault.internal/',
    'https://user:password@api.example/',
    'https://2130706433/',
    'https://[::1]/',
    'file:///etc/passwd',
  ].map((url) =>
    badConnection(`to ${url}`, `${quoted(url)}, '{}'`, 'api_connections_endpoint_url_check'),
  ),
  badConnection(
    'with a key in its headers',
    `'https://api.example/', '{"Authorization":"Bearer x"}'`,
    'api_connections_custom_headers_check',
  ),
]
