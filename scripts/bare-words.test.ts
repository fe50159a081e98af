import { expect, it } from 'vitest'
import { bareWordsOf } from './bare-words.ts'

const told = (source: string): string[] =>
  bareWordsOf(source, 'screen.tsx').map(({ line, text }) => `${line} ${text}`)

it.each([
  ['<p>Not saved</p>', '1 Not saved'],
  ['<p>\n  {count} files wait\n</p>', '2 files wait'],
  ['<Button aria-label="close" />', '1 close'],
  ["<p>{isOut ? 'Offline' : t`Online`}</p>", '1 Offline'],
  ["showToast('The server is back')", '1 The server is back'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
  ['showToast(`${name} is gone`)', '1 … is gone'],
  ["const words = { title: 'This page has stopped' }", '1 This page has stopped'],
  ["const of = (word = 'just now') => word", '1 just now'],
])('%s says something that no catalogue knows', (source, found) => {
  expect(told(source)).toEqual([found])
})

it.each([
  ['<p><Trans>Not saved by <b>{name}</b></Trans></p>'],
  ['<p>{t`Not saved`}</p>'],
  ["<p>{plural(count, { one: 'One file', other: '# files' })}</p>"],
  ['<Trans><Plural value={count} one="one file" other="# files" /></Trans>'],
  ['<p className="flex min-w-0 truncate" title={path}>{path}</p>'],
  ["<p className={isOut ? 'font-medium truncate' : 'text-soft'} />"],
  ["throw new Failure('network.offline', 'There is no way to the server now.')"],
  ["if (event.key === 'Escape') close()"],
  ["const key = [...keys.all(account), 'left out'] as const"],
  ["type Way = 'Both ways'"],
  ["import { t } from 'A b.ts'"],
  ['<span>Atelier</span>'],
])('%s does not', (source) => {
  expect(told(source)).toEqual([])
})
