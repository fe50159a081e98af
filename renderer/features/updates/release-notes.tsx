import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import type { AnchorHTMLAttributes } from 'react'
import { Fragment, jsx, jsxs } from 'react/jsx-runtime'
import { externalLinkOf } from '../../../src/domain/external-link.ts'
import { desktop } from '../../data/desktop.ts'
import { useLaidOut } from '../markdown/index.ts'

/** What is new, as the feed says it: Markdown or HTML of somebody else, held to what Markdown may be. */
export const ReleaseNotes = ({ notes }: { notes: string }) => {
  const laidOut = useLaidOut(notes)
  if (laidOut.kind !== 'page')
    return <p className="wrap-anywhere whitespace-pre-wrap text-sm">{notes}</p>
  return (
    <div className="prose wrap-anywhere text-sm">
      {toJsxRuntime(laidOut.page, {
        Fragment,
        jsx,
        jsxs,
        ignoreInvalidStyle: true,
        components: {
          a: Link,
          // Of a server that nobody here chose.
          img: ({ alt }) => <em>{alt}</em>,
          // The dialog has the first heading.
          h1: ({ children }) => <h3>{children}</h3>,
          h2: ({ children }) => <h3>{children}</h3>,
        },
      })}
    </div>
  )
}

const Link = ({ href, children }: AnchorHTMLAttributes<HTMLAnchorElement>) => {
  const url = externalLinkOf(href ?? '')
  if (url === null) return <span>{children}</span>
  return (
    <a
      href={url}
      title={url}
      onClick={(event) => {
        event.preventDefault()
        void desktop.app.openExternal({ url }).catch(() => {})
      }}
    >
      {children}
    </a>
  )
}
