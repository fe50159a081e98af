import type { Nodes, Root } from 'hast'
import rehypeRaw from 'rehype-raw'
import rehypeSanitize from 'rehype-sanitize'
import rehypeSlug from 'rehype-slug'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'

/** More than anybody reads as one page, and less than would hold the window while it is drawn. */
const maxNodes = 20_000
const maxDepth = 100
/** Letters. */
export const maxMarkdownLetters = 1_000_000

const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  // HTML is read as such, and then held to what Markdown may be: its words are never lost, its scripts never kept.
  .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' })
  .use(rehypeRaw)
  .use(rehypeSlug)
  .use(rehypeSanitize)

/** What is said about the page before it begins is shown as it is, and is no heading. */
const withFrontMatter = (text: string): string =>
  text.replace(
    /^\ufeff?---[ \t]*\r?\n([\s\S]{0,10000}?\r?\n)---[ \t]*(?:\r?\n|$)/,
    '```yaml\n$1```\n\n',
  )

const isModest = (tree: Root): boolean => {
  let count = 0
  let level: Nodes[] = [tree]
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length
    if (depth > maxDepth || count > maxNodes) return false
    level = level.flatMap((node) => ('children' in node ? node.children : []))
  }
  return true
}

/** The page that a Markdown text means; null when it is too much of one. May take for ever: call it in a worker. */
export const laidOut = (text: string): Root | null => {
  if (text.length > maxMarkdownLetters) return null
  try {
    const tree = processor.runSync(processor.parse(withFrontMatter(text)))
    return isModest(tree) ? tree : null
  } catch {
    // Too deep for the parser's own stack.
    return null
  }
}
