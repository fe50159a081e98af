import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { root, run } from '../run.ts'
import { nameOf, type Target } from './target.ts'

const manifest = z.looseObject({ scripts: z.unknown().optional() })

/**
 * The packages of the lock file as they are on the target's own system: npm chooses the native parts by system,
 * processor and C library, so it is asked for those of the target, wherever it runs. No script of a package runs.
 */
export const installFor = async (target: Target): Promise<string> => {
  const folder = join(root, 'dist/installed', nameOf(target))
  const { scripts: _, ...own } = manifest.parse(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
  )
  const lock = await readFile(join(root, 'package-lock.json'))
  const text = JSON.stringify(own, null, 2)
  const key = createHash('sha256').update(lock).digest('hex')
  const stamp = join(folder, 'complete')
  if ((await readFile(stamp, 'utf8').catch(() => null)) === key) return join(folder, 'node_modules')
  console.log(`Installing the packages of ${nameOf(target)} …`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), text)
  await copyFile(join(root, 'package-lock.json'), join(folder, 'package-lock.json'))
  const code = await run('npm', [
    'ci',
    ...['--prefix', folder, '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
    ...['--loglevel=error', `--os=${target.system}`, `--cpu=${target.processor}`],
    ...(target.system === 'linux' ? ['--libc=glibc'] : []),
  ])
  if (code !== 0)
    throw new Error(
      `The packages of ${nameOf(target)} could not be installed; the lines above say why.`,
    )
  await writeFile(stamp, key)
  return join(folder, 'node_modules')
}
