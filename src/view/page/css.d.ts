/** esbuild gathers imported style sheets into one; for TypeScript they have nothing to offer. */
declare module '*.css' {}
