export { CertificateHosts } from './certificate-hosts.tsx'
export { NetworkQuestions } from './questions.tsx'
export { NetworkTroubleBanner } from './trouble-banner.tsx'
