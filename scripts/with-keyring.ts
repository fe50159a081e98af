import { beside, missingPrograms, ownHome, session } from './keyring.ts'
import { run } from './run.ts'

/**
 * Runs a command beside a real, unlocked gnome-keyring on a session bus of its own, so that tests
 * use the keychain a person on Linux has, and never this person's own. Elsewhere it just runs it.
 */
const command = process.argv.slice(2)
if (!command[0]) throw new Error('usage: with-keyring <command> [arguments]')

if (process.platform !== 'linux' || process.env.ATELIER_KEYRING === 'running') {
  process.exitCode = await run(command[0], command.slice(1))
} else if (missingPrograms().length > 0) {
  console.error(
    `${missingPrograms().join(' and ')} not found. Install with: apt-get install -y gnome-keyring dbus libsecret-1-0`,
  )
  process.exitCode = 1
} else {
  process.exitCode = await run(session, [...beside('exec "$0" "$@"'), ...command], ownHome())
}
