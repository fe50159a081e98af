import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.ts'

/**
 * Runs a command beside a real, unlocked gnome-keyring on a session bus of its own, so that tests
 * use the keychain a person on Linux has, and never this person's own. Elsewhere it just runs it.
 */
const needed = ['dbus-run-session', 'gnome-keyring-daemon']
const missing = (): string[] =>
  needed.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)

const command = process.argv.slice(2)
if (!command[0]) throw new Error('usage: with-keyring <command> [arguments]')

if (process.platform !== 'linux' || process.env.ATELIER_KEYRING === 'running') {
  process.exitCode = await run(command[0], command.slice(1))
} else if (missing().length > 0) {
  console.error(
    `${missing().join(' and ')} not found. Install with: apt-get install -y gnome-keyring dbus libsecret-1-0`,
  )
  process.exitCode = 1
} else {
  const home = mkdtempSync(join(tmpdir(), 'atelier-keyring-'))
  // The empty password unlocks a fresh login collection; the daemon ends with its bus.
  const script =
    'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$0" "$@"'
  process.exitCode = await run('dbus-run-session', ['--', 'sh', '-c', script, ...command], {
    ATELIER_KEYRING: 'running',
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: home,
  })
}
