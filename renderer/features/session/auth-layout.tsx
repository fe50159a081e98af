import { Trans } from '@lingui/react/macro'
import { Settings } from 'lucide-react'
import type { ReactNode } from 'react'
import { openDeviceSettings } from '../../data/device-settings.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from './mark.tsx'

/** The frame of everything before the workspace: what Atelier is on the left, one question on the right. */
export const AuthLayout = ({
  isPassing = false,
  children,
}: {
  /** It gives way by itself: nobody is offered anything beside it. */
  isPassing?: boolean
  children: ReactNode
}) => (
  <div className="flex h-full bg-surface">
    <aside className="drag-region relative hidden w-[38%] max-w-120 shrink-0 flex-col justify-between overflow-hidden border-r bg-sidebar p-10 pt-14 md:flex">
      <Name />
      <Sheets />
      <div>
        <p className="text-balance font-semibold text-xl">
          <Trans>The room where your team’s work is.</Trans>
        </p>
        <p className="mt-3 max-w-80 text-sm text-soft">
          <Trans>
            Every artifact a folder, every folder on your own computer: open it anywhere, edit it
            offline, and find it in step again.
          </Trans>
        </p>
      </div>
    </aside>
    <main className="flex min-w-0 flex-1 flex-col overflow-y-auto">
      <div className="drag-region h-9 shrink-0" />
      <div className="m-auto w-full max-w-104 px-8 pt-4 pb-14 [@media(max-height:560px)]:pb-6">
        <div className="mb-8 md:hidden [@media(max-height:560px)]:hidden">
          <Name />
        </div>
        {children}
      </div>
      {!isPassing && (
        <footer className="flex shrink-0 justify-end px-4 pb-3">
          <Button variant="quiet" size="sm" onClick={openDeviceSettings}>
            <Settings aria-hidden /> <Trans>Settings of this computer</Trans>
          </Button>
        </footer>
      )}
    </main>
  </div>
)

const Name = () => (
  <div className="flex items-center gap-2.5">
    <Mark />
    <span className="font-semibold text-base tracking-tight">Atelier</span>
  </div>
)

/** Sheets of paper laid over each other: the one ornament. */
const Sheets = () => (
  <svg viewBox="0 0 360 260" aria-hidden="true" className="mx-auto my-6 w-full max-w-88">
    <g fill="var(--raised)" stroke="var(--line)">
      <rect x="150" y="26" width="150" height="190" rx="8" transform="rotate(9 225 120)" />
      <rect x="62" y="34" width="150" height="190" rx="8" transform="rotate(-7 137 130)" />
    </g>
    <g transform="rotate(1.5 180 130)">
      <rect
        x="104"
        y="30"
        width="156"
        height="196"
        rx="8"
        fill="var(--raised)"
        stroke="var(--line)"
      />
      <rect x="122" y="48" width="120" height="70" rx="4" fill="var(--accent-soft)" />
      <path d="M122 104l30-30 22 22 18-14 50 36v0H122z" fill="var(--accent)" opacity=".85" />
      <circle cx="222" cy="66" r="8" fill="var(--accent-text)" opacity=".55" />
      <g fill="var(--pressed)">
        <rect x="122" y="134" width="92" height="8" rx="4" />
        <rect x="122" y="152" width="120" height="6" rx="3" />
        <rect x="122" y="166" width="108" height="6" rx="3" />
        <rect x="122" y="180" width="64" height="6" rx="3" />
      </g>
      <g transform="translate(214 190)">
        <rect width="28" height="20" rx="10" fill="var(--success-soft)" />
        <path
          d="M9 10l4 4 7-8"
          fill="none"
          stroke="var(--success)"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </g>
    </g>
  </svg>
)

export const AuthTitle = ({ title, children }: { title: string; children?: ReactNode }) => (
  <header className="mb-6">
    <h1 className="text-balance font-semibold text-xl">{title}</h1>
    {children && <div className="mt-1.5 text-sm text-soft">{children}</div>}
  </header>
)
