import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { AppInfo } from '../../../src/contract/app.ts'
import type { DesktopChange, DesktopState, NoticeKind } from '../../../src/contract/desktop.ts'
import { failureOf } from '../../data/desktop.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
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
    return (
      <Banner tone="danger">
        <Trans>These settings could not be read. Open this page again.</Trans>{' '}
        <FailureCodeText code={failureOf(error)} />
      </Banner>
    )
  if (!state) return <Skeleton rows={4} label={t`Loading how Atelier behaves`} />
  const parts = { platform, state, change }
  return (
    <div className="divide-y">
      {changeError && (
        <Banner tone="danger">
          {failureText[failureOf(changeError)].title}. {failureText[failureOf(changeError)].remedy}{' '}
          <FailureCodeText code={failureOf(changeError)} />
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

const places: Record<Platform, MessageDescriptor> = {
  darwin: msg`Icon in the menu bar`,
  win32: msg`Icon in the notification area`,
  linux: msg`Icon in the tray`,
}

const Icon = ({ platform, state, change }: Part) => (
  <Row
    title={i18n._(places[platform])}
    text={
      platform === 'linux'
        ? t`It shows how sync stands. Not every desktop has a place for it.`
        : t`It shows how sync stands, and pauses it.`
    }
  >
    <Switch
      label={i18n._(places[platform])}
      checked={state.tray}
      onChange={(tray) => change({ tray })}
    />
  </Row>
)

const Closing = ({ state, change }: Part) => (
  <div className="py-3">
    <p className="px-4 pb-1 font-medium text-sm">
      <Trans>When you close the window</Trans>
    </p>
    <RadioGroup
      plain
      legend={t`When you close the window`}
      value={state.whenClosed}
      onChange={(whenClosed) => change({ whenClosed })}
      choices={[
        {
          value: 'ask',
          title: t`Ask, where something is kept in step`,
          text: t`With no linked folder and no project kept here, Atelier quits.`,
        },
        {
          value: 'stay',
          title: t`Keep syncing`,
          text: state.tray
            ? t`The icon opens the window again, and so does starting Atelier.`
            : t`Without its icon, start Atelier again to see the window.`,
        },
        { value: 'quit', title: t`Quit Atelier`, text: t`Sync goes on at the next start.` },
      ]}
    />
  </div>
)

const Login = ({ state, change }: Part) => (
  <Row
    title={t`Start with this computer`}
    text={
      state.loginNeedsApproval
        ? t`macOS waits for you to allow it, in System Settings under General, Login Items.`
        : t`When you sign in to it, and without a window: linked folders are followed from then on.`
    }
  >
    <Switch
      label={t`Start with this computer`}
      checked={state.startsAtLogin || state.loginNeedsApproval}
      onChange={(startsAtLogin) => change({ startsAtLogin })}
    />
  </Row>
)

const notices = (): { kind: NoticeKind; title: string }[] => [
  { kind: 'conflict', title: t`A file is in two versions` },
  { kind: 'attention', title: t`Something needs you` },
  { kind: 'update', title: t`A newer Atelier is there` },
]

const Notifications = ({ state, change }: Part) => (
  <div className="px-4 py-3">
    <p className="font-medium text-sm">
      <Trans>Notifications</Trans>
    </p>
    <p className="text-soft text-xs">
      {state.canNotify
        ? t`Your system shows them, and keeps your quiet hours. None comes while you are in the window.`
        : t`Nothing on this computer shows notifications.`}
    </p>
    <ul className="mt-2 flex flex-col gap-2">
      {notices().map(({ kind, title }) => (
        <li key={kind} className="flex items-center gap-4">
          <span className="min-w-0 flex-1 text-sm">{title}</span>
          <Switch
            label={t`Notify: ${title}`}
            checked={state.notify[kind]}
            disabled={!state.canNotify}
            onChange={(isOn) => change({ notify: { [kind]: isOn } })}
          />
        </li>
      ))}
      <li className="flex items-center gap-4">
        <span className="min-w-0 flex-1 text-sm">
          <Trans>Say what files and projects are called</Trans>
        </span>
        <Switch
          label={t`Notify: Say what files and projects are called`}
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
        title={t`Check spelling`}
        text={
          platform === 'darwin'
            ? t`By macOS, in the languages set there. Nothing you write leaves this computer.`
            : t`A dictionary for each language is fetched once, from a server of Google’s. Nothing you write leaves this computer.`
        }
      >
        <Switch
          label={t`Check spelling`}
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
