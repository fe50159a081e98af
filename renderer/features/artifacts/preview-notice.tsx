import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { TriangleAlert } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Centred } from '../../ui/centred.tsx'

const words = {
  ended: {
    title: msg`This page has stopped`,
    text: msg`It may have needed more memory than there is. Nothing of the artifact is changed by it.`,
  },
  silent: {
    title: msg`This page does not answer`,
    text: msg`It may come back by itself. Nothing of the artifact is changed by it.`,
  },
} as const

/** In the place of a preview that shows nothing any more. */
export const PreviewNotice = ({
  why,
  onReload,
  onWait,
}: {
  why: keyof typeof words
  onReload: () => void
  onWait: () => void
}) => (
  <Centred role="alert">
    <div
      aria-hidden
      className="mb-4 grid size-11 [@media(max-height:480px)]:hidden place-items-center rounded-lg bg-warning-soft text-warning"
    >
      <TriangleAlert className="size-5" />
    </div>
    <h3 className="font-semibold text-base">{i18n._(words[why].title)}</h3>
    <p className="mt-1 max-w-88 text-balance text-sm text-soft">{i18n._(words[why].text)}</p>
    <div className="mt-5 flex flex-wrap justify-center gap-2">
      <Button onClick={onReload}>
        <Trans>Reload the preview</Trans>
      </Button>
      {why === 'silent' && (
        <Button onClick={onWait}>
          <Trans>Wait</Trans>
        </Button>
      )}
    </div>
  </Centred>
)
