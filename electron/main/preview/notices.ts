import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/**
 * What stands in the place of what a page asked for. Loaded with the first of them: it has words, and a process without
 * a catalogue cannot load any.
 */
const notices = {
  'no-artifact': [msg`Nothing here`, msg`This address is not an artifact’s.`],
  'no-path': [msg`Nothing here`, msg`This address cannot be read.`],
  'no-file': [msg`Not in this artifact`, msg`The page asks for a file that is not here.`],
  'not-drawn': [msg`Not drawn here`, msg`This drawing would hold the window.`],
  'not-cached': [
    msg`Not on this computer`,
    msg`You are offline, and this file was never opened here.`,
  ],
  'not-fetched': [msg`Could not be fetched`, msg`The server did not give this file. Try again.`],
} as const
export type Notice = keyof typeof notices

export const noticePage = (notice: Notice): string => {
  const [title = '', text = ''] = notices[notice].map((message) => i18n._(message))
  const language = i18n.locale === 'pseudo' ? 'en' : i18n.locale
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title}</title><style>html{font:15px/1.5 system-ui;color-scheme:light dark}body{display:grid;place-content:center;min-height:90vh;margin:0;padding:24px;text-align:center}h1{font-size:17px;margin:0 0 4px}p{margin:0;opacity:.75}</style><h1>${title}</h1><p>${text}</p></html>`
}
