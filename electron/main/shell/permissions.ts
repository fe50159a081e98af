import { session } from 'electron'

/** What a person does by a button of ours, and a page can do no harm with. */
const allowed: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Everything else that a page could ask the system for is refused, in both of Electron's questions. */
export const denyPermissions = (): void => {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(allowed.has(permission)),
  )
  session.defaultSession.setPermissionCheckHandler((_contents, permission) =>
    allowed.has(permission),
  )
}
