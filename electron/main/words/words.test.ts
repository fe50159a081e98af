import { i18n } from '@lingui/core'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { messages as de } from '../../../locales/de.po'
import { messages as pseudo } from '../../../locales/pseudo.po'
import { openWay } from '../../../src/contract/network.ts'
import { idleSync } from '../../../src/contract/sync.ts'
import { standingOf } from '../../../src/presence/standing.ts'
import { applicationMenu } from '../presence/application-menu.ts'
import { trayMenu } from '../presence/tray-menu.ts'

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
      ...{ platform, hasWorkspace: true, hasDevTools: true, act: nothing, zoom: nothing },
      showLicences: nothing,
    }),
  )
const standing = (waiting: number) =>
  standingOf(
    {
      session: { status: 'signedOut', failure: null },
      sync: { ...idleSync, outbox: waiting },
      ...{ folders: [], conflicts: [], network: openWay },
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
