import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type Identity = { uid?: number; gid?: number }

/** PostgreSQL refuses uid 0: as root we drop to `postgres` or `nobody`; else we stay who we are. */
export const unprivilegedIdentity = async (): Promise<Identity> => {
  if (process.getuid?.() !== 0) return {}
  for (const user of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])])
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
    } catch {
      // Not on this machine; try the next.
    }
  }
  throw new Error('Running as root, and there is neither a postgres nor a nobody user.')
}
