import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import standardLicences from 'spdx-license-list/full.js'
import { z } from 'zod'
import { isLicence } from './shipped-files.ts'

const manifest = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
  author: z.union([z.string(), z.object({ name: z.string() })]).optional(),
})

export type Notice = { name: string; licence: string; text: string }

const identifiersIn = (expression: string): string[] =>
  expression
    .split(/[\s()]+|\b(?:AND|OR|WITH)\b/)
    .filter((word) => /^[\w.-]+$/.test(word) && !/^(AND|OR|WITH)$/.test(word))

/** The standard texts of an expression of identifiers (SPDX). */
export const standardText = (expression: string): string => {
  const texts = identifiersIn(expression).map((identifier) => {
    const text = standardLicences[identifier]?.licenseText
    if (!text) throw new Error(`'${identifier}' is no licence whose text is known.`)
    return text.trim()
  })
  if (texts.length === 0) throw new Error(`'${expression}' names no licence.`)
  return texts.join('\n\n')
}

/** What a package says of its licence; without a file of it the standard's text, and without a word of it nothing ships. */
export const noticeOf = async (folder: string, name: string): Promise<Notice> => {
  const own = manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
  const declared =
    own.licenses?.map(({ type }) => type).join(' OR ') ??
    (typeof own.license === 'string' ? own.license : own.license?.type)
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && isLicence(entry.name))
  const texts = await Promise.all(
    files.map(async (file) => (await readFile(join(folder, file.name), 'utf8')).trim()),
  )
  const title = `${name} ${own.version ?? ''}`.trim()
  if (texts.length > 0)
    return { name: title, licence: declared ?? 'as follows', text: texts.join('\n\n') }
  if (!declared) throw new Error(`${title} says nothing of its licence, and cannot be shipped.`)
  const author = typeof own.author === 'string' ? own.author : own.author?.name
  const text = [...(author ? [`Copyright © ${author}`] : []), standardText(declared)].join('\n\n')
  return { name: title, licence: declared, text }
}
