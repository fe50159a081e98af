const isOfNetwork = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/

/** What packaging failed with, in words; electron-builder gives the bare error of whatever it could not fetch. */
export const packagingFailure = (error: unknown): string => {
  const said = error instanceof Error ? error.message : String(error)
  return isOfNetwork.test(said)
    ? `What a package is made of could not be fetched (${said}): Electron itself comes from github.com. Without a network there is npm run package -- --stand-in, whose packages are to be looked at only.`
    : said
}
