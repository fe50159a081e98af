const key = 'last-project'

export const lastProject = (): string | null => localStorage.getItem(key)

export const rememberProject = (projectId: string): void => localStorage.setItem(key, projectId)
