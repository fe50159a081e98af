import { create } from 'zustand'

/** Whether the person reports a problem just now; asked for from several places, and from the menu. */
export const useReport = create<{ isOpen: boolean }>(() => ({ isOpen: false }))

export const openReport = (): void => useReport.setState({ isOpen: true })
export const closeReport = (): void => useReport.setState({ isOpen: false })
