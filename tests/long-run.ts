/** `npm run test:long`: each of these tests as long as it was meant; the gate plays a part of it. */
export const isLongRun = process.env.ATELIER_LONG === '1'

export const times = (atTheGate: number, inALongRun: number): number =>
  isLongRun ? inALongRun : atTheGate
