import type { Assumption } from './assumption.ts'

const only = (
  id: string,
  says: string,
  reliedOn: string[],
  source: string,
  person: string,
): Assumption => ({ id, says, reliedOn, source, person })

const backend = 'electron/backend/postgres/binaries.ts'
const links = 'electron/main/links/index.ts'

export const persons: Assumption[] = [
  only(
    'asar-spawn',
    'A program inside the archive cannot be run; one that is unpacked beside it can, by the path with app.asar.unpacked.',
    [backend],
    'docs/tutorial/asar-archives.md',
    'Install a package; make a workspace on this computer; it starts. (The packed archive is booted without Electron by the packages suite.)',
  ),
  only(
    'open-url-macos',
    'macOS hands a link to a running or starting application by open-url.',
    ['electron/main/shell/application.ts'],
    'docs/api/app.md',
    'On macOS, installed: sign in with a browser, once with the application closed, once open, once without a window.',
  ),
  only(
    'links-registered',
    'An installed package registers atelier:// with the system, on all three.',
    [links],
    'docs/api/app.md',
    'On each system, installed: open atelier://auth/callback from a browser; Atelier comes forward.',
  ),
  only(
    'session-end-windows',
    'At a Windows sign-out before-quit is not said; query-session-end is, and waits for nobody.',
    ['electron/main/shell/window.ts'],
    'docs/api/app.md',
    'On Windows: type into a text, sign out of Windows within a second, sign in again: the words are there.',
  ),
  only(
    'power-resume',
    'A computer that wakes says `resume`, one that goes down `shutdown`.',
    ['electron/main/shell/application.ts'],
    'docs/api/power-monitor.md',
    'On each system: sleep and wake with the application open; it is “Up to date” within seconds. Shut down with unsent edits; they are there afterwards.',
  ),
  only(
    'sandbox-holds',
    'A page with `sandbox: true` runs in the system’s sandbox wherever the process has one.',
    ['electron/main/shell/window.ts', 'electron/main/shell/previews.ts'],
    'docs/tutorial/sandbox.md',
    'chrome://sandbox in a development build, or the Task Manager’s column; on Ubuntu 24.04 from the deb and from the AppImage.',
  ),
  only(
    'dialogs-begin',
    'Dialogs for folders and files show the title, or on macOS their message, and begin where they were told.',
    ['electron/main/shell/window.ts'],
    'docs/api/dialog.md',
    'On each system: link a folder, save a copy, bring in files.',
  ),
  only(
    'wayland-focus',
    'On Wayland a window comes forward with the token that the second launch brought.',
    ['electron/main/shell/main-window.ts'],
    'shell/browser/api/electron_api_app.cc',
    'On GNOME with Wayland: sign in with the browser; Atelier’s window comes to the front.',
  ),
]
