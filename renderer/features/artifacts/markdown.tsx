import { t } from '@lingui/core/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Root } from 'hast'
import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import { type AnchorHTMLAttributes, type ReactNode, useMemo, useState } from 'react'
import { Fragment, jsx, jsxs } from 'react/jsx-runtime'
import { useSearchParams } from 'react-router'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { useAccountId } from '../../data/account.ts'
import { artifactQueries } from '../../data/artifact-queries.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { showToast } from '../../ui/toasts.ts'
import { addressOf } from './own-address.ts'
import { isDrawing } from './tree.ts'

type Of = Pick<ArtifactFile, 'artifactId' | 'path'>

/** A team's Markdown: its own files open in place, pages of the web in the system's browser, pictures are its own. */
export const Markdown = ({ page, file }: { page: Root; file: Of }) => {
  const { artifactId, path } = file
  const content = useMemo(
    () =>
      toJsxRuntime(page, {
        Fragment,
        jsx,
        jsxs,
        ignoreInvalidStyle: true,
        components: {
          a: ({ href, children }: AnchorHTMLAttributes<HTMLAnchorElement>) => (
            <OwnLink href={href ?? ''} file={{ artifactId, path }}>
              {children}
            </OwnLink>
          ),
          img: ({ src, alt }) => (
            <OwnPicture src={src ?? ''} alt={alt ?? ''} file={{ artifactId, path }} />
          ),
        },
      }),
    [page, artifactId, path],
  )
  return <div className="prose">{content}</div>
}

const scrollTo = (id: string): void =>
  document.getElementById(`user-content-${id}`)?.scrollIntoView({ block: 'start' })

const OwnLink = ({ href, file, children }: { href: string; file: Of; children: ReactNode }) => {
  const client = useQueryClient()
  const account = useAccountId()
  const [, setParameters] = useSearchParams()
  const address = addressOf(href, file.path)
  if (address.kind === 'nowhere') return <span>{children}</span>
  const open = (): void => {
    if (address.kind === 'outside')
      void runAction(() => desktop.app.openExternal({ url: address.url }))
    else if (address.kind === 'anchor') scrollTo(address.id)
    else {
      const { queryKey } = artifactQueries.files(account, file.artifactId)
      const files = client.getQueryData(queryKey) ?? []
      const target = files.find(({ path }) => path.normalize() === address.path.normalize())
      if (target) setParameters({ file: target.id })
      else showToast(t`There is no ${address.path} in this artifact`)
    }
  }
  return (
    <a
      href={href}
      title={address.kind === 'outside' ? address.url : undefined}
      onClick={(event) => {
        event.preventDefault()
        open()
      }}
    >
      {children}
    </a>
  )
}

const OwnPicture = ({ src, alt, file }: { src: string; alt: string; file: Of }) => {
  const address = addressOf(src, file.path)
  const path = address.kind === 'file' ? address.path : null
  const { artifactId } = file
  const url = useQuery(artifactQueries.previewUrl(useAccountId(), artifactId, path))
  const [isRefused, setRefused] = useState(false)
  // A drawing that would hold the window opens on a page of its own.
  if (isRefused && isDrawing(path ?? ''))
    return (
      <OwnLink href={src} file={file}>
        {alt || path}
      </OwnLink>
    )
  return url.data ? (
    <img src={url.data} alt={alt} onError={() => setRefused(true)} />
  ) : (
    <em>{alt}</em>
  )
}
