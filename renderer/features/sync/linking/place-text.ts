import { t } from '@lingui/core/macro'
import type { PlaceFinding, PlaceKind } from '../../../../src/contract/folders.ts'

type Words = { title: string; sentence: string }

const at = (detail: string | null, otherwise: string): string => detail ?? otherwise

/** What a place is, for people: refused, warned of or merely said by how grave it is. */
const words: Record<PlaceKind, (detail: string | null, isRefused: boolean) => Words> = {
  home: () => ({
    title: t`This is your home folder`,
    sentence: t`Everything you have would be in it: keys, mail, settings of every program. Choose one folder in it.`,
  }),
  'disk-root': () => ({
    title: t`This is a whole disk`,
    sentence: t`The system and everybody’s files are on it. Choose one folder on it.`,
  }),
  system: () => ({
    title: t`This folder belongs to the system`,
    sentence: t`What lies here is not yours to share, and the system changes it by itself.`,
  }),
  settings: (_detail, isRefused) =>
    isRefused
      ? {
          title: t`Programs keep keys and settings here`,
          sentence: t`What lies here is for this computer alone. Choose a folder of your own work.`,
        }
      : {
          title: t`Programs keep their settings here`,
          sentence: t`A program may write here at any time, and what it writes would be shared.`,
        },
  'own-data': () => ({
    title: t`Atelier keeps its own data here`,
    sentence: t`It would sync itself. Choose another folder.`,
  }),
  linked: () => ({
    title: t`This folder is linked already`,
    sentence: t`A folder follows one artifact. Unlink it first, or choose another.`,
  }),
  'inside-linked': (detail, isRefused) => ({
    title: isRefused ? t`It lies in a linked folder` : t`It lies in a folder that was linked`,
    sentence: isRefused
      ? t`What is in it follows ${at(detail, t`another folder`)} already.`
      : t`${at(detail, t`A folder around it`)} bears the mark of another link: an account’s, or another Atelier’s. Both would follow the same files.`,
  }),
  'around-linked': (detail) => ({
    title: t`A linked folder lies in it`,
    sentence: t`${at(detail, t`A folder in it`)} follows an artifact of its own. Choose a folder beside it.`,
  }),
  'linked-elsewhere': () => ({
    title: t`Another Atelier follows this folder`,
    sentence: t`It bears the mark of another account or of another computer. Unlink it there first, or choose another folder.`,
  }),
  'other-sync': (detail) => ({
    title: t`${at(detail, t`Another program`)} syncs this folder, too`,
    sentence: t`Two programs that follow the same files undo each other’s work and make copies of it. A folder of its own is safer.`,
  }),
  'no-disk': (detail) => ({
    title: t`There are no files here`,
    sentence: detail
      ? t`It looks like a folder, and is made by the system as one looks (${detail}).`
      : t`It looks like a folder, and is made by the system as one looks.`,
  }),
  network: (detail) => ({
    title: t`It lies on another computer`,
    sentence: detail
      ? t`What others change there is not noticed at once (${detail}): Atelier looks through all of it every few minutes instead.`
      : t`What others change there is not noticed at once: Atelier looks through all of it every few minutes instead.`,
  }),
  'not-writable': () => ({
    title: t`Nothing can be written here`,
    sentence: t`You may read this folder and not change it. Choose one that you may change.`,
  }),
  temporary: () => ({
    title: t`The system empties this folder by itself`,
    sentence: t`What it removes here would be removed for everybody.`,
  }),
  git: (detail) => ({
    title: t`This is a git checkout`,
    sentence: detail
      ? t`Atelier syncs the files beside git and never its own folder (in ${detail}): commits, branches and remotes stay yours. A checkout changes files for everybody who follows them.`
      : t`Atelier syncs the files beside git and never its own folder: commits, branches and remotes stay yours. A checkout changes files for everybody who follows them.`,
  }),
  downloads: () => ({
    title: t`This is where downloads go`,
    sentence: t`What you download from now on would be shared as well.`,
  }),
}

/** `root`: the folder it is said of, which need not be named again. */
export const placeText = ({ kind, detail, severity }: PlaceFinding, root: string): Words =>
  words[kind](detail === root ? null : detail, severity === 'refuse')
