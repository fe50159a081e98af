import { t } from '@lingui/core/macro'
import { closeDeviceSettings, useDeviceSettings } from '../../data/device-settings.ts'
import { useAppInfo } from '../../data/stores.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { UpdateSettings } from '../updates/index.ts'
import { DesktopSettings } from './desktop-settings.tsx'
import { Section } from './section.tsx'
import { ThemeRow } from './theme-row.tsx'

/** What of the settings is nobody's in particular, for whom no workspace is open. */
export const DeviceSettingsDialog = () => {
  const isOpen = useDeviceSettings((state) => state.isOpen)
  const platform = useAppInfo((info) => info.platform)
  return (
    <Dialog
      open={isOpen}
      onOpenChange={(open) => !open && closeDeviceSettings()}
      title={t`Settings of this computer`}
      description={t`The others are there once you are signed in.`}
    >
      <div className="flex flex-col gap-6">
        <Section title={t`Updates`}>
          <UpdateSettings />
        </Section>
        <Section title={t`Appearance`}>
          <ThemeRow />
        </Section>
        <Section title={t`Desktop`}>
          <DesktopSettings platform={platform} />
        </Section>
      </div>
    </Dialog>
  )
}
