export { ChangeList, useShownChanges } from './change-list.tsx'
export { ChangeNote } from './change-note.tsx'
export { useParkedToasts } from './parked-toasts.ts'
