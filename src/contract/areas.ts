import type { Channel } from './table.ts'

/** The table's names alone, so that the preload carries no schemas. Its type below holds the two together. */
export const areas = {
  app: ['info', 'setTheme', 'openExternal', 'reload', 'mark', 'saidAll'],
  backend: ['state', 'choose', 'retry', 'forget'],
  session: [
    'state',
    'accessToken',
    'signInWithPassword',
    'signUp',
    'enterHere',
    'addAddress',
    'signInWithOAuth',
    'openBrowserAgain',
    'requestCode',
    'verifyCode',
    'pasteLink',
    'cancelSignIn',
    'retryVault',
    'keychain',
    'continueInMemory',
    'signOut',
  ],
  records: ['read', 'write'],
  artifacts: [
    'list',
    'files',
    'read',
    'readVersion',
    'edit',
    'draft',
    'keepDraft',
    'create',
    'make',
    'previewUrl',
    'search',
    'conflicts',
    'resolveConflict',
  ],
  adding: ['choose', 'sample', 'start', 'cancel'],
  preview: ['open', 'place', 'enter', 'close'],
  folders: [
    'list',
    'examine',
    'examineNew',
    'lookAgain',
    'cancelExamination',
    'link',
    'projects',
    'unlinkProject',
    'turn',
    'unlink',
    'setPaused',
    'decideDeletions',
    'putBack',
    'retry',
    'relocate',
    'reveal',
    'trash',
    'restore',
    'leftOut',
    'leaveOut',
    'sendAnyway',
    'decideLeftOut',
    'rules',
    'setRules',
  ],
  sync: [
    'state',
    'run',
    'runAll',
    'cancel',
    'cancelTransfer',
    'retryParked',
    'discardParked',
    'saveCopy',
    'canSendAgain',
    'sendAgain',
    'pin',
    'pinned',
    'role',
    'usage',
  ],
  diagnostics: [
    'report',
    'saveReport',
    'openLogs',
    'openDumps',
    'removeDumps',
    'fault',
    'developerTools',
    'setDeveloperTools',
  ],
  network: [
    'state',
    'signInToProxy',
    'showCertificate',
    'unlockToken',
    'decline',
    'forgetCertificate',
  ],
  transfers: ['settings', 'change'],
  updates: [
    'state',
    'check',
    'download',
    'cancel',
    'later',
    'skip',
    'install',
    'goOn',
    'setAutomatic',
    'openPage',
    'goOnWithoutCopy',
  ],
  desktop: ['state', 'change', 'takeCommands', 'showMenu'],
} as const

/**
 * Where the preload alone may say what is asked for: it takes files that the page was handed and tells main where they
 * lie, so that no page names a path of this computer.
 */
export const droppedChannel = 'adding.examineDropped'

type Areas = typeof areas
type Listed =
  | { [A in keyof Areas]: `${A}.${Areas[A][number]}` }[keyof Areas]
  | typeof droppedChannel
/** Fails to compile when the two differ. @public */
export const everyChannelIsListed: [Channel] extends [Listed]
  ? [Listed] extends [Channel]
    ? true
    : never
  : never = true
