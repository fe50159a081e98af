import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { hasDisplay } from './display.ts'
import { missingFor } from './libraries.ts'

/** What the tests need beyond npm, by the file that shows it is there. */
const testPackages: Record<string, string> = {
  chromium: '/usr/bin/chromium',
  'exfat-fuse': '/usr/sbin/mount.exfat-fuse',
  exfatprogs: '/usr/sbin/mkfs.exfat',
  'gnome-keyring': '/usr/bin/gnome-keyring-daemon',
  dbus: '/usr/bin/dbus-run-session',
  'libsecret-1-0': '/usr/lib/x86_64-linux-gnu/libsecret-1.so.0',
  // pgrep
  procps: '/usr/bin/pgrep',
  'postgresql-15': '/usr/lib/postgresql/15/bin/initdb',
  'postgresql-15-cron': '/usr/share/postgresql/15/extension/pg_cron.control',
  'postgresql-15-plpgsql-check': '/usr/share/postgresql/15/extension/plpgsql_check.control',
  'postgresql-15-pgtap': '/usr/share/postgresql/15/extension/pgtap.control',
}

/** What `npm start` needs where Electron's binary is not: the first is the window, the others keep the session. */
const startPackageFiles: Record<string, string> = {
  chromium: '/usr/bin/chromium',
  'gnome-keyring': '/usr/bin/gnome-keyring-daemon',
  dbus: '/usr/bin/dbus-run-session',
  'libsecret-1-0': '/usr/lib/x86_64-linux-gnu/libsecret-1.so.0',
}

/** What a start without Electron lacks, in a line. */
export const startPackages = (): string => {
  const why = hasDisplay()
    ? "Electron's binary is not here and could not be fetched; without it Atelier opens in Chromium."
    : 'Without a display Atelier runs in Chromium.'
  const missing = missingOf(startPackageFiles)
  return process.platform === 'linux' && existsSync('/usr/bin/apt-get')
    ? `${why} Missing here: ${missing.join(', ')}. Install with: sudo apt-get install -y ${missing.join(' ')}`
    : `${why} Missing here: Chromium or Chrome. Install one.`
}

/** What Electron lacks, in a line; null where it can start. */
export const electronPackages = (binary: string): string | null => {
  const libraries = missingFor(binary)
  if (libraries.length === 0) return null
  const keychain = missingOf(startPackageFiles).filter((name) => name !== 'chromium')
  const missing = [...libraries, ...keychain]
  return `Electron needs what this system lacks: ${missing.join(', ')}. On Debian and Ubuntu: sudo apt-get install -y ${missing.join(' ')}`
}

/** Whom the benchmark of sync is compared with, and what measures them. */
export const benchmarkPackages: Record<string, string> = {
  rclone: '/usr/bin/rclone',
  curl: '/usr/bin/curl',
  time: '/usr/bin/time',
}

const present = (name: string, file: string): boolean =>
  existsSync(file) || spawnSync('dpkg', ['-s', name]).status === 0

const missingOf = (packages: Record<string, string>): string[] =>
  Object.entries(packages)
    .filter(([name, file]) => !present(name, file))
    .map(([name]) => name)

/** Installs what a Debian machine lacks when it may; elsewhere names the command and goes on. */
export const ensureDebianPackages = (packages = testPackages): void => {
  if (process.platform !== 'linux') return
  const missing = missingOf(packages)
  if (missing.length === 0) return
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`The tests need ${missing.join(', ')}. Install with: sudo ${command}`)
    return
  }
  console.log(`Installing ${missing.join(', ')} …`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', env: environment })
  const { status } = spawnSync('sh', ['-c', command], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  })
  if (status !== 0) console.error(`That failed. By hand: sudo ${command}`)
}
