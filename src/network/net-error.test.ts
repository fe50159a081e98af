import { expect, test } from 'vitest'
import { codeOfNetError, codeOfRequest, isForPerson } from './net-error.ts'

test.each([
  ['net::ERR_CERT_DATE_INVALID', 'network.certificate-expired'],
  ['net::ERR_CERT_COMMON_NAME_INVALID', 'network.certificate-other-name'],
  ['net::ERR_CERT_AUTHORITY_INVALID', 'network.certificate-unknown-authority'],
  ['net::ERR_CERT_REVOKED', 'network.certificate-revoked'],
  ['net::ERR_CERT_WEAK_KEY', 'network.certificate-weak'],
  ['net::ERR_CERT_OF_THE_FUTURE', 'network.certificate-invalid'],
  ['net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED', 'network.certificate-wanted'],
  ['net::ERR_BAD_SSL_CLIENT_AUTH_CERT', 'network.certificate-refused'],
  ['net::ERR_SSL_PROTOCOL_ERROR', 'network.not-encrypted'],
  ['net::ERR_PROXY_CONNECTION_FAILED', 'network.proxy-unreachable'],
  ['net::ERR_PROXY_AUTH_UNSUPPORTED', 'network.proxy-sign-in'],
  ['net::ERR_INTERNET_DISCONNECTED', 'network.offline'],
  ['net::ERR_NETWORK_CHANGED', 'network.offline'],
  ['net::ERR_NETWORK_IO_SUSPENDED', 'network.offline'],
  ['net::ERR_CONNECTION_REFUSED', 'network.unreachable'],
  ['net::ERR_NAME_NOT_RESOLVED', 'network.unreachable'],
  ['net::ERR_EMPTY_RESPONSE', 'network.unreachable'],
  ['net::ERR_CONNECTION_TIMED_OUT', 'network.timeout'],
  ['page.goto: net::ERR_CERT_DATE_INVALID at https://a/', 'network.certificate-expired'],
  ['net::ERR_FAILED', null],
  ['Redirect was cancelled', null],
])('%s', (message, code) => {
  expect(codeOfNetError(message)).toBe(code)
})

test('what ends by itself is no matter for the person', () => {
  expect(isForPerson('network.offline')).toBe(false)
  expect(isForPerson('network.timeout')).toBe(false)
  expect(isForPerson('network.proxy-sign-in')).toBe(true)
  expect(isForPerson('network.certificate-expired')).toBe(true)
})

const refused = () => 'network.certificate-refused' as const
const wanted = () => 'network.certificate-wanted' as const
test.each([
  // One that was shown, none that was shown, and a computer that has none: Chromium's word is the same.
  ['net::ERR_BAD_SSL_CLIENT_AUTH_CERT', refused, 'network.certificate-refused'],
  ['net::ERR_BAD_SSL_CLIENT_AUTH_CERT', wanted, 'network.certificate-wanted'],
  ['net::ERR_BAD_SSL_CLIENT_AUTH_CERT', () => null, 'network.certificate-wanted'],
  ['net::ERR_SSL_CLIENT_AUTH_SIGNATURE_FAILED', refused, 'network.certificate-refused'],
  ['net::ERR_SSL_PROTOCOL_ERROR', wanted, 'network.certificate-wanted'],
  ['net::ERR_SSL_PROTOCOL_ERROR', () => null, 'network.not-encrypted'],
  ['net::ERR_CERT_DATE_INVALID', refused, 'network.certificate-expired'],
])('a server that may have asked for a certificate: %s, %o', (message, of, code) => {
  expect(codeOfRequest(message, of)).toBe(code)
})
