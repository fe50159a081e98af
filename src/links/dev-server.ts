/**
 * Where the page's parts come from while it is being developed: electron-vite says so in ELECTRON_RENDERER_URL. Null in
 * an installed application, and for what is not this computer's.
 */
export const devServerOf = (told: string | undefined, isPackaged: boolean): string | null => {
  if (isPackaged || told === undefined || !URL.canParse(told)) return null
  const { protocol, hostname, host } = new URL(told)
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
    ? `http://${host}`
    : null
}

/** Whichever part of it is looked at. */
export const isSamePage = (one: string, other: string): boolean =>
  one.split('#', 1)[0] === other.split('#', 1)[0]

/** What the server for development brings beyond a built page: its own inline script, and a socket that tells of changes. */
export const loosenFor = (policy: string, devServer: string): string =>
  policy
    .replace(/(^|; )script-src ([^;]*)/, "$1script-src $2 'unsafe-inline'")
    .replace(
      /(^|; )connect-src ([^;]*)/,
      `$1connect-src $2 ${devServer} ${devServer.replace(/^http/, 'ws')}`,
    )
