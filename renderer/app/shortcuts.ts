import { t } from '@lingui/core/macro'
import { useEffect } from 'react'
import type { NavigateFunction } from 'react-router'
import type { AppInfo } from '../../src/contract/app.ts'
import { isInstalling } from '../data/updates.ts'
import { syncProject } from './sync-command.ts'
import { setPalette, useUi } from './ui-store.ts'

export const modifier = (platform: AppInfo['platform']): string =>
  platform === 'darwin' ? '⌘' : t`Ctrl`

/** Ctrl/Cmd+K palette, Ctrl/Cmd+, settings, Ctrl/Cmd+Shift+S sync. */
export const useShortcuts = (navigate: NavigateFunction, projectId: string | undefined): void => {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || isInstalling()) return
      const key = event.key.toLowerCase()
      if (key === 'k' && !event.shiftKey) setPalette(!useUi.getState().palette)
      else if (key === ',' && !event.shiftKey) void navigate('/settings')
      else if (key === 's' && event.shiftKey && projectId) void syncProject(projectId)
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [navigate, projectId])
}
