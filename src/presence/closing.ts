import type { WhenClosed } from '../contract/desktop.ts'

/** What becomes of the application when its person closes the last window. */
export type Closing = 'ends' | 'stays' | 'asks'

/**
 * `keepsInStep`: a folder is linked or a project is kept here, so that something goes on without a window. Asked is only
 * where that is so and an icon says afterwards that it does.
 */
export const closingOf = (here: {
  platform: string
  whenClosed: WhenClosed
  hasTray: boolean
  keepsInStep: boolean
}): Closing => {
  // Whose windows have nothing to do with whether an application runs.
  if (here.platform === 'darwin') return 'stays'
  switch (here.whenClosed) {
    case 'stay':
      return 'stays'
    case 'quit':
      return 'ends'
    case 'ask':
      return here.keepsInStep && here.hasTray ? 'asks' : 'ends'
  }
}
