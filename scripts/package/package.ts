import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Arch, build, type Configuration, Platform } from 'electron-builder'
import { z } from 'zod'
import { root } from '../run.ts'
import { afterPack, PackageError } from './after-pack.ts'
import { partsOf } from './application.ts'
import { debianCopyright } from './debian-copyright.ts'
import { wrongFuses } from './fuses.ts'
import { type Feed, feedFrom } from './publish.ts'
import { forgetEmptySecrets, macSigning, signedForThisMachine } from './signing.ts'
import { stage } from './stage.ts'
import type { Format, Target } from './target.ts'

export type PackageOptions = {
  target: Target
  /** None: the folder of the application alone. */
  formats: readonly Format[]
  /** A distribution of Electron in place of the one that is fetched. */
  electronDistribution?: string
  /** Where everything is written; `dist` when absent. */
  output?: string
  /** Where installed applications look for updates; what the environment names when absent. */
  feed?: Feed
  /** Says by files of their names what cannot be had off the target's own system: nobody runs such a package. */
  placeholders?: boolean
}

const ownManifest = z.object({ homepage: z.string() })
const electronManifest = z.object({ version: z.string() })

const platforms = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS }

const configurationFor = async (
  options: PackageOptions,
  staged: { folder: string; notices: string },
): Promise<Configuration> => {
  const electron = electronManifest.parse(
    JSON.parse(await readFile(join(root, 'node_modules/electron/package.json'), 'utf8')),
  )
  const feed = options.feed ?? feedFrom(process.env)
  const signing =
    options.target.system === 'darwin' && !options.placeholders ? macSigning(process.env) : null
  if (signing) console.log(signedForThisMachine)
  const copyrightFile = `${staged.folder}.copyright`
  const { homepage } = ownManifest.parse(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
  )
  await writeFile(
    copyrightFile,
    debianCopyright({
      licence: await readFile(join(root, 'LICENSE'), 'utf8'),
      homepage,
      notices: '/opt/Atelier/resources/THIRD-PARTY-NOTICES.txt',
    }),
  )
  const copyright = `${copyrightFile}=/usr/share/doc/atelier/copyright`
  return {
    directories: { app: staged.folder, output: options.output ?? join(root, 'dist') },
    electronVersion: electron.version,
    ...(options.electronDistribution ? { electronDist: options.electronDistribution } : {}),
    afterPack: afterPack({ notices: staged.notices, placeholders: options.placeholders ?? false }),
    deb: { fpm: [copyright] },
    rpm: { fpm: [copyright] },
    ...(signing ? { mac: signing } : {}),
    ...(feed ? { publish: feed } : {}),
  }
}

/** The application's folder and its packages; nothing is published. */
export const packageFor = async (
  options: PackageOptions,
): Promise<{ folder: string; artifacts: string[] }> => {
  const { target, formats } = options
  let folder: string | undefined
  forgetEmptySecrets(process.env)
  const configuration = await configurationFor(options, await stage(target))
  const complete = configuration.afterPack
  const artifacts = await build({
    projectDir: root,
    targets: platforms[target.system].createTarget(
      formats.length ? [...formats] : ['dir'],
      Arch[target.processor],
    ),
    config: {
      ...configuration,
      afterPack: async (context) => {
        folder = context.appOutDir
        if (typeof complete === 'function') await complete(context)
      },
    },
    publish: 'never',
  })
  if (!folder) throw new PackageError('electron-builder packed nothing.')
  const wrong = await wrongFuses(partsOf(folder, target.system).program)
  if (wrong.length > 0) throw new PackageError(wrong.join('\n'))
  return { folder, artifacts }
}
