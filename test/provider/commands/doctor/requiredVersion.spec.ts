import assert from "node:assert/strict";
import { verdictOn } from "../../../../provider/commands/doctor/requiredVersion";

describe("whether a project file allows a version of the CLI", () => {
  for (const [range, version, expected] of [
    [">=3.0.0", "3.274.1", "allowed"],
    [">=3.275.0", "3.274.1", "refused"],
    [">= 3.275.0", "3.275.0", "allowed"],
    [">3.275.0", "3.275.0", "refused"],
    ["<4.0.0", "3.999.0", "allowed"],
    ["<=3.274.0", "3.274.1", "refused"],
    ["!3.1.2", "3.1.2", "refused"],
    ["!=3.1.2", "3.1.3", "allowed"],
    ["3.1.2", "3.1.2", "allowed"],
    ["=3.1.2", "3.1.3", "refused"],
    [">=3.5.0 !3.7.7", "3.7.7", "refused"],
    [">=3.5.0  <4.0.0", "3.7.7", "allowed"],
    ["<3.4.0 || >3.8.0", "3.5.0", "refused"],
    ["<3.4.0 || >3.8.0 !3.9.0", "3.9.1", "allowed"],
    ["3.x", "3.274.1", "allowed"],
    ["3.x", "4.0.0", "refused"],
    [">3.100.x", "3.100.9", "refused"],
    ["<=3.100.x", "3.100.9", "allowed"],
    [">=3.274.0", "3.275.0-alpha.x75fc436", "allowed"],
    ["!3.1.2", "3.275.0-alpha.1", "allowed"],
    // The alpha version is before its release.
    [">=3.275.0", "3.275.0-alpha.x75fc436", "unknown"],
    [">=3", "3.274.1", "unreadable"],
    ["^3.0.0", "3.274.1", "unreadable"],
    ["!3.x", "3.274.1", "unknown"],
    ["3.x.x", "3.274.1", "unknown"],
    ["! 3.1.2", "3.274.1", "unknown"],
    ["3", "3.274.1", "unknown"],
    ["~3.1.0", "3.274.1", "unreadable"],
    [">=3.0.0-beta.1", "3.274.1", "unknown"],
    [">=3.0.0||<2.0.0", "3.274.1", "unreadable"],
    ["|| >=3.0.0", "3.274.1", "unreadable"],
    ["recent", "3.274.1", "unreadable"],
    [">=3.0.0", "dev", "unknown"],
  ] as const) {
    it(`is ${expected}: ${version} in ${range}`, () => assert.equal(verdictOn(version, range), expected));
  }
});
