import { accounts } from './accounts.ts'
import { anonymous } from './anonymous.ts'
import type { Attack } from './attack.ts'
import { audit } from './audit.ts'
import { billing } from './billing.ts'
import { columns } from './columns.ts'
import { content } from './content.ts'
import { domains } from './domains.ts'
import { functions } from './functions.ts'
import { invitations } from './invitations.ts'
import { places } from './places.ts'
import { privateTables } from './private-tables.ts'
import { ranks } from './ranks.ts'
import { settings } from './settings.ts'
import { storage } from './storage.ts'
import { tenants } from './tenants.ts'

export const groups: Record<string, Attack[]> = {
  'another tenant': tenants,
  columns,
  'nobody signed in': anonymous,
  'private tables': privateTables,
  functions,
  ranks,
  content,
  'closed places': places,
  settings,
  invitations,
  'domain join': domains,
  accounts,
  billing,
  'audit log': audit,
  storage,
}
