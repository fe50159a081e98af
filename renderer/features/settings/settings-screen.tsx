import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { HardDrive, Server } from 'lucide-react'
import { useAppInfo, useBackend, useReached } from '../../data/stores.ts'
import { Badge } from '../../ui/badge.tsx'
import { ScrollArea } from '../../ui/scroll-area.tsx'
import { DeveloperToolsRow, DiagnosticsButtons, ReportButton } from '../diagnostics/index.ts'
import { CertificateHosts } from '../network/index.ts'
import { SandboxRow } from '../sandbox/index.ts'
import { SyncPanel } from '../sync/index.ts'
import { UpdateSettings } from '../updates/index.ts'
import { AccountRows } from './account-rows.tsx'
import { CacheStorage } from './cache-storage.tsx'
import { DesktopSettings } from './desktop-settings.tsx'
import { LanguageRow } from './language-row.tsx'
import { PinnedProjects } from './pinned-projects.tsx'
import { Row, Section } from './section.tsx'
import { ThemeRow } from './theme-row.tsx'
import { Transfers } from './transfers.tsx'

export const SettingsScreen = () => {
  const info = useAppInfo()
  const isReached = useReached()
  const backend = useBackend()
  return (
    <ScrollArea label={t`Settings`} className="flex-1">
      <div className="mx-auto flex max-w-160 flex-col gap-8 px-6 py-8">
        <h1 className="font-semibold text-xl">
          <Trans>Settings</Trans>
        </h1>

        <Section title={t`Appearance`}>
          <div className="divide-y">
            <ThemeRow />
            <LanguageRow />
          </div>
        </Section>

        <Section title={t`Account`}>
          <AccountRows />
        </Section>

        <Section title={t`Connection`}>
          <div className="flex items-center gap-3 px-4 py-3">
            <span
              aria-hidden
              className="grid size-9 place-items-center rounded-md bg-accent-soft text-accent-text [&_svg]:size-4"
            >
              {'kind' in backend && backend.kind === 'hosted' ? <Server /> : <HardDrive />}
            </span>
            <div className="min-w-0 flex-1">
              <p className="font-medium text-sm">
                {'kind' in backend && backend.kind === 'hosted'
                  ? t`Supabase project`
                  : t`This computer`}
              </p>
              <p className="truncate font-mono text-soft text-xs">
                {backend.status === 'ready' ? backend.url : t`Not connected`}
              </p>
            </div>
            <Badge tone={isReached ? 'success' : 'neutral'}>
              {isReached ? t`Connected` : t`Offline`}
            </Badge>
          </div>
          <p className="border-t px-4 py-2.5 text-soft text-xs">
            <Trans>
              To work somewhere else, sign out first; the sign-in screen lets you change the place.
            </Trans>
          </p>
          <CertificateHosts />
        </Section>

        {info.sandbox !== 'on' && (
          <Section title={t`Security`}>
            <SandboxRow sandbox={info.sandbox} />
          </Section>
        )}

        <Section title={t`Sync`}>
          <div className="p-4">
            <SyncPanel />
          </div>
        </Section>

        <Section title={t`Transfers`} text={t`Of this computer, whoever is signed in.`}>
          <Transfers />
        </Section>

        <Section
          title={t`Space`}
          text={t`Copies of files you opened, so that they open offline. Of this computer, whoever is signed in.`}
        >
          <CacheStorage />
        </Section>

        <Section
          title={t`Keep on this computer`}
          text={t`All files of these projects open offline. Others are kept as you open them.`}
        >
          <PinnedProjects />
        </Section>

        <Section title={t`Desktop`} text={t`Of this computer, whoever is signed in.`}>
          <DesktopSettings platform={info.platform} />
        </Section>

        <Section title={t`Updates`}>
          <UpdateSettings />
        </Section>

        <Section title={t`Help`}>
          <Row
            title={t`Something does not work`}
            text={t`See what Atelier wrote down about it, and give that to whoever helps you.`}
          >
            <ReportButton />
          </Row>
          <div className="border-t">
            <Row
              title={t`Diagnostics`}
              text={t`Versions, states and the end of the log, without secrets and without what you work on.`}
            >
              <DiagnosticsButtons />
            </Row>
          </div>
          <DeveloperToolsRow />
        </Section>
      </div>
    </ScrollArea>
  )
}
