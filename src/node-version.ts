/** The oldest Node.js that this program is for, as `engines` in package.json says it. */
const oldest = { major: 24, minor: 15 }

/**
 * Why this version of Node.js cannot run this program, in one sentence; undefined if it can.
 *
 * @param version - as in `process.versions.node`, such as `24.15.0`
 */
export const nodeTooOld = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return undefined
  return `Node.js ${oldest.major}.${oldest.minor} or newer is needed, and this is ${version}; install Node.js ${oldest.major}, or use the image, which brings its own`
}
