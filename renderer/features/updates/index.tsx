export { UpdateBar } from './update-bar.tsx'
export { UpdateSettings } from './update-settings.tsx'
