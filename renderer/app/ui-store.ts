import { accountStore } from '../data/account-store.ts'

type UiState = {
  palette: boolean
  /** The list of them is open. */
  shortcuts: boolean
}

export const useUi = accountStore<UiState>(() => ({ palette: false, shortcuts: false }))

export const openPalette = (): void => useUi.setState({ palette: true })
export const setPalette = (palette: boolean): void => useUi.setState({ palette })
export const setShortcuts = (shortcuts: boolean): void => useUi.setState({ shortcuts })
