import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/run.ts'
import type { Assumption } from './assumption.ts'
import { areas, assumptions } from './list.ts'

const where = (assumption: Assumption): string => {
  if ('person' in assumption) return 'a person'
  const { onlyElectron, platforms } = assumption
  const places = onlyElectron ? 'Electron' : 'double, Electron'
  return platforms ? `${places} (${platforms.join(', ')})` : places
}
const row = (assumption: Assumption): string =>
  `| \`${assumption.id}\` | ${assumption.says} | ${assumption.reliedOn.map((file) => `\`${file}\``).join(', ')} | ${assumption.source} | ${where(assumption)} |`

/** The text of docs/electron-assumptions.md. */
export const assumptionsPage = (): string => {
  const ids = assumptions.map(({ id }) => id)
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
  if (twice.length > 0) throw new Error(`Two assumptions are called ${twice.join(', ')}.`)
  const lost = assumptions
    .flatMap(({ reliedOn }) => reliedOn)
    .filter((file) => !existsSync(join(root, file)))
  if (lost.length > 0) throw new Error(`No such file of the product: ${lost.join(', ')}`)
  const byPerson = assumptions.filter((each) => 'person' in each)
  const onlyElectron = assumptions.filter(({ onlyElectron: why }) => why !== undefined)
  const here = assumptions.length - byPerson.length - onlyElectron.length
  const table = (rows: Assumption[]): string =>
    `| id | what is assumed | relied on in | Electron says so in | shown on |\n|---|---|---|---|---|\n${rows.map(row).join('\n')}\n`
  return `# What Atelier assumes of Electron

Made of \`host/assumptions\` by \`node scripts/electron-assumptions.ts\`; \`npm run check\` fails where the two differ. Each line is one test (\`tests/e2e/assumptions.spec.ts\`), which runs on the double always (\`npm run test:e2e -- --project=host assumptions\`) and on Electron where its binary is (\`--project=electron\`).

${assumptions.length} assumptions: ${here} are shown on the double and on Electron, ${onlyElectron.length} on Electron alone, ${byPerson.length} need a person.

${areas.map(({ title, assumptions: rows }) => `## ${title}\n\n${table(rows)}`).join('\n')}
## How a person sees the rest

${byPerson.map((each) => `- \`${each.id}\`: ${'person' in each ? each.person : ''}`).join('\n')}
`
}
