import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { readArguments } from '../arguments.ts'
import { ensureBuilt } from '../build.ts'
import { root } from '../run.ts'
import { packagingFailure } from './fetching.ts'
import { isNotSignedFile, notSigned, notSignedFile } from './not-signed.ts'
import { packageFor } from './package.ts'
import { type Packed, packStandIns } from './stand-in/index.ts'
import { nameOf, wanted } from './target.ts'
import { joinedFeed } from './update-feed.ts'

const usage = `npm run package -- [--dir] [--system <system>] [--processor <processor>]… [--target <package>]…
  --dir        the application's folder alone, no package of it
  --system     linux, darwin or win32; the one it runs on when absent
  --processor  x64 or arm64; on macOS both when absent
  --target     deb, rpm, AppImage, tar.gz; dmg, zip; nsis. All of the system when absent
  --stand-in   all three systems over a stand-in for Electron, on a Debian: to be looked at, not to be run
ATELIER_UPDATE_URL or ATELIER_UPDATE_GITHUB (owner/repository) names where the packages look for updates.
What is signed is what electron-builder finds a certificate for (CSC_LINK, WIN_CSC_LINK, APPLE_API_KEY).`

const { values } = readArguments(usage, {
  options: {
    dir: { type: 'boolean', default: false },
    system: { type: 'string' },
    processor: { type: 'string', multiple: true },
    target: { type: 'string', multiple: true },
    'stand-in': { type: 'boolean', default: false },
  },
})
const asked = wanted(
  {
    system: values.system,
    processors: values.processor,
    formats: values.target,
    folderOnly: values.dir,
  },
  { system: process.platform, processor: process.arch },
)
if (typeof asked === 'string') {
  console.error(`${asked}\n\n${usage}`)
  process.exit(2)
}

const output = join(root, 'dist')
const made = async (wanted: (name: string) => boolean): Promise<string[]> => {
  const names = await readdir(output).catch(() => [])
  return names.filter(wanted).map((name) => join(output, name))
}
const feedFiles = () => made((name) => /^latest[\w-]*\.yml$/.test(name))

const name = ({ target, folder, artifacts }: Packed): void => {
  console.log(`${nameOf(target)}: ${relative(root, folder)}`)
  for (const artifact of artifacts) console.log(`  ${relative(root, artifact)}`)
}

const packageAll = async (): Promise<void> => {
  for (const former of [...(await feedFiles()), ...(await made(isNotSignedFile))]) await rm(former)
  const feeds = new Map<string, string[]>()
  for (const target of asked.targets) {
    const packed = await packageFor({ target, formats: asked.formats })
    for (const feed of await feedFiles())
      feeds.set(feed, [...(feeds.get(feed) ?? []), await readFile(feed, 'utf8')])
    name({ target, ...packed })
    const lack = await notSigned({ target, ...packed })
    if (lack === null) continue
    console.log(lack)
    await appendFile(join(output, notSignedFile(target.system)), `${lack}\n`)
  }
  for (const [feed, texts] of feeds) await writeFile(feed, joinedFeed(texts))
}

try {
  await ensureBuilt()
  if (values['stand-in'])
    for (const packed of await packStandIns(join(output, 'stand-in'))) name(packed)
  else await packageAll()
} catch (error) {
  console.error(packagingFailure(error))
  process.exitCode = 1
}
