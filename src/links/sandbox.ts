import type { Sandbox } from '../contract/app.ts'

/** What is known of a start, about Chromium's sandbox around every page. */
export type SandboxStart = {
  /** `--no-sandbox`, given by the person, by a launcher or by the environment. */
  isSwitchedOff: boolean
  isRoot: boolean
  /** Its launcher switches it off by itself where the system restricts user namespaces. */
  isAppImage: boolean
}

export const sandboxOf = ({ isSwitchedOff, isRoot, isAppImage }: SandboxStart): Sandbox => {
  if (!isSwitchedOff) return 'on'
  if (isRoot) return 'offForRoot'
  return isAppImage ? 'offForAppImage' : 'off'
}
