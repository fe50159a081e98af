/*
 * The account that the embedded backend's person has without an address: a name is enough. Its address is made of the
 * backend's own id under a name that no mail is ever sent to (RFC 2606), and is shown to nobody.
 */

const domain = '@this-computer.invalid'

export const localAddress = (backendId: string): string => `${backendId.toLowerCase()}${domain}`

export const isLocalAddress = (email: string): boolean => email.toLowerCase().endsWith(domain)
