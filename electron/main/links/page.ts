import { createHash } from 'node:crypto'
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** The application's own colours (renderer/ui/tokens.css), as far as one page needs them. */
const style = `
:root{color-scheme:light dark;--surface:light-dark(oklch(.994 .002 85),oklch(.222 .009 262));--ink:light-dark(oklch(.225 .015 262),oklch(.945 .004 262));--soft:light-dark(oklch(.42 .014 262),oklch(.79 .008 262));--accent:light-dark(oklch(.49 .175 260),oklch(.56 .17 259));--accent-text:light-dark(oklch(.455 .17 260),oklch(.79 .1 256))}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--surface);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:26rem;padding:2rem}
svg{display:block;width:2.25rem;height:2.25rem;margin-bottom:1.75rem}
h1{margin:0 0 .5rem;font-size:1.625rem;line-height:2rem;font-weight:600;letter-spacing:-.022em;text-wrap:balance}
p{margin:0;color:var(--soft)}`

const mark = `<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M13.2 3.5h5.4L28.5 28h-6.6z" fill="var(--accent)"/><path d="M13.2 3.5h5.4L10.4 28H3.5z" fill="var(--accent-text)" opacity=".55"/><path d="M10.9 19.2h8l1.8 4.6H9.3z" fill="var(--ink)" opacity=".9"/></svg>`

const styleHash = createHash('sha256').update(style).digest('base64')

/** No script, nothing loaded, kept nowhere, and no address of it handed on: the code stands in it. */
export const pageHeaders: Record<string, string> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  connection: 'close',
}

const texts = {
  answered: [msg`Go back to Atelier`, msg`The sign-in goes on there. You can close this page.`],
  denied: [
    msg`The sign-in was not allowed`,
    msg`Nothing was changed. Go back to Atelier to try again or to sign in another way. You can close this page.`,
  ],
  'link.unknown-flow': [
    msg`This belongs to another sign-in`,
    msg`Atelier waits for the answer to the one it began last. Go back to Atelier and start again from there.`,
  ],
  incomplete: [
    msg`This address is not complete`,
    msg`Part of what the server should have sent is missing. Go back to Atelier and start the sign-in again from there.`,
  ],
  nothing: [
    msg`Nothing here`,
    msg`Atelier waits here for the end of a sign-in, and for nothing else.`,
  ],
} as const
export type Page = keyof typeof texts

export const pageOf = (name: Page): string => {
  const [title = '', text = ''] = texts[name].map((message) => i18n._(message))
  const language = i18n.locale === 'pseudo' ? 'en' : i18n.locale
  // The empty icon keeps browsers from asking for one.
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} · Atelier</title><link rel="icon" href="data:,"><style>${style}</style></head><body><main>${mark}<h1>${title}</h1><p>${text}</p></main></body></html>`
}
