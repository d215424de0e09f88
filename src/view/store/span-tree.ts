import { type Steps, stepRows } from './steps.ts'

/**
 * Spans as a tree, parents before their children, each by when it began. A span whose parent is not known is part of the
 * attempt that it began in: its parent may still run, or was never sent.
 */
export interface TreeInput {
  /** Of spans and roots together. */
  readonly count: number
  /** -1 for one whose parent is none that is known. */
  readonly parent: (node: number) => number
  /** For a node without a parent: the root that it stands under; -1: none. */
  readonly root: (node: number) => number
  /** All nodes, by their starts. */
  readonly sorted: Uint32Array
}

export interface Tree {
  /** Nodes in the order of the tree. */
  readonly nodes: Uint32Array
  /** By node. */
  readonly depth: Uint16Array
}

const none = -1
const deepest = 65_535

export function* buildTree({ count, parent, root, sorted }: TreeInput): Steps<Tree> {
  const firstChild = new Int32Array(count).fill(none)
  const nextSibling = new Int32Array(count).fill(none)
  const depth = new Uint16Array(count)
  const isPlaced = new Uint8Array(count)
  const parents = new Int32Array(count)
  for (let node = 0; node < count; node += 1) {
    const found = parent(node)
    parents[node] = found >= 0 && found !== node ? found : root(node)
    if (node % stepRows === stepRows - 1) yield
  }
  // from the last to the first, as each one is put before those that are there
  for (let place = count - 1; place >= 0; place -= 1) {
    if (place % stepRows === 0) yield
    const node = sorted[place] ?? 0
    const above = parents[node] ?? none
    if (above < 0) continue
    nextSibling[node] = firstChild[above] ?? none
    firstChild[above] = node
  }
  const nodes = new Uint32Array(count)
  let placed = 0
  const stack: number[] = []
  /** A node or the next of its brothers that has no place yet. */
  const free = (node: number) => {
    let found = node
    while (found >= 0 && isPlaced[found] === 1) found = nextSibling[found] ?? none
    return found
  }
  function* walk(isTop: (node: number) => boolean, topDepth: number): Steps<void> {
    for (const top of sorted) {
      if (!isTop(top)) continue
      stack.push(top)
      depth[top] = topDepth
      for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
        if (isPlaced[node]) continue
        isPlaced[node] = 1
        nodes[placed] = node
        placed += 1
        if (placed % stepRows === 0) yield
        const below = Math.min(deepest, (depth[node] ?? 0) + 1)
        // its brothers wait below its children
        const sibling = node === top ? none : free(nextSibling[node] ?? none)
        if (sibling >= 0) {
          depth[sibling] = depth[node] ?? 0
          stack.push(sibling)
        }
        const child = free(firstChild[node] ?? none)
        if (child >= 0) {
          depth[child] = below
          stack.push(child)
        }
      }
    }
  }
  yield* walk((node) => (parents[node] ?? none) < 0, 0)
  // those that are their own ancestors
  yield* walk((node) => !isPlaced[node], 1)
  return { nodes, depth }
}
