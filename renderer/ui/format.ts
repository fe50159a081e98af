import { i18n } from '@lingui/core'
import { plural, t } from '@lingui/core/macro'

/** As dates and numbers are written in the language that is spoken. */
const here = (): string | string[] => i18n.locales ?? i18n.locale

let collator: { of: string; compare: (one: string, other: string) => number } | null = null
/** Names in the order of the language that is spoken; the numbers in them by how large they are. */
export const compareNames = (one: string, other: string): number => {
  const of = String(here())
  if (collator?.of !== of) {
    const { compare } = new Intl.Collator(here(), { numeric: true, sensitivity: 'base' })
    collator = { of, compare }
  }
  return collator.compare(one, other)
}

/** In capitals, and in none, as the language that is spoken has them. */
export const inCapitals = (text: string): string => text.toLocaleUpperCase(here())
export const withoutCapitals = (text: string): string => text.toLocaleLowerCase(here())

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Bytes in decimal units, as file managers show them: "0 byte", "3.1 MB". */
export const formatBytes = (bytes: number): string => {
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return new Intl.NumberFormat(here(), {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1,
  }).format(value)
}

const spans = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** "3 minutes ago", "yesterday"; within a minute "just now". `moment` is an ISO time, `now` in ms. */
export const formatRelativeTime = (moment: string, now: number = Date.now()): string => {
  const seconds = (Date.parse(moment) - now) / 1000
  if (Number.isNaN(seconds)) return ''
  const span = spans.find(([, length]) => Math.abs(seconds) >= length)
  if (!span) return t`just now`
  return new Intl.RelativeTimeFormat(here(), { numeric: 'auto' }).format(
    Math.round(seconds / span[1]),
    span[0],
  )
}

/** "2:03 PM", with its day where that is not today's. `moment` is an ISO time, `now` in ms. */
export const formatClock = (moment: string, now: number = Date.now()): string => {
  const at = new Date(moment)
  const isToday = at.toDateString() === new Date(now).toDateString()
  return at.toLocaleString(here(), {
    ...(isToday ? {} : { dateStyle: 'medium' }),
    timeStyle: 'short',
  })
}

/** "3 March 2027", as it is written here. `moment` is an ISO time. */
export const formatDate = (moment: string): string =>
  new Date(moment).toLocaleDateString(here(), { dateStyle: 'long' })

/** With its day and its second. `moment` is an ISO time. */
export const formatMoment = (moment: string): string => new Date(moment).toLocaleString(here())

/** "German", as it is called here. `code`: as in BCP 47. */
export const formatLanguage = (code: string): string =>
  new Intl.DisplayNames(here(), { type: 'language' }).of(code) ?? code

export const formatCount = (count: number): string => new Intl.NumberFormat(here()).format(count)

/** "3 of 1,200 files". */
export const formatFilesOf = (done: number, all: number): string => {
  const count = formatCount(done)
  return plural(all, { one: `${count} of one file`, other: `${count} of # files` })
}

/** "one file", "1,200 files". */
export const formatFiles = (count: number): string =>
  plural(count, { one: 'one file', other: '# files' })
