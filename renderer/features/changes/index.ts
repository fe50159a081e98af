export { useBlockedToasts } from './blocked-toasts.ts'
export { ChangeList, useShownChanges } from './change-list.tsx'
export { ChangeNote } from './change-note.tsx'
