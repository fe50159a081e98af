export { ChangeNote } from './change-note.tsx'
