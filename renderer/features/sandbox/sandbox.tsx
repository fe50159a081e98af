import { ShieldAlert, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Sandbox } from '../../../src/contract/app.ts'
import { useAppInfo } from '../../data/stores.ts'
import { Banner } from '../../ui/banner.tsx'
import { IconButton } from '../../ui/icon-button.tsx'

const what = 'Atelier runs without its sandbox.'
const consequence = 'Pages in previews are shown, but their scripts do not run.'
const remedies: Record<Exclude<Sandbox, 'on'>, string> = {
  offForRoot: 'Start it as an ordinary user to have both back.',
  offForAppImage:
    'This system restricts what an AppImage may do: install the deb or rpm package to have both back.',
  off: 'It was started with --no-sandbox. Start it without, or install the package for your system, to have both back.',
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
          label="Dismiss"
          size="sm"
          icon={<X aria-hidden />}
          onClick={() => {
            localStorage.setItem(key, '1')
            setSeen(true)
          }}
        />
      }
    >
      <span className="font-medium">{what}</span> {consequence} {remedies[sandbox]}
    </Banner>
  )
}

/** The same in Settings, where it stays. */
export const SandboxRow = ({ sandbox }: { sandbox: Exclude<Sandbox, 'on'> }) => (
  <div className="flex gap-3 px-4 py-3 text-sm">
    <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
    <div>
      <p className="font-medium">{what}</p>
      <p className="text-soft">
        {consequence} {remedies[sandbox]}
      </p>
    </div>
  </div>
)

/** Where a page would run scripts that do not run. */
export const ScriptsOff = () => {
  const isOff = useAppInfo(({ sandbox }) => sandbox !== 'on')
  return isOff ? (
    <Banner tone="warning" icon={<ShieldAlert aria-hidden />} className="border-b">
      Scripts of this page do not run: Atelier runs without its sandbox.
    </Banner>
  ) : null
}
