/** What the demo holds: a small studio, a museum, and the work of three people. */

export const demoPassword = 'harbour-light-2026'

export const people = [
  { key: 'ada', email: 'ada@atelier.example', name: 'Ada Moreau' },
  { key: 'ben', email: 'ben@atelier.example', name: 'Ben Okafor' },
  { key: 'chloe', email: 'chloe@atelier.example', name: 'Chloe Lindqvist' },
] as const

export type PersonKey = (typeof people)[number]['key']

/** Where an artifact's files come from: a folder in `sites/`, or a tree that `npm ci` leaves behind. */
export type Source =
  | { readonly kind: 'site'; readonly folder: string }
  | { readonly kind: 'tree'; readonly folder: string }
  | { readonly kind: 'large-file'; readonly candidates: readonly RegExp[]; readonly name: string }

export type ArtifactPlan = {
  readonly title: string
  readonly description: string
  readonly type: string
  readonly status: 'ready' | 'generating' | 'pending'
  readonly author: PersonKey
  readonly main: string | null
  readonly source: Source
}

export type ProjectPlan = {
  readonly name: string
  readonly description: string
  readonly owner: PersonKey
  readonly members: Readonly<Partial<Record<PersonKey, 'manager' | 'contributor' | 'viewer'>>>
  readonly artifacts: readonly ArtifactPlan[]
}

export type WorkspacePlan = {
  readonly name: string
  readonly company: string
  readonly owner: PersonKey
  readonly members: Readonly<Partial<Record<PersonKey, 'admin' | 'project_creator'>>>
  readonly projects: readonly ProjectPlan[]
}

const tree = (folder: string): Source => ({ kind: 'tree', folder })

export const workspaces: readonly WorkspacePlan[] = [
  {
    name: 'Lumen Studio',
    company: 'Lumen Studio',
    owner: 'ada',
    members: { ben: 'admin', chloe: 'project_creator' },
    projects: [
      {
        name: 'Tidewater spring season',
        description:
          'Everything the old harbour opens with: the microsite, its type and its tools.',
        owner: 'ada',
        members: { ben: 'manager', chloe: 'viewer' },
        artifacts: [
          {
            title: 'Tidewater microsite',
            description: 'The public page for the season, with the tide curve. Copy is signed off.',
            type: 'website',
            status: 'ready',
            author: 'ada',
            main: 'index.html',
            source: { kind: 'site', folder: 'tidewater' },
          },
          {
            title: 'Type for screen and signage',
            description:
              'Inter in all the cuts we license for the quay, as shipped to the sign maker.',
            type: 'design',
            status: 'ready',
            author: 'ben',
            main: 'index.css',
            source: tree('@fontsource-variable/inter'),
          },
          {
            title: 'Figures for wall labels',
            description:
              'The monospaced face for dates, depths and tide tables on the wall labels.',
            type: 'design',
            status: 'ready',
            author: 'ben',
            main: 'index.css',
            source: tree('@fontsource-variable/jetbrains-mono'),
          },
        ],
      },
      {
        name: 'Studio toolkit',
        description: 'The parts we use again on every job.',
        owner: 'ben',
        members: { ada: 'manager', chloe: 'contributor' },
        artifacts: [
          {
            title: 'Data layer of the kiosks',
            description:
              'How every kiosk asks, remembers and asks again, as published and as written.',
            type: 'library',
            status: 'ready',
            author: 'ben',
            main: 'build/modern/index.js',
            source: tree('@tanstack/react-query'),
          },
          {
            title: 'Utility styles, fourth edition',
            description: 'Theme, reset and utilities that new microsites begin from.',
            type: 'library',
            status: 'ready',
            author: 'chloe',
            main: 'index.css',
            source: tree('tailwindcss'),
          },
          {
            title: 'Compiler for the build machine',
            description:
              'The native compiler as installed on the studio machine, kept for repeat builds.',
            type: 'binary',
            status: 'ready',
            author: 'ben',
            main: null,
            source: {
              kind: 'large-file',
              candidates: [/^@swc\/core-/, /^@rolldown\/binding-/, /^lightningcss-/],
              name: 'compiler.node',
            },
          },
        ],
      },
    ],
  },
  {
    name: 'Northwind Museum',
    company: 'Northwind Museum Trust',
    owner: 'ben',
    members: { ada: 'project_creator' },
    projects: [
      {
        name: 'Visitor guide',
        description: 'The guide that visitors carry through the ship hall.',
        owner: 'ben',
        members: { ada: 'contributor' },
        artifacts: [
          {
            title: 'Gallery consoles',
            description: 'The four screens of the console: recorder, trace, report and dashboard.',
            type: 'application',
            status: 'ready',
            author: 'ben',
            main: 'htmlReport/index.html',
            source: tree('playwright-core/lib/vite'),
          },
          {
            title: 'Wall text renderer',
            description: 'Turns the curators’ Markdown into what the label printer takes.',
            type: 'library',
            status: 'generating',
            author: 'ada',
            main: 'index.js',
            source: tree('remark-rehype'),
          },
        ],
      },
      {
        name: 'Access for everyone',
        description: 'Checks and evidence for the accessibility statement.',
        owner: 'ada',
        members: { ben: 'viewer' },
        artifacts: [
          {
            title: 'Accessibility rule book',
            description: 'The rules we test against, in every language the guide speaks.',
            type: 'library',
            status: 'ready',
            author: 'ada',
            main: 'README.md',
            source: tree('axe-core'),
          },
        ],
      },
    ],
  },
]
