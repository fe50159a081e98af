import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const run = (command: string, ...options: string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, options, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${options.join(' ')}: ${stderr || stdout}`)
  return stdout.trim()
}

export type Mounted = {
  root: string
  remount(options: string): void
  /** Away at once, whoever uses it (`umount -l`). */
  take(): void
  bringBack(): void
  close(): void
}

/**
 * A disk of its own. `tmpfs`: a few megabytes of memory. `ext4`: in a file. `exfat`: in a file too, by a program (FUSE)
 * rather than the kernel: no case, no hard links, whole seconds, no `?` in names, other inodes after each mount.
 */
export const mountDisk = (kind: 'tmpfs' | 'ext4' | 'exfat', megabytes: number): Mounted => {
  const place = mkdtempSync('/tmp/atelier-disk-')
  const [root, image] = [join(place, 'folder'), join(place, 'image')]
  run('mkdir', root)
  let device: string | null = null
  const mount = (): void => {
    if (kind === 'tmpfs') run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', root)
    else if (kind === 'ext4') run('mount', '-o', 'loop', image, root)
    else {
      device = run('losetup', '-f', '--show', image)
      run('mount.exfat-fuse', device, root)
    }
  }
  const take = (): void => {
    run('umount', '-l', root)
    if (device) run('losetup', '-d', device)
    device = null
  }
  try {
    if (kind !== 'tmpfs') {
      run('truncate', '-s', `${megabytes}m`, image)
      run(`mkfs.${kind}`, ...(kind === 'ext4' ? ['-q'] : []), image)
    }
    mount()
  } catch (error) {
    rmSync(place, { recursive: true, force: true })
    throw error
  }
  return {
    root,
    remount: (options) => void run('mount', '-o', `remount,${options}`, root),
    take,
    bringBack: mount,
    close: () => {
      try {
        take()
      } finally {
        rmSync(place, { recursive: true, force: true })
      }
    },
  }
}

/** Why this computer lets nobody mount such a disk; null when it does. */
export const whyNoDisk = (kind: Parameters<typeof mountDisk>[0]): string | null => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root may mount disks'
  try {
    mountDisk(kind, 4).close()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
