export {
  makeProject,
  type Project,
  type Standing,
  useMoveProject,
  useOrderChange,
  usePlaces,
  useProjects,
  useStanding,
  useWorkspaces,
  workspaceName,
} from './queries.ts'
export { WorkspaceRail } from './workspace-rail.tsx'
