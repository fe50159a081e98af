import { accountStore } from '../data/account-store.ts'
import { announce } from '../ui/live-region.tsx'

export type Toast = { id: number; text: string; tone: 'info' | 'danger' }

type UiState = { palette: boolean; toasts: readonly Toast[] }

export const useUi = accountStore<UiState>(() => ({ palette: false, toasts: [] }))

export const openPalette = (): void => useUi.setState({ palette: true })
export const setPalette = (palette: boolean): void => useUi.setState({ palette })

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
