import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../tests/fixtures/temporary-folder.ts'
import { notSigned } from './not-signed.ts'
import { packageFor } from './package.ts'
import { forgetEmptySecrets, macSigning } from './signing.ts'
import { executable } from './stand-in/portable-executable.ts'
import type { System } from './target.ts'

vi.mock('electron-builder', async (original) => ({
  ...(await original<typeof import('electron-builder')>()),
  build: () => Promise.reject(new Error(`CSC_LINK is ${JSON.stringify(process.env.CSC_LINK)}`)),
}))
vi.mock('./stage.ts', () => ({
  stage: async () => ({ folder: join(await temporaryFolder('signing'), 'stage'), notices: '' }),
}))

test('without a certificate a Mac gets a signature of nobody, which Apple’s processors ask for', () => {
  const ofNobody = { identity: '-', hardenedRuntime: false, notarize: false }
  expect(macSigning({})).toEqual(ofNobody)
  // As a workflow gives a secret that is not there.
  expect(macSigning({ CSC_LINK: '' })).toEqual(ofNobody)
  expect(macSigning({ CSC_LINK: 'certificate.p12' })).toBeNull()
  expect(macSigning({ CSC_NAME: 'The Atelier authors' })).toBeNull()
})

test('a secret that a workflow does not have is none for electron-builder, either', () => {
  const given = {
    CSC_LINK: '',
    WIN_CSC_KEY_PASSWORD: '',
    APPLE_API_KEY: '',
    CSC_NAME: 'The authors',
    HOME: '',
  }
  forgetEmptySecrets(given)
  expect(given).toEqual({ CSC_NAME: 'The authors', HOME: '' })
})

test('packaging asks for no certificate of an empty name', async () => {
  vi.stubEnv('CSC_LINK', '')
  try {
    const target = { system: 'darwin', processor: 'x64' } as const
    await expect(packageFor({ target, formats: [] })).rejects.toThrow('CSC_LINK is undefined')
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a package that nobody signed says so, and one of Linux needs no words', async () => {
  const folder = await temporaryFolder('not-signed')
  const installer = join(folder, 'Atelier.exe')
  await writeFile(installer, executable())
  const made = (system: System) => ({
    target: { system, processor: 'x64' as const },
    folder,
    artifacts: [installer],
  })
  expect(await notSigned(made('win32'))).toContain('nobody signed the installer')
  // There is no application here that Apple could have notarised.
  expect(await notSigned(made('darwin'))).toContain('Apple has not notarised it')
  expect(await notSigned(made('linux'))).toBeNull()
})
