export { ArtifactScreen } from './artifact-screen.tsx'
export { ArtifactListScreen } from './list-screen.tsx'
