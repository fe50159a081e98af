import type { OAuth } from './backend.ts'

/** OAuth clients of the embedded backend, from the environment so that no secret lands in a file. */
export const oauthFromEnvironment = (environment: NodeJS.ProcessEnv): OAuth => {
  const read = (name: 'GITHUB' | 'GOOGLE') => {
    const clientId = environment[`ATELIER_${name}_CLIENT_ID`]
    const secret = environment[`ATELIER_${name}_SECRET`]
    const url = environment[`ATELIER_${name}_URL`]
    return clientId && secret ? { clientId, secret, ...(url ? { url } : {}) } : undefined
  }
  const github = read('GITHUB')
  const google = read('GOOGLE')
  return { ...(github ? { github } : {}), ...(google ? { google } : {}) }
}
