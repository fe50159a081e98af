export { UpdateBar } from './update-bar.tsx'
export { UpdateSettings } from './update-settings.tsx'
export { UpdateShade } from './update-shade.tsx'
