import { join } from 'node:path'
import { readText } from '../../processes/read-text.ts'
import type { Reading } from '../reading.ts'

/** Interfaces that lead nowhere, and those by which the machine talks to its own containers. */
const notOutward =
  /^(?:lo|(?:veth|docker|cni|cali|cilium|lxc|flannel|kube|nodelocaldns|virbr|ifb|dummy|tunl|br-).*)$/

/** More than a machine has that is used for training; each is six series. */
export const mostInterfaces = 32

/**
 * Readings of the first {@link mostInterfaces} interfaces of our network namespace, from the text of /proc/net/dev.
 *
 * @see proc_pid_net(5)
 */
export const parseInterfaces = (dev: string): readonly Reading[] =>
  [...dev.matchAll(/^ *([^\s:]+): *(\d+(?: +\d+){11,})/gm)]
    .filter(([, name = '']) => !notOutward.test(name))
    .slice(0, mostInterfaces)
    .flatMap(([, name = '', counters = '']) => {
      const [receivedBytes = 0, , receiveErrors = 0, receiveDrops = 0, , , , , ...sent] = counters
        .split(/ +/)
        .map(Number)
      const [sentBytes = 0, , sendErrors = 0, sendDrops = 0] = sent
      const directions = {
        receive: { bytes: receivedBytes, errors: receiveErrors, drops: receiveDrops },
        transmit: { bytes: sentBytes, errors: sendErrors, drops: sendDrops },
      }
      return Object.entries(directions).flatMap(
        ([direction, { bytes, errors, drops }]): readonly Reading[] => {
          const attributes = { 'network.interface.name': name, 'network.io.direction': direction }
          return [
            { metric: 'system.network.io', value: bytes, attributes },
            { metric: 'system.network.errors', value: errors, attributes },
            { metric: 'system.network.packet.dropped', value: drops, attributes },
          ]
        },
      )
    })

/** /proc/net is a link to `self/net`, which fixtures of tests and some sandboxes do not have. */
export const openInterfaces = (root: string) => (): readonly Reading[] =>
  parseInterfaces(readText(join(root, 'proc/net/dev')) ?? '')
