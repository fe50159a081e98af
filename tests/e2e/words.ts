import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from '@playwright/test'
import { people, workspaces } from '../../electron/backend/seed/plan.ts'

type Messages = Record<string, unknown>
const built = resolve(import.meta.dirname, '../../out/renderer/assets')

/** What the page loads to speak a language. */
const catalogue = async (language: string): Promise<Messages> => {
  const name = (await readdir(built)).find((each) =>
    new RegExp(`^${language}-[\\w-]{8}\\.js$`).test(each),
  )
  const { messages }: { messages: Messages } = await import(
    pathToFileURL(join(built, name ?? '')).href
  )
  return messages
}

/** What is said for an English sentence in another language. */
export const wordsOf = async (language: 'de' | 'pseudo'): Promise<(english: string) => string> => {
  const [source, other] = await Promise.all([catalogue('en'), catalogue(language)])
  const byText = new Map(
    Object.entries(source).map(([id, text]) => [JSON.stringify(text), other[id]]),
  )
  return (english) => {
    const said = byText.get(JSON.stringify([english]))
    if (!Array.isArray(said) || typeof said[0] !== 'string')
      throw new Error(`Nothing says “${english}”.`)
    return said[0]
  }
}

const stringsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(stringsIn)
      : []
/** Given by people, and called so in every language; the longest first, for one may be a part of another. */
const names = [
  ...new Set([
    ...[...stringsIn(people), ...stringsIn(workspaces)],
    // Made for whoever comes first, and of the demo’s files.
    ...[...people.map(({ name }) => `${name}’s project`), 'images', 'pages', 'scripts', 'styles'],
  ]),
]
  .filter((text) => text.length > 2)
  .sort((one, other) => other.length - one.length)
const others =
  /[\w.-]+@[\w.-]+|https?:\/\/\S+|[\w./-]+\.(html|css|js|md|svg|png)\b|localhost|Atelier|atelier|GitHub|Google|Supabase|PostgreSQL|English|Deutsch/g
/** Nobody counts in `pseudo`: sizes and times are in English there. */
const counted =
  /\d[\d.,]* bytes?|(in )?\d+ (second|minute|hour|day|week|month|year)s?( ago)?|yesterday|tomorrow/g

/** Words on the page that look as they do in English, where none should. */
export const bareOn = async (page: Page): Promise<string[]> => {
  const texts = await page.evaluate(() => {
    const notSaid = 'script, style, textarea, code, pre, svg, .cm-editor, .prose'
    const found: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode())
      if (!walker.currentNode.parentElement?.closest(notSaid))
        found.push(walker.currentNode.nodeValue ?? '')
    const said = ['aria-label', 'aria-description', 'aria-valuetext', 'title', 'placeholder', 'alt']
    for (const name of said)
      for (const element of document.querySelectorAll(`[${name}]`))
        if (!element.closest('.cm-editor')) found.push(element.getAttribute(name) ?? '')
    return found
  })
  const bare = texts.filter((text) => {
    let rest = text
    for (const name of names) rest = rest.replaceAll(name, '')
    return /[A-Za-z]{4}/.test(rest.replaceAll(others, '').replaceAll(counted, ''))
  })
  return [...new Set(bare)]
}
