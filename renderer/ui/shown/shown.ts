import { t } from '@lingui/core/macro'
import type { ElementType, ReactNode } from 'react'
import { jsx } from 'react/jsx-runtime'
import { mayMislead, visibleParts, visibleText } from '../../../src/domain/file-path.ts'

/*
 * Names, titles and places are given by people and by servers, and are shown all over. So nothing has to remember to
 * show them safely: every element of the renderer is made here (`jsxImportSource` in tsconfig.json).
 */

/** What holds text of a file, or nothing but text. */
const itsOwnText: ReadonlySet<unknown> = new Set(['pre', 'code', 'textarea', 'style', 'script'])
const textAttributes: ReadonlySet<string> = new Set(['title', 'alt', 'placeholder'])

/** It turns nothing around it, and what would not be seen in it is shown by its number. */
const safeText = (text: string, key?: string): ReactNode =>
  jsx(
    'bdi',
    {
      // The application's own words are read from the left; a name in them turns itself alone.
      dir: 'ltr',
      children: visibleParts(text).map(({ text: part, isHidden }, place) =>
        isHidden
          ? jsx(
              'span',
              {
                title: t`A character that is not seen`,
                className: 'mx-0.5 rounded-sm bg-danger-soft px-0.5 font-mono text-danger text-xs',
                children: part,
              },
              place,
            )
          : part,
      ),
    },
    key,
  )

type Show = (text: string, key?: string) => ReactNode
const safeChildren = (children: unknown, show: Show, key?: string): unknown => {
  if (typeof children === 'string') return mayMislead(children) ? show(children, key) : children
  if (!Array.isArray(children)) return children
  let safe: unknown[] | null = null
  for (const [place, child] of children.entries()) {
    const shown = safeChildren(child, show, `text ${place}`)
    if (shown === child) continue
    safe ??= [...children]
    safe[place] = shown
  }
  return safe ?? children
}

type Props = Record<string, unknown>
/** The same properties, unless something in them could mislead. */
export const shown = (type: ElementType, props: Props): Props => {
  const isElement = typeof type === 'string'
  let safe = props
  const give = (name: string, value: unknown): void => {
    if (safe === props) safe = { ...props }
    safe[name] = value
  }
  for (const name in props) {
    const value = props[name]
    if (name === 'children') {
      if (itsOwnText.has(type)) continue
      // An option has nothing but text in it.
      const children = safeChildren(value, type === 'option' ? visibleText : safeText)
      if (children !== value) give(name, children)
    } else if (
      typeof value === 'string' &&
      (name.startsWith('aria-') || (isElement && textAttributes.has(name))) &&
      mayMislead(value)
    )
      give(name, visibleText(value))
  }
  return safe
}
