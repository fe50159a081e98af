import type { FailureCode } from '../domain/failure.ts'
import type { CertificateFailure } from './client-certificates.ts'

/** What Chromium calls a failure of the network (net/base/net_error_list.h), and what it is to a person. */
const codes: Readonly<Record<string, FailureCode>> = {
  // The certificate that the server shows
  ERR_CERT_DATE_INVALID: 'network.certificate-expired',
  ERR_CERT_VALIDITY_TOO_LONG: 'network.certificate-weak',
  ERR_CERT_COMMON_NAME_INVALID: 'network.certificate-other-name',
  ERR_CERT_NON_UNIQUE_NAME: 'network.certificate-other-name',
  ERR_CERT_NAME_CONSTRAINT_VIOLATION: 'network.certificate-other-name',
  ERR_CERT_AUTHORITY_INVALID: 'network.certificate-unknown-authority',
  ERR_CERT_SELF_SIGNED_LOCAL_NETWORK: 'network.certificate-unknown-authority',
  ERR_CERT_SYMANTEC_LEGACY: 'network.certificate-unknown-authority',
  ERR_CERT_KNOWN_INTERCEPTION_BLOCKED: 'network.certificate-unknown-authority',
  ERR_CERTIFICATE_TRANSPARENCY_REQUIRED: 'network.certificate-unknown-authority',
  ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN: 'network.certificate-unknown-authority',
  ERR_CERT_REVOKED: 'network.certificate-revoked',
  ERR_CERT_UNABLE_TO_CHECK_REVOCATION: 'network.certificate-invalid',
  ERR_CERT_NO_REVOCATION_MECHANISM: 'network.certificate-invalid',
  ERR_CERT_WEAK_SIGNATURE_ALGORITHM: 'network.certificate-weak',
  ERR_CERT_WEAK_KEY: 'network.certificate-weak',
  ERR_SSL_WEAK_SERVER_EPHEMERAL_DH_KEY: 'network.certificate-weak',
  ERR_CERT_INVALID: 'network.certificate-invalid',
  ERR_CERT_CONTAINS_ERRORS: 'network.certificate-invalid',
  ERR_SSL_SERVER_CERT_BAD_FORMAT: 'network.certificate-invalid',
  ERR_SSL_SERVER_CERT_CHANGED: 'network.certificate-invalid',
  ERR_SSL_KEY_USAGE_INCOMPATIBLE: 'network.certificate-invalid',
  // The certificate that it wants to see
  ERR_SSL_CLIENT_AUTH_CERT_NEEDED: 'network.certificate-wanted',
  ERR_SSL_CLIENT_AUTH_CERT_BAD_FORMAT: 'network.certificate-refused',
  ERR_SSL_CLIENT_AUTH_CERT_NO_PRIVATE_KEY: 'network.certificate-refused',
  ERR_SSL_CLIENT_AUTH_NO_COMMON_ALGORITHMS: 'network.certificate-refused',
  ERR_SSL_CLIENT_AUTH_PRIVATE_KEY_ACCESS_DENIED: 'network.certificate-refused',
  ERR_SSL_CLIENT_AUTH_SIGNATURE_FAILED: 'network.certificate-refused',
  ERR_BAD_SSL_CLIENT_AUTH_CERT: 'network.certificate-refused',
  // No encrypted line at all
  ERR_SSL_PROTOCOL_ERROR: 'network.not-encrypted',
  ERR_SSL_VERSION_OR_CIPHER_MISMATCH: 'network.not-encrypted',
  ERR_SSL_OBSOLETE_CIPHER: 'network.not-encrypted',
  ERR_SSL_UNRECOGNIZED_NAME_ALERT: 'network.not-encrypted',
  ERR_ECH_NOT_NEGOTIATED: 'network.not-encrypted',
  // The proxy
  ERR_PROXY_AUTH_REQUESTED: 'network.proxy-sign-in',
  ERR_PROXY_AUTH_REQUESTED_WITH_NO_CONNECTION: 'network.proxy-sign-in',
  ERR_PROXY_AUTH_UNSUPPORTED: 'network.proxy-sign-in',
  ERR_PROXY_CONNECTION_FAILED: 'network.proxy-unreachable',
  ERR_PROXY_CERTIFICATE_INVALID: 'network.proxy-unreachable',
  ERR_TUNNEL_CONNECTION_FAILED: 'network.proxy-unreachable',
  ERR_SOCKS_CONNECTION_FAILED: 'network.proxy-unreachable',
  ERR_SOCKS_CONNECTION_HOST_UNREACHABLE: 'network.proxy-unreachable',
  ERR_NO_SUPPORTED_PROXIES: 'network.proxy-unreachable',
  ERR_MANDATORY_PROXY_CONFIGURATION_FAILED: 'network.proxy-unreachable',
  ERR_PAC_SCRIPT_FAILED: 'network.proxy-unreachable',
  ERR_PAC_NOT_IN_DHCP: 'network.proxy-unreachable',
  ERR_PROXY_UNABLE_TO_CONNECT_TO_DESTINATION: 'network.proxy-unreachable',
  // The line: that there is none is known of these three alone
  ERR_INTERNET_DISCONNECTED: 'network.offline',
  ERR_NETWORK_CHANGED: 'network.offline',
  ERR_NETWORK_IO_SUSPENDED: 'network.offline',
  // The server: it may be down, and all else be there
  ERR_NAME_NOT_RESOLVED: 'network.unreachable',
  ERR_NAME_RESOLUTION_FAILED: 'network.unreachable',
  ERR_ADDRESS_UNREACHABLE: 'network.unreachable',
  ERR_CONNECTION_REFUSED: 'network.unreachable',
  ERR_CONNECTION_RESET: 'network.unreachable',
  ERR_CONNECTION_CLOSED: 'network.unreachable',
  ERR_CONNECTION_ABORTED: 'network.unreachable',
  ERR_CONNECTION_FAILED: 'network.unreachable',
  ERR_EMPTY_RESPONSE: 'network.unreachable',
  ERR_TIMED_OUT: 'network.timeout',
  ERR_CONNECTION_TIMED_OUT: 'network.timeout',
}

/** The code of what Electron says of a request, `net::ERR_…`; null where it tells a person nothing. */
export const codeOfNetError = (message: string): FailureCode | null => {
  const name = /\bERR_[A-Z0-9_]+/.exec(message)?.[0]
  if (!name) return null
  // What Chromium will call the next thing that is wrong with a certificate.
  const isCertificate = name.startsWith('ERR_CERT_')
  return codes[name] ?? (isCertificate ? 'network.certificate-invalid' : null)
}

/**
 * The same of a request to a server that may have asked for a certificate: `refused` says whether it did, and got one.
 * Chromium's word is one for a certificate that is not taken and for none, and over TLS 1.2 not even of certificates.
 */
export const codeOfRequest = (
  message: string,
  refused: () => CertificateFailure | null,
): FailureCode | null => {
  const code = codeOfNetError(message)
  if (code === 'network.certificate-refused' || code === 'network.certificate-wanted')
    return refused() ?? 'network.certificate-wanted'
  return /\bERR_SSL_PROTOCOL_ERROR\b/.test(message) ? (refused() ?? code) : code
}

/** What a person has to do something about: by itself it does not end. */
export const isForPerson = (code: FailureCode): boolean =>
  /^network\.(certificate|proxy|not-encrypted)/.test(code)
