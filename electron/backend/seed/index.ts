import postgres from 'postgres'
import { type SeededArtifact, seedArtifact } from './artifacts.ts'
import { signInPeople } from './people.ts'
import { ensureProject, ensureWorkspace } from './places.ts'
import { demoPassword, people as demoPeople, workspaces } from './plan.ts'

export type SeedBackend = {
  readonly url: string
  readonly publishableKey: string
  readonly secretKey: string
  readonly databaseUrl: string
}

export type SeedResult = {
  readonly accounts: { id: string; email: string; password: string; name: string }[]
  readonly workspaces: { id: string; name: string }[]
  readonly projects: { id: string; name: string; workspaceId: string }[]
  readonly artifacts: (SeededArtifact & { projectId: string })[]
  /** Artifacts whose source trees this installation does not have. */
  readonly missing: string[]
  readonly files: number
  readonly bytes: number
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/**
 * Fills a backend with the demo, as the people of the demo and through the public API; what is there
 * already is left alone, so a second run changes nothing.
 */
export const seedDemo = async (
  backend: SeedBackend,
  report: (line: string) => void,
): Promise<SeedResult> => {
  const started = performance.now()
  const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const people = await signInPeople(backend)
    report(`People: ${demoPeople.map((person) => person.name).join(', ')}`)
    const result: SeedResult & { files: number; bytes: number } = {
      accounts: demoPeople.map(({ key, email, name }) => ({
        id: people[key].id,
        email,
        name,
        password: demoPassword,
      })),
      workspaces: [],
      projects: [],
      artifacts: [],
      missing: [],
      files: 0,
      bytes: 0,
    }
    for (const workspacePlan of workspaces) {
      const workspaceId = await ensureWorkspace(sql, people, workspacePlan)
      result.workspaces.push({ id: workspaceId, name: workspacePlan.name })
      for (const projectPlan of workspacePlan.projects) {
        const projectId = await ensureProject(people, workspaceId, projectPlan)
        result.projects.push({ id: projectId, name: projectPlan.name, workspaceId })
        report(`${workspacePlan.name} / ${projectPlan.name}`)
        for (const plan of projectPlan.artifacts) {
          const artifact = await seedArtifact(people[plan.author], projectId, plan)
          if (artifact === null) {
            result.missing.push(plan.title)
            report(`  ${plan.title}: left out, its files are not in this installation`)
            continue
          }
          result.artifacts.push({ ...artifact, projectId })
          result.files += artifact.files
          result.bytes += artifact.bytes
          const state = artifact.wasThere ? ', was there' : ''
          report(`  ${plan.title}: ${artifact.files} files, ${megabytes(artifact.bytes)}${state}`)
        }
      }
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    report(`Demo ready: ${result.files} files, ${megabytes(result.bytes)} in ${seconds} s`)
    return result
  } finally {
    await sql.end({ timeout: 5 })
  }
}
