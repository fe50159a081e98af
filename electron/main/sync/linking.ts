import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Place } from '../../../src/contract/folders.ts'
import type { LeftOutEntry, LinkRules } from '../../../src/contract/left-out.ts'
import {
  type Examination,
  type ExaminedArtifact,
  emptyCounts,
  type LinkOrder,
  type linkingRequests,
} from '../../../src/contract/linking.ts'
import type { HandlersFor } from '../../../src/contract/table.ts'
import { displayNameOf, folderNameOf } from '../../../src/domain/disk-name.ts'
import { asFailure, Failure } from '../../../src/domain/failure.ts'
import { foldPath } from '../../../src/domain/file-path.ts'
import { maxTitleLetters } from '../../../src/domain/limits.ts'
import { maxTold } from '../../../src/sync/folder/ignore/things.ts'
import { defaultLinkRules } from '../../../src/sync/policy.ts'
import { logged } from '../../log/log.ts'
import type { Cache } from '../store/client.ts'
import { addCounts, countFolder, type FileThere, onlyThere } from './folder/counting.ts'
import type { openFolderService } from './folder/index.ts'
import { refusePlace } from './folder/place.ts'
import { topOf } from './folder/project.ts'

export type LinkingOptions = {
  cache: Cache
  folders: Awaited<ReturnType<typeof openFolderService>>
  /** Asks the person for a folder; null when they thought better of it. */
  chooseFolder: () => Promise<string | null>
  /** Asks the server what a project has, into the cache. @throws Failure */
  refresh: (projectId: string, signal: AbortSignal) => Promise<void>
  roleIn: (projectId: string) => string | null
  isOnline: () => boolean
  /** Makes an artifact of this id, if it is not there. */
  makeArtifact: (artifact: { id: string; projectId: string; title: string }) => Promise<void>
  /** The built scanner. */
  worker: URL
  tell: (examination: Examination) => void
  /** An order to link has ended, whatever of it was done. */
  linked: () => void
}

/** What is known of it beyond what a person is shown. */
type Examined = {
  shown: Examination
  /** All of them, in the order in which they are linked. */
  artifacts: ExaminedArtifact[]
  /** Of those that are made, by their folders: who tries again makes no second ones. */
  ids: Map<string, string>
  abort: AbortController
}

/** Milliseconds that the server has to say what it has, before what is remembered counts. */
const examineTimeoutMs = 20_000
/** Milliseconds between two words about how far it is. */
const progressEveryMs = 200
const maxShown = 200
/** Examinations that are kept: who looks at many folders links one. */
const maxKept = 20

const isRefused = ({ findings }: Place): boolean =>
  findings.some(({ severity }) => severity === 'refuse')

/**
 * What of a project goes where: each artifact has a folder, and each folder that has none becomes one. `refused`:
 * folders that are no artifact's, whatever its title.
 */
const assign = (
  artifacts: readonly { id: string; title: string; isPublic: number }[],
  folders: readonly string[],
  refused: readonly string[],
): Omit<ExaminedArtifact, 'counts'>[] => {
  const there = new Map(folders.map((name) => [foldPath(displayNameOf(name)), name]))
  const taken = new Set(refused.map((name) => foldPath(displayNameOf(name))))
  const known = artifacts.map(({ id, title, isPublic }) => {
    const name = folderNameOf(title)
    let folder = name
    for (let count = 2; taken.has(foldPath(folder)); count += 1) folder = `${name} ${count}`
    taken.add(foldPath(folder))
    const here = there.get(foldPath(folder))
    return {
      artifactId: id,
      title,
      folder: here ?? folder,
      isThere: here !== undefined,
      isPublic: isPublic === 1,
    }
  })
  const fresh = folders
    .filter((name) => !taken.has(foldPath(displayNameOf(name))))
    .map((name) => ({
      artifactId: null,
      title: displayNameOf(name),
      folder: name,
      isThere: true,
      isPublic: false,
    }))
  return [
    ...fresh,
    ...known.filter((each) => each.isThere),
    ...known.filter((each) => !each.isThere),
  ]
}

/** A path in an artifact's folder, from the chosen one on; and back. */
const below = ({ folder }: Pick<ExaminedArtifact, 'folder'>, path: string): string =>
  folder === '' ? path : `${displayNameOf(folder)}/${path}`
const rulesWithin = (rules: LinkRules, folder: string): LinkRules => {
  if (folder === '') return rules
  const start = `${displayNameOf(folder)}/`
  const within = (paths: readonly string[]): string[] =>
    paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length))
  return { ...rules, leftOut: within(rules.leftOut), sendAnyway: within(rules.sendAnyway) }
}

const notExamined = logged('folder', 'A folder to link could not be examined')
const notRefreshed = logged('folder', 'New artifacts are shown before their titles are known')

/** What a folder would send and take is looked at first; only what was looked at in this run can be linked. */
export const openLinking = (options: LinkingOptions) => {
  const { cache, folders, refresh, worker } = options
  const all = new Map<string, Examined>()
  const closing = new AbortController()

  const tell = (examined: Examined, change: Partial<Examination>): void => {
    examined.shown = { ...examined.shown, ...change }
    if (all.get(examined.shown.id) === examined) options.tell(examined.shown)
  }
  const filesOf = async (artifactId: string): Promise<FileThere[]> =>
    (await cache.files(artifactId)).filter(({ deleted }) => deleted === 0)

  /** Whether the server said what it has, or what it had is known. */
  const askServer = async (projectId: string, signal: AbortSignal) => {
    const isAsked = await (options.isOnline()
      ? refresh(projectId, AbortSignal.any([signal, AbortSignal.timeout(examineTimeoutMs)])).then(
          () => true,
          (error: unknown) => {
            const { code } = asFailure(error)
            if (code === 'server.not-found' || code === 'server.denied') throw error
            return false
          },
        )
      : false)
    if (isAsked) return 'asked'
    return (await cache.cursor(projectId)) ? 'remembered' : 'unknown'
  }

  /** Folders of a project's that cannot be linked, as if each was chosen for itself. */
  const refusedIn = async (root: string, names: readonly string[]): Promise<LeftOutEntry[]> => {
    const refused: LeftOutEntry[] = []
    for (const name of names) {
      const { findings } = await folders.examinePlace(join(root, name), false)
      const finding = findings.find(({ severity }) => severity === 'refuse')
      if (!finding) continue
      const reason = finding.kind.includes('linked') ? 'nested-link' : 'unreadable'
      refused.push({
        path: name,
        kind: 'folder',
        reason,
        rule: null,
        source: null,
        canSend: false,
        bytes: null,
        atServer: 0,
        undecided: 0,
      })
    }
    return refused
  }

  /** Of which folders it is, and which names at its top belong to none. */
  const layOut = async ({ projectId, artifactId, place }: Examination) => {
    const known = await cache.artifacts(projectId)
    if (artifactId !== null) {
      const artifact = known.find(({ id }) => id === artifactId)
      if (!artifact) throw new Failure('server.not-found', 'There is no such artifact.')
      const { title, isPublic } = artifact
      const own = { artifactId, title, folder: '', isThere: true, isPublic: isPublic === 1 }
      return { artifacts: [own], strays: [], refused: [] }
    }
    const top = await topOf(place.root)
    const linked = (await folders.projects()).find((each) => each.projectId === projectId)
    const isLinked = linked?.root === place.root
    // Those that follow an artifact of it already are no place for another.
    const free = isLinked ? linked.folders : top.folders
    const refused = await refusedIn(place.root, free)
    const names = refused.map(({ path }) => path)
    const open = free.filter((name) => !names.includes(name))
    return {
      // Of a project that is linked here already, what is new in its folder.
      artifacts: isLinked
        ? assign(known, open, names).filter(
            ({ artifactId: id, isThere }) =>
              isThere && (id === null || !folders.follows(id, place.root)),
          )
        : assign(known, open, names),
      strays: top.files.map(displayNameOf),
      refused: refused.map((entry) => ({ ...entry, path: displayNameOf(entry.path) })),
    }
  }

  const look = async (examined: Examined): Promise<void> => {
    const { signal } = examined.abort
    const { projectId } = examined.shown
    let told = 0
    /** `now`: what is counted of the one that is looked at. */
    const progress = (isLast = false): void => {
      if (!isLast && Date.now() - told < progressEveryMs) return
      told = Date.now()
      const { artifacts } = examined
      tell(examined, {
        counts: artifacts.map(({ counts }) => counts).reduce(addCounts, emptyCounts),
        artifacts: artifacts.slice(0, maxShown),
        artifactCount: artifacts.length,
      })
    }
    const server = await askServer(projectId, signal)
    tell(examined, { server, role: options.roleIn(projectId) })
    const { artifacts, strays, refused } = await layOut(examined.shown)
    tell(examined, { strays: { count: strays.length, names: strays.slice(0, maxShown) } })
    const there = new Map<string, FileThere[]>()
    examined.artifacts = []
    for (const each of artifacts) {
      const files = each.artifactId === null ? [] : await filesOf(each.artifactId)
      if (each.isThere) there.set(each.folder, files)
      examined.artifacts.push({ ...each, counts: onlyThere(files) })
    }
    progress(true)
    const leftOut: LeftOutEntry[] = refused
    let leftOutCount = refused.length
    if (leftOutCount > 0) tell(examined, { leftOut: leftOut.slice(0, maxTold), leftOutCount })
    for (const [index, each] of examined.artifacts.entries()) {
      if (!each.isThere) continue
      const count = (counts: ExaminedArtifact['counts']): void => {
        examined.artifacts[index] = { ...each, counts }
        progress()
      }
      const root = join(examined.shown.place.root, each.folder)
      const files = there.get(each.folder) ?? []
      const rules = rulesWithin(examined.shown.rules, each.folder)
      const found = await countFolder({ root, there: files, rules, worker, signal, told: count })
      count(found.counts)
      leftOut.push(...found.leftOut.map((entry) => ({ ...entry, path: below(each, entry.path) })))
      leftOutCount += found.leftOutCount
      tell(examined, { leftOut: leftOut.slice(0, maxTold), leftOutCount })
    }
    progress(true)
    tell(examined, { phase: 'ready' })
  }

  /** Until it is done, stopped or failed; what came before of the same folder is over. */
  const begin = (shown: Examination): Examination => {
    all.get(shown.id)?.abort.abort()
    const examined: Examined = {
      shown,
      artifacts: [],
      ids: new Map(),
      abort: new AbortController(),
    }
    all.delete(shown.id)
    all.set(shown.id, examined)
    for (const [id, each] of [...all].slice(0, Math.max(0, all.size - maxKept))) {
      each.abort.abort()
      all.delete(id)
    }
    if (shown.phase !== 'looking') return shown
    void look(examined).catch((error: unknown) => {
      if (examined.abort.signal.aborted) tell(examined, { phase: 'stopped' })
      else {
        notExamined(error)
        tell(examined, { phase: 'failed', failure: asFailure(error).code })
      }
    })
    return shown
  }
  const known = (id: string): Examined => {
    const examined = all.get(id)
    if (!examined) throw new Failure('server.gone', 'This folder was not looked at in this run.')
    return examined
  }

  const examine = async (
    projectId: string,
    artifactId: string | null,
    chosen: string,
  ): Promise<Examination> => {
    const place = await folders.examinePlace(chosen, artifactId === null)
    return begin({
      id: randomUUID(),
      projectId,
      artifactId,
      place,
      failure: null,
      phase: isRefused(place) ? 'refused' : 'looking',
      server: 'unknown',
      role: null,
      counts: emptyCounts,
      artifacts: [],
      artifactCount: 0,
      rules: defaultLinkRules,
      leftOut: [],
      leftOutCount: 0,
      strays: { count: 0, names: [] },
    })
  }

  /** @throws folder.not-ours and its like when the place is no longer what it was */
  const link = async ({ examinationId, direction, without, unseen }: LinkOrder): Promise<void> => {
    const { shown, artifacts, ids } = known(examinationId)
    const { projectId, artifactId, place, server, rules } = shown
    refusePlace(place)
    if (shown.phase !== 'ready' || (server !== 'asked' && !unseen))
      throw new Failure('server.conflict', 'It was not looked at to its end.')
    // A link may stand there by now, to what nobody looked at.
    if ((await folders.examinePlace(place.root, artifactId === null)).root !== place.root)
      throw new Failure('folder.missing', 'Another folder has this place by now.')
    if (artifactId !== null) {
      await folders.link(projectId, artifactId, place.root, { direction, rules })
    } else {
      const left = new Set(without)
      const wanted = artifacts.filter(
        ({ artifactId: id, folder }) => !left.has(folder) && (id !== null || direction === 'both'),
      )
      await folders.linkProject({ projectId, root: place.root, direction }, async () => {
        const pairs: {
          artifactId: string
          folder: string
          isThere: boolean
          rules: LinkRules
        }[] = []
        for (const { artifactId: known, title, folder, isThere } of wanted) {
          const id = known ?? ids.get(folder) ?? randomUUID()
          ids.set(folder, id)
          const artifact = { id, projectId, title: title.slice(0, maxTitleLetters) }
          if (known === null) await options.makeArtifact(artifact)
          pairs.push({ artifactId: id, folder, isThere, rules: rulesWithin(rules, folder) })
        }
        // Titles of new ones are known before their folders are shown.
        if (wanted.some((each) => each.artifactId === null))
          await refresh(projectId, AbortSignal.timeout(examineTimeoutMs)).catch(notRefreshed)
        return pairs
      })
    }
    all.delete(examinationId)
  }

  const handlers: HandlersFor<typeof linkingRequests> = {
    'folders.examine': async ({ projectId, artifactId }) => {
      const chosen = await options.chooseFolder()
      if (chosen === null || closing.signal.aborted) return null
      return examine(projectId, artifactId, chosen)
    },
    'folders.examineNew': async ({ projectId }) => {
      const linked = (await folders.projects()).find((each) => each.projectId === projectId)
      if (!linked) throw new Failure('folder.missing', 'The project is not linked as a whole.')
      return examine(projectId, null, linked.root)
    },
    /** With other rules, or because it was stopped. */
    'folders.lookAgain': async ({ examinationId, rules }) => {
      const { shown } = known(examinationId)
      return begin({
        ...shown,
        phase: 'looking',
        failure: null,
        rules,
        leftOut: [],
        leftOutCount: 0,
      })
    },
    'folders.cancelExamination': async ({ examinationId }) => known(examinationId).abort.abort(),
    'folders.link': (order) => link(order).finally(options.linked),
  }

  return {
    handlers,
    close: (): void => {
      closing.abort()
      for (const { abort } of all.values()) abort.abort()
      all.clear()
    },
  }
}
