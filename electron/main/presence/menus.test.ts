import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import type { Standing } from '../../../src/presence/standing.ts'
import { applicationMenu } from './application-menu.ts'
import { type Clicked, contextMenu, menuPlace } from './context-menu.ts'
import { MenuKey } from './menu-key.ts'
import { dockMenu, trayMenu } from './tray-menu.ts'

const nothing = (): void => {}
const names = (menu: readonly MenuItemConstructorOptions[]): string[] =>
  menu.flatMap(({ label, role, submenu, type }) => [
    ...(type === 'separator' ? [] : [role ?? label ?? '']),
    ...(Array.isArray(submenu) ? names(submenu) : []),
  ])

test.each(['darwin', 'win32', 'linux'] as const)(
  '%s has every entry, each where it belongs',
  (platform) => {
    const menu = (hasDevTools: boolean) =>
      names(
        applicationMenu({
          platform,
          hasDevTools,
          hasWorkspace: true,
          act: nothing,
          zoom: nothing,
          showLicences: hasDevTools ? null : nothing,
        }),
      ).map((name) => name.toLowerCase().replace('…', ''))
    for (const name of [
      'settings',
      'about',
      'check for updates',
      'report a problem',
      'keyboard shortcuts',
      'licences',
      'quit',
    ])
      expect(menu(false), name).toContain(name)
    // In a build that people have no key opens them.
    expect(menu(false)).not.toContain('toggledevtools')
    expect(menu(true)).toContain('toggledevtools')
    // From source there is no file of them.
    expect(menu(true)).not.toContain('licences')
  },
)

test.each(['darwin', 'win32', 'linux'] as const)(
  '%s offers what a workspace has only where there is one',
  (platform) => {
    const off = (hasWorkspace: boolean): (string | undefined)[] => {
      const of = (menu: readonly MenuItemConstructorOptions[]): (string | undefined)[] =>
        menu.flatMap(({ id, enabled, submenu }) => [
          ...(enabled === false ? [id] : []),
          ...(Array.isArray(submenu) ? of(submenu) : []),
        ])
      return of(
        applicationMenu({
          platform,
          hasWorkspace,
          hasDevTools: false,
          act: nothing,
          zoom: nothing,
          showLicences: null,
        }),
      )
    }
    expect(off(true)).toEqual([])
    expect(off(false)).toEqual(['new-project', 'search', 'sync'])
    const standing: Standing = { kind: 'signed-out', words: '', needs: [], progress: null }
    const actions = { open: nothing, act: nothing, pause: nothing, quit: nothing }
    expect(dockMenu(standing, actions, false).every(({ enabled }) => enabled === false)).toBe(true)
  },
)

const clicked: Clicked = {
  isEditable: false,
  editFlags: {
    canUndo: false,
    canRedo: false,
    canCut: true,
    canCopy: true,
    canPaste: true,
    canDelete: true,
    canSelectAll: true,
    canEditRichly: false,
  },
  selectionText: '',
  linkURL: '',
  misspelledWord: '',
  dictionarySuggestions: [],
}
const offered = (of: Partial<Clicked>, isOwn = true, platform: NodeJS.Platform = 'linux') =>
  names(
    contextMenu(
      { ...clicked, ...of },
      { platform, isOwn },
      {
        replace: nothing,
        learn: nothing,
        copyLink: nothing,
        lookUp: nothing,
      },
    ),
  )

test('a preview’s page is offered what copies and selects, and nothing that reaches out of it', () => {
  const wrong = { isEditable: true, misspelledWord: 'teh', dictionarySuggestions: ['the'] }
  expect(offered(wrong, false)).toEqual(['cut', 'copy', 'paste', 'selectAll'])
  expect(offered(wrong)).toEqual(['the', 'Add to dictionary', 'cut', 'copy', 'paste', 'selectAll'])
  expect(offered({ selectionText: 'tide' }, false, 'darwin')).toEqual(['copy', 'selectAll'])
  expect(offered({ selectionText: 'tide' }, true, 'darwin')[0]).toContain('tide')
})

test('a link is copied where its address means something outside of here', () => {
  expect(offered({ linkURL: 'https://tides.example/' })).toContain('Copy link')
  for (const linkURL of [
    'app://atelier/#/sync',
    'artifact://x/',
    'javascript:alert(1)',
    'file:///etc',
  ])
    expect(offered({ linkURL })).not.toContain('Copy link')
})

test('the icon’s menu leads to what waits, five of them, and then to all', () => {
  const needs = Array.from({ length: 7 }, (_, index) => ({
    key: String(index),
    kind: 'conflict' as const,
    title: `A & B ${index}`,
    body: '',
    command: { kind: 'sync' as const },
  }))
  const standing: Standing = {
    kind: 'needs-you',
    words: '7 things need you',
    needs,
    progress: null,
  }
  const menu = names(
    trayMenu(standing, { open: nothing, act: nothing, pause: nothing, quit: nothing }),
  )
  // A single ampersand would make the next letter a key.
  expect(menu).toContain('A && B 4')
  expect(menu).not.toContain('A && B 5')
  expect(menu).toContain('2 more…')
})

test('Alt by itself asks for the menu, and Alt with anything else does not', () => {
  const menuKey = new MenuKey()
  const key = (type: string, name: string, isAutoRepeat = false) =>
    menuKey.press({
      type,
      key: name,
      alt: name !== 'F10' && type === 'keyDown',
      isAutoRepeat,
      control: false,
      meta: false,
      shift: false,
    })
  const [down, up] = ['keyDown', 'keyUp']
  expect([key(down, 'Alt'), key(up, 'Alt')]).toEqual([false, true])
  expect([key(down, 'Alt'), key(down, 'Tab'), key(up, 'Alt')]).toEqual([false, false, false])
  // Held for a while it repeats itself; after another key it does so, too, and is not alone.
  expect([key(down, 'Alt'), key(down, 'Alt', true), key(up, 'Alt')]).toEqual([false, false, true])
  key(down, 'Alt')
  key(down, 'Tab')
  key(down, 'Alt', true)
  expect(key(up, 'Alt')).toBe(false)
  key(down, 'Alt')
  menuKey.forget()
  expect(key(up, 'Alt')).toBe(false)
  expect([key(down, 'F10'), key(down, 'F10', true)]).toEqual([true, false])
})

test('a menu that a key asks for opens where its page says, in the view that the page is in', () => {
  const at = { x: 10, y: 20 }
  const view = { x: 300, y: 60, width: 400, height: 400 }
  expect(menuPlace({ ...at, menuSourceType: 'mouse' }, view)).toEqual({})
  expect(menuPlace({ ...at, menuSourceType: 'keyboard' })).toEqual(at)
  expect(menuPlace({ ...at, menuSourceType: 'keyboard' }, view)).toEqual({ x: 310, y: 80 })
})
