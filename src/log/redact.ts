/** A folder whose inside may be read by whoever reads a log: the application's own. */
export type KnownFolder = { path: string; name: string }

/** Characters that are looked at; no message of ours is as long. */
const maxLetters = 16_000
const hidden = '<hidden>'

/** Patterns are bounded or begin at something fixed: a log is written in the middle of everything else. */
type Rule = [pattern: RegExp, instead: string | ((...found: string[]) => string)]

const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)

/** A server's paths are ours, but for the names of what lies in its buckets. */
const objectPath = /^(\/storage\/v1\/[^/]{1,20})\/.*$/

const addressOf = (scheme: string, rest: string): string => {
  if (/^file$/i.test(scheme)) return '<path>'
  const [place = ''] = rest.split(/[?#]/, 1)
  const slash = place.indexOf('/')
  const authority = slash < 0 ? place : place.slice(0, slash)
  const path = slash < 0 ? '' : place.slice(slash)
  return `${scheme}://${authority.slice(authority.lastIndexOf('@') + 1)}${path.replace(objectPath, '$1/<path>')}`
}

const secretName =
  '[\\w-]{0,30}(?:token|secret|passw(?:or)?d|passphrase|api[-_ ]?key|verifier|credential|private[-_]?key|service[-_]role|auth(?:orization)?[-_ ]?code|one[-_ ]?time[-_ ]?code|otp|jwt|signature)[\\w-]{0,30}'

const rules: Rule[] = [
  // A key file's text, also one that was cut.
  [/-----BEGIN [A-Z0-9 ]{1,60}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,60}-----|$)/g, '<key>'],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie)(\\{0,7}["']?\s{0,5}[:=])[^\n]*/gi,
    `$1$2 ${hidden}`,
  ],
  [
    new RegExp(
      `\\b(${secretName})(["']?\\s{0,5}[:=]\\s{0,5})(?:"(?:[^"\\\\\\n]|\\\\.)*"?|'(?:[^'\\\\\\n]|\\\\.)*'?|[^\\s,;&)}\\]]+(?:(?<=[:=])\\s{0,5}[^\\s]+)?)`,
      'gi',
    ),
    `$1$2${hidden}`,
  ],
  // The same in JSON within JSON, once and more, up to the quote that is written as the first was.
  [
    new RegExp(
      `\\b(${secretName})(\\\\{1,7}["']\\s{0,5}[:=]\\s{0,5})(?:(\\\\{1,7}["'])[^\\n]*?(?:(?<!\\\\)\\3|(?=\\n)|$)|[^\\s,;&)}\\]\\\\"']+)`,
      'gi',
    ),
    `$1$2${hidden}`,
  ],
  // What a sign-in is finished with is an id by its form; a failure's code is none.
  [
    /\b(code)(\\{0,7}["']?\s{0,5}[:=]\s{0,5}\\{0,7}["']?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi,
    `$1$2${hidden}`,
  ],
  [/&code=(?:<hidden>|[^\s'"`<>&])*/g, `&code=${hidden}`],
  // What parsers and databases repeat of the text they were given.
  [/(?:\.{3})?"[\s\S]{0,120}?"(?:\.{3})? is not valid JSON/g, '<text> is not valid JSON'],
  [/\(([^()\n]{1,200})\)=\([^\n]*\)/g, '($1)=(<value>)'],
  [/Failing row contains \([^\n]*/gi, 'Failing row contains (<value>)'],
  [/\bdata:[\w.+/-]{1,100}[;,][^\s'"`<>)]*/gi, 'data:<value>'],
  [
    /\b([a-z][a-z0-9+.-]{1,20}):\/\/((?:<hidden>|[^\s'"`<>])*)/gi,
    (_all, scheme = '', rest = '') => addressOf(scheme, rest),
  ],
  [/\/storage\/v1\/([a-z]{1,20})\/[^\s'"`<>]+/g, '/storage/v1/$1/<path>'],
  [/\?[\w.-]{1,60}=(?:<hidden>|[^\s'"`<>])*/g, ''],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}/gi, `$1 ${hidden}`],
  [/eyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g, hidden],
  [/\b(?:sb_(?:publishable|secret)_|sbp_|gh[pousr]_|github_pat_|sk_|rk_)[\w-]{6,}/g, hidden],
  [/[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}][\p{L}\p{N}.-]{0,254}/gu, '<e-mail>'],
  // Up to the last quote of its line: a name may have quotes of its own.
  [/'(?:~?\/|~?\\|[A-Za-z]:[\\/])[^\n]*'/g, "'<path>'"],
  [/"(?:~?\/|~?\\|[A-Za-z]:[\\/])[^\n]*"/g, '"<path>"'],
  [/`(?:~?\/|~?\\|[A-Za-z]:[\\/])[^\n]*`/g, '`<path>`'],
  // Up to the end of its line, since a name may hold anything; only where in a file it was is kept.
  [
    /(?<![\p{L}\p{N}_.%@/\\]|<[a-z]{1,9}>)(?:~?\/(?!(?:rest|auth|storage|functions|realtime)\/v1\b)(?![\s/]|$)|[A-Za-z]:[\\/]|~\\|\\\\)[^\n]*?((?::\d{1,7}){1,2}\)?)?$/gmu,
    '<path>$1',
  ],
  [/[A-Za-z0-9+/]{40,400}={1,2}/g, hidden],
  [/[\w-]{32,}/g, (found) => (/\d/.test(found) && !isUuid(found) ? hidden : found)],
]

/** Not up to the middle of a word: half a token is none that a rule knows. */
const beginningOf = (text: string): string => {
  const beginning = text.slice(0, maxLetters)
  return beginning.slice(0, Math.max(beginning.lastIndexOf(' '), beginning.lastIndexOf('\n'), 0))
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** As programs write them: with either slash, and as an address. */
const writtenAs = ({ path, name }: KnownFolder): Rule[] => {
  const plain = path.replace(/[\\/]+$/, '')
  // A whole disk is no folder of ours.
  if (plain.length < 4) return []
  const forward = plain.replaceAll('\\', '/')
  const address = encodeURI(forward.startsWith('/') ? `file://${forward}` : `file:///${forward}`)
  const isWindows = /^[A-Za-z]:|^\\\\/.test(plain)
  const flags = isWindows ? 'giu' : 'gu'
  return [...new Set([address, plain, forward])].flatMap((text): Rule[] => [
    [new RegExp(`${escaped(text)}(?![\\p{L}\\p{N}_.-])`, flags), name],
    // A neighbour whose name begins alike.
    [new RegExp(`${escaped(text)}[^\\n]*`, flags), '<path>'],
  ])
}

/**
 * Takes out of a text what nobody but the person may see: tokens and keys, cookies, addresses' queries, e-mail
 * addresses, places on the disk outside of the application's own folders, and what was in a file. In doubt more goes
 * than need be.
 */
export const redactor = (known: readonly KnownFolder[]): ((text: string) => string) => {
  // The innermost first.
  const folders = known.toSorted((a, b) => b.path.length - a.path.length).flatMap(writtenAs)
  const all = [...folders, ...rules]
  return (text) => {
    const looked = text.length > maxLetters ? beginningOf(text) : text
    return all.reduce(
      (current, [pattern, instead]) =>
        typeof instead === 'string'
          ? current.replace(pattern, instead)
          : current.replace(pattern, instead),
      looked,
    )
  }
}
