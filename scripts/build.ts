import { access, constants, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.ts'

const sources = ['src', 'electron', 'renderer', 'electron.vite.config.ts', 'package-lock.json']
const outputs = [
  'out/main/index.js',
  'out/preload/index.cjs',
  'out/preload/preview.cjs',
  'out/renderer/index.html',
  'out/bundled-packages.json',
]

const modified = async (path: string): Promise<number> => {
  const entry = await stat(path).catch(() => null)
  if (!entry) return 0
  if (!entry.isDirectory()) return entry.mtimeMs
  const names = await readdir(path)
  return Math.max(0, ...(await Promise.all(names.map((name) => modified(join(path, name))))))
}

export const build = async (): Promise<void> => {
  await access(root, constants.W_OK).catch(() => {
    throw new Error(
      `Atelier is built in its own folder, and ${root} cannot be written to: start it once as the user whose folder it is, or clone it anew.`,
    )
  })
  const code = await run('electron-vite', ['build', '--logLevel', 'warn'])
  if (code !== 0) throw new Error('The build failed; the lines above say why.')
}

/** Builds only when a source is newer than what was built. */
export const ensureBuilt = async (): Promise<void> => {
  const built = await Promise.all(outputs.map((path) => modified(join(root, path))))
  const newest = Math.max(...(await Promise.all(sources.map((path) => modified(join(root, path))))))
  if (Math.min(...built) >= newest) return
  console.log('Building (the sources changed) …')
  await build()
}

if (import.meta.main) await build()
