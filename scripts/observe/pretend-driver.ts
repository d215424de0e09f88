/** Preloaded (`node --import`): to this process there is a driver of NVIDIA's, so that it looks for its library. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { existsSync } = fs
fs.existsSync = (path) => path === '/dev/nvidiactl' || existsSync(path)
syncBuiltinESMExports()
