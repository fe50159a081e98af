import { accountStore } from '../../data/account-store.ts'

/** A project is being made, first thought of for this workspace; none is where it is null. */
type NewProject = { workspaceId: string | null } | null

const useStore = accountStore<{ newProject: NewProject }>(() => ({ newProject: null }))

export const useNewProject = (): NewProject => useStore((state) => state.newProject)

/** Of the layout, not of what was pressed: that may fold away meanwhile. */
export const setNewProject = (newProject: NewProject): void => useStore.setState({ newProject })
