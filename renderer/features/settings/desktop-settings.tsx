import type { AppInfo } from '../../../src/contract/app.ts'
import type { DesktopChange, DesktopState, NoticeKind } from '../../../src/contract/desktop.ts'
import { failureOf } from '../../data/desktop.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { RadioGroup } from '../../ui/radio-group.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Row } from './section.tsx'
import { SpellingLanguages } from './spelling-languages.tsx'
import { useDesktop } from './use-desktop.ts'

type Platform = AppInfo['platform']
type Part = { platform: Platform; state: DesktopState; change: (next: DesktopChange) => void }

export const DesktopSettings = ({ platform }: { platform: Platform }) => {
  const { state, error, changeError, change } = useDesktop()
  if (error)
    return <Banner tone="danger">These settings could not be read. Open this page again.</Banner>
  if (!state) return <Skeleton rows={4} label="Loading how Atelier behaves" />
  const parts = { platform, state, change }
  return (
    <div className="divide-y">
      {changeError && (
        <Banner tone="danger">
          {failureText[failureOf(changeError)].title}. {failureText[failureOf(changeError)].remedy}
        </Banner>
      )}
      <Icon {...parts} />
      {platform !== 'darwin' && <Closing {...parts} />}
      <Login {...parts} />
      <Notifications {...parts} />
      <Spelling {...parts} />
    </div>
  )
}

const places: Record<Platform, string> = {
  darwin: 'Icon in the menu bar',
  win32: 'Icon in the notification area',
  linux: 'Icon in the tray',
}

const Icon = ({ platform, state, change }: Part) => (
  <Row
    title={places[platform]}
    text={
      platform === 'linux'
        ? 'It shows how sync stands. Not every desktop has a place for it.'
        : 'It shows how sync stands, and pauses it.'
    }
  >
    <Switch label={places[platform]} checked={state.tray} onChange={(tray) => change({ tray })} />
  </Row>
)

const Closing = ({ state, change }: Part) => (
  <div className="py-3">
    <p className="px-4 pb-1 font-medium text-sm">When you close the window</p>
    <RadioGroup
      plain
      legend="When you close the window"
      value={state.whenClosed}
      onChange={(whenClosed) => change({ whenClosed })}
      choices={[
        {
          value: 'ask',
          title: 'Ask, where something is kept in step',
          text: 'With no linked folder and no project kept here, Atelier quits.',
        },
        {
          value: 'stay',
          title: 'Keep syncing',
          text: state.tray
            ? 'The icon opens the window again, and so does starting Atelier.'
            : 'Without its icon, start Atelier again to see the window.',
        },
        { value: 'quit', title: 'Quit Atelier', text: 'Sync goes on at the next start.' },
      ]}
    />
  </div>
)

const Login = ({ state, change }: Part) => (
  <Row
    title="Start with this computer"
    text={
      state.loginNeedsApproval
        ? 'macOS waits for you to allow it, in System Settings under General, Login Items.'
        : 'When you sign in to it, and without a window: linked folders are followed from then on.'
    }
  >
    <Switch
      label="Start with this computer"
      checked={state.startsAtLogin || state.loginNeedsApproval}
      onChange={(startsAtLogin) => change({ startsAtLogin })}
    />
  </Row>
)

const notices: { kind: NoticeKind; title: string }[] = [
  { kind: 'conflict', title: 'A file is in two versions' },
  { kind: 'attention', title: 'Something needs you' },
  { kind: 'update', title: 'A newer Atelier is there' },
]

const Notifications = ({ state, change }: Part) => (
  <div className="px-4 py-3">
    <p className="font-medium text-sm">Notifications</p>
    <p className="text-soft text-xs">
      {state.canNotify
        ? 'Your system shows them, and keeps your quiet hours. None comes while you are in the window.'
        : 'Nothing on this computer shows notifications.'}
    </p>
    <ul className="mt-2 flex flex-col gap-2">
      {notices.map(({ kind, title }) => (
        <li key={kind} className="flex items-center gap-4">
          <span className="min-w-0 flex-1 text-sm">{title}</span>
          <Switch
            label={`Notify: ${title}`}
            checked={state.notify[kind]}
            disabled={!state.canNotify}
            onChange={(isOn) => change({ notify: { [kind]: isOn } })}
          />
        </li>
      ))}
      <li className="flex items-center gap-4">
        <span className="min-w-0 flex-1 text-sm">Say what files and projects are called</span>
        <Switch
          label="Notify: Say what files and projects are called"
          checked={state.namesInNotices}
          disabled={!state.canNotify}
          onChange={(namesInNotices) => change({ namesInNotices })}
        />
      </li>
    </ul>
  </div>
)

const Spelling = ({ platform, state, change }: Part) => {
  const { isOn, languages } = state.spelling
  return (
    <div>
      <Row
        title="Check spelling"
        text={
          platform === 'darwin'
            ? 'By macOS, in the languages set there. Nothing you write leaves this computer.'
            : 'A dictionary for each language is fetched once, from a server of Google’s. Nothing you write leaves this computer.'
        }
      >
        <Switch
          label="Check spelling"
          checked={isOn}
          onChange={(next) => change({ spelling: { isOn: next, languages } })}
        />
      </Row>
      {isOn && platform !== 'darwin' && (
        <SpellingLanguages
          chosen={languages}
          available={state.languages}
          onChange={(next) => change({ spelling: { isOn, languages: next } })}
        />
      )}
    </div>
  )
}
