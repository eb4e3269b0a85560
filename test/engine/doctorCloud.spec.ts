// Pulumi Cloud cannot be had here: a stand-in for the CLI says what that of a user of it says.
import assert from "node:assert/strict";
import { doctor } from "../support/doctor";
import { useProject } from "../support/project";
import { replaceCli } from "../support/replaceCli";

describe("pulumi-mailmodo doctor looks at a stack in Pulumi Cloud:", () => {
  const project = useProject("");

  /** What the CLI of a user of it says. */
  function cloudCli(listed: string, state = "{}"): Record<string, string> {
    const script = `case "$1 $2" in
      "version --non-interactive") echo v3.200.0 ;;
      "stack ls") ${listed} ;;
      "stack export") echo '{"deployment":${state}}' ;;
      "config get") echo works ;;
      "config --json") echo '{}' ;;
    esac`;
    return { ...replaceCli(project(), script), PULUMI_BACKEND_URL: "https://api.pulumi.com" };
  }

  it("says that a stack in Pulumi Cloud is being updated", async () => {
    const pending = [{ type: "creating", resource: { urn: "urn:pulumi:test::seeds::a:b:C::c", type: "a:b:C" } }];
    const state = { secrets_providers: { state: { url: "https://api.pulumi.com" } }, pending_operations: pending };
    const listed = `echo '[{"name":"acme/test","current":true,"updateInProgress":true}]'`;
    const env = { ...cloudCli(listed, JSON.stringify(state)), PULUMI_STACK: undefined };
    const { line } = await doctor(project(), env, "--offline");
    assert.equal(line("stack"), "ok: acme/test, which is selected.");
    assert.equal(line("secrets"), "ok: The secrets provider (Pulumi Cloud) encrypts and decrypts.");
    assert.match(
      line("lock"),
      /^warning: Pulumi Cloud says that the stack is being updated, but not by whom\. Wait for/,
    );
    assert.match(
      line("pending operations"),
      /^warning: A run was killed, or is still in progress, with 1 pending operation, 0 of them Mailmodo's\. Wait for it; .* Check the others yourself\.$/,
    );
  });

  for (const [name, says] of [
    ["test", "ok: test."],
    ["team/test", "ok: team/seeds/test."],
    ["me/test", "ok: me/seeds/test."],
    ["team/seeds/test", "ok: team/seeds/test."],
    ["team/shop/test", /^failure: The backend has no stack named team\/shop\/test of this project\./],
    ["you/test", /^failure: The backend has no stack named you\/test of this project\./],
  ] as const) {
    it(`takes ${name} in Pulumi Cloud for the stack that the CLI takes it for`, async () => {
      const listed = `case "$*" in
        *--fully-qualify-stack-names*) echo '[{"name":"me/seeds/test"},{"name":"team/seeds/test"}]' ;;
        *) echo '[{"name":"test"},{"name":"team/test"}]' ;;
      esac`;
      const { line } = await doctor(project(), cloudCli(listed), "--offline", "--stack", name);
      if (typeof says === "string") assert.equal(line("stack"), says);
      else assert.match(line("stack"), says);
    });
  }
});
