import type { PlaceFinding } from '../../contract/folders.ts'
import type { Platform } from '../../domain/disk-name.ts'

/*
 * What a folder is by its path alone. Paths are real ones (no links in them) and absolute; everything else that can
 * be said of a place is asked of the disk.
 */

/** What is around a person on a computer; each path a real one. */
export type Surroundings = {
  platform: Platform
  home: string
  /** What is emptied by itself. */
  temporary: readonly string[]
  downloads: readonly string[]
  /** Folders of Windows, by the name of their variable. */
  environment: Readonly<Record<string, string | undefined>>
}

/** `at`: these themselves, while what lies in them may be linked. `within`: everything in them, too. */
type Rule = { at: readonly string[]; within: readonly string[]; but: readonly string[] }

const systemOf = ({ platform, environment }: Surroundings): Rule => {
  if (platform === 'win32') {
    const drive = environment.SystemDrive ?? 'C:'
    const within = ['SystemRoot', 'ProgramFiles', 'ProgramFiles(x86)', 'ProgramW6432']
      .map((name) => environment[name])
      .filter((path) => path !== undefined)
    return {
      at: [environment.PUBLIC ?? `${drive}/Users/Public`],
      within: [
        ...within,
        ...[`${drive}/Windows`, `${drive}/Program Files`, `${drive}/Program Files (x86)`],
        environment.ProgramData ?? `${drive}/ProgramData`,
      ],
      but: [],
    }
  }
  if (platform === 'darwin')
    return {
      at: ['/Volumes', '/private', '/private/var', '/private/tmp', '/opt', '/usr/local'],
      within: [
        '/System',
        '/Library',
        '/Applications',
        '/bin',
        '/sbin',
        '/usr',
        '/cores',
        '/dev',
      ].concat([
        '/private/etc',
        '/private/var/db',
        '/private/var/log',
        '/private/var/root',
        '/Network',
      ]),
      but: ['/usr/local', '/System/Volumes/Data'],
    }
  return {
    at: ['/mnt', '/media', '/srv', '/opt', '/tmp', '/var', '/var/tmp', '/usr/local'].concat([
      '/run/media',
      '/run/user',
    ]),
    within: ['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/libx32'].concat(
      ['/lost+found', '/proc', '/run', '/sbin', '/snap', '/sys', '/usr', '/nix', '/gnu'],
      ['cache', 'lib', 'log', 'spool', 'run', 'backups'].map((name) => `/var/${name}`),
    ),
    // Memory that programs of a person's own use as a disk.
    but: ['/dev/shm', '/run/media', '/run/user', '/usr/local'],
  }
}

/** In a home; the first are nobody's to share, of the others only the whole. */
const keys = ['.ssh', '.gnupg', '.aws', '.kube', '.password-store', '.local/share/keyrings'].concat(
  ['Library/Keychains', 'AppData/Roaming/Microsoft/Credentials'],
)
const settings = ['.config', '.local', '.local/share', '.cache', 'Library'].concat([
  'Library/Application Support',
  'AppData',
  'AppData/Local',
  'AppData/Roaming',
])

const syncedByName: readonly [pattern: RegExp, client: string][] = [
  [/(^|\/)library\/mobile documents(\/|$)/i, 'iCloud Drive'],
  [/(^|\/)(icloud ?drive)(\/|$)/i, 'iCloud Drive'],
  [/(^|\/)library\/cloudstorage\/dropbox/i, 'Dropbox'],
  [/(^|\/)library\/cloudstorage\/onedrive/i, 'OneDrive'],
  [/(^|\/)library\/cloudstorage\/googledrive/i, 'Google Drive'],
  [/(^|\/)library\/cloudstorage\//i, 'a cloud drive'],
  [/^dropbox( \([^/]*\))?(\/|$)/i, 'Dropbox'],
  [/^onedrive( - [^/]*)?(\/|$)/i, 'OneDrive'],
  [/^(google ?drive|my drive)(\/|$)/i, 'Google Drive'],
  [/^nextcloud(\/|$)/i, 'Nextcloud'],
  [/^owncloud(\/|$)/i, 'ownCloud'],
  [/^syncthing(\/|$)/i, 'Syncthing'],
  [/^(pcloud ?drive|pcloud)(\/|$)/i, 'pCloud'],
]

/** Whose folder one is that holds such an entry. */
export const syncMarkOf = (entry: string, isFolder: boolean): string | null => {
  // A folder of that name is where the program lies, in a home.
  if (/^\.dropbox$/i.test(entry)) return isFolder ? null : 'Dropbox'
  if (/^\.dropbox\.cache$/i.test(entry)) return 'Dropbox'
  if (/^\.st(folder|versions)$/i.test(entry)) return 'Syncthing'
  if (/^(\.nextcloudsync\.log|\._?sync_[0-9a-f]+\.db)$/i.test(entry)) return 'Nextcloud'
  if (/^\.owncloudsync\.log$/i.test(entry)) return 'ownCloud'
  if (/^\.tmp\.drive(upload|download)$/i.test(entry)) return 'Google Drive'
  return null
}

/** File systems by what `statfs` calls them on Linux. */
const noDisks = new Map<number, string>([
  ...([
    [0x9fa0, 'proc'],
    [0x62656572, 'sysfs'],
    [0x1cd1, 'devpts'],
    [0x27e0eb, 'cgroup'],
  ] as const),
  ...([
    [0x63677270, 'cgroup2'],
    [0x64626720, 'debugfs'],
    [0x74726163, 'tracefs'],
  ] as const),
  ...([
    [0x73636673, 'securityfs'],
    [0xcafe4a11, 'bpf'],
    [0x62656570, 'configfs'],
  ] as const),
  ...([
    [0x6165676c, 'pstore'],
    [0xde5e81e4, 'efivarfs'],
    [0x6e736673, 'nsfs'],
  ] as const),
])
const networks = new Map<number, string>([
  ...([
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xff534d42, 'SMB'],
    [0xfe534d42, 'SMB'],
  ] as const),
  ...([
    [0x564c, 'NCP'],
    [0x5346414f, 'AFS'],
    [0x6b414653, 'AFS'],
    [0x73757245, 'Coda'],
  ] as const),
  ...([
    [0x01021997, '9p'],
    [0x00c36400, 'Ceph'],
    [0x786f4256, 'VirtualBox'],
    [0xbacbacbc, 'VMware'],
  ] as const),
  ...([
    [0x0bd00bd0, 'Lustre'],
    [0x47504653, 'GPFS'],
    [0x19830326, 'BeeGFS'],
  ] as const),
])
/** What is mounted by a program rather than the kernel: which program decides. */
export const isByProgram = (type: number): boolean => type === 0x65735546
const remotePrograms =
  /^fuse\.(sshfs|rclone|s3fs|gcsfuse|davfs2?|gvfsd-fuse|glusterfs|ceph|smbnetfs|google-drive-ocamlfuse|onedriver|juicefs|nfs.*)$|^virtiofs$/

/** `type`: as `statfs` says; `mounted`: the name of the file system in the list of mounts, where it is known. */
export const fileSystemFinding = (type: number, mounted: string | null): PlaceFinding | null => {
  const none = noDisks.get(type)
  if (none !== undefined) return { kind: 'no-disk', severity: 'refuse', detail: none }
  const network = networks.get(type)
  if (network !== undefined) return { kind: 'network', severity: 'warn', detail: network }
  return mounted !== null && remotePrograms.test(mounted)
    ? { kind: 'network', severity: 'warn', detail: mounted.replace(/^fuse\./, '') }
    : null
}

/** One spelling for all that a system takes for the same. */
const plain = (path: string, platform: Platform): string => {
  const slashed = (platform === 'win32' ? path.replaceAll('\\', '/') : path).normalize('NFC')
  const whole = slashed.length > 1 ? slashed.replace(/\/+$/, '') : slashed
  return platform === 'linux' ? whole : whole.toLowerCase()
}

/** What a folder is by where it lies. */
export const findingsOfPath = (path: string, around: Surroundings): PlaceFinding[] => {
  const { platform } = around
  const of = (text: string): string => plain(text, platform)
  const here = of(path)
  const is = (other: string): boolean => here === of(other)
  const isIn = (folder: string): boolean =>
    here.startsWith(of(folder) === '/' ? '/' : `${of(folder)}/`)
  const holds = (other: string): boolean => of(other).startsWith(here === '/' ? '/' : `${here}/`)
  const finding = (
    kind: PlaceFinding['kind'],
    severity: PlaceFinding['severity'],
    detail: string | null = null,
  ): PlaceFinding => ({ kind, severity, detail })
  const found: PlaceFinding[] = []

  const isRoot = here === '/' || /^[a-z]:$/.test(here) || /^\/\/[^/]+(\/[^/]+)?$/.test(here)
  if (isRoot) found.push(finding('disk-root', 'refuse'))
  else if (is(around.home) || holds(around.home)) found.push(finding('home', 'refuse'))
  if (platform === 'win32' && here.startsWith('//')) found.push(finding('network', 'warn', 'SMB'))

  const isHome = of(around.home) !== '/' && isIn(around.home)
  // A home may lie where only the system's things do otherwise: root's does.
  if (!isRoot && !isHome) {
    const { at, within, but } = systemOf(around)
    const isBut = but.some((folder) => is(folder) || isIn(folder))
    if (at.some(is) || (!isBut && within.some((folder) => is(folder) || isIn(folder))))
      found.push(finding('system', 'refuse'))
  }
  if (isHome) {
    const inHome = path.slice(around.home.length).replaceAll('\\', '/').replace(/^\/+/, '')
    const homely = (folder: string): string => `${around.home}/${folder}`
    if (keys.some((folder) => is(homely(folder)) || isIn(homely(folder))))
      found.push(finding('settings', 'refuse'))
    else if (settings.some((folder) => is(homely(folder))))
      found.push(finding('settings', 'refuse'))
    const synced = syncedByName.find(([pattern]) => pattern.test(inHome))
    if (synced) found.push(finding('other-sync', 'warn', synced[1]))
    else if (
      !found.some(({ kind }) => kind === 'settings') &&
      settings.some((folder) => isIn(homely(folder)))
    )
      found.push(finding('settings', 'warn'))
  }
  for (const name of ['OneDrive', 'OneDriveConsumer', 'OneDriveCommercial']) {
    const folder = around.environment[name]
    if (folder && (is(folder) || isIn(folder)) && !found.some(({ kind }) => kind === 'other-sync'))
      found.push(finding('other-sync', 'warn', 'OneDrive'))
  }
  if (!found.some(({ severity }) => severity === 'refuse')) {
    if (around.temporary.some((folder) => is(folder) || isIn(folder)))
      found.push(finding('temporary', 'warn'))
    if (around.downloads.some(is)) found.push(finding('downloads', 'warn'))
    else if (around.downloads.some(isIn)) found.push(finding('downloads', 'info'))
  }
  return found
}
