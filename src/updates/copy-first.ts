import type { UpdateState } from '../contract/updates.ts'
import { embeddedPostgresMajor } from './postgres.ts'

/**
 * Whether a database here is copied before the download page is opened: what is there may bring another PostgreSQL,
 * which can make nothing of this one's folder. Also where nobody says which it brings; not again where there was none.
 */
export const wantsCopy = (state: UpdateState): boolean =>
  !(state.status === 'failed' && state.failure === 'update.no-copy') &&
  (!('release' in state) || state.release?.postgresMajor !== embeddedPostgresMajor)
