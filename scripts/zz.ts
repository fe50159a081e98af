import { crowded } from '../tests/simulation/crowded.ts'
import { play } from '../tests/simulation/run.ts'
const o = await play(crowded(Number(process.argv[2])), {}, true)
console.log(o.lines!.join('\n')); console.log(o.trouble.join('\n'))
