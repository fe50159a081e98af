import { Failure } from '../../../src/domain/failure.ts'
import type { Closing } from './closing.ts'

/** What is open, in the order in which it is closed. */
export type Parts = {
  session: { close(): void }
  accounts: { close(): Promise<void> }
  connection: { close(copy?: boolean): Promise<void> }
  settings: { written(): Promise<void> }
}

/** Closes everything. `copy`: with a copy of the embedded database, for a PostgreSQL of another major. */
export const shutDown = async (
  { session, accounts, connection, settings }: Parts,
  closing: Closing,
  { copy, isUpdate }: { copy: boolean; isUpdate: boolean },
): Promise<void> => {
  session.close()
  const isClosed = await closing.part('sync', accounts.close())
  // Quitting ends all the same. An update would begin another version over what is still at the folders.
  if (isUpdate && !isClosed)
    throw new Failure('disk.unreadable', 'A disk does not answer, so sync could not be closed.')
  // A copy takes its time; whoever asked for it hears whether there is one.
  if (copy) await connection.close(true)
  else await closing.part('backend', connection.close())
  await closing.part('settings', settings.written())
}
