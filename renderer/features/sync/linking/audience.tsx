import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Globe, Users } from 'lucide-react'
import { useAccountId } from '../../../data/account.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { formatCount, formatRelativeTime } from '../../../ui/format.ts'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { useAudience } from './audience-queries.ts'
import { audienceText } from './audience-text.ts'

const maxFaces = 6

const roles: Record<string, MessageDescriptor> = {
  owner: msg`owner`,
  manager: msg`manager`,
  contributor: msg`may change`,
  viewer: msg`may read`,
}

/** Whom it will be visible to. */
export const AudienceOf = ({ projectId, isPublic }: { projectId: string; isPublic: boolean }) => {
  const { data: value, isStale, isPending, savedAt } = useAudience(projectId)
  const self = useAccountId()
  if (isPending) return <Skeleton rows={1} label={t`Asking who sees it`} />
  return (
    <div className="px-4 py-3">
      {value ? (
        <>
          <div className="flex items-center gap-3">
            <span className="flex gap-1">
              {value.people.slice(0, maxFaces).map(({ id, name, imageUrl }) => (
                <Avatar key={id} name={name} imageUrl={imageUrl} />
              ))}
            </span>
            <p className="min-w-0 flex-1 text-sm">{audienceText(value, self)}</p>
          </div>
          {isStale && (
            <p className="mt-1.5 text-warning text-xs">
              <Trans>
                As it was when the server was asked last, {formatRelativeTime(savedAt)}: it cannot
                be asked now.
              </Trans>
            </p>
          )}
          {value.count > 1 && (
            <details className="mt-2 text-sm">
              <summary className="text-soft">
                <Trans>All who can see it</Trans>
              </summary>
              <ul aria-label={t`All who can see it`} className="mt-1 max-h-48 overflow-y-auto">
                {value.people.map(({ id, name, role }) => (
                  <li key={id} className="flex gap-3 py-0.5">
                    <span className="min-w-0 flex-1 truncate">
                      {id === self ? t`${name} (you)` : name}
                    </span>
                    <span className="shrink-0 text-faint text-xs">
                      {roles[role] ? i18n._(roles[role]) : role}
                    </span>
                  </li>
                ))}
                {value.count > value.people.length && (
                  <li className="text-faint text-xs">
                    <Trans>and {formatCount(value.count - value.people.length)} more</Trans>
                  </li>
                )}
              </ul>
            </details>
          )}
        </>
      ) : (
        <p className="flex items-center gap-3 text-sm text-soft">
          <Users aria-hidden className="size-4 shrink-0 text-faint" />
          <Trans>Who sees it is not known here: the server cannot be asked now.</Trans>
        </p>
      )}
      {isPublic && (
        <p className="mt-2 flex items-start gap-2 text-sm text-warning">
          <Globe aria-hidden className="mt-0.5 size-4 shrink-0" />
          <Trans>
            It is public: whoever knows the server’s address can see it, without an account.
          </Trans>
        </p>
      )}
    </div>
  )
}
