import type { RouteObject } from 'react-router'

export const settingsRoutes: RouteObject[] = [
  {
    path: 'settings',
    lazy: { Component: async () => (await import('./settings-screen.tsx')).SettingsScreen },
  },
]
