import assert from "node:assert/strict";
import { createSandbox } from "../../sandbox/sandbox";
import type { ContactSeed } from "../../sandbox/state/contact";
import type { Profile } from "../../sandbox/state/profile";
import { defaultProfile } from "../../sandbox/state/profiles";
import type { Fault } from "../../sandbox/state/faults";

const wrongKey = { status: 401, message: "Who are you?" };

describe("what a program gives to createSandbox", () => {
  const bad: [options: object, line: RegExp][] = [
    [{ sed: 1 }, /^createSandbox: must NOT have additional properties: sed\.$/],
    [{ rate: 0 }, /^createSandbox: \/rate must be >= 1\.$/],
    [{ rate: "5" }, /\/rate must be integer/],
    [{ seed: 1.5 }, /\/seed must be integer/],
    [{ apiKey: "" }, /\/apiKey must NOT have fewer than 1 characters/],
    [{ keep: { request: 5 } }, /\/keep must NOT have additional properties: request/],
    [{ hosts: "sandbox" }, /\/hosts must be array/],
    [{ profile: { wrongKey: 401 } }, /^wrongKey must be /],
    [{ profile: { wrongkey: wrongKey } }, /^The profile has an unknown field "wrongkey"/],
    [{ profile: ["none"] }, /^No profile "none"/],
  ];
  for (const [options, line] of bad) {
    it(`is refused in one line: ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => createSandbox(options),
        (error: Error) => {
          assert.match(error.message, line);
          return !error.message.includes("\n");
        },
      );
    });
  }

  it("may be a profile with some answers, the others being the default's", async () => {
    const sandbox = createSandbox({ profile: { wrongKey } as Profile });
    const url = "/hooks/start/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
    const { statusCode, body } = await sandbox.app.inject({
      method: "POST",
      url,
      payload: { email: "a@x.example.com" },
    });
    assert.deepEqual([statusCode, body], [401, '{"success":false,"message":"Who are you?"}']);
    sandbox.useProfile({ ...defaultProfile, duplicate: "accepted" });
    assert.throws(() => sandbox.useProfile({ duplicate: 5 } as unknown as Profile), /^Error: duplicate must be /);
    await sandbox.close();
  });

  it("is shown as a custom profile, but not if it is the default one", async () => {
    for (const [profile, isCustom] of [
      [{ wrongKey } as Profile, true],
      [defaultProfile, false],
      [["key-401"], false],
    ] as const) {
      const sandbox = createSandbox({ profile });
      const state = (await sandbox.app.inject("/_sandbox/state")).json<{ profile: { isCustom: boolean } }>();
      assert.equal(state.profile.isCustom, isCustom);
      await sandbox.close();
    }
  });

  const badContacts: [contact: object, line: RegExp][] = [
    [{ email: "not an address" }, /^setContacts: \/0\/email must match format "email"\.$/],
    [{ blocked: true }, /must have required property 'email'/],
    [{ email: "a@x.example.com", lists: "Seeds" }, /\/0\/lists must be array/],
    [{ email: "a@x.example.com", blocked: "yes" }, /\/0\/blocked must be boolean/],
    [{ email: "a@x.example.com", state: "blocked" }, /must NOT have additional properties: state/],
  ];
  for (const [contact, line] of badContacts) {
    it(`is no contact that the admin API would refuse: ${JSON.stringify(contact)}`, async () => {
      const sandbox = createSandbox();
      assert.throws(() => sandbox.setContacts([contact as ContactSeed]), { message: line });
      assert.deepEqual(sandbox.contacts(), []);
      await sandbox.close();
    });
  }

  it("is no fault that the admin API would refuse", async () => {
    const sandbox = createSandbox();
    assert.throws(
      () => sandbox.addFault({ kind: "fire" } as unknown as Fault),
      /addFault: \/kind must be equal to one of the allowed values: delay, /,
    );
    assert.deepEqual(sandbox.faults.all(), []);
    await sandbox.close();
  });
});
