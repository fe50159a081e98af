/** Where a link or picture of a file leads. */
export type Address =
  | { kind: 'anchor'; id: string }
  | { kind: 'file'; path: string; anchor: string | null }
  | { kind: 'outside'; url: string }
  | { kind: 'nowhere' }

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Relative ones lead to files of the same artifact, from the folder of `path` or, with a slash, from the top. */
export const addressOf = (href: string, path: string): Address => {
  const written = href.trim()
  if (written.startsWith('#'))
    return written === '#' ? { kind: 'nowhere' } : { kind: 'anchor', id: decoded(written.slice(1)) }
  if (/^[a-z][a-z0-9+.-]*:/i.test(written))
    return /^(https|mailto):/i.test(written)
      ? { kind: 'outside', url: written }
      : { kind: 'nowhere' }
  if (written.startsWith('//') || written === '') return { kind: 'nowhere' }
  const [before = '', anchor] = written.split('#', 2)
  const [asked = ''] = before.split('?', 1)
  const segments = asked.startsWith('/') ? [] : path.split('/').slice(0, -1)
  for (const segment of asked.split('/').map(decoded)) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return { kind: 'nowhere' }
  }
  return segments.length === 0
    ? { kind: 'nowhere' }
    : { kind: 'file', path: segments.join('/'), anchor: anchor ? decoded(anchor) : null }
}
