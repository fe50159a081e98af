import { describe, expect, it } from 'vitest'
import { fileSystemFinding, findingsOfPath, type Surroundings, syncMarkOf } from './place.ts'

const linux: Surroundings = {
  platform: 'linux',
  home: '/home/ada',
  environment: {},
  temporary: ['/tmp', '/var/tmp'],
  downloads: ['/home/ada/Téléchargements'],
}
const root: Surroundings = { ...linux, home: '/root' }
const mac: Surroundings = {
  platform: 'darwin',
  home: '/Users/ada',
  environment: {},
  temporary: ['/private/tmp'],
  downloads: ['/Users/ada/Downloads'],
}
const windows: Surroundings = {
  platform: 'win32',
  home: 'C:\\Users\\Ada',
  downloads: ['C:\\Users\\Ada\\Downloads'],
  temporary: ['C:\\Users\\Ada\\AppData\\Local\\Temp'],
  environment: {
    SystemDrive: 'C:',
    SystemRoot: 'C:\\Windows',
    ProgramFiles: 'C:\\Program Files',
    ProgramData: 'C:\\ProgramData',
    OneDriveCommercial: 'D:\\Firm',
  },
}
const said = (path: string, around: Surroundings): string[] =>
  findingsOfPath(path, around).map(({ kind, severity, detail }) =>
    [severity, kind, ...(detail === null ? [] : [detail])].join(' '),
  )

describe('what a folder is by where it lies', () => {
  it.each<[string, Surroundings, string[]]>([
    ['/', linux, ['refuse disk-root']],
    ['/home', linux, ['refuse home']],
    ['/home/ada', linux, ['refuse home']],
    ['/home/ada/', linux, ['refuse home']],
    ['/home/ada/work', linux, []],
    ['/home/adam', linux, []],
    ['/root/work', root, []],
    ['/etc', linux, ['refuse system']],
    ['/etc/nginx', linux, ['refuse system']],
    ['/etcetera', linux, []],
    ['/proc/self', linux, ['refuse system']],
    ['/usr/share', linux, ['refuse system']],
    ['/usr/local', linux, ['refuse system']],
    ['/usr/local/work', linux, []],
    ['/var', linux, ['refuse system']],
    ['/var/lib/postgresql', linux, ['refuse system']],
    ['/var/www/site', linux, []],
    ['/opt', linux, ['refuse system']],
    ['/opt/work', linux, []],
    ['/mnt', linux, ['refuse system']],
    ['/mnt/disk', linux, []],
    ['/run/media/ada/stick', linux, []],
    ['/run/user/1000/gvfs/x', linux, []],
    ['/run/lock', linux, ['refuse system']],
    ['/dev/shm/work', linux, []],
    ['/tmp', linux, ['refuse system']],
    ['/tmp/work', linux, ['warn temporary']],
    ['/home/ada/.ssh', linux, ['refuse settings']],
    ['/home/ada/.ssh/keys', linux, ['refuse settings']],
    ['/home/ada/.config', linux, ['refuse settings']],
    ['/home/ada/.config/nvim', linux, ['warn settings']],
    ['/home/ada/.configure', linux, []],
    ['/home/ada/Téléchargements', linux, ['warn downloads']],
    ['/home/ada/Téléchargements/site', linux, ['info downloads']],
    ['/home/ada/Dropbox/site', linux, ['warn other-sync Dropbox']],
    ['/home/ada/Dropbox (Firm)', linux, ['warn other-sync Dropbox']],
    ['/home/ada/work/Dropbox', linux, []],
    ['/home/ada/Nextcloud', linux, ['warn other-sync Nextcloud']],
    ['/Users', mac, ['refuse home']],
    ['/users/ADA', mac, ['refuse home']],
    ['/Library/Fonts', mac, ['refuse system']],
    ['/Users/ada/Library', mac, ['refuse settings']],
    ['/Users/ada/Library/Keychains', mac, ['refuse settings']],
    ['/Users/ada/Library/Mobile Documents', mac, ['warn other-sync iCloud Drive']],
    [
      '/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/x',
      mac,
      ['warn other-sync iCloud Drive'],
    ],
    ['/Users/ada/Library/CloudStorage/OneDrive-Firm', mac, ['warn other-sync OneDrive']],
    ['/Users/ada/Library/CloudStorage/GoogleDrive-a@b.c/x', mac, ['warn other-sync Google Drive']],
    ['/Volumes', mac, ['refuse system']],
    ['/Volumes/Stick', mac, []],
    ['/Users/ada/Downloads', mac, ['warn downloads']],
    ['C:\\', windows, ['refuse disk-root']],
    ['D:\\', windows, ['refuse disk-root']],
    ['C:\\Users', windows, ['refuse home']],
    ['c:\\users\\ada\\', windows, ['refuse home']],
    ['C:\\Users\\Ada\\work', windows, []],
    ['C:\\windows\\System32', windows, ['refuse system']],
    ['C:\\Program Files (x86)', windows, ['refuse system']],
    ['C:\\ProgramData\\x', windows, ['refuse system']],
    ['C:\\Users\\Ada\\AppData\\Roaming', windows, ['refuse settings']],
    ['C:\\Users\\Ada\\OneDrive - Firm\\x', windows, ['warn other-sync OneDrive']],
    ['D:\\Firm\\x', windows, ['warn other-sync OneDrive']],
    ['D:\\work', windows, []],
    ['\\\\server\\share', windows, ['refuse disk-root', 'warn network SMB']],
    ['\\\\server\\share\\work', windows, ['warn network SMB']],
  ])('%s', (path, around, expected) => expect(said(path, around)).toEqual(expected))
})

it('what a disk is: none, one of a network, or one like any other', () => {
  expect(fileSystemFinding(0x9fa0, null)).toMatchObject({ kind: 'no-disk', severity: 'refuse' })
  expect(fileSystemFinding(0xfe534d42, null)).toMatchObject({ kind: 'network', detail: 'SMB' })
  expect(fileSystemFinding(0x65735546, 'fuse.sshfs')).toMatchObject({ detail: 'sshfs' })
  expect(fileSystemFinding(0x65735546, 'fuse.exfat-fuse')).toBeNull()
  expect(fileSystemFinding(0xef53, 'ext4')).toBeNull()
})
it('whose folder one is that holds a mark', () => {
  expect(syncMarkOf('.dropbox', false)).toBe('Dropbox')
  expect(syncMarkOf('.dropbox', true)).toBeNull()
  expect(syncMarkOf('.stfolder', true)).toBe('Syncthing')
  expect(syncMarkOf('.sync_0a1b2c3d4e5f.db', false)).toBe('Nextcloud')
  expect(syncMarkOf('.syncthing', false)).toBeNull()
})
