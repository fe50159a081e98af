import { z } from 'zod'
import { maxZoomLevel, minZoomLevel } from '../domain/limits.ts'
import { event, nothing, request } from './ipc.ts'

/** What closing the last window does where windows do not outlive themselves; on macOS the application always stays. */
export const whenClosed = z.enum(['ask', 'stay', 'quit'])
export type WhenClosed = z.infer<typeof whenClosed>

export const noticeKind = z.enum(['conflict', 'attention', 'update'])
export type NoticeKind = z.infer<typeof noticeKind>

/** A code of a language as the system gives it, such as `en-GB`. */
const language = z.string().min(2).max(35)
const languages = z.array(language).max(8)

/** How Atelier behaves on this computer's desktop, whoever is signed in. */
export const desktopSettings = z.object({
  whenClosed,
  /** An icon among those of the system that says how sync stands. */
  tray: z.boolean(),
  /** Which notifications may appear; none does while the window has the focus. */
  notify: z.record(noticeKind, z.boolean()),
  /** Whether they say what files and projects are called: a locked screen may show them to anybody. */
  namesInNotices: z.boolean(),
  spelling: z.object({
    /** Off until the person says yes: elsewhere than on macOS its dictionaries come from a server of Google's. */
    isOn: z.boolean(),
    languages,
  }),
  zoom: z.number().min(minZoomLevel).max(maxZoomLevel),
})
export type DesktopSettings = z.infer<typeof desktopSettings>

/** What of it a person may change, each by itself. */
export const desktopChange = z
  .object({
    whenClosed,
    tray: z.boolean(),
    notify: z.partialRecord(noticeKind, z.boolean()),
    namesInNotices: z.boolean(),
    spelling: desktopSettings.shape.spelling,
    startsAtLogin: z.boolean(),
  })
  .partial()
export type DesktopChange = z.infer<typeof desktopChange>

export const desktopState = desktopSettings.omit({ zoom: true }).extend({
  /** As the system has it, which its person may have changed there. */
  startsAtLogin: z.boolean(),
  /** macOS waits for its person to allow it. */
  loginNeedsApproval: z.boolean(),
  /** False where the system has nobody to show them. */
  canNotify: z.boolean(),
  /** Those that there are dictionaries of; empty where the system checks in languages of its own. */
  languages: z.array(language),
})
export type DesktopState = z.infer<typeof desktopState>

/** What a menu, a notification or the icon in the tray has the window do. */
export const command = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('settings') }),
  z.object({ kind: z.literal('sync') }),
  z.object({ kind: z.literal('search') }),
  z.object({ kind: z.literal('newProject') }),
  z.object({ kind: z.literal('shortcuts') }),
  z.object({ kind: z.literal('checkForUpdates') }),
  z.object({ kind: z.literal('reportProblem') }),
  z.object({ kind: z.literal('conflict'), artifactId: z.uuid(), copyId: z.uuid() }),
])
export type Command = z.infer<typeof command>

export const desktopRequests = {
  'desktop.state': request(nothing, desktopState),
  /** Holds at once; the answer says what the system made of it. */
  'desktop.change': request(desktopChange, desktopState),
  /** What menus and notifications had the window do and nobody has begun yet; each is handed out once. */
  'desktop.takeCommands': request(nothing, z.array(command)),
  /** The application's menu under a button of the page, where the title bar leaves no room for it. */
  'desktop.showMenu': request(z.object({ x: z.number(), y: z.number() }), nothing),
}

export const desktopEvents = {
  /** There is something to take by `desktop.takeCommands`. */
  'desktop.commanded': event(nothing),
}
