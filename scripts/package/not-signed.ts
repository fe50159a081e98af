import { readFile } from 'node:fs/promises'
import { run } from '../run.ts'
import { partsOf } from './application.ts'
import { isSigned } from './executable.ts'
import type { Packed } from './stand-in/index.ts'
import { nameOf } from './target.ts'

/** Beside the packages, for the release's notes. */
export const notSignedFile = (system: string): string => `not-signed-${system}.txt`
export const isNotSignedFile = (name: string): boolean => /^not-signed-\w+\.txt$/.test(name)

/** What those who install it have to hear, read from what was made and not from what was asked for; null when it is signed. */
export const notSigned = async ({ target, folder, artifacts }: Packed): Promise<string | null> => {
  switch (target.system) {
    // Its packages are not signed one by one: SHA256SUMS and the attestation hold them.
    case 'linux':
      return null
    case 'win32': {
      const installer = artifacts.find((path) => path.endsWith('.exe'))
      if (!installer || isSigned(await readFile(installer))) return null
      return `Windows (${nameOf(target)}): nobody signed the installer, and Windows warns of it.`
    }
    case 'darwin': {
      const { program } = partsOf(folder, target.system)
      const code = await run('xcrun', ['stapler', 'validate', program]).catch(() => 1)
      return code === 0
        ? null
        : `macOS (${nameOf(target)}): Apple has not notarised it, and macOS opens it only where a person allows it.`
    }
  }
}
