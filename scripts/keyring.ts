import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A session bus of its own is begun with a command, and ends with it. */
export const session = 'dbus-run-session'
const needed = [session, 'gnome-keyring-daemon']
export const missingPrograms = (): string[] =>
  needed.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)

// The empty password unlocks a fresh login collection; the daemon ends with its bus.
const unlock = 'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1'
/** What `dbus-run-session` is told: the script, and what it becomes once there is a keyring. */
export const beside = (script: string): string[] => ['--', 'sh', '-c', `${unlock}; ${script}`]

/** Where such a keyring keeps what it has, and those who use it whatever they have. */
export const ownHome = (): Record<string, string> => {
  const home = mkdtempSync(join(tmpdir(), 'atelier-keyring-'))
  return {
    ATELIER_KEYRING: 'running',
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: home,
  }
}

/** Another one, for whoever puts `environment` into theirs; it ends with this process, however that ends. */
export const startKeyring = async (): Promise<{
  environment: Record<string, string>
  stop(): Promise<void>
}> => {
  const home = ownHome()
  const child = spawn(session, beside('echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'), {
    env: { ...process.env, ...home },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  const told = await Promise.race([once(child.stdout, 'data'), ended.then(() => null)])
  if (!told) throw new Error('No keyring could be started.')
  return {
    environment: { ...home, DBUS_SESSION_BUS_ADDRESS: String(told[0]).trim() },
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}
