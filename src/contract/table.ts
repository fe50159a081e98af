import { z } from 'zod'
import { isLocalAddress } from '../session/local-account.ts'
import { addition, additionOrder, additionPlace } from './adding.ts'
import { appInfo, backendChoice, backendState, rendererMark, startupMarks, theme } from './app.ts'
import {
  artifactFile,
  artifactSummary,
  draft,
  draftTurn,
  earlierVersion,
  fileContent,
  searchHit,
  textEncoding,
} from './artifacts.ts'
import { command, desktopChange, desktopState } from './desktop.ts'
import { developerTools, developerToolsChoice, pageFault, problemReport } from './diagnostics.ts'
import { failureCode } from './failure.ts'
import {
  conflict,
  decision,
  folderLink,
  linkDirection,
  projectLink,
  trashEntry,
} from './folders.ts'
import { leftOutDecision, leftOutList, linkRules } from './left-out.ts'
import { examination, linkOrder } from './linking.ts'
import {
  certificateAnswer,
  certificateHost,
  declined,
  networkState,
  proxyAnswer,
  tokenAnswer,
} from './network.ts'
import { previewGone, previewPage, previewPlace, previewView } from './preview.ts'
import { keychainState, oauthProvider, sessionState } from './session.ts'
import { cacheUsage, syncState, transferPlace, transferSettings } from './sync.ts'
import { updates } from './updates.ts'

/**
 * THE table where main and renderer meet. A channel's name is `<area>.<verb>`; the preload turns each
 * into `window.desktop.<area>.<verb>(argument)`. Every request takes one argument (or none) and answers
 * one result, both checked on their way.
 */
const request = <Argument extends z.ZodType, Result extends z.ZodType>(
  argument: Argument,
  result: Result,
) => ({ argument, result })

const nothing = z.void()
/** Of whom nobody has to be asked for one, main alone knows it. */
const email = z
  .email()
  .max(320)
  .refine((address) => !isLocalAddress(address))
const password = z.string().min(1).max(1024)
const path = z.string().min(1).max(1024)

export const requests = {
  'app.info': request(nothing, appInfo),
  'app.setTheme': request(z.object({ theme }), nothing),
  'app.openExternal': request(z.object({ url: z.string().max(4096) }), nothing),
  /** The window's page, from its beginning: the way out of a fault in it. */
  'app.reload': request(nothing, nothing),
  'app.mark': request(z.object({ name: rendererMark }), startupMarks),
  /** The answer to `app.leaving`: everything that the window had to tell is told. */
  'app.saidAll': request(nothing, nothing),
  'backend.state': request(nothing, backendState),
  'backend.choose': request(backendChoice, backendState),
  /** Starts the embedded backend again, or asks the server again; the way out of being offline. */
  'backend.retry': request(nothing, backendState),
  'backend.forget': request(nothing, backendState),

  'session.state': request(nothing, sessionState),
  /** A fresh access token, or null when there is none to give (signed out, offline). Never waits for a dead network. */
  'session.accessToken': request(nothing, z.string().nullable()),
  'session.signInWithPassword': request(z.object({ email, password }), sessionState),
  'session.signUp': request(
    z.object({ email, password, displayName: z.string().max(120) }),
    sessionState,
  ),
  /**
   * On this computer's own backend, by a name alone: as the one account there that has no address, which is made where
   * there is none. Whoever uses this computer is that person.
   */
  'session.enterHere': request(
    z.object({ displayName: z.string().trim().min(1).max(120) }),
    sessionState,
  ),
  /** The account that a name was enough for gets an address and a password, so that somebody else can join it. */
  'session.addAddress': request(z.object({ email, password }), sessionState),
  'session.signInWithOAuth': request(z.object({ provider: oauthProvider }), sessionState),
  'session.openBrowserAgain': request(nothing, nothing),
  'session.requestCode': request(z.object({ email }), sessionState),
  'session.verifyCode': request(z.object({ email, code: z.string().max(200) }), sessionState),
  'session.pasteLink': request(z.object({ link: z.string().max(8192) }), sessionState),
  'session.cancelSignIn': request(nothing, sessionState),
  'session.retryVault': request(nothing, sessionState),
  /** Whether the keychain's own window waits for the person. */
  'session.keychain': request(nothing, keychainState),
  'session.continueInMemory': request(nothing, sessionState),
  'session.signOut': request(z.object({ removeLocalCopies: z.boolean() }), sessionState),

  /** Persisted query results (JSON), so that every view once seen opens offline. Partitioned by account and server. */
  'records.read': request(
    z.object({ key: z.string().max(512) }),
    z.object({ value: z.string(), savedAt: z.string() }).nullable(),
  ),
  'records.write': request(
    z.object({ key: z.string().max(512), value: z.string().max(4_000_000) }),
    nothing,
  ),

  /** From the local cache; never touches the network. */
  'artifacts.list': request(z.object({ projectId: z.uuid() }), z.array(artifactSummary)),
  'artifacts.files': request(z.object({ artifactId: z.uuid() }), z.array(artifactFile)),
  /** Reads a cached file; fetches and caches it first when it is not on this computer. */
  'artifacts.read': request(z.object({ artifactId: z.uuid(), fileId: z.uuid() }), fileContent),
  /** The same of what a file was once. @throws file.not-cached when there is no server to ask */
  'artifacts.readVersion': request(earlierVersion, fileContent),
  /** Saves an edit on this computer and queues it; the answer comes once it is durable. */
  'artifacts.edit': request(
    z.object({
      artifactId: z.uuid(),
      fileId: z.uuid(),
      text: z.string().max(20_000_000),
      /** Hash of the text the person began with: bytes that came meanwhile are then kept beside. */
      baseSha256: z.string().length(64).optional(),
      /** UTF-8 when nothing is said. @throws file.not-in-encoding */
      encoding: textEncoding.optional(),
      /** Ends what was typed up to here. */
      at: draftTurn.optional(),
    }),
    artifactFile,
  ),
  'artifacts.draft': request(z.object({ fileId: z.uuid() }), draft.nullable()),
  /** Null forgets it. Kept on this computer alone, over a restart too; saving ends it. */
  'artifacts.keepDraft': request(
    z.object({
      artifactId: z.uuid(),
      fileId: z.uuid(),
      draft: draft.nullable(),
      at: draftTurn.optional(),
    }),
    nothing,
  ),
  'artifacts.create': request(
    z.object({ artifactId: z.uuid(), path, text: z.string().max(20_000_000) }),
    artifactFile,
  ),
  /** An empty artifact, of an id that was made here: once more is the same one. @throws network.offline */
  'artifacts.make': request(
    z.object({ id: z.uuid(), projectId: z.uuid(), title: z.string().trim().min(1).max(300) }),
    nothing,
  ),

  /** Asks for files or a folder in the system's own dialog and looks at them; null when the person thought better of it. */
  'adding.choose': request(
    additionPlace.extend({ what: z.enum(['files', 'folder']) }),
    addition.nullable(),
  ),
  /** The same of what was dropped on the window; null where it lies nowhere on this computer. */
  'adding.examineDropped': request(
    additionPlace.extend({ paths: z.array(z.string().max(4096)).max(10_000) }),
    addition.nullable(),
  ),
  /** The same of a small site that comes with the application. */
  'adding.sample': request(z.object({ projectId: z.uuid() }), addition),
  /** Answers when all of it is durable here, and on its way. @throws sync.cancelled */
  'adding.start': request(additionOrder, nothing),
  /** What has come in by then stays. */
  'adding.cancel': request(z.object({ additionId: z.uuid() }), nothing),

  /** `version`: the hash of an earlier one, which was read before. */
  'artifacts.previewUrl': request(
    z.object({
      artifactId: z.uuid(),
      path: z.string().max(1024),
      version: z.string().length(64).optional(),
    }),
    z.string(),
  ),
  /** Shows a page of an artifact; answers when there is something to see. It stays hidden until it is placed. */
  'preview.open': request(previewPage, nothing),
  /** Answers what it showed, as the address of a picture, when it gives way to something of the application. */
  'preview.place': request(previewPlace, z.string().nullable()),
  /** Keys go to the page from now on; Escape brings them back, which `preview.left` tells. */
  'preview.enter': request(previewView, nothing),
  'preview.close': request(previewView, nothing),
  /** By title and description, in one project or (null) in all that this computer knows. */
  'artifacts.search': request(
    z.object({
      query: z.string().max(200),
      projectId: z.uuid().nullable(),
      atMost: z.number().int().min(1).max(1_000),
    }),
    z.object({ hits: z.array(searchHit), total: z.number().int() }),
  ),

  /** Copies that were kept because both sides had changed, of one project or of all that is cached. */
  'artifacts.conflicts': request(z.object({ projectId: z.uuid().nullable() }), z.array(conflict)),
  /** At the server, in one commit: `copy` puts the copy's content under the file's name, `original` lets the copy go, `both` gives it a plain name. Refused if one of the two is no more as it was seen. */
  'artifacts.resolveConflict': request(decision, nothing),

  'folders.list': request(nothing, z.array(folderLink)),
  /**
   * Asks for a folder in the system's own dialog and looks at what linking it would mean; null when the person thought
   * better of it. A project is all its artifacts, each in a folder of its own. Nothing is sent or written.
   */
  'folders.examine': request(
    z.object({ projectId: z.uuid(), artifactId: z.uuid().nullable() }),
    examination.nullable(),
  ),
  /** The same of folders that lie in a linked project's and follow nothing yet. */
  'folders.examineNew': request(z.object({ projectId: z.uuid() }), examination),
  /** Counts anew, by these rules. */
  'folders.lookAgain': request(
    z.object({ examinationId: z.uuid(), rules: linkRules }),
    examination,
  ),
  'folders.cancelExamination': request(z.object({ examinationId: z.uuid() }), nothing),
  /** Begins what was looked at. @throws server.gone when it was not in this run; server.conflict when not to its end */
  'folders.link': request(linkOrder, nothing),
  /** Projects that are linked as a whole. */
  'folders.projects': request(nothing, z.array(projectLink)),
  /** With the folders of its artifacts; all files stay. */
  'folders.unlinkProject': request(z.object({ projectId: z.uuid() }), nothing),
  /** From `down` to both ways what is here alone goes to the server. */
  'folders.turn': request(z.object({ linkId: z.uuid(), direction: linkDirection }), nothing),
  /** The files stay where they are. */
  'folders.unlink': request(z.object({ linkId: z.uuid() }), nothing),
  'folders.setPaused': request(z.object({ linkId: z.uuid(), paused: z.boolean() }), nothing),
  'folders.decideDeletions': request(
    z.object({ linkId: z.uuid(), decision: z.enum(['delete', 'keep']) }),
    nothing,
  ),
  /**
   * Own work that the server does not let the person send gives way to what the server has, of one path or (null) all of it.
   * What is nowhere else goes to the trash first.
   */
  'folders.putBack': request(z.object({ linkId: z.uuid(), path: path.nullable() }), nothing),
  /** Looks again now, at what was parked too. */
  'folders.retry': request(z.object({ linkId: z.uuid() }), nothing),
  /** Asks where a folder that is not in its place was moved to, and goes on there; null when the person thought better of it. */
  'folders.relocate': request(z.object({ linkId: z.uuid() }), z.string().nullable()),
  'folders.reveal': request(z.object({ linkId: z.uuid() }), nothing),
  'folders.trash': request(z.object({ linkId: z.uuid() }), z.array(trashEntry)),
  /** Answers the path it has now. */
  'folders.restore': request(
    z.object({ linkId: z.uuid(), entryId: z.string().max(64) }),
    z.string(),
  ),

  /** What of a linked folder is not synced, and why, as it was looked at last. */
  'folders.leftOut': request(z.object({ linkId: z.uuid() }), leftOutList),
  /** A file, a folder, a link or a refused name is neither sent nor taken from now on, on this computer. Nothing is removed. */
  'folders.leaveOut': request(z.object({ linkId: z.uuid(), path }), nothing),
  /** Ends a `leaveOut`, and overrules our rules, `.gitignore` and `.atelierignore`. @throws file.left-out of what never is sent */
  'folders.sendAnyway': request(z.object({ linkId: z.uuid(), path }), nothing),
  /** What becomes of what the server has below a path that is left out here. */
  'folders.decideLeftOut': request(
    z.object({ linkId: z.uuid(), path, decision: leftOutDecision }),
    nothing,
  ),
  'folders.rules': request(z.object({ linkId: z.uuid() }), linkRules),
  'folders.setRules': request(z.object({ linkId: z.uuid(), rules: linkRules }), nothing),

  'sync.state': request(nothing, syncState),
  /** One pass over a project: push the outbox, pull metadata; download everything if pinned, or `files` is 'all'. */
  'sync.run': request(
    z.object({
      projectId: z.uuid(),
      files: z.enum(['pinned', 'all']),
      /** No person asked for it: what they stopped stays so. */
      unasked: z.literal(true).optional(),
    }),
    syncState,
  ),
  /** The same over everything that waits here or is to be kept here, and over every linked folder. */
  'sync.runAll': request(nothing, syncState),
  /** Ends the pass under way, and lets none begin by itself before the next edit. */
  'sync.cancel': request(nothing, syncState),
  /** Stops one transfer, which then is parked; the others go on. False: it had ended already. */
  'sync.cancelTransfer': request(transferPlace, z.boolean()),
  /** One parked file again, now. @throws what parks it still */
  'sync.retryParked': request(z.object({ fileId: z.uuid() }), nothing),
  /** An edit that is parked goes for good, and with it what may be its only bytes. */
  'sync.discardParked': request(z.object({ fileId: z.uuid() }), nothing),
  /** Asks for a folder and puts a file into it, fetched if need be. Answers where it is; null when the person thought better of it. */
  'sync.saveCopy': request(z.object({ fileId: z.uuid() }), z.string().nullable()),
  /** Whether this computer has the bytes that the server lost of a file. */
  'sync.canSendAgain': request(z.object({ fileId: z.uuid() }), z.boolean()),
  'sync.sendAgain': request(z.object({ fileId: z.uuid() }), nothing),
  'sync.pin': request(z.object({ projectId: z.uuid(), pinned: z.boolean() }), nothing),
  'sync.pinned': request(nothing, z.array(z.uuid())),
  /** The person's role in a project, as the server said last since the start; null where it did not. A hint. */
  'sync.role': request(z.object({ projectId: z.uuid() }), z.string().nullable()),
  /** What the copies on this computer take. */
  'sync.usage': request(nothing, cacheUsage),

  /** What went wrong here, in words that can be given to somebody. Nothing of it is sent. */
  'diagnostics.report': request(nothing, problemReport),
  /** The report that was asked for last, into a file of the person's choice. False when they thought better of it. */
  'diagnostics.saveReport': request(nothing, z.boolean()),
  'diagnostics.openLogs': request(nothing, nothing),
  /** What crashes left of Atelier's memory on this computer: shown in its folder, or removed. */
  'diagnostics.openDumps': request(nothing, nothing),
  'diagnostics.removeDumps': request(nothing, nothing),
  'diagnostics.fault': request(pageFault, nothing),
  'diagnostics.developerTools': request(nothing, developerTools),
  /** For the next start. */
  'diagnostics.setDeveloperTools': request(developerToolsChoice, nothing),

  'network.state': request(nothing, networkState),
  'network.signInToProxy': request(proxyAnswer, nothing),
  'network.showCertificate': request(certificateAnswer, nothing),
  'network.unlockToken': request(tokenAnswer, nothing),
  'network.decline': request(declined, nothing),
  /** From the next start on that server asks again. */
  'network.forgetCertificate': request(certificateHost, nothing),

  /** Of this computer, whoever is signed in. A change holds at once, for what is under way too. */
  'transfers.settings': request(nothing, transferSettings),
  'transfers.change': request(transferSettings.partial(), transferSettings),

  'updates.state': request(nothing, updates),
  /** At once, also where nothing is looked for by itself. */
  'updates.check': request(nothing, updates),
  'updates.download': request(nothing, updates),
  /** Ends a download, or takes back a restart that waits. */
  'updates.cancel': request(nothing, updates),
  /** Nothing more is said for a day. */
  'updates.later': request(nothing, updates),
  /** Nothing more is said of this version. */
  'updates.skip': request(nothing, updates),
  /** Ends the application, for the new version to begin; waits for what is on its way. */
  'updates.install': request(nothing, updates),
  /** What waits for unsent edits begins now. */
  'updates.goOn': request(nothing, updates),
  'updates.setAutomatic': request(z.object({ automatic: z.boolean() }), updates),
  /** Where new versions are to be had, in the system's browser. */
  'updates.openPage': request(nothing, nothing),
  /** After a database here that does not open stood in its way: what is to be done, without a copy of that. */
  'updates.goOnWithoutCopy': request(nothing, updates),

  'desktop.state': request(nothing, desktopState),
  /** Holds at once; the answer says what the system made of it. */
  'desktop.change': request(desktopChange, desktopState),
  /** What menus and notifications had the window do and nobody has begun yet; each is handed out once. */
  'desktop.takeCommands': request(nothing, z.array(command)),
  /** The application's menu under a button of the page, where the title bar leaves no room for it. */
  'desktop.showMenu': request(z.object({ x: z.number(), y: z.number() }), nothing),
} as const

/** What main tells the renderer unasked. */
export const events = {
  'backend.changed': backendState,
  'session.changed': sessionState,
  'session.keychainChanged': keychainState,
  'sync.changed': syncState,
  'folders.changed': z.array(folderLink),
  'folders.examined': examination,
  'adding.changed': addition,
  /** Artifacts whose cached rows or bytes changed. */
  'artifacts.changed': z.object({ projectId: z.uuid(), artifactIds: z.array(z.uuid()) }),
  /** The keys are the window's again. */
  'preview.left': previewView,
  /** There is nothing more to see, and the view is hidden until it has a place again. */
  'preview.gone': previewGone,
  'updates.changed': updates,
  /** The embedded backend has no mail server: the code of a mail comes to whoever waits for it. */
  'app.mail': z.object({ code: z.string() }),
  'network.changed': networkState,
  'app.failure': z.object({ code: failureCode, message: z.string() }),
  /** The window is about to go. Main waits a moment for `app.saidAll`. */
  'app.leaving': nothing,
  /** There is something to take by `desktop.takeCommands`. */
  'desktop.commanded': nothing,
} as const

export type Channel = keyof typeof requests
export type Argument<C extends Channel> = z.infer<(typeof requests)[C]['argument']>
export type Result<C extends Channel> = z.infer<(typeof requests)[C]['result']>
export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>

export const answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), code: failureCode, message: z.string() }),
])
export type Answer = z.infer<typeof answer>

type Area<C extends string> = C extends `${infer A}.${string}` ? A : never
type Verb<C extends string, A extends string> = C extends `${A}.${infer V}` ? V : never

/** What a page may ask for by itself: of what was dropped the preload says where it lies (`areas.ts`). */
type Asked = Exclude<Channel, 'adding.examineDropped'>

/** `window.desktop`: requests by area and verb, and `on(event, listener)` which returns its unsubscribe. */
export type Desktop = {
  [A in Area<Asked>]: {
    [V in Verb<Asked, A>]: `${A}.${V}` extends infer C extends Channel
      ? Argument<C> extends undefined
        ? () => Promise<Result<C>>
        : (argument: Argument<C>) => Promise<Result<C>>
      : never
  }
} & {
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
}
