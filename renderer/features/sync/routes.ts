import type { RouteObject } from 'react-router'

const link: RouteObject['lazy'] = {
  Component: async () => (await import('./linking/link-screen.tsx')).LinkScreen,
}

/** Inside of a project. */
export const linkRoutes: RouteObject[] = [
  { path: 'link', lazy: link },
  { path: 'artifacts/:artifactId/link', lazy: link },
]

export const syncRoutes: RouteObject[] = [
  {
    path: 'links/:linkId/left-out',
    lazy: {
      Component: async () => (await import('./linking/left-out-screen.tsx')).LeftOutScreen,
    },
  },
  {
    path: 'sync',
    lazy: { Component: async () => (await import('./sync-screen.tsx')).SyncScreen },
  },
  {
    path: 'sync/conflicts/:artifactId/:copyId',
    lazy: { Component: async () => (await import('./conflict-screen.tsx')).ConflictScreen },
  },
]
