import { benchmarkPackages, ensureDebianPackages } from '../../../scripts/debian.ts'
import { median, rounded, writeSection } from '../document.ts'
import { haveMany, type Many } from './many.ts'
import { openScene } from './scene.ts'
import { medianOf, type Program, sendBig, sendSmall, type Turn, tableOf } from './transfers.ts'

const full = {
  small: 5_000,
  big: 1 << 30,
  turns: 5,
  many: { files: 100_000, renamed: 10_000, turns: 5, edits: 40 },
}
const quick = {
  small: 400,
  big: 96 << 20,
  turns: 1,
  many: { files: 10_000, renamed: 1_000, turns: 3, edits: 6 },
}
const megabytes = (bytes: number): number => Math.round(bytes / 1e6)

/** What keeps a target from being met, measured while it was tried; written where it is missed. */
const bounds: Record<string, string> = {
  'small files up, times the CLI':
    'Supabase’s API takes one request for each object, and both sides work for it: about 1 ms of CPU a file in Atelier, 1 ms in the embedded server (half of it the system’s, for a file and two syncs) and 0.4 ms in PostgreSQL, where two cores give 2 ms a millisecond; and a process takes a second to start and another to look at the files and hash them before the first is sent. Tried, with success: Chromium’s or Node’s request itself instead of fetch (1.5 ms before), rows of new objects in one transaction, one sync of a folder for all who wait for it (the server had 1.5 ms before), a bucket’s limits asked once for all who wait, commits judged all at once, calls of the workers sent together. Without: 8 to 32 lanes, more threads for the disk.',
  'small files up, times rclone':
    'rclone spends 0.7 ms of CPU a file on both cores and is there at once; Atelier sends the first after two seconds, in which Node starts with the engine and its threads and every file is hashed, and then spends 0.8 ms on one core.',
  'big file up, times the CLI':
    'The embedded server takes a GiB no faster than curl sends it in one request. Atelier hashes it before it is named, and once more as it goes out, in the 171 parts of 6 MiB that hosted Supabase’s resumable uploads demand, each answered before the next, so that it can go on after a cut. Tried: parts streamed from the disk (a third of the CPU, and of the memory), written by the server past the protocol’s pipeline (half of its CPU), syncing brought forward, no second reading for a hash at the server.',
  'no-op, MB more':
    'What has to be known of 100,000 files takes about 65 MB outside of the heap; the rest is room that V8 takes for what is soon garbage, in three threads. Tried, with success (964 MB at first): rows and their index outside of the heap, a store and a scan of 500 rows at a time, the scan as text, one thread that looks instead of two, less room for the threads, no answer with all rows at a start.',
  'no-op from a start, times rclone':
    'At a start Node loads the engine, 300,000 rows come out of the store into memory, a digest of all of them is compared with the server’s, and three trees are compared; rclone compares two listings of one disk. Tried, with success: the digest instead of all rows (10 s before). While it runs, a whole look is what “no-op” says.',
  'big file down, times curl':
    'Node’s HTTP copies each packet into fresh memory (1.6 s a GiB), SHA-256 takes 0.8 s, writing and collecting what is done with take as long beside them, and the process a second to start; curl neither hashes nor syncs. Tried: the request itself instead of fetch (3 s a GiB), writes by the megabyte beside the reading, syncing brought forward.',
}

/** How many times as fast as another. */
const times = (turn: Turn, of: Program, than: Program): number =>
  rounded((turn[than]?.seconds ?? Number.NaN) / (turn[of]?.seconds ?? Number.NaN))

const manyTable = ({ files, noOp, start, extraMemory, dryRun, edit95, renames }: Many): string =>
  [
    '| what | figure |',
    '|---|---:|',
    `| a whole look at ${files.toLocaleString('en')} files and the server, nothing to do | ${Math.round(noOp)} ms |`,
    `| the same from a start of the engine: everything loaded, and compared with the server’s by its digest | ${Math.round(start)} ms |`,
    `| \`rclone sync --dry-run\` of the same folder and a copy beside it | ${Math.round(dryRun.seconds * 1000)} ms, ${megabytes(dryRun.peak)} MB |`,
    `| memory more than with a hundred files | ${megabytes(extraMemory)} MB |`,
    `| one edit among them until its upload begins (95 %; 200 ms of it are waited for the writer to end) | ${Math.round(edit95)} ms |`,
    `| requests for a renamed folder of ${renames.small} files | ${renames.requestsSmall} |`,
    `| requests for a renamed folder of ${renames.big.toLocaleString('en')} files | ${renames.requestsBig} |`,
  ].join('\n')

/** Atelier's linked folder beside what people would use instead, in turns, on one machine. */
export const benchmarkSync = async (isQuick: boolean) => {
  const sizes = isQuick ? quick : full
  const began = performance.now()
  ensureDebianPackages(benchmarkPackages)
  const scene = await openScene()
  try {
    const small: Turn[] = []
    const big: Awaited<ReturnType<typeof sendBig>>[] = []
    for (let turn = 0; turn < sizes.turns; turn += 1) {
      small.push(await sendSmall(scene, sizes.small))
      big.push(await sendBig(scene, sizes.big))
      const [smallTurn, bigTurn] = [small.at(-1), big.at(-1)]
      console.log(`turn ${turn + 1} of ${sizes.turns}`)
      if (smallTurn && bigTurn)
        console.log(tableOf({ small: smallTurn, up: bigTurn.up, down: bigTurn.down }))
    }
    const many = await haveMany(scene, sizes.many)
    const smallTurn = medianOf(small, median)
    const up = medianOf(
      big.map((each) => each.up),
      median,
    )
    const down = medianOf(
      big.map((each) => each.down),
      median,
    )
    const extraUp = median(big.map((each) => (each.up.Atelier?.peak ?? 0) - each.idle.peak))
    const ratios = {
      'small files up, times the CLI': times(smallTurn, 'Atelier', 'supabase CLI'),
      'small files up, times rclone': times(smallTurn, 'Atelier to the sink', 'rclone to the sink'),
      'small files up, times curl': times(smallTurn, 'Atelier', 'curl'),
      'big file up, times the CLI': times(up, 'Atelier', 'supabase CLI'),
      'big file up, times curl': times(up, 'Atelier', 'curl'),
      'big file up, MB more': megabytes(extraUp),
      'big file down, times curl': times(down, 'Atelier', 'curl'),
      'no-op, times rclone': rounded(many.noOp / 1000 / many.dryRun.seconds),
      'no-op from a start, times rclone': rounded(many.start / 1000 / many.dryRun.seconds),
      'no-op, MB more': megabytes(many.extraMemory),
      'edit to upload, ms': Math.round(many.edit95),
      'folder rename, requests more for the bigger':
        many.renames.requestsBig - many.renames.requestsSmall,
    }
    /** The least, or the most, that is aimed at. */
    const targets: [name: keyof typeof ratios, at: 'least' | 'most', value: number][] = [
      ['small files up, times the CLI', 'least', 3],
      ['small files up, times rclone', 'least', 1.5],
      ['big file up, times the CLI', 'least', 1.5],
      ['big file up, MB more', 'most', 64],
      ['big file down, times curl', 'least', 0.6],
      ['no-op, times rclone', 'most', 1.5],
      ['no-op from a start, times rclone', 'most', 1.5],
      ['no-op, MB more', 'most', 120],
      ['edit to upload, ms', 'most', 500],
      ['folder rename, requests more for the bigger', 'most', 0],
    ]
    const missed = targets
      .filter(
        ([name, at, value]) => !(at === 'least' ? ratios[name] >= value : ratios[name] <= value),
      )
      .map(([name]) => name)
    const bytes = `${sizes.big >> 20} MiB`
    const costs = tableOf({
      [`${sizes.small.toLocaleString('en')} files of 4 KiB up`]: smallTurn,
      [`${bytes} up`]: up,
      [`${bytes} down`]: down,
    })
    const wanted = [
      '| ratio | figure | target |',
      '|---|---:|---:|',
      ...Object.entries(ratios).map(([name, value]) => {
        const target = targets.find(([each]) => each === name)
        return `| ${name} | ${value} | ${target ? `${target[1] === 'least' ? 'at least' : 'at most'} ${target[2]}` : ''} |`
      }),
    ].join('\n')
    const text = [costs, manyTable(many), wanted].join('\n\n')
    console.log(text)
    if (!isQuick)
      await writeSection(
        'Sync',
        `A linked folder, wired as the application wires it (but with Node’s HTTP where Electron has Chromium’s network), beside Supabase’s CLI (\`storage cp -r -j 8\`), rclone 1.60 (S3, 16 transfers, no HEAD) and \`curl --parallel\` (16), each a process of its own from its start to its end; medians of ${sizes.turns} turns. Atelier, the CLI and curl talk to the same embedded backend (PostgreSQL, a row and a policy for each object); for rclone, which speaks S3 alone, Atelier and it talk to the same sink, which keeps nothing. Atelier does more than the others: it hashes, keeps a journal, asks the server whether the bytes are whole, and commits rows; curl is the limit, not a rival.\n\n${text}\n\nMissed: ${missed.length === 0 ? 'nothing' : missed.join('; ')}.${missed
          .flatMap((name) => (name in bounds ? [`\n\n- **${name}**: ${bounds[name]}`] : []))
          .join('')}`,
      )
    const seconds = Math.round((performance.now() - began) / 1000)
    return { benchmark: 'sync', quick: isQuick, seconds, ratios, missed }
  } finally {
    await scene.close()
  }
}
