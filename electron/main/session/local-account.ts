import { randomBytes } from 'node:crypto'
import { asFailure } from '../../../src/domain/failure.ts'
import type { AuthServer, Grant } from './auth-server.ts'

/** The code that our own backend sends to an address of this computer, once it was asked for. */
export type CodeFor = (address: string, ask: () => Promise<void>) => Promise<string>

/**
 * Signs in the one account of the embedded backend that has no address, which is made where there is none. It has a
 * password that nobody knows or needs: what lets its person in is that the backend's codes come to us, its owner.
 */
export const enterHere = async (
  auth: Pick<AuthServer, 'signUp' | 'requestCode' | 'verifyCode'>,
  { address, displayName, isThere }: { address: string; displayName: string; isThere: boolean },
  codeFor: CodeFor,
): Promise<Grant> => {
  if (!isThere)
    try {
      return await auth.signUp(address, randomBytes(48).toString('base64url'), displayName)
    } catch (error) {
      // An answer that was lost: it was made.
      if (asFailure(error).code !== 'auth.user-exists') throw error
    }
  const code = await codeFor(address, () => auth.requestCode(address))
  return auth.verifyCode(address, code)
}

/** From then on it is an account as any other, and its password lets its person in. */
export const addAddress = async (
  auth: Pick<AuthServer, 'changeAddress' | 'verifyChange'>,
  wanted: { address: string; accessToken: string; email: string; password: string },
  codeFor: CodeFor,
): Promise<Grant> => {
  const { address, accessToken, email, password } = wanted
  const code = await codeFor(address, () => auth.changeAddress(accessToken, { email, password }))
  return auth.verifyChange(address, code)
}
