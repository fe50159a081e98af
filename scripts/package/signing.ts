import type { Configuration } from 'electron-builder'

type Signing = Pick<NonNullable<Configuration['mac']>, 'identity' | 'hardenedRuntime' | 'notarize'>

/** That a package of macOS was signed for nobody in particular; for whoever makes it. */
export const signedForThisMachine =
  'No certificate (CSC_LINK or CSC_NAME): macOS gets a build for this machine, which others are warned of or refused.'

/**
 * Flipping fuses breaks the signature that Electron comes with, and Apple's processors start nothing without one. So
 * without a certificate there is one of nobody. The hardened runtime would refuse the libraries then, which have no
 * team in common. Null: electron-builder signs with what was named.
 */
export const macSigning = (environment: NodeJS.ProcessEnv): Signing | null =>
  environment.CSC_LINK || environment.CSC_NAME
    ? null
    : { identity: '-', hardenedRuntime: false, notarize: false }

const ofSigning = /^(CSC|WIN_CSC|APPLE)_/

/**
 * A workflow gives a secret that is not there as an empty text. electron-builder takes that for the name of a
 * certificate on macOS, finds no such file, and makes no package: what is empty is taken away before it looks.
 */
export const forgetEmptySecrets = (environment: NodeJS.ProcessEnv): void => {
  for (const [name, value] of Object.entries(environment))
    if (ofSigning.test(name) && value === '') delete environment[name]
}
