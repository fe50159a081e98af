import { dump, load } from 'js-yaml'
import { z } from 'zod'

const feed = z.looseObject({
  version: z.string(),
  files: z.array(z.looseObject({ url: z.string() })),
})

/**
 * Packages of two processors are made one after the other, and each run writes the feed's file anew. An application
 * chooses its own by the name, so one file holds the packages of both.
 */
export const joinedFeed = (texts: readonly string[]): string => {
  const [first, ...others] = texts.map((text) => feed.parse(load(text)))
  if (!first) throw new Error('There is no feed to join.')
  if (others.some(({ version }) => version !== first.version))
    throw new Error('These feeds are of different versions.')
  const files = new Map(
    [first, ...others].flatMap((each) => each.files.map((file) => [file.url, file])),
  )
  return dump({ ...first, files: [...files.values()] }, { lineWidth: -1 })
}
