import { createHmac } from 'node:crypto'

/** Where the embedded backend proves that it is the one that was started, and not who listens in its place. */
export const identityPath = '/atelier/v1/identity'
export const identityHeader = 'x-atelier-identity'
/** 32 random bytes, in hexadecimal digits. */
export const challengePattern = /^[0-9a-f]{64}$/

/** The proof for one challenge; it names the origin, so that nobody passes on another's. Hexadecimal digits. */
export const identityOf = (secret: string, origin: string, challenge: string): string =>
  createHmac('sha256', secret).update(`${origin}\n${challenge}`).digest('hex')
