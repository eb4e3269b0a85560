import assert from "node:assert/strict";
import { profileOf } from "mailmodo-sandbox";
import { addressesAsJson, type ArchiveInputs } from "../../../provider/model/archive";
import { UNKNOWN } from "../../../provider/model/inputs";
import { ARCHIVE_LOADER, CONTACT_LOADER } from "../../../provider/model/stateFormat";
import archiveLifecycle from "../../../provider/plugin/archiveLifecycle";
import contactLifecycle from "../../../provider/plugin/contactLifecycle";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession } from "../../../provider/plugin/session";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs as enrollment } from "../../support/enrollmentInputs";
import { useSandbox } from "../../support/sandbox";

const stack = "organization/seeds/pr-7";
const tagged = (name: string) => `${name}+seeds.pr-7@seeds.example.com`;
const single = (name: string): ArchiveInputs => ({
  contacts: addressesAsJson([tagged(name)]),
  stack,
  __provider: ARCHIVE_LOADER,
});
const ofShard = (...names: string[]): ArchiveInputs => ({
  ...single("qa"),
  contacts: addressesAsJson(names.map(tagged)),
  cohort: "smoke",
  shard: 3,
  size: 100,
});

describe("the lifecycle of what archives contacts, against the sandbox", () => {
  const sandbox = useSandbox();
  beforeEach(async () => {
    beginSession();
    await configure(settings(sandbox().url), archiveLifecycle);
    sandbox().setContacts(["ada", "bob", "eve"].map((name) => ({ email: tagged(name) })));
  });

  const archived = () =>
    sandbox()
      .contacts()
      .filter((contact) => contact.archived)
      .map(({ email }) => email.split("+")[0]);
  const remove = (state: ArchiveInputs) => archiveLifecycle.delete("id", state);
  const failureOf = async (work: Promise<unknown>): Promise<Error> => {
    const failure = await work.then(
      () => undefined,
      (error: Error) => error,
    );
    assert.ok(failure, "it fails");
    assert.deepEqual(failure.stack, "");
    assert.doesNotMatch(failure.message, /\n|(?<!\*\*\*)@seeds|TESTKEY/);
    return failure;
  };

  it("sends nothing when it is made or changed", async () => {
    assert.deepEqual(await archiveLifecycle.create(single("ada")), { id: "contact", outs: single("ada") });
    assert.deepEqual(await archiveLifecycle.create(ofShard("ada")), { id: "smoke/3", outs: ofShard("ada") });
    assert.deepEqual(await archiveLifecycle.update("id", ofShard("ada"), ofShard("ada", "bob")), {
      outs: ofShard("ada", "bob"),
    });
    assert.deepEqual(sandbox().requests(), []);
  });

  const diffs: [what: string, olds: ArchiveInputs, news: ArchiveInputs, changes: boolean, replaces: string[]][] = [
    ["another size alone is no change", ofShard("ada"), { ...ofShard("ada"), size: 7 }, false, []],
    [
      "another spelling is no change",
      { ...single("ada"), contacts: '["ada+seeds.pr-7@SEEDS.example.com"]' },
      single("Ada"),
      false,
      [],
    ],
    ["a new contact is a change in place", ofShard("ada"), ofShard("ada", "bob"), true, []],
    ["a contact that is gone replaces it", ofShard("ada", "bob"), ofShard("bob", "eve"), true, ["contacts"]],
    ["another name of the stack is a change in place", single("ada"), { ...single("ada"), stack: "o/p/s" }, true, []],
    ["another loader is a change in place", { ...single("ada"), __provider: "old" }, single("ada"), true, []],
    ["contacts that are not known may change", ofShard("ada"), { ...ofShard(), contacts: UNKNOWN }, true, []],
  ];
  for (const [what, olds, news, changes, replaces] of diffs) {
    it(what, async () =>
      assert.deepEqual(await archiveLifecycle.diff("id", olds, news), {
        changes,
        replaces,
        deleteBeforeReplace: false,
      }),
    );
  }

  it("refuses addresses without the stack's tag, and those outside the list, before anything is sent", async () => {
    const check = async (email: string) => {
      const news = { ...single("ada"), contacts: addressesAsJson([email]) };
      return (await archiveLifecycle.check({} as ArchiveInputs, news)).failures?.map(({ reason }) => reason);
    };
    assert.deepEqual(await check(tagged("ada")), []);
    assert.match((await check("ada@seeds.example.com"))![0]!, /^The contact a\*\*\*@\S+: archiveContact is only for/);
    assert.match((await check("ada+seeds.pr-7@example.org"))![0]!, /outside mailmodo:allowedRecipients/);
  });

  it("archives the contact when it is deleted, and no other", async () => {
    await remove(single("ada"));
    assert.deepEqual(archived(), ["ada"]);
  });

  for (const profile of ["default", "contact-404", "contact-200", "archived-shown"]) {
    it(`counts a contact that Mailmodo does not know as done, and says so (${profile})`, async () => {
      sandbox().useProfile(profileOf([profile]));
      const lines = await printed(async () => {
        await remove(single("joe"));
        await remove(ofShard("ada", "joe"));
      });
      assert.deepEqual(archived(), ["ada"]);
      assert.equal(lines.length, 2);
      assert.match(lines[0]!, /^Nothing left to archive for j\*\*\*@seeds\.example\.com: ".+"$/);
      assert.match(lines[1]!, /^smoke: nothing left to archive for 1 of 2 contacts: ".+"$/);
    });
  }

  it("archives the rest of a shard when one fails, says which, and all are archived the next time", async () => {
    sandbox().addFault({ kind: "500", on: "archiveContact", email: tagged("bob"), takesEffect: false });
    const { message } = await failureOf(remove(ofShard("ada", "bob", "eve")));
    assert.match(
      message,
      /^Cohort smoke, shard 3: 1 of 3 contacts failed\. Could not archive .*b\*\*\*@seeds\.example\.com: .+ What is not archived stays in the state: run it again\.$/,
    );
    assert.doesNotMatch(message, /pulumi state delete/);
    assert.equal(message.split("run it again").length, 2);
    assert.deepEqual(archived(), ["ada", "eve"]);
    sandbox().clearFaults();
    await remove(ofShard("ada", "bob", "eve"));
    assert.deepEqual(archived().sort(), ["ada", "bob", "eve"]);
  }).timeout(60_000);

  it("says what to do when a single one fails", async () => {
    sandbox().addFault({ kind: "500", on: "archiveContact", takesEffect: false });
    const { message } = await failureOf(remove(single("ada")));
    assert.match(
      message,
      /^Could not archive .*a\*\*\*@seeds\.example\.com: .+ It stays in the state: run it again\. If .+ pulumi state delete '<urn>'\./,
    );
  }).timeout(60_000);

  it("says which key to give where the key was rotated", async () => {
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    for (const state of [single("ada"), ofShard("ada", "bob")])
      assert.match((await failureOf(remove(state))).message, /Mailmodo refused the API key .*MAILMODO_API_KEY/);
  });

  it("archives nothing outside the allowed recipients, whatever the state says", async () => {
    const config = { "mailmodo:allowedRecipients": '["*@other.example.com"]' };
    await configure(settings(sandbox().url, config), archiveLifecycle);
    const message =
      "Could not archive the contact a***@seeds.example.com: the address is outside mailmodo:allowedRecipients. Nothing was sent. " +
      "Add the address to mailmodo:allowedRecipients, then run pulumi up, or pulumi destroy --run-program.";
    assert.equal((await failureOf(remove(single("ada")))).message, message);
    assert.match(
      (await failureOf(remove(ofShard("ada", "bob")))).message,
      /Add the address to mailmodo:allowedRecipients, then/,
    );
    assert.deepEqual(sandbox().requests(), []);
  });

  it("leaves a contact to the Contact of the program that takes its place, and the reverse", async () => {
    const ada = { email: tagged("ada"), list: "Seeds", data: {}, adopt: false, stack, __provider: CONTACT_LOADER };
    await contactLifecycle.check(ada, ada);
    const { message } = await failureOf(remove(single("ada")));
    assert.equal(
      message,
      "Could not archive the contact a***@seeds.example.com: the program has a Contact for it, which was not added. It stays " +
        "in the state: run it again.",
    );
    const { id, outs } = await contactLifecycle.create(ada);
    await remove(single("ada"));

    beginSession();
    await configure(settings(sandbox().url), archiveLifecycle);
    await archiveLifecycle.check(single("ada"), single("ada"));
    await contactLifecycle.delete(id, outs);
    assert.deepEqual(archived(), []);
    await remove(single("ada"));
    assert.deepEqual(archived(), ["ada"]);
  });

  describe("beside an enrollment of this run", () => {
    const qa = { ...enrollment, email: tagged("ada"), stack };
    const wanted = () => enrollmentLifecycle.check(qa, qa);

    it("leaves a contact alone that the program still enrolls: archiveContact was turned off, or it was moved", async () => {
      await wanted();
      await enrollmentLifecycle.create(qa);
      await remove(single("ada"));
      await remove(ofShard("ada", "bob"));
      assert.deepEqual(archived(), ["bob"]);
    });

    it("leaves it also where the program's enrollment was refused, after that of another journey was aborted", async () => {
      const { id, outs } = await enrollmentLifecycle.create(qa);
      const moved = { ...qa, journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" };
      await enrollmentLifecycle.check(moved, moved);
      await enrollmentLifecycle.delete(id, outs);
      await remove(single("ada"));
      assert.deepEqual(archived(), []);
    });

    it("archives it once the enrollment is aborted", async () => {
      const { id, outs } = await enrollmentLifecycle.create(qa);
      await enrollmentLifecycle.delete(id, outs);
      await remove(single("ada"));
      assert.deepEqual(archived(), ["ada"]);
    });

    it("does not archive it before the enrollment is gone that the program no longer has", async () => {
      const { id, outs } = await enrollmentLifecycle.create(qa);
      const early = await failureOf(remove(ofShard("ada", "bob")));
      assert.match(
        early.message,
        /1 of 2 contacts failed\. Could not archive the contact a\*\*\*@\S+: a resource that is not gone yet still enrolls it \(one that this run starts\)\./,
      );
      await enrollmentLifecycle.delete(id, outs);
      await remove(ofShard("ada", "bob"));
      assert.deepEqual(archived(), ["ada", "bob"]);
    });
  });
});
