import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { z } from 'zod'
import { isFeedAddress } from '../../../src/updates/feed-address.ts'

const address = z.url().refine(isFeedAddress)
const name = z.string().regex(/^[\w.-]{1,100}$/)

/** `app-update.yml`, as electron-builder writes it beside the archive. */
const feed = z.discriminatedUnion('provider', [
  z.object({ provider: z.literal('generic'), url: address, channel: name.optional() }),
  z.object({
    provider: z.literal('github'),
    owner: name,
    repo: name,
    host: z.literal('github.com').optional(),
    channel: name.optional(),
  }),
])
export type Feed = z.infer<typeof feed>

/** Null where none is configured, or none that is to be trusted: then there are no updates. */
export const readFeed = async (file: string): Promise<Feed | null> => {
  try {
    return feed.parse(load(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

/** Where a person fetches a new version in their browser. */
export const downloadPageOf = (known: Feed, homepage: string | null): string =>
  known.provider === 'github'
    ? `https://github.com/${known.owner}/${known.repo}/releases/latest`
    : (homepage ?? known.url)
