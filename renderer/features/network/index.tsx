export { NetworkQuestions } from './questions.tsx'
export { NetworkTroubleBanner } from './trouble-banner.tsx'
