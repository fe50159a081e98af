import { expect, test } from 'vitest'
import { macSigning } from './signing.ts'

test('without a certificate a Mac gets a signature of nobody, which Apple’s processors ask for', () => {
  const ofNobody = { identity: '-', hardenedRuntime: false, notarize: false }
  expect(macSigning({})).toEqual(ofNobody)
  // As a workflow gives a secret that is not there.
  expect(macSigning({ CSC_LINK: '' })).toEqual(ofNobody)
  expect(macSigning({ CSC_LINK: 'certificate.p12' })).toBeNull()
  expect(macSigning({ CSC_NAME: 'The Atelier authors' })).toBeNull()
})
