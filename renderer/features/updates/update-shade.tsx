import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { LoaderCircle } from 'lucide-react'
import { useId, useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import type { UpdateState } from '../../../src/contract/updates.ts'
import { useUpdates } from '../../data/updates.ts'
import { stepText } from './words.ts'

/**
 * Over everything while an update closes the workspace: what was typed then would be told to nobody. The browser's own
 * modal dialog, since it makes everything else inert at once, dialogs that are open already among it.
 */
export const UpdateShade = () => {
  const state = useUpdates(({ updates }) => updates?.state)
  return state?.status === 'installing'
    ? createPortal(<Shade state={state} />, document.body)
    : null
}

const Shade = ({ state }: { state: Extract<UpdateState, { status: 'installing' }> }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before the next key.
  useLayoutEffect(() => {
    const shade = dialog.current
    // Escape ends it as little as anything else does; React has no name for this yet.
    shade?.setAttribute('closedby', 'none')
    shade?.showModal()
    // What had the focus has it again.
    return () => shade?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      // biome-ignore lint/a11y/noRedundantRoles: by its role a preview knows to give way to it.
      role="dialog"
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      className="pointer-events-auto m-auto w-[min(28rem,calc(100vw-2rem))] rounded-lg bg-raised p-5 text-ink shadow-lg outline-none backdrop:bg-shade"
    >
      <div className="flex items-start gap-3">
        <LoaderCircle
          aria-hidden
          className="mt-0.5 size-5 shrink-0 text-info motion-safe:animate-spin"
        />
        <div className="min-w-0">
          <h2 id={`${id}-title`} className="wrap-anywhere font-semibold text-base">
            {state.release === null
              ? t`Updating Atelier`
              : t`Updating to Atelier ${state.release.version}`}
          </h2>
          <p role="status" className="mt-1 text-sm">
            {i18n._(stepText[state.step])}
          </p>
          <p className="mt-2 text-sm text-soft">
            <Trans>
              What you typed is kept. Nothing can be changed here until Atelier is back.
            </Trans>
          </p>
        </div>
      </div>
    </dialog>
  )
}
