// Runs before `npm start` and `npm test`, on whatever Node.js npm found: the package `node` brings its own, unless
// install scripts were refused.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `taskbeat needs Node.js 24.15 or newer, and this is ${process.version}: run "npm install-scripts approve node && npm rebuild node", or install Node.js 24\n`,
  )
  process.exit(1)
}
