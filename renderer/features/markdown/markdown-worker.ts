import { laidOut } from './laid-out.ts'

addEventListener('message', ({ data }: MessageEvent<string>) => postMessage(laidOut(data)))
