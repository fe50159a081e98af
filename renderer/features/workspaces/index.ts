export {
  makeProject,
  type Project,
  type Standing,
  usePlaces,
  useProjects,
  useStanding,
  useWorkspaces,
  workspaceKeys,
  workspaceName,
} from './queries.ts'
export { WorkspaceRail } from './workspace-rail.tsx'
