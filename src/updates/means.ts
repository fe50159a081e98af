import type { UpdateMeans } from '../contract/updates.ts'

/** What can be seen of an installation from within. */
export type Installation = {
  platform: 'darwin' | 'win32' | 'linux'
  isPackaged: boolean
  /** A feed is configured. */
  hasFeed: boolean
  /** Of snap, flatpak, a Windows or Mac store. */
  isOfStore: boolean
  /** macOS: where the running copy lies; Windows and Linux: the program's file. */
  executable: string
  /** The AppImage it was started from; Linux alone. */
  appImage: string | null
  /** The AppImage, or what macOS would replace, and its folder can be written to. */
  isWritable: boolean
  /** `deb`, `rpm`, `pacman`, as the package itself says. */
  linuxPackage: 'deb' | 'rpm' | 'pacman' | null
  /** Runs as root, or something is there that asks the person for the rights. */
  mayElevate: boolean
  /** Windows: what takes the installed program away lies beside it. */
  hasUninstaller: boolean
}

/** How this installation can be brought up to date. Whoever cannot do it by itself still hears of new versions. */
export const meansOf = (found: Installation): UpdateMeans => {
  if (!found.hasFeed)
    return { kind: 'none', why: found.isPackaged ? 'not-configured' : 'development' }
  if (found.isOfStore) return { kind: 'none', why: 'store' }
  if (found.platform === 'darwin') {
    if (found.executable.includes('/AppTranslocation/'))
      return { kind: 'page', why: 'translocated' }
    return found.isWritable ? { kind: 'self' } : { kind: 'page', why: 'read-only' }
  }
  if (found.platform === 'win32')
    return found.hasUninstaller ? { kind: 'self' } : { kind: 'page', why: 'unpacked' }
  if (found.linuxPackage !== null)
    return found.mayElevate ? { kind: 'self' } : { kind: 'page', why: 'no-rights' }
  if (found.appImage !== null)
    return found.isWritable ? { kind: 'self' } : { kind: 'page', why: 'read-only' }
  return { kind: 'page', why: 'unpacked' }
}
