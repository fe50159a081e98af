/*
 * Keys and tokens that no name gives away: seen in a file's first bytes, when it is read to be hashed.
 */

/** Bytes of a file that are looked at. */
export const lookedAtBytes = 64 * 1024

const key = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----/
const atStart =
  /^(\uFEFF|\s)*(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----|PuTTY-User-Key-File-)/
/** Files that hold keys among other things. */
const holders = /\.(pem|key|crt|cer|cert|asc|gpg|json|conf|ovpn|mobileprovision)$/i
const tokens = [
  { names: /^\.npmrc$/i, token: /(_authToken|_auth|_password)\s*=\s*["']?[^\s"'$]/ },
  {
    names: /^\.yarnrc(\.yml)?$/i,
    token: /(npmAuthToken|npmAuthIdent|_authToken)["']?\s*[:=\s]\s*["']?[^\s"'$]/,
  },
]

/** Whether bytes (the first `lookedAtBytes` of a file of this name, one character each) hold a private key or a token. */
export const holdsSecret = (name: string, head: string): boolean =>
  atStart.test(head) ||
  (holders.test(name) && key.test(head)) ||
  tokens.some(({ names, token }) => names.test(name) && token.test(head))
