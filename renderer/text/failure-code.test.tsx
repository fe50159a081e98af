import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import { TextField } from '../ui/text-field.tsx'
import { showFailure, showToast, useToasts } from '../ui/toasts.ts'
import { ErrorState } from './error-state.tsx'

const drawn = (what: ReactNode): string =>
  renderToStaticMarkup(<I18nProvider i18n={i18n}>{what}</I18nProvider>)

it('a failure in the place of a screen, and one at a field, names its code', () => {
  expect(drawn(<ErrorState code="disk.full" />)).toMatch(/<code[^>]*>disk\.full<\/code>/)
  const field = drawn(
    <TextField label="Name" error="It is taken." errorCode="file.name-collision" />,
  )
  expect(field).toMatch(/It is taken\. <code[^>]*>file\.name-collision<\/code>/)
  // What a person forgot to enter is no failure.
  expect(drawn(<TextField label="Name" error="Enter a name." />)).not.toContain('<code')
})

it('so does one that is said in the corner', () => {
  showFailure('It went wrong.', 'internal')
  showToast('It went well.')
  expect(useToasts.getState().toasts).toMatchObject([
    { text: 'It went wrong.', tone: 'danger', code: 'internal' },
    { text: 'It went well.', tone: 'info', code: null },
  ])
})

it('nothing says a failure in words without its code', () => {
  const root = join(import.meta.dirname, '..')
  const sources = globSync('**/*.{ts,tsx}', { cwd: root }).filter(
    (path) => !/\.test\.tsx?$/.test(path),
  )
  const textsOf = (path: string): string => readFileSync(join(root, path), 'utf8')
  const speakers = sources.filter((path) => /failureText\[|\bbriefly\(/.test(textsOf(path)))
  // The check sees what it is for.
  expect(speakers.length).toBeGreaterThan(25)
  expect(
    speakers.filter(
      (path) =>
        !path.endsWith('failure-text.ts') &&
        !/<FailureCodeText|showFailure\(|errorCode/.test(textsOf(path)),
    ),
  ).toEqual([])
})
