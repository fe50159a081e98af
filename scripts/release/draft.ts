import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isNotSignedFile } from '../package/not-signed.ts'

/** A tag names what is built from it: else one version would be published under the name of another. */
export const checkTag = (environment: NodeJS.ProcessEnv, version: string): void => {
  const { GITHUB_REF_TYPE: type, GITHUB_REF_NAME: name } = environment
  if (type === 'tag' && name !== `v${version}`)
    throw new Error(`The tag is ${name}, and package.json has ${version}: its tag is v${version}.`)
}

/** What the packages lack of signatures, as those say who made them. */
export const notSignedIn = async (folder: string): Promise<string[]> => {
  const names = (await readdir(folder)).filter(isNotSignedFile).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').filter(Boolean))
}

/** What GitHub's gh is told: a draft, which a person publishes, and who reads first what is not signed. */
export const draftArguments = (about: {
  version: string
  notSigned: readonly string[]
  files: readonly string[]
}): string[] => [
  ...['release', 'create', `v${about.version}`, '--draft', '--verify-tag', '--generate-notes'],
  ...(about.version.includes('-') ? ['--prerelease'] : []),
  ...(about.notSigned.length > 0
    ? ['--notes', `**Not signed**\n\n${about.notSigned.map((line) => `- ${line}`).join('\n')}\n`]
    : []),
  ...about.files,
]
