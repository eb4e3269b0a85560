import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/**
 * Whether `NO_PROXY` exempts a URL. Its entries are separated by commas or spaces: `*` for all hosts; a domain, with or
 * without `.` or `*.` before it, for itself and what is below it; an IP address; a CIDR block such as `10.0.0.0/8`. Each
 * may end in a port, and then exempts that one alone.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [name, onlyPort] = nameAndPort(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(host) !== 0) return isInBlock(host, name);
  const text = name.replace(/^\*?\./, "").replace(/\.$/, "");
  // A URL has its host in the ASCII form.
  const domain = domainToASCII(text) || text;
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

/** An IPv6 address has colons of its own, so it has a port only behind brackets: `[::1]:8443`. */
function nameAndPort(entry: string): [name: string, port: string | undefined] {
  if (isIP(entry.split("/")[0]!) === 6) return [entry, undefined];
  const [, name = "", port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  return [name, port];
}

/** Whether an address is in a block, or equal to an address in any spelling. */
function isInBlock(address: string, block: string): boolean {
  const [base = "", bits] = block.split("/");
  const family = isIP(base);
  if (family === 0 || family !== isIP(address)) return false;
  const length = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
  if (bits === "" || !Number.isInteger(length) || length < 0 || length > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(base, length, family === 6 ? "ipv6" : "ipv4");
  return list.check(address, family === 6 ? "ipv6" : "ipv4");
}
