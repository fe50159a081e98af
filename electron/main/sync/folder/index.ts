import { randomUUID } from 'node:crypto'
import { lstat, mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type FolderLink,
  type LinkDirection,
  nothingLeftOut,
  nothingOnlyHere,
  type Place,
  type ProjectLink,
  type TrashEntry,
} from '../../../../src/contract/folders.ts'
import type { LeftOutDecision, LeftOutList, LinkRules } from '../../../../src/contract/left-out.ts'
import { nothingPending } from '../../../../src/contract/sync.ts'
import { folderNameOf } from '../../../../src/domain/disk-name.ts'
import { asFailure, Failure } from '../../../../src/domain/failure.ts'
import { FolderSync } from '../../../../src/sync/folder/engine.ts'
import { type FolderLoop, openFolderLoop } from '../../../../src/sync/folder/folder-loop.ts'
import { leavingOut, sending } from '../../../../src/sync/folder/ignore/person.ts'
import type { Remote } from '../../../../src/sync/folder/ports.ts'
import { defaultLinkRules, trashDays } from '../../../../src/sync/policy.ts'
import { codeOf, folderFailure } from '../../../disk/durable-fs.ts'
import { logged, loggedOnce, loggedOncePerCode } from '../../../log/log.ts'
import { openDatabaseWorker } from '../../store/database-worker.ts'
import { realTime } from '../../system-clock.ts'
import { openCopies } from './copies.ts'
import { openDisk } from './disk.ts'
import { isFolderOf, isInside, markFolder, markOf, unmarkFolder } from './link-marker.ts'
import { storeOf } from './link-store.ts'
import { examinePlace, refusePlace } from './place.ts'
import { withStrays } from './project.ts'
import { relocate } from './relocate.ts'
import { sizesOf } from './rule-files.ts'
import type { FolderDatabase, LinkRow, ProjectLinkRow } from './store.ts'
import { emptyTrash, listTrash, restoreFromTrash } from './trash.ts'
import { watchFolder } from './watcher.ts'

export type FolderServiceOptions = {
  /** The partition of one person on one server. */
  folder: string
  /** The built workers. */
  workers: { store: URL; disk: URL }
  remoteOf: (projectId: string, artifactId: string) => Remote
  /** What is known here of a project's artifacts. */
  artifactsOf: (projectId: string) => Promise<{ id: string; title: string }[]>
  deviceName: string
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest: () => number | null
  /** All of sync is paused. */
  isSuspended?: boolean
  tell: (links: FolderLink[]) => void
  /** What others do in a project is told without asking. */
  isTold?: (projectId: string) => boolean
  /** A folder and its project's server moved on; other files of the artifact may be in its folder now. */
  advanced: (projectId: string, artifactId: string) => void
}

/** Milliseconds. */
const dayMs = 24 * 3600_000
/** Milliseconds between two words about progress. */
const progressEveryMs = 250

/** What is only to take sends nothing, whatever is planned. */
const guarded = (remote: Remote, direction: LinkDirection): Remote => {
  const refuse = async (): Promise<never> => {
    throw new Failure('server.denied', 'This folder sends nothing.')
  }
  return direction === 'down' ? { ...remote, send: refuse, commit: refuse } : remote
}

/** How a folder follows. */
type LinkManner = { direction: LinkDirection; rules: LinkRules }

const notOpened = logged('folder', 'A linked folder could not be opened')
const notEmptied = logged('folder', 'What is old in a trash was not removed')

/** All links of one person: folders that follow artifacts both ways. */
export const openFolderService = async (options: FolderServiceOptions) => {
  const { folder, workers, remoteOf, artifactsOf, deviceName, largest } = options
  const database = await openDatabaseWorker<FolderDatabase>(
    join(folder, 'folders.sqlite'),
    workers.store,
  )
  const loops = new Map<string, FolderLoop & { disk: Awaited<ReturnType<typeof openDisk>> }>()
  /** Links whose folder could not even be opened. */
  const broken = new Map<string, FolderLink>()
  let online = false
  let isSuspended = options.isSuspended ?? false
  let timer: NodeJS.Timeout | null = null
  const list = (): FolderLink[] =>
    [...[...loops.values()].map((each) => each.state()), ...broken.values()].sort((a, b) =>
      a.root < b.root ? -1 : 1,
    )
  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      options.tell(list())
    }, progressEveryMs).unref()
  }
  const titleOf = async (link: LinkRow): Promise<string> =>
    (await artifactsOf(link.projectId)).find(({ id }) => id === link.artifactId)?.title ?? ''

  const start = async (link: LinkRow): Promise<void> => {
    const { id, root, projectId, artifactId, direction } = link
    // Asked before a worker is there that nobody would end.
    const title = await titleOf(link)
    const rules = await database.rules(id)
    const disk = await openDisk({ root, linkId: id, worker: workers.disk })
    await disk.setRules(rules)
    broken.delete(id)
    const ports = {
      disk,
      remote: guarded(remoteOf(projectId, artifactId), direction),
      store: storeOf(database, id),
      clock: realTime,
    }
    const blocked = loggedOncePerCode('folder', 'A file of a linked folder could not be synced')
    const loop = openFolderLoop({
      link,
      title,
      isPaused: link.paused === 1,
      isSuspended,
      open: (progress) =>
        new FolderSync(ports, {
          deviceName,
          largest,
          direction,
          rules,
          newId: randomUUID,
          progress,
          blocked,
        }),
      watch: (told, sees) => watchFolder(root, told, sees),
      time: realTime,
      changed,
      isTold: () => options.isTold?.(projectId) ?? false,
      advanced: () => options.advanced(projectId, artifactId),
      failed: loggedOnce('folder', 'A pass over a linked folder ended'),
    })
    loops.set(id, { ...loop, disk })
    void emptyTrash(root, trashDays).catch(notEmptied)
    await loop.setOnline(online)
  }
  const startOrShow = (link: LinkRow): Promise<void> =>
    start(link).catch(async (error: unknown) => {
      notOpened(error)
      broken.set(link.id, {
        id: link.id,
        projectId: link.projectId,
        artifactId: link.artifactId,
        root: link.root,
        title: await titleOf(link),
        status: 'failed',
        failure: asFailure(error).code,
        filesDone: 0,
        filesTotal: 0,
        bytesDone: 0,
        bytesTotal: 0,
        transfers: [],
        bytesPerSecond: null,
        secondsLeft: null,
        pending: nothingPending,
        blocked: [],
        held: null,
        lastSyncedAt: null,
        direction: link.direction,
        onlyHere: nothingOnlyHere,
        leftOut: nothingLeftOut,
        watching: 'full',
      })
    })
  const stop = async (id: string): Promise<void> => {
    const loop = loops.get(id)
    loops.delete(id)
    await loop?.close()
    await loop?.disk.close()
  }
  const add = async (
    projectId: string,
    artifactId: string,
    root: string,
    { direction, rules }: LinkManner,
  ): Promise<void> => {
    const id = randomUUID()
    await markFolder(root, id)
    const link: LinkRow = { id, projectId, artifactId, root, paused: 0, direction }
    await database.addLink(link)
    await database.setRules(id, rules)
    await start(link)
  }
  /**
   * A folder for an artifact. One that is there is taken only where the person chose it, by hand: a title is anybody's,
   * and what lies in a folder of that name would go to all of them.
   */
  const folderFor = async (
    root: string,
    title: string,
    taken: ReadonlySet<string>,
    isChosen: boolean,
  ): Promise<{ place: string; isMade: boolean }> => {
    const name = folderNameOf(title)
    for (let count = 1; ; count += 1) {
      const place = join(root, count === 1 ? name : `${name} ${count}`)
      if (taken.has(place.toLowerCase())) continue
      try {
        // Nor is the folder of a project made anew that its person has moved.
        await mkdir(place)
        return { place, isMade: true }
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw folderFailure(error)
      }
      const isFolder = isChosen && (await lstat(place)).isDirectory()
      if (isFolder && (await markOf(place)) === null) return { place, isMade: false }
    }
  }
  /** Each artifact of a linked project has a folder of its own. `newOnly`: of those that have none anywhere. */
  const followNow = async (
    { projectId, root, direction }: ProjectLinkRow,
    newOnly: boolean,
  ): Promise<void> => {
    const linked = await database.links()
    const taken = new Set(linked.map((link) => link.root.toLowerCase()))
    for (const { id, title } of await artifactsOf(projectId)) {
      const isIts = (link: LinkRow): boolean => newOnly || isInside(link.root, root)
      if (linked.some((link) => link.artifactId === id && isIts(link))) continue
      // Nothing is made where its person has put a link to another place.
      if (!(await lstat(root)).isDirectory())
        throw new Failure('folder.missing', 'The folder of the project is not there.')
      const { place, isMade } = await folderFor(root, title, taken, !newOnly)
      taken.add(place.toLowerCase())
      const manner = { direction, rules: defaultLinkRules }
      await add(projectId, id, place, manner).catch(async (error: unknown) => {
        if (isMade) await rmdir(place).catch(() => {})
        throw error
      })
    }
  }
  let following: Promise<void> = Promise.resolve()
  /** One at a time: two would each make a folder for the same artifact. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const next = following.then(work)
    following = next.catch(logged('folder', 'A project’s folders could not be followed'))
    return next
  }
  const followProject = (project: ProjectLinkRow, newOnly = false): Promise<void> =>
    inTurn(() => followNow(project, newOnly))
  const noSuchLink = () => new Failure('folder.missing', 'There is no such linked folder.')
  const one = (id: string) => {
    const loop = loops.get(id)
    if (!loop) throw noSuchLink()
    return loop
  }
  const rowOf = async (id: string): Promise<LinkRow> => {
    const row = (await database.links()).find((each) => each.id === id)
    if (!row) throw noSuchLink()
    return row
  }
  /** Its files stay as they are. */
  const letGo = async ({ id, root, projectId, artifactId }: LinkRow): Promise<void> => {
    await stop(id)
    broken.delete(id)
    await database.removeLink(id)
    await unmarkFolder(root).catch(logged('folder', 'A folder that is let go keeps its mark'))
    options.advanced(projectId, artifactId)
  }
  const retry = async (id: string): Promise<void> => {
    if (broken.has(id)) await start(await rowOf(id))
    else one(id).retry()
  }

  /** What its person says of what is left out holds from the next look on, which is at once. */
  const changeRules = async (
    id: string,
    change: (rules: LinkRules) => LinkRules,
  ): Promise<void> => {
    await rowOf(id)
    const rules = change(await database.rules(id))
    await database.setRules(id, rules)
    const loop = loops.get(id)
    await loop?.setRules(rules, () => loop.disk.setRules(rules))
  }

  /** Whoever leaves the application open for weeks has a trash, too. */
  const daily = setInterval(async () => {
    for (const { root } of await database.links().catch(() => []))
      await emptyTrash(root, trashDays).catch(notEmptied)
  }, dayMs).unref()

  for (const link of await database.links()) await startOrShow(link)

  /** What a chosen folder is; nothing is written. */
  const placeOf = async (chosen: string, forProject: boolean): Promise<Place> =>
    examinePlace(chosen, await database.links(), { data: folder, forProject })

  return {
    list,
    examinePlace: placeOf,
    /** By its real path, which it answers. @throws folder.missing, folder.not-ours, folder.not-here, disk.denied */
    link: async (
      projectId: string,
      artifactId: string | null,
      chosen: string,
      { direction = 'both', rules = defaultLinkRules }: Partial<LinkManner> = {},
    ): Promise<string> => {
      const place = await placeOf(chosen, artifactId === null)
      refusePlace(place)
      const { root } = place
      if (artifactId) await add(projectId, artifactId, root, { direction, rules })
      else {
        await followProject({ projectId, root, direction })
        await database.addProjectLink({ projectId, root, direction })
      }
      changed()
      return root
    },
    /**
     * A project's artifacts, each in the folder of this name, which was there or not when it was looked at; those that
     * are followed there already go on. `made` answers them, while no artifact that comes gets a folder by itself.
     * What fails for one holds up no other.
     * @throws the first of what failed
     */
    linkProject: (
      project: ProjectLinkRow,
      made: () => Promise<
        readonly { artifactId: string; folder: string; isThere: boolean; rules: LinkRules }[]
      >,
    ): Promise<void> =>
      inTurn(async () => {
        const { projectId, root, direction } = project
        refusePlace(await placeOf(root, true))
        const pairs = await made()
        const taken = new Set((await database.links()).map((link) => link.root.toLowerCase()))
        let failure: unknown = null
        const fresh: { artifactId: string; place: string; rules: LinkRules }[] = []
        const real = new Set<string>()
        // All are looked at before the first one is synced: a disk that is busy with that answers slowly.
        for (const { artifactId, folder, isThere, rules } of pairs) {
          const place = join(root, folder)
          if (taken.has(place.toLowerCase())) continue
          try {
            const isMade = await mkdir(place).then(
              () => true,
              (error: unknown) => {
                if (codeOf(error) === 'EEXIST') return false
                throw folderFailure(error)
              },
            )
            const found = isMade ? null : await placeOf(place, false)
            // One that is there may hold, or be, another link's: what is in that is its people's alone.
            if (found) refusePlace(found)
            if (!isMade && !isThere)
              throw new Failure('folder.not-ours', 'It was not there when this was looked at.')
            const own = found?.root ?? place
            if (real.has(own)) throw new Failure('folder.not-ours', 'It is another one of these.')
            real.add(own)
            fresh.push({ artifactId, place, rules })
          } catch (error) {
            failure ??= error
          }
        }
        for (const { artifactId, place, rules } of fresh)
          await add(projectId, artifactId, place, { direction, rules }).catch((error: unknown) => {
            failure ??= error
          })
        await database.addProjectLink(project)
        changed()
        if (failure) throw failure
      }),
    /** Whether an artifact has a folder in this one. */
    follows: (artifactId: string, root: string): boolean =>
      list().some((link) => link.artifactId === artifactId && isInside(link.root, root)),
    /** Projects of which something is linked. */
    followed: async (): Promise<string[]> =>
      [...(await database.links()), ...(await database.projectLinks())].map(
        ({ projectId }) => projectId,
      ),
    /** Projects that are linked as a whole. */
    linkedProjects: async (): Promise<string[]> =>
      (await database.projectLinks()).map(({ projectId }) => projectId),
    /** The same, and what in their folders follows nothing. */
    projects: async (): Promise<ProjectLink[]> => {
      const links = await database.links()
      const projects = await database.projectLinks()
      return Promise.all(projects.map((project) => withStrays(project, links)))
    },
    unlinkProject: async (projectId: string): Promise<void> => {
      const project = (await database.projectLinks()).find((each) => each.projectId === projectId)
      if (!project) throw noSuchLink()
      await database.removeProjectLink(projectId)
      for (const link of await database.links())
        if (link.projectId === projectId && isInside(link.root, project.root)) await letGo(link)
      changed()
    },
    turn: async (id: string, direction: LinkDirection): Promise<void> => {
      const link = await rowOf(id)
      await stop(id)
      await database.turnLink(id, direction)
      await startOrShow({ ...link, direction })
      changed()
    },
    unlink: async (id: string): Promise<void> => {
      const link = (await database.links()).find((each) => each.id === id)
      if (link) await letGo(link)
      // Who unlinks one artifact of a project does not want it linked again by itself.
      if (link) await database.removeProjectLink(link.projectId)
      changed()
    },
    /**
     * Asks where the folder of a link is now, and goes on there. Answers its place; null when the person thought better of it.
     * @throws folder.not-the-same, folder.not-ours
     */
    relocate: async (id: string, choose: () => Promise<string | null>): Promise<string | null> => {
      const link = await rowOf(id)
      // It is back where it was.
      if (await isFolderOf(id, link.root)) {
        await retry(id)
        return link.root
      }
      const root = await choose()
      if (root === null) return null
      const projects = await database.projectLinks()
      const { links, project } = await relocate(link, root, await database.links(), projects)
      if (project) await database.addProjectLink(project)
      for (const moved of links) {
        await stop(moved.id)
        await database.moveLink(moved.id, moved.root)
        await startOrShow(moved)
      }
      changed()
      return root
    },
    setPaused: async (id: string, paused: boolean): Promise<void> => {
      await database.pauseLink(id, paused)
      await one(id).setPaused(paused)
    },
    decideDeletions: (id: string, decision: 'delete' | 'keep') => one(id).decideDeletions(decision),
    revert: (id: string, path: string | null) => one(id).revert(path),
    stopTransfer: (id: string, path: string): boolean => one(id).stopTransfer(path),
    retryAll: async (): Promise<void> => {
      for (const id of [...loops.keys(), ...broken.keys()])
        await retry(id).catch(logged('folder', 'A linked folder could not be tried again'))
    },
    /** The server is to be had again. */
    pokeAll: (): void => {
      for (const loop of loops.values()) loop.poke()
    },
    retryArtifact: (artifactId: string): void => {
      for (const loop of loops.values()) if (loop.link.artifactId === artifactId) loop.retry()
    },
    copies: openCopies(database, loops),
    retry,
    changeRules,
    rules: async (id: string): Promise<LinkRules> => {
      await rowOf(id)
      return database.rules(id)
    },
    leftOut: async (id: string): Promise<LeftOutList> => {
      const loop = one(id)
      const list = loop.leftOut()
      const sizes = await sizesOf(loop.link.root, list.entries)
      const entries = list.entries.map((entry) => ({
        ...entry,
        bytes: sizes.get(entry.path) ?? null,
      }))
      return { ...list, entries }
    },
    decideLeftOut: async (id: string, path: string, decision: LeftOutDecision): Promise<void> => {
      if (decision === 'send') await changeRules(id, (rules) => sending(rules, path))
      else if (decision === 'keep') await changeRules(id, (rules) => leavingOut(rules, path))
      else await one(id).removeLeftOut(path)
    },
    rootOf: async (id: string): Promise<string> => (await rowOf(id)).root,
    /** Of a link that cannot be followed just now, too. */
    trash: async (id: string): Promise<TrashEntry[]> => listTrash((await rowOf(id)).root),
    restore: async (id: string, entryId: string): Promise<string> =>
      restoreFromTrash((await rowOf(id)).root, entryId),
    /** Something of a project changed, here or at the server. */
    poke: async (projectId: string): Promise<void> => {
      for (const project of await database.projectLinks())
        if (project.projectId === projectId && online)
          // Its turn has it in the log.
          await followProject(project, true).catch(() => {})
      const titles = new Map((await artifactsOf(projectId)).map(({ id, title }) => [id, title]))
      for (const loop of loops.values()) {
        if (loop.link.projectId !== projectId) continue
        loop.rename(titles.get(loop.link.artifactId) ?? loop.state().title)
        loop.poke()
      }
    },
    setSuspended: async (now: boolean): Promise<void> => {
      isSuspended = now
      await Promise.all([...loops.values()].map((each) => each.setSuspended(now)))
    },
    setOnline: async (now: boolean): Promise<void> => {
      online = now
      for (const loop of loops.values()) await loop.setOnline(now)
    },
    close: async (): Promise<void> => {
      if (timer) clearTimeout(timer)
      clearInterval(daily)
      // One on a disk that hangs keeps no other from ending.
      await Promise.all([...loops.keys()].map(stop))
      await database.close().catch(logged('folder', 'The links’ database did not close'))
    },
  }
}
