import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../run.ts'

/** Of Debian: what makes packages where electron-builder's own tools, which it downloads, are not to be had. */
export const toolPackages: Record<string, string> = {
  dpkg: '/usr/bin/dpkg-deb',
  rpm: '/usr/bin/rpmbuild',
  'squashfs-tools': '/usr/bin/mksquashfs',
  'desktop-file-utils': '/usr/bin/desktop-file-validate',
  'p7zip-full': '/usr/bin/7za',
  llvm: '/usr/bin/llvm-strip',
}

/** What an AppImage begins with: its own is a program that mounts the rest, and is to be had from its makers only. */
const runtime = "#!/bin/sh\nprintf '%s' 'This is a stand-in: it cannot be run.\n' >&2\nexit 1\n"

/** Tools that need no network, in that folder, and the environment by which electron-builder takes them. */
export const standInTools = async (folder: string): Promise<NodeJS.ProcessEnv> => {
  const appImage = join(folder, 'appimage')
  await mkdir(join(appImage, 'runtimes'), { recursive: true })
  await mkdir(join(appImage, 'lib/x64'), { recursive: true })
  await writeFile(join(appImage, 'runtimes/runtime-x64'), runtime)
  await symlink('/usr/bin/mksquashfs', join(appImage, 'mksquashfs'))
  await symlink('/usr/bin/desktop-file-validate', join(appImage, 'desktop-file-validate'))
  const fpm = join(folder, 'fpm')
  const script = join(root, 'scripts/package/stand-in/fpm.ts')
  await writeFile(fpm, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`)
  await chmod(fpm, 0o755)
  return {
    APPIMAGE_TOOLS_PATH: appImage,
    CUSTOM_FPM_PATH: fpm,
    ELECTRON_BUILDER_7ZIP_PATH: '/usr/bin/7za',
    // They are looked at and thrown away: fast before small.
    ELECTRON_BUILDER_COMPRESSION_LEVEL: '1',
    // Neither a certificate of this computer nor a look for one.
    CSC_IDENTITY_AUTO_DISCOVERY: 'false',
  }
}
