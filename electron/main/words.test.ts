import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { messages as de } from '../../locales/de.po'
import { messages as pseudo } from '../../locales/pseudo.po'
import { openWay } from '../../src/contract/network.ts'
import { idleSync } from '../../src/contract/sync.ts'
import { standingOf } from '../../src/presence/standing.ts'
import { temporaryFolder } from '../../tests/fixtures/temporary-folder.ts'
import { inEachLanguage, speakAsKept } from '../words/index.ts'
import { pageOf } from './links/page.ts'
import { applicationMenu } from './presence/application-menu.ts'
import { trayMenu } from './presence/tray-menu.ts'
import { noticePage } from './preview/notices.ts'

beforeAll(() => i18n.load({ de, pseudo }))
afterEach(() => i18n.activate('en'))

const nothing = (): void => {}
const labels = (menu: ReturnType<typeof applicationMenu>): string[] =>
  menu.flatMap(({ label, type, submenu }) => [
    ...(type === 'separator' ? [] : [label ?? '']),
    ...(Array.isArray(submenu) ? labels(submenu) : []),
  ])
const menuOf = (platform: NodeJS.Platform): string[] =>
  labels(
    applicationMenu({
      platform,
      hasWorkspace: true,
      hasDevTools: true,
      act: nothing,
      zoom: nothing,
      showLicences: nothing,
    }),
  )
const standing = (waiting: number) =>
  standingOf(
    {
      session: { status: 'signedOut', failure: null },
      sync: { ...idleSync, outbox: waiting },
      folders: [],
      conflicts: [],
      network: openWay,
    },
    0,
  )

it.each(['darwin', 'win32', 'linux'] as const)(
  'no entry of the menus of %s is a word that no catalogue knows',
  (platform) => {
    i18n.activate('pseudo')
    const actions = { open: nothing, act: nothing, pause: nothing, quit: nothing }
    const said = [...menuOf(platform), ...labels(trayMenu(standing(0), actions))]
    expect(said.filter((label) => /[A-Za-z]{3}/.test(label) && label !== 'Atelier')).toEqual([])
  },
)

it('no page that is shown in the place of another is a word that no catalogue knows', () => {
  i18n.activate('pseudo')
  const withoutMarkup = (page: string): string =>
    page.replace(/<style>.*?<\/style>/gs, '').replace(/<[^>]*>/g, ' ')
  const pages = [
    ...(['answered', 'denied', 'link.unknown-flow', 'incomplete', 'nothing'] as const).map(pageOf),
    ...(
      ['no-artifact', 'no-path', 'no-file', 'not-drawn', 'not-cached', 'not-fetched'] as const
    ).map(noticePage),
  ]
  for (const page of pages) {
    expect(page).toContain('<html lang="en">')
    expect(withoutMarkup(page).replaceAll('Atelier', '')).not.toMatch(/[A-Za-z]{3}/)
  }
})

it('a file of the system’s is in each language, whichever is spoken', () => {
  i18n.activate('pseudo')
  expect(inEachLanguage(msg`Keep linked folders in step`)).toEqual({
    en: 'Keep linked folders in step',
    de: 'Verknüpfte Ordner im Gleichschritt halten',
  })
})

it('before the settings are open it speaks as they say, or as the system does', async () => {
  const folder = await temporaryFolder('words')
  speakAsKept(folder, ['de-AT', 'en'])
  expect(i18n.locale).toBe('de')
  await writeFile(join(folder, 'settings.json'), '{"language":"en"}')
  speakAsKept(folder, ['de-AT', 'en'])
  expect(i18n.locale).toBe('en')
  await writeFile(join(folder, 'settings.json'), '{"language":')
  speakAsKept(folder, ['de-AT', 'en'])
  expect(i18n.locale).toBe('de')
})

it('speaks German', () => {
  i18n.activate('de')
  expect(menuOf('linux').slice(0, 4)).toEqual([
    '&Datei',
    'Neues Projekt …',
    'Einstellungen',
    'Schließen',
  ])
  expect(standing(0).words).toBe('Niemand ist angemeldet')
})
