import type { PlaceFinding, PlaceKind } from '../../../../src/contract/folders.ts'

type Words = { title: string; sentence: string }

const at = (detail: string | null, otherwise: string): string => detail ?? otherwise

/** What a place is, for people: refused, warned of or merely said by how grave it is. */
const words: Record<PlaceKind, (detail: string | null, isRefused: boolean) => Words> = {
  home: () => ({
    title: 'This is your home folder',
    sentence:
      'Everything you have would be in it: keys, mail, settings of every program. Choose one folder in it.',
  }),
  'disk-root': () => ({
    title: 'This is a whole disk',
    sentence: 'The system and everybody’s files are on it. Choose one folder on it.',
  }),
  system: () => ({
    title: 'This folder belongs to the system',
    sentence: 'What lies here is not yours to share, and the system changes it by itself.',
  }),
  settings: (_detail, isRefused) =>
    isRefused
      ? {
          title: 'Programs keep keys and settings here',
          sentence: 'What lies here is for this computer alone. Choose a folder of your own work.',
        }
      : {
          title: 'Programs keep their settings here',
          sentence: 'A program may write here at any time, and what it writes would be shared.',
        },
  'own-data': () => ({
    title: 'Atelier keeps its own data here',
    sentence: 'It would sync itself. Choose another folder.',
  }),
  linked: () => ({
    title: 'This folder is linked already',
    sentence: 'A folder follows one artifact. Unlink it first, or choose another.',
  }),
  'inside-linked': (detail, isRefused) => ({
    title: isRefused ? 'It lies in a linked folder' : 'It lies in a folder that was linked',
    sentence: isRefused
      ? `What is in it follows ${at(detail, 'another folder')} already.`
      : `${at(detail, 'A folder around it')} bears the mark of another link: an account’s, or another Atelier’s. Both would follow the same files.`,
  }),
  'around-linked': (detail) => ({
    title: 'A linked folder lies in it',
    sentence: `${at(detail, 'A folder in it')} follows an artifact of its own. Choose a folder beside it.`,
  }),
  'linked-elsewhere': () => ({
    title: 'Another Atelier follows this folder',
    sentence:
      'It bears the mark of another account or of another computer. Unlink it there first, or choose another folder.',
  }),
  'other-sync': (detail) => ({
    title: `${at(detail, 'Another program')} syncs this folder, too`,
    sentence:
      'Two programs that follow the same files undo each other’s work and make copies of it. A folder of its own is safer.',
  }),
  'no-disk': (detail) => ({
    title: 'There are no files here',
    sentence: `It looks like a folder, and is made by the system as one looks${detail ? ` (${detail})` : ''}.`,
  }),
  network: (detail) => ({
    title: 'It lies on another computer',
    sentence: `What others change there is not noticed at once${detail ? ` (${detail})` : ''}: Atelier looks through all of it every few minutes instead.`,
  }),
  'not-writable': () => ({
    title: 'Nothing can be written here',
    sentence: 'You may read this folder and not change it. Choose one that you may change.',
  }),
  temporary: () => ({
    title: 'The system empties this folder by itself',
    sentence: 'What it removes here would be removed for everybody.',
  }),
  git: (detail) => ({
    title: 'This is a git checkout',
    sentence: `Atelier syncs the files beside git and never its own folder${detail ? ` (in ${detail})` : ''}: commits, branches and remotes stay yours. A checkout changes files for everybody who follows them.`,
  }),
  downloads: () => ({
    title: 'This is where downloads go',
    sentence: 'What you download from now on would be shared as well.',
  }),
}

/** `root`: the folder it is said of, which need not be named again. */
export const placeText = ({ kind, detail, severity }: PlaceFinding, root: string): Words =>
  words[kind](detail === root ? null : detail, severity === 'refuse')
