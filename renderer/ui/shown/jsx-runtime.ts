import type { ElementType, Key, ReactElement } from 'react'
import * as react from 'react/jsx-runtime'
import { shown } from './shown.ts'

export type { JSX } from 'react/jsx-runtime'
export { Fragment } from 'react/jsx-runtime'

type Props = Record<string, unknown>
export const jsx = (type: ElementType, props: Props, key?: Key): ReactElement =>
  react.jsx(type, shown(type, props), key)
export const jsxs = (type: ElementType, props: Props, key?: Key): ReactElement =>
  react.jsxs(type, shown(type, props), key)
