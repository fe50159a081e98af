import { isFeedAddress } from '../../src/updates/feed-address.ts'

/** Where installed applications look for the next version, as electron-updater is told in the package. */
export type Feed =
  | { provider: 'generic'; url: string }
  | { provider: 'github'; owner: string; repo: string }

/** Of the configuration by environment; null when no feed is named, and then none is looked at. */
export const feedFrom = (environment: NodeJS.ProcessEnv): Feed | null => {
  const { ATELIER_UPDATE_URL: url, ATELIER_UPDATE_GITHUB: github } = environment
  if (url && github) throw new Error('Name one feed: ATELIER_UPDATE_URL or ATELIER_UPDATE_GITHUB.')
  if (url) {
    // As the application reads it: a feed that it does not take would be none.
    if (!isFeedAddress(url))
      throw new Error('ATELIER_UPDATE_URL is no https:// address, nor one of http://127.0.0.1.')
    return { provider: 'generic', url }
  }
  if (github) {
    const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(github) ?? []
    if (!owner || !repo) throw new Error('ATELIER_UPDATE_GITHUB is owner/repository.')
    return { provider: 'github', owner, repo }
  }
  return null
}
