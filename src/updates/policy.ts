import type {
  Busyness,
  InstallStep,
  Release,
  UpdateMeans,
  UpdateState,
  Updates,
} from '../contract/updates.ts'
import type { FailureCode } from '../domain/failure.ts'
import { isBusy, isMoving, nothingBusy } from './busyness.ts'
import { wantsCopy } from './copy-first.ts'

/** Milliseconds after the start, when whoever opened the application has what they came for. */
export const firstCheckMs = 60_000
export const checkEveryMs = 24 * 3600_000
/** "Later" lasts until then, or until the next start. */
export const laterMs = 24 * 3600_000
/** After a check that failed, sooner than a day: a laptop is often opened before its network is there. */
export const checkAgainMs = 3600_000

export type Model = {
  state: UpdateState
  means: UpdateMeans
  busy: Busyness
  automatic: boolean
  skipped: string | null
  /** Milliseconds since 1970: of the last answer, of the next check by itself, and until when nothing is said. */
  checkedAt: number | null
  nextCheckAt: number
  quietUntil: number
  /** The person asked: then a version they once skipped is told of, too. */
  isAsked: boolean
  /** The daily look where something was found before: that stays until the feed has another. */
  isLooking: boolean
  /** A download that its person ended does not begin again by itself. */
  declined: string | null
  /** Whose news went out already: once a run is enough. */
  announced: string | null
  /** What was begun last: an installation, or leaving for the download page. */
  begun: 'install' | 'leave'
  /** The version that comes without a copy of the database here, which does not open: its person said so. */
  withoutCopy: string | null
}

type Work = Extract<UpdateState, { status: 'failed' }>['during']

export type Happening =
  | { type: 'time' }
  | { type: 'checkAsked' }
  | { type: 'found'; release: Release }
  | { type: 'foundNothing' }
  | { type: 'downloadAsked' }
  | { type: 'progressed'; bytesDone: number; bytesTotal: number; bytesPerSecond: number | null }
  | { type: 'downloaded' }
  | { type: 'cancelAsked' }
  | { type: 'laterAsked' }
  | { type: 'skipAsked' }
  | { type: 'installAsked' }
  /** The person waits no longer: what is unsent stays here and goes out later. */
  | { type: 'goOnAsked' }
  /** For the download page, with a copy of the database here. */
  | { type: 'leaveAsked' }
  | { type: 'withoutCopyAsked' }
  | { type: 'installing'; step: InstallStep }
  /** `of`: what was under way; that of another is no news by now. */
  | { type: 'failed'; of: Work; failure: FailureCode }
  | { type: 'busyness'; busy: Busyness }
  | { type: 'automatic'; automatic: boolean }

export type Effect =
  | { type: 'check' }
  | { type: 'download' }
  | { type: 'cancel' }
  | { type: 'install'; release: Release; mayCopy: boolean }
  | { type: 'leave' }
  | { type: 'openPage' }
  | { type: 'keep' }
  | { type: 'announce'; release: Release }

export type Step = { model: Model; effects: Effect[] }

export const begin = (
  known: Pick<Model, 'means' | 'automatic' | 'skipped'>,
  now: number,
): Model => ({
  ...known,
  state: { status: 'current' },
  busy: nothingBusy,
  checkedAt: null,
  nextCheckAt: now + firstCheckMs,
  quietUntil: 0,
  isAsked: false,
  isLooking: false,
  declined: null,
  announced: null,
  begun: 'install',
  withoutCopy: null,
})

const stay = (model: Model): Step => ({ model, effects: [] })
const to = (model: Model, state: UpdateState, ...effects: Effect[]): Step => ({
  model: { ...model, state },
  effects,
})

const startCheck = (model: Model, isAsked: boolean): Step =>
  to({ ...model, isAsked, isLooking: false }, { status: 'checking' }, { type: 'check' })

const startDownload = (model: Model, release: Release): Step =>
  to(
    model,
    { status: 'downloading', release, bytesDone: 0, bytesTotal: 0, bytesPerSecond: null },
    { type: 'download' },
  )

const startInstall = (model: Model, release: Release): Step =>
  to(
    { ...model, begun: 'install' },
    { status: 'installing', release, step: 'saving' },
    { type: 'install', release, mayCopy: model.withoutCopy !== release.version },
  )

/** Quits as its person would, who waits for nothing either: what is not sent yet stays here, and goes the next time. */
const startLeaving = (model: Model, release: Release | null): Step =>
  to(
    { ...model, begun: 'leave' },
    { status: 'installing', release, step: 'saving' },
    { type: 'leave' },
  )

/** The database here does not open, so there is no copy of it. */
const goOnWithoutCopy = (model: Model): Step => {
  const { state, means } = model
  if (state.status !== 'failed' || state.failure !== 'update.no-copy') return stay(model)
  const { release } = state
  if (model.begun === 'install' && release !== null)
    return goOn({
      ...model,
      withoutCopy: release.version,
      state: { status: 'ready', release, isWanted: true },
    })
  return to(
    model,
    means.kind === 'page' && release !== null
      ? { status: 'available', release, isWanted: false }
      : { status: 'current' },
    { type: 'openPage' },
  )
}

/** Said once, and not of what the person is looking at because they asked. */
const announced = ({ model, effects }: Step, release: Release): Step =>
  model.announced === release.version
    ? { model, effects }
    : {
        model: { ...model, announced: release.version },
        effects: [...effects, { type: 'announce', release }],
      }

/** What waited for quiet goes on when it comes. */
const goOn = (model: Model): Step => {
  const waits = model.state.status === 'ready' ? isBusy : isMoving
  return waits(model.busy) ? stay(model) : goOnNow(model)
}
const goOnNow = (model: Model): Step => {
  const { state } = model
  if (state.status === 'available' && state.isWanted) return startDownload(model, state.release)
  if (state.status === 'ready' && state.isWanted) return startInstall(model, state.release)
  return stay(model)
}

/** What the feed said, and when it is asked again. */
const answered = (model: Model, now: number): Model => ({
  ...model,
  checkedAt: now,
  nextCheckAt: now + checkEveryMs,
  isAsked: false,
  isLooking: false,
})

const foundNothing = (model: Model, now: number): Step =>
  // What was found before and is there no more was withdrawn.
  model.state.status === 'checking' || isLookingBeside(model)
    ? to(answered(model, now), { status: 'current' })
    : stay(model)

/** Whoever began something with what was found meanwhile hears of the next look. */
const isLookingBeside = ({ isLooking, state }: Model): boolean =>
  isLooking && (state.status === 'available' || state.status === 'ready')

const found = (model: Model, release: Release, now: number): Step => {
  const { state, isAsked } = model
  if (state.status !== 'checking' && !isLookingBeside(model)) return stay(model)
  const known = answered(model, now)
  const isSame = 'release' in state && state.release?.version === release.version
  if (isSame && state.status === 'ready') return stay(known)
  if (release.version === model.skipped && !isAsked)
    return isSame ? stay(known) : to(known, { status: 'current' })
  const isWanted =
    model.means.kind === 'self' &&
    model.automatic &&
    release.version !== model.declined &&
    release.version !== model.skipped
  const step = goOn({ ...known, state: { status: 'available', release, isWanted } })
  // Where it can be fetched by itself it is told of when there is something to do.
  return model.means.kind === 'page' && !isAsked ? announced(step, release) : step
}

const failed = (model: Model, of: Work, failure: FailureCode, now: number): Step => {
  const { state } = model
  if (state.status === 'checking' && of === 'check')
    return to(
      { ...model, isAsked: false, nextCheckAt: now + checkAgainMs },
      { status: 'failed', during: 'check', failure, release: null },
    )
  if (isLookingBeside(model) && of === 'check')
    return stay({ ...model, isLooking: false, nextCheckAt: now + checkAgainMs })
  if (state.status === 'downloading' && of === 'download') {
    const { release } = state
    return failure === 'sync.cancelled'
      ? to(
          { ...model, declined: release.version },
          { status: 'available', release, isWanted: false },
        )
      : to(
          { ...model, nextCheckAt: now + checkAgainMs },
          { status: 'failed', during: 'download', failure, release },
        )
  }
  if (state.status === 'installing' && of === 'install')
    return to(model, { status: 'failed', during: 'install', failure, release: state.release })
  return stay(model)
}

/** What becomes of the model by what happens; the effects are whoever's who runs it. */
export const advance = (model: Model, happening: Happening, now: number): Step => {
  const { state, means } = model
  if (means.kind === 'none') {
    if (happening.type !== 'automatic') return stay(model)
    return { model: { ...model, automatic: happening.automatic }, effects: [{ type: 'keep' }] }
  }
  switch (happening.type) {
    case 'time': {
      if (!model.automatic || now < model.nextCheckAt || isMoving(model.busy)) return stay(model)
      if (state.status === 'current' || state.status === 'failed') return startCheck(model, false)
      if ((state.status !== 'available' && state.status !== 'ready') || model.isLooking)
        return stay(model)
      return { model: { ...model, isLooking: true }, effects: [{ type: 'check' }] }
    }
    case 'checkAsked':
      return ['current', 'failed', 'available'].includes(state.status)
        ? startCheck({ ...model, declined: null, quietUntil: 0 }, true)
        : stay(model)
    case 'found':
      return found(model, happening.release, now)
    case 'foundNothing':
      return foundNothing(model, now)
    case 'downloadAsked': {
      const release =
        state.status === 'available' || (state.status === 'failed' && state.during === 'download')
          ? state.release
          : null
      if (!release || means.kind !== 'self') return stay(model)
      const wanted = { ...model, declined: null, skipped: null }
      const step = goOn({ ...wanted, state: { status: 'available', release, isWanted: true } })
      return model.skipped === null
        ? step
        : { ...step, effects: [...step.effects, { type: 'keep' }] }
    }
    case 'progressed':
      return state.status === 'downloading'
        ? to(model, {
            ...state,
            bytesDone: happening.bytesDone,
            bytesTotal: happening.bytesTotal,
            bytesPerSecond: happening.bytesPerSecond,
          })
        : stay(model)
    case 'downloaded':
      return state.status === 'downloading'
        ? announced(
            to(model, { status: 'ready', release: state.release, isWanted: false }),
            state.release,
          )
        : stay(model)
    case 'cancelAsked':
      if (state.status === 'downloading') return { model, effects: [{ type: 'cancel' }] }
      if (state.status === 'available' && state.isWanted)
        return to({ ...model, declined: state.release.version }, { ...state, isWanted: false })
      // The restart that waited for quiet.
      return state.status === 'ready' ? to(model, { ...state, isWanted: false }) : stay(model)
    case 'laterAsked':
      return stay({
        ...model,
        quietUntil: now + laterMs,
        ...(state.status === 'ready' ? { state: { ...state, isWanted: false } } : {}),
      })
    case 'skipAsked': {
      if (
        state.status !== 'available' &&
        state.status !== 'ready' &&
        state.status !== 'downloading'
      )
        return stay(model)
      const skipped = { ...model, skipped: state.release.version, quietUntil: 0 }
      return state.status === 'downloading'
        ? to(skipped, { status: 'current' }, { type: 'cancel' }, { type: 'keep' })
        : to(skipped, { status: 'current' }, { type: 'keep' })
    }
    case 'installAsked':
      return state.status === 'ready'
        ? goOn({ ...model, withoutCopy: null, state: { ...state, isWanted: true } })
        : stay(model)
    case 'goOnAsked':
      return goOnNow(model)
    case 'leaveAsked':
      return (state.status === 'available' && means.kind === 'page') || state.status === 'failed'
        ? startLeaving(model, state.release)
        : stay(model)
    case 'withoutCopyAsked':
      return goOnWithoutCopy(model)
    case 'installing':
      return state.status === 'installing'
        ? to(model, { ...state, step: happening.step })
        : stay(model)
    case 'failed':
      return failed(model, happening.of, happening.failure, now)
    case 'busyness':
      return goOn({ ...model, busy: happening.busy })
    case 'automatic':
      return {
        model: {
          ...model,
          automatic: happening.automatic,
          nextCheckAt: happening.automatic ? now : model.nextCheckAt,
        },
        effects: [{ type: 'keep' }],
      }
  }
}

/** Whether the person is told of it wherever they are: something to do, or something that waits for them. */
const isTold = ({ state, means, quietUntil, automatic }: Model, now: number): boolean => {
  if (now < quietUntil) return false
  if (state.status === 'ready' || state.status === 'installing') return true
  if (state.status === 'failed') return state.during === 'install'
  return state.status === 'available' && (means.kind === 'page' || !automatic)
}

export const shownOf = (model: Model, now: number, hasDatabase: boolean): Updates => ({
  state: model.state,
  means: model.means,
  busy: model.busy,
  automatic: model.automatic,
  skipped: model.skipped,
  checkedAt: model.checkedAt === null ? null : new Date(model.checkedAt).toISOString(),
  isTold: isTold(model, now),
  copiesFirst: hasDatabase && wantsCopy(model.state),
})
