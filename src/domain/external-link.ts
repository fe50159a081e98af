/*
 * Links that leave the application come from files and from servers. What the system is handed is made anew here:
 * nothing but a page or a letter whose reader sees all that it is.
 */

const hidden = /[\p{Cc}\p{Zl}\p{Zp}]/u
const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Of a letter only what shows before it is sent: no attachments, no hidden readers, no headers of one's own. */
const shown = ['subject', 'body', 'cc']

const letter = (url: URL): string | null => {
  const to = decoded(url.pathname)
  if (to === null || hidden.test(to) || to.includes('?') || to.includes('&')) return null
  const words = shown.flatMap((name) => {
    const [value, ...more] = url.searchParams.getAll(name)
    if (value === undefined || more.length > 0) return []
    // A line may end in a letter's text; in its heading another line would be another heading.
    if (name !== 'body' && hidden.test(value)) return []
    return [`${name}=${encodeURIComponent(value)}`]
  })
  return `mailto:${url.pathname}${words.length > 0 ? `?${words.join('&')}` : ''}`
}

/** What the system may open for a link: an https page without a password in it, or a letter. Null: nothing. */
export const externalLinkOf = (text: string): string | null => {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol === 'mailto:') return letter(url)
  // Before an @ there may be another name than that of the host.
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null
  return url.href
}
