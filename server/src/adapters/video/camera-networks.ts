/** Decides which addresses a camera may have: CIDRs with an optional port, checked on the resolved address only. */
import { BlockList, isIP } from 'node:net'

export interface CameraNetworks {
  /** @param address a literal IPv4 or IPv6 address as the resolver gives it, never a name */
  allows(address: string, port: number): boolean
}

/** All addresses of a name, as the resolver gives them. Rejects when there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Private ranges without loopback and link-local. */
export const defaultCameraNetworks = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7'

/** The IPv4 address inside `::ffff:a.b.c.d` in any spelling, else the address itself. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (!mapped) return canonical
  const high = Number.parseInt(mapped[1] as string, 16)
  const low = Number.parseInt(mapped[2] as string, 16)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** Reads e.g. `10.0.0.0/8,127.0.0.1/32:8554,fd00::/8`. Throws with one sentence that names the part which cannot be read. */
export function parseCameraNetworks(text: string): CameraNetworks {
  const rules = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const match = /^([0-9a-fA-F.:]+?)\/(\d{1,3})(?::(\d{1,5}))?$/.exec(part) ?? /^(\d+\.\d+\.\d+\.\d+)()(?::(\d{1,5}))?$/.exec(part)
      const address = match?.[1] ?? ''
      const family = isIP(address)
      const bits = match?.[2] ? Number(match[2]) : 32
      const port = match?.[3] === undefined ? undefined : Number(match[3])
      if (family === 0 || bits > (family === 4 ? 32 : 128) || (port !== undefined && (port < 1 || port > 65535)))
        throw new Error(`CAMERA_NETWORKS: "${part}" is not an address range such as 10.0.0.0/8 or 10.1.2.3/32:554`)
      const list = new BlockList()
      list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
      return { family, list, port }
    })
  return {
    allows(address, port) {
      const literal = unmapped(address)
      const family = isIP(literal)
      return rules.some(
        (rule) =>
          rule.family === family &&
          (rule.port === undefined || rule.port === port) &&
          rule.list.check(literal, family === 4 ? 'ipv4' : 'ipv6'),
      )
    },
  }
}
