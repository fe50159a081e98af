import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'

const name = 'rtl\u202Egpj.html'
const marked =
  /^<bdi dir="ltr">rtl<span title="[^"]+" class="[^"]+">U\+202E<\/span>gpj\.html<\/bdi>$/
const within = (markup: string): string => markup.replace(/^<[^>]+>|<\/[^>]+>$/g, '')
const Heading = ({ children }: { children: ReactNode }) => <h2>{children}</h2>

it('a name that misleads is marked wherever it stands, once', () => {
  expect(within(renderToStaticMarkup(<p>{name}</p>))).toMatch(marked)
  expect(within(renderToStaticMarkup(<Heading>{name}</Heading>))).toMatch(marked)
  const beside = renderToStaticMarkup(<p>Restore {name} now</p>)
  expect(beside).toMatch(/^<p>Restore <bdi.*U\+202E.*<\/bdi> now<\/p>$/)
  const list = renderToStaticMarkup(<p>{[name, ', ', name]}</p>)
  expect(list.match(/<bdi/g)).toHaveLength(2)
  expect(list).not.toContain('\u202E')
})

it('names that are read from the right turn nothing around them', () =>
  expect(renderToStaticMarkup(<p>{'שלום'} 3</p>)).toBe('<p><bdi dir="ltr">שלום</bdi> 3</p>'))

it('so it is in what has nothing but text', () => {
  const markup = renderToStaticMarkup(
    <section title={name} aria-label={`Stop ${name}`}>
      <img src="a.png" alt={name} />
      <select>
        <option>
          {name} of {name}
        </option>
      </select>
    </section>,
  )
  expect(markup).not.toContain('\u202E')
  expect(markup).not.toContain('<bdi')
  expect(markup).toContain('title="rtlU+202Egpj.html"')
  expect(markup).toContain('aria-label="Stop rtlU+202Egpj.html"')
  expect(markup).toContain('alt="rtlU+202Egpj.html"')
})

it('what is no name stays as it is', () => {
  const plain = 'naïve 日本語 👩\u200D💻 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'
  expect(renderToStaticMarkup(<p>{plain}</p>)).toBe(`<p>${plain}</p>`)
  // Of a file, not about one.
  expect(renderToStaticMarkup(<pre>{name}</pre>)).toBe(`<pre>${name}</pre>`)
  expect(renderToStaticMarkup(<input readOnly value={name} />)).toContain('\u202E')
})

const drawn = (message: ReactNode): string =>
  renderToStaticMarkup(<I18nProvider i18n={i18n}>{message}</I18nProvider>)

it('so it is within a message, among its words and within its elements', () => {
  const markup = drawn(
    <p>
      <Trans>
        Restore {name} and <b>{name}</b> now
      </Trans>
    </p>,
  )
  expect(markup).not.toContain('\u202E')
  expect(markup).toMatch(/^<p>Restore <bdi.*U\+202E.*<\/bdi> and <b><bdi.*U\+202E.*<\/b> now<\/p>$/)
})

it('a name is no tag of the message that it stands in', () => {
  const odd = 'a<0>b</0><1/>'
  expect(
    drawn(
      <Trans>
        Restore {odd} <b>now</b>
      </Trans>,
    ),
  ).toBe('Restore a&lt;0&gt;b&lt;/0&gt;&lt;1/&gt; <b>now</b>')
})
