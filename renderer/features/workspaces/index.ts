export { WorkspaceRail } from './workspace-rail.tsx'
