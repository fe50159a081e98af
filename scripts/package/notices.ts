import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from '../run.ts'
import { type Notice, noticeOf, standardText } from './licences.ts'
import { type Component, componentsInside, componentsOf } from './native-components.ts'
import { packagesFor } from './packages.ts'
import { addedByThePacker } from './packer-components.ts'
import type { Target } from './target.ts'

const introduction = `Atelier is made with the software of others. Here is what each asks to be said with it.

Electron's licence lies beside this file or beside the program (LICENSE.electron.txt), and the licences of Chromium and all
that it is made of in LICENSES.chromium.html.`

const microsoft = `Microsoft Visual C++ runtime (vcruntime140.dll, vcruntime140_1.dll, msvcp140.dll)
Copyright © Microsoft Corporation. Distributed as the terms of Visual Studio allow for these files.`

const rule = `\n\n${'-'.repeat(80)}\n\n`

export const noticeOfComponent = ({ name, licences, copyright, source }: Component): Notice => {
  if (licences.length === 0)
    return { name, licence: 'public domain', text: `${copyright}\nSource: ${source}` }
  const replaceable = licences.some((licence) => licence.startsWith('LGPL'))
    ? '\nA library of its own, unchanged: you may put your own build of it in its place.'
    : ''
  return {
    name,
    licence: licences.join(' AND '),
    text: `${copyright}\nSource: ${source}${replaceable}\n\n${standardText(licences.join(' AND '))}`,
  }
}

/** Those with the very same text stand together above it. */
export const asText = (notices: Notice[], closing: string[]): string => {
  const byText = new Map<string, Notice[]>()
  for (const notice of notices)
    byText.set(notice.text, [...(byText.get(notice.text) ?? []), notice])
  const sections = [...byText].map(([text, same]) => {
    const titles = same.map(({ name, licence }) => `${name} (${licence})`).sort()
    return `${titles.join('\n')}\n\n${text}`
  })
  return `${[introduction, ...sections, ...closing].join(rule)}\n`
}

/** What travels with a package: of the packages in it, of those that the build took into the code, and of natives. */
export const noticesFor = async (
  target: Target,
  staged: { folder: string; postgresFiles: string[] },
): Promise<string> => {
  const packages = packagesFor(target)
  const bundled = z
    .array(z.string())
    .parse(JSON.parse(await readFile(join(root, 'out/bundled-packages.json'), 'utf8')))
  const own = [...packages]
    .sort()
    .map((name) => noticeOf(join(staged.folder, 'node_modules', name), name))
  const inside = bundled.map((path) =>
    noticeOf(join(root, 'node_modules', path), path.replace(/^.*\/node_modules\//, '')),
  )
  const components = new Set([
    ...packages.flatMap(componentsInside),
    ...componentsOf(staged.postgresFiles),
    ...addedByThePacker(target.system),
  ])
  const named = new Map<string, Notice>()
  for (const notice of await Promise.all([...own, ...inside]))
    named.set(`${notice.name} ${notice.text}`, notice)
  const all = [...named.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return asText(
    [...[...components].map(noticeOfComponent), ...all],
    target.system === 'win32' ? [microsoft] : [],
  )
}
