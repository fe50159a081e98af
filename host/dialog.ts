import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { file, isLeft, takeLeft } from './lifecycle.ts'

type Asked = { cancelId?: number; checkboxChecked?: boolean; signal?: AbortSignal }
/** With a window to stand over, or without one. */
const askedOf = (given: readonly unknown[]): Asked => given.at(-1) as Asked

function showMessageBox(
  options: Electron.MessageBoxOptions,
): Promise<Electron.MessageBoxReturnValue>
function showMessageBox(
  window: object,
  options: Electron.MessageBoxOptions,
): Promise<Electron.MessageBoxReturnValue>
/** The spec plays the person who answers, by the button's place, ticking the box or not; without an answer it is the one that cancels. */
async function showMessageBox(...given: unknown[]): Promise<Electron.MessageBoxReturnValue> {
  const { cancelId = 0, signal, ...asked } = askedOf(given)
  appendFileSync(file('host-asked.txt'), `${JSON.stringify(asked)}\n`)
  // One that can be withdrawn stands until it is answered or withdrawn.
  while (signal && !signal.aborted && !isLeft('host-answers.txt')) await pause(50)
  if (signal?.aborted) return { response: cancelId, checkboxChecked: false }
  const answer = takeLeft('host-answers.txt')
  return {
    response: answer === null ? cancelId : Number.parseInt(answer, 10),
    checkboxChecked: answer?.endsWith('ticked') || (asked.checkboxChecked ?? false),
  }
}

function showOpenDialog(
  options: Electron.OpenDialogOptions,
): Promise<Electron.OpenDialogReturnValue>
function showOpenDialog(
  window: object,
  options: Electron.OpenDialogOptions,
): Promise<Electron.OpenDialogReturnValue>
/** The spec plays the person who chooses; without a choice the dialog is dismissed. Several are a line each. */
async function showOpenDialog(..._given: unknown[]): Promise<Electron.OpenDialogReturnValue> {
  const filePaths = (takeLeft('host-chooses.txt') ?? '').split('\n').filter(Boolean)
  return { canceled: filePaths.length === 0, filePaths }
}

function showSaveDialog(
  options: Electron.SaveDialogOptions,
): Promise<Electron.SaveDialogReturnValue>
function showSaveDialog(
  window: object,
  options: Electron.SaveDialogOptions,
): Promise<Electron.SaveDialogReturnValue>
async function showSaveDialog(..._given: unknown[]): Promise<Electron.SaveDialogReturnValue> {
  const filePath = takeLeft('host-chooses.txt') ?? ''
  return { canceled: filePath === '', filePath }
}

export const dialog = {
  showErrorBox: (title: string, content: string): void => console.error(`${title}: ${content}`),
  showMessageBox,
  showOpenDialog,
  showSaveDialog,
}

export const shell = {
  /** The spec plays the person's browser; it reads what was opened here. */
  openExternal: async (url: string): Promise<void> =>
    appendFileSync(file('host-opened.txt'), `${url}\n`),
  openPath: async (path: string): Promise<string> => {
    appendFileSync(file('host-opened.txt'), `${path}\n`)
    return ''
  },
  showItemInFolder: (path: string): void => appendFileSync(file('host-opened.txt'), `${path}\n`),
}
