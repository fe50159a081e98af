import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ShieldAlert, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Sandbox } from '../../../src/contract/app.ts'
import { useAppInfo } from '../../data/stores.ts'
import { Banner } from '../../ui/banner.tsx'
import { IconButton } from '../../ui/icon-button.tsx'

const what = msg`Atelier runs without its sandbox.`
const consequence = msg`Pages in previews are shown, but their scripts do not run.`
const remedies: Record<Exclude<Sandbox, 'on'>, MessageDescriptor> = {
  offForRoot: msg`Start it as an ordinary user to have both back.`,
  offForAppImage: msg`This system restricts what an AppImage may do: install the deb or rpm package to have both back.`,
  off: msg`It was started with --no-sandbox. Start it without, or install the package for your system, to have both back.`,
}

const key = 'no-sandbox-seen'

/** Over whatever is shown, until the person has seen it; again once the sandbox was there in between. */
export const SandboxBanner = () => {
  const { sandbox, version } = useAppInfo()
  const [isSeen, setSeen] = useState(() => localStorage.getItem(key) !== null)
  useEffect(() => {
    // The version is empty until main has told.
    if (version && sandbox === 'on') localStorage.removeItem(key)
  }, [sandbox, version])
  if (sandbox === 'on' || isSeen) return null
  return (
    <Banner
      tone="warning"
      icon={<ShieldAlert aria-hidden />}
      className="border-b"
      action={
        <IconButton
          label={t`Dismiss`}
          size="sm"
          icon={<X aria-hidden />}
          onClick={() => {
            localStorage.setItem(key, '1')
            setSeen(true)
          }}
        />
      }
    >
      <span className="font-medium">{i18n._(what)}</span> {i18n._(consequence)}{' '}
      {i18n._(remedies[sandbox])}
    </Banner>
  )
}

/** The same in Settings, where it stays. */
export const SandboxRow = ({ sandbox }: { sandbox: Exclude<Sandbox, 'on'> }) => (
  <div className="flex gap-3 px-4 py-3 text-sm">
    <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
    <div>
      <p className="font-medium">{i18n._(what)}</p>
      <p className="text-soft">
        {i18n._(consequence)} {i18n._(remedies[sandbox])}
      </p>
    </div>
  </div>
)

/** Where a page would run scripts that do not run. */
export const ScriptsOff = () => {
  const isOff = useAppInfo(({ sandbox }) => sandbox !== 'on')
  return isOff ? (
    <Banner tone="warning" icon={<ShieldAlert aria-hidden />} className="border-b">
      <Trans>Scripts of this page do not run: Atelier runs without its sandbox.</Trans>
    </Banner>
  ) : null
}
