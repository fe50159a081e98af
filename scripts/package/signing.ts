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
