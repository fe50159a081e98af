export { DeviceSettingsDialog } from './device-settings-dialog.tsx'
export { settingsRoutes } from './routes.ts'
export { SignOutDialog } from './sign-out-dialog.tsx'
