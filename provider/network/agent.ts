import * as https from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";

/**
 * An agent for https that tunnels through a proxy, if one is given. It verifies certificates whatever
 * NODE_TLS_REJECT_UNAUTHORIZED says.
 *
 * A server may close an idle connection at the moment it is reused. A start would then count as unconfirmed although it
 * was never read. So each request gets a new connection, unless `keepAlive` is set.
 */
export function httpsAgent({
  proxy,
  keepAlive = false,
}: { proxy?: URL | undefined; keepAlive?: boolean } = {}): https.Agent {
  const options = { keepAlive, rejectUnauthorized: true };
  if (proxy === undefined) return new https.Agent(options);
  const agent = new HttpsProxyAgent(proxy, options);
  // It keeps these for the connection to the proxy alone. The one through the tunnel takes them from here.
  Object.assign(agent.options, options);
  return agent;
}

/**
 * The agent of all requests through a proxy, or of those through none. It keeps TLS sessions, which make the next
 * handshake shorter.
 */
export function sharedHttpsAgent(proxy: URL | undefined): https.Agent {
  const name = proxy?.href ?? "";
  const agent = agents.get(name) ?? httpsAgent({ proxy });
  agents.set(name, agent);
  return agent;
}

const agents = new Map<string, https.Agent>();
