import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'
import { z } from 'zod'
import { readArguments } from '../arguments.ts'
import { root, run } from '../run.ts'
import { writeAppleKey } from './apple-key.ts'
import { writeChecksums } from './checksums.ts'
import { checkTag, draftArguments, notSignedIn } from './draft.ts'
import { bringElectron, sandboxCommands } from './electron.ts'
import { fusedBinary, installedBinary, installHere, signingAsNobody } from './installed.ts'

const usage = `npm run release -- prepare      Electron and what the tests need of this system, and what signs for Apple (ATELIER_APPLE_KEY_TEXT)
npm run release -- install      the package that was made here; with ATELIER_E2E_INSTALLED=AppImage that one, unpacked
npm run release -- inspectable  opens what was installed to tests: its inspection is switched on again
npm run release -- checksums    dist/SHA256SUMS
npm run release -- tag          refuses a tag that is not this version's
npm run release -- draft        a draft of a release with everything in dist, by GitHub's own gh; nobody sees it yet`

const { positionals } = readArguments(usage, { allowPositionals: true, options: {} })
const [command] = positionals
const dist = join(root, 'dist')
const manifest = z.object({ version: z.string() })
const asRoot = process.getuid?.() === 0 ? [] : ['sudo']

const must = async (program: string, args: string[]): Promise<void> => {
  if ((await run(program, args)) !== 0) throw new Error(`${program} ${args[0] ?? ''} failed.`)
}
const mustAsRoot = async (...command: string[]): Promise<void> => {
  const [program = '', ...args] = [...asRoot, ...command]
  await must(program, args)
}

const prepare = async (): Promise<void> => {
  await writeAppleKey(process.env)
  const binary = await bringElectron()
  if (process.platform !== 'linux') return
  for (const command of sandboxCommands(binary)) await mustAsRoot(...command)
  await mustAsRoot('apt-get', 'update', '-q')
  await mustAsRoot(
    ...['apt-get', 'install', '-y', '--no-install-recommends'],
    ...['dbus', 'gnome-keyring', 'libsecret-1-0', 'xauth', 'xvfb'],
  )
}

const inspectable = async (): Promise<void> => {
  const binary = fusedBinary(installedBinary(process.platform, process.env))
  // On Linux it is root's, as it should be; only here, where it is thrown away, does a test change it.
  if (process.platform === 'linux' && asRoot.length > 0)
    await must('sudo', ['chown', String(process.getuid?.()), binary])
  await flipFuses(binary, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  if (process.platform === 'darwin') await must('codesign', signingAsNobody(binary))
}

const version = async (): Promise<string> =>
  manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).version
const tag = async (): Promise<void> => checkTag(process.env, await version())

const draft = async (): Promise<void> => {
  if (process.env.GITHUB_REF_TYPE !== 'tag' || !process.env.GH_TOKEN)
    throw new Error('A draft needs a tag (GITHUB_REF_TYPE) and GH_TOKEN, which the workflow gives.')
  await tag()
  const names = [...(await writeChecksums(dist)), 'SHA256SUMS']
  const args = draftArguments({
    version: await version(),
    notSigned: await notSignedIn(dist),
    files: names.map((name) => join(dist, name)),
  })
  // No shell: names of files are no words of a command.
  const { status } = spawnSync('gh', args, { stdio: 'inherit' })
  if (status !== 0) throw new Error('gh did not make the draft.')
}

const commands: Record<string, () => Promise<unknown>> = {
  prepare,
  install: installHere,
  inspectable,
  checksums: () => writeChecksums(dist),
  tag,
  draft,
}
const work = commands[command ?? '']
if (!work) {
  console.error(usage)
  process.exit(2)
}
try {
  await work()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
