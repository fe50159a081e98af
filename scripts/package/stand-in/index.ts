import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ensureDebianPackages } from '../../debian.ts'
import { root } from '../../run.ts'
import { packageFor } from '../package.ts'
import { type Format, nameOf, type Target } from '../target.ts'
import { writeDistribution } from './distribution.ts'
import { standInTools, toolPackages } from './tools.ts'

export type Packed = { target: Target; folder: string; artifacts: string[] }

/** The systems; of Linux, whose tools are free and in Debian, every kind of package, and of macOS what updates fetch. */
const plan: { target: Target; formats: readonly Format[] }[] = [
  { target: { system: 'linux', processor: 'x64' }, formats: ['deb', 'rpm', 'AppImage', 'tar.gz'] },
  { target: { system: 'win32', processor: 'x64' }, formats: [] },
  { target: { system: 'darwin', processor: 'arm64' }, formats: ['zip'] },
]

/** Nobody's: what is asked of it stays without an answer. */
export const standInFeed = { provider: 'generic', url: 'https://updates.atelier.invalid/' } as const

const version = z.object({ version: z.string() })

/** Everything that packaging does, on one Linux and with no binary of Electron: for whoever looks at what came of it. */
export const packStandIns = async (output: string): Promise<Packed[]> => {
  ensureDebianPackages(toolPackages)
  await rm(output, { recursive: true, force: true })
  await mkdir(output, { recursive: true })
  Object.assign(process.env, await standInTools(join(output, 'tools')))
  const manifest = await readFile(join(root, 'node_modules/electron/package.json'), 'utf8')
  const electron = version.parse(JSON.parse(manifest)).version
  const packed: Packed[] = []
  for (const { target, formats } of plan) {
    const distribution = join(output, 'electron', nameOf(target))
    await writeDistribution(distribution, target, electron)
    const made = await packageFor({
      target,
      formats,
      electronDistribution: distribution,
      output: join(output, nameOf(target)),
      feed: standInFeed,
      placeholders: true,
    })
    packed.push({ target, ...made })
  }
  return packed
}
