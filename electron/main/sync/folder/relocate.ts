import { access } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { asFailure, Failure } from '../../../../src/domain/failure.ts'
import { isFolderOf, isInside } from './link-marker.ts'
import { examinePlace, refusePlace } from './place.ts'
import type { LinkRow, ProjectLinkRow } from './store.ts'

export type Relocation = {
  /** The link and those that went with it, each with the place it has now. */
  links: LinkRow[]
  /** The folder of the project, if all of it moved. */
  project: ProjectLinkRow | null
}

const notTheSame = () =>
  new Failure('folder.not-the-same', 'The folder does not bear the mark of this link.')
const isGone = (path: string): Promise<boolean> =>
  access(path).then(
    () => false,
    () => true,
  )

/** Where a project's folder is now, if that of one of its artifacts went with it. */
const projectAfter = async (
  project: ProjectLinkRow,
  was: string,
  is: string,
): Promise<ProjectLinkRow | null> => {
  const { root } = project
  if (!isInside(was, root) || was === root || !(await isGone(root))) return null
  const way = relative(root, was)
  const place = resolve(is, ...way.split(sep).map(() => '..'))
  return relative(place, is) === way ? { ...project, root: place } : null
}

/**
 * What a link is about stays the same; only where its folder is becomes another place. Nothing is written.
 * @throws folder.not-the-same when the folder does not bear the mark of the link; folder.not-ours as for a new link
 */
export const relocate = async (
  link: LinkRow,
  root: string,
  links: readonly LinkRow[],
  projects: readonly ProjectLinkRow[],
): Promise<Relocation> => {
  const others = links.filter(({ id }) => id !== link.id)
  const examined = await examinePlace(root, others, { own: link.id }).catch((error: unknown) => {
    throw asFailure(error).code === 'folder.missing' ? notTheSame() : error
  })
  const place = examined.root
  // Of one that bears another mark is said that it is not the same.
  refusePlace({
    ...examined,
    findings: examined.findings.filter(({ kind }) => kind !== 'linked-elsewhere'),
  })
  if (!(await isFolderOf(link.id, place))) throw notTheSame()
  const moved: LinkRow[] = [{ ...link, root: place }]
  const before = projects.find(({ projectId }) => projectId === link.projectId)
  const project = before ? await projectAfter(before, link.root, place) : null
  if (!before || !project) return { links: moved, project: null }
  for (const other of others) {
    if (other.projectId !== link.projectId || !isInside(other.root, before.root)) continue
    const there = resolve(project.root, relative(before.root, other.root))
    if (await isFolderOf(other.id, there)) moved.push({ ...other, root: there })
  }
  return { links: moved, project }
}
