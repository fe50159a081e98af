export { useLaidOut } from './use-laid-out.ts'
