import assert from "node:assert/strict";
import { isExempt } from "../../../provider/network/noProxy";

describe("NO_PROXY", () => {
  const host = "https://api.mailmodo.com/x";
  const cases: [noProxy: string, url: string, isExempt: boolean][] = [
    ["", host, false],
    [" , ,", host, false],
    ["*", host, true],
    ["api.mailmodo.com", host, true],
    ["API.Mailmodo.COM", host, true],
    ["api.mailmodo.com.", host, true],
    ["api.mailmodo.com", "https://api.mailmodo.com./x", true],
    ["mailmodo.com", host, true],
    [".mailmodo.com", host, true],
    ["*.mailmodo.com", host, true],
    [".mailmodo.com", "https://mailmodo.com", true],
    ["ilmodo.com", host, false],
    ["other.example mailmodo.com", host, true],
    ["other.example,mailmodo.com", host, true],
    ["api.mailmodo.com.example", host, false],
    [".", host, false],
    ["com", host, true],
    ["api.mailmodo.com:443", host, true],
    ["api.mailmodo.com:8443", host, false],
    ["mailmodo.com:8443", "https://api.mailmodo.com:8443", true],
    ["api.mailmodo.com:443", "https://api.mailmodo.com:8443", false],
    ["10.1.2.3", "https://10.1.2.3", true],
    ["10.1.2.3:443", "https://10.1.2.3", true],
    ["10.1.2.3:80", "https://10.1.2.3", false],
    ["10.1.2.30", "https://10.1.2.3", false],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.1.2.0/31", "https://10.1.2.3", false],
    ["0.0.0.0/0", "https://10.1.2.3", true],
    ["10.0.0.0/33", "https://10.1.2.3", false],
    ["10.0.0.0/x", "https://10.1.2.3", false],
    ["10.0.0.0/8", host, false],
    ["::1", "https://[::1]:8443", true],
    ["[::1]", "https://[::1]:8443", true],
    ["[::1]:8443", "https://[::1]:8443", true],
    ["[::1]:443", "https://[::1]:8443", false],
    ["0:0:0:0:0:0:0:1", "https://[::1]", true],
    ["fd00::/8", "https://[fd12::5]", true],
    ["fd00::/8", "https://[fe80::5]", false],
    ["fd00::/8", "https://10.1.2.3", false],
    ["2.3", "https://10.1.2.3", false],
    ["10.0.0.0/", "https://10.1.2.3", false],
    ["10.0.0.0/", "https://11.1.2.3", false],
    ["münchen.example", "https://münchen.example", true],
    ["xn--mnchen-3ya.example", "https://münchen.example", true],
  ];
  for (const [noProxy, url, expected] of cases) {
    it(`"${noProxy}" ${expected ? "exempts" : "does not exempt"} ${url}`, () =>
      assert.equal(isExempt(new URL(url), noProxy), expected));
  }
});
