import { create } from 'zustand'
import type { Examination } from '../../src/contract/linking.ts'
import { desktop } from './desktop.ts'

/** The folder that is looked at, or was last, before it is linked: main's last word of it. */
export const useExamined = create<{ examination: Examination | null }>(() => ({
  examination: null,
}))

export const setExamined = (examination: Examination | null): void =>
  useExamined.setState({ examination })

/** Words of another folder than the one that is shown are of one that nobody looks at any more. */
export const connectExaminations = (): void => {
  desktop.on('folders.examined', (told) => {
    if (useExamined.getState().examination?.id === told.id) setExamined(told)
  })
}
