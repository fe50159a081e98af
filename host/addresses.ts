// The origins of custom schemes, as this Chromium knows them, and back.

export const hosts = '*.electron.test'

export const toCustom = (url: string): string =>
  url
    .replace(/^https:\/\/app\.electron\.test/, 'app://atelier')
    .replace(/^https:\/\/([0-9a-f-]+)\.artifact\.electron\.test/, 'artifact://$1')

export const toIntercepted = (text: string): string =>
  text
    .replace(/app:\/\/atelier/g, 'https://app.electron.test')
    .replace(/artifact:\/\/([0-9a-f-]+)/g, 'https://$1.artifact.electron.test')

export const rewritePolicy = (policy: string): string =>
  toIntercepted(policy).replace(/artifact:(?!\/)/g, 'https://*.artifact.electron.test')
