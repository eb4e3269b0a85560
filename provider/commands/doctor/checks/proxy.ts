import { PROXY_VARIABLES, ProxySettingError, proxyFor } from "../../../network/proxy";
import { failure, ok, type Check } from "../finding";
import { baseUrlOf } from "../baseUrl";
import type { Surroundings } from "../surroundings";

/** The proxy in effect. */
export const checkProxy: Check<Surroundings> = {
  name: "proxy",
  async run(surroundings) {
    const { env } = surroundings;
    const url = new URL(await baseUrlOf(surroundings));
    if (url.protocol === "http:") return ok(`None: ${url.origin} is on this machine.`);
    try {
      const proxy = proxyFor(url, env);
      if (proxy !== undefined) return ok(`Requests to ${url.host} go through ${proxy.protocol}//${proxy.host}.`);
      const isSet = PROXY_VARIABLES.some((name) => env[name]);
      return ok(isSet ? `None: NO_PROXY exempts ${url.host}.` : "None is set.");
    } catch (error) {
      if (error instanceof ProxySettingError) return failure(error.message);
      throw error;
    }
  },
};
