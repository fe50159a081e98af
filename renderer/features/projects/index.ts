export { setNewProject, useNewProject } from './new-project.ts'
export { NewProjectDialog } from './new-project-dialog.tsx'
export { ProjectPlace } from './project-place.tsx'
export { ProjectSidebar } from './project-sidebar.tsx'
