import type { RouteObject } from 'react-router'

/** Inside of a project. */
export const artifactRoutes: RouteObject[] = [
  {
    index: true,
    lazy: { Component: async () => (await import('./list-screen.tsx')).ArtifactListScreen },
  },
  {
    path: 'artifacts/:artifactId',
    lazy: { Component: async () => (await import('./artifact-screen.tsx')).ArtifactScreen },
  },
]
