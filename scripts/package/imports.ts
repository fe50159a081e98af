const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'.#][^"']*)\1/g

/** The packages that built code imports by name; what Node or Electron brings is none. */
export const packagesIn = (code: string): string[] => {
  const names = [...code.matchAll(specifier)].flatMap(([, , name = '']) => {
    const package_ = /^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*(?=\/|$)/.exec(name)?.[0]
    return package_ && !name.startsWith('node:') && package_ !== 'electron' ? [package_] : []
  })
  return [...new Set(names)].sort()
}
