import {
  app,
  type BrowserWindow,
  clipboard,
  Menu,
  session,
  type WebContents,
  WebContentsView,
} from 'electron'
import { logged } from '../../log/log.ts'
import { contextMenu, menuPlace } from './context-menu.ts'

/** Electron has no such menu by itself. For every page that comes to be, the previews' too. */
export const openContextMenus = (windowNow: () => BrowserWindow | null): void => {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('context-menu', (_menu, clicked) => {
      const window = windowNow()
      if (!window || window.isDestroyed()) return
      const entries = contextMenu(
        clicked,
        { platform: process.platform, isOwn: isOwn(contents) },
        {
          replace: (word) => contents.replaceMisspelling(word),
          learn: (word) => void contents.session.addWordToSpellCheckerDictionary(word),
          copyLink: (address) =>
            void clipboard
              .writeText(address)
              .catch(logged('presence', 'An address was not copied')),
          lookUp: () => contents.showDefinitionForSelection(),
        },
      )
      // Its frame lets a system add entries of its own, such as writing tools: to a page of ours only.
      const { frame } = clicked
      Menu.buildFromTemplate(entries).popup({
        window,
        ...menuPlace(clicked, placeOf(contents, window)),
        ...(isOwn(contents) && frame ? { frame } : {}),
        sourceType: clicked.menuSourceType,
      })
    })
  })
}

/** Of a view that lies in the window; its own page begins where it does. */
const placeOf = (contents: WebContents, window: BrowserWindow): Electron.Rectangle | undefined =>
  window.contentView.children
    .find(
      (child): child is WebContentsView =>
        child instanceof WebContentsView && child.webContents === contents,
    )
    ?.getBounds()

/** Previews have a session of their own, and so has whatever else is not ours. */
const isOwn = (contents: WebContents): boolean => contents.session === session.defaultSession
