import { accountStore } from '../data/account-store.ts'
import { announce } from '../ui/live-region.tsx'

export type Toast = { id: number; text: string; tone: 'info' | 'danger' }

type UiState = {
  palette: boolean
  toasts: readonly Toast[]
  /** A project is being made, first thought of for this workspace; none is where it is null. */
  newProject: { workspaceId: string | null } | null
  /** The list of them is open. */
  shortcuts: boolean
}

export const useUi = accountStore<UiState>(() => ({
  palette: false,
  toasts: [],
  newProject: null,
  shortcuts: false,
}))

export const openPalette = (): void => useUi.setState({ palette: true })
export const setPalette = (palette: boolean): void => useUi.setState({ palette })

export const setShortcuts = (shortcuts: boolean): void => useUi.setState({ shortcuts })

/** Of the layout, not of what was pressed: that may fold away meanwhile. */
export const setNewProject = (newProject: UiState['newProject']): void =>
  useUi.setState({ newProject })

let next = 0

/** A word in the corner; it leaves by itself, so nothing that must be read may be only here. */
export const showToast = (text: string, tone: Toast['tone'] = 'info'): void => {
  const toast = { id: next++, text, tone }
  announce(text, tone === 'danger')
  useUi.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), toast] }))
  setTimeout(() => dropToast(toast.id), 6_000)
}

export const dropToast = (id: number): void =>
  useUi.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }))
