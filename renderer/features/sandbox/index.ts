export { SandboxBanner, SandboxRow, ScriptsOff } from './sandbox.tsx'
