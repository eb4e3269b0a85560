import assert from "node:assert/strict";
import * as fs from "node:fs";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import contactLifecycle from "../../../provider/plugin/contactLifecycle";
import type { ContactInputs, ContactState } from "../../../provider/model/contactInputs";
import { addNote, contactNote } from "../../../provider/model/contactNote";
import { UNKNOWN } from "../../../provider/model/inputs";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { contactInputs as inputs } from "../../support/contactInputs";
import { inputs as enrollment } from "../../support/enrollmentInputs";
import { useEnvironment } from "../../support/environment";
import { useKilledPlugin } from "../../support/killedPlugin";
import { modelBackends } from "../../support/modelBackend";
import { useModelCli } from "../../support/modelCli";
import { usePluginProcess } from "../../support/pluginProcess";
import { useSandbox } from "../../support/sandbox";

/** Without the stack, as a killed plugin's notes are in a test. */
const stackless: ContactInputs = {
  email: "jane@seeds.example.com",
  list: "Seeds",
  data: inputs.data,
  adopt: false,
  __provider: inputs.__provider,
};
const plain = { ...inputs, email: "jane@seeds.example.com" };

describe("the lifecycle of a contact, against the sandbox", () => {
  const sandbox = useSandbox();
  const leaveAsKilled = useKilledPlugin();
  const values = () => settings(sandbox().url, { "mailmodo:lateStartSeconds": "0" });
  beforeEach(() => configure(values(), contactLifecycle));

  const create = (given: ContactInputs = inputs) => contactLifecycle.create(given);
  const contacts = () =>
    sandbox()
      .contacts()
      .map(({ email, lists, data, archived }) => [email, lists, data, !archived]);
  const calls = () =>
    sandbox()
      .store.requests()
      .map(({ method, path }) => `${method} ${path.split("?")[0]}`);
  const only = () => sandbox().contacts()[0]!;
  /** Deletes as a later run does. */
  const remove = async ({ id, outs }: { id: string; outs: ContactState }) => {
    beginSession();
    await configure(values(), contactLifecycle);
    return printed(() => contactLifecycle.delete(id, outs));
  };

  it("fills in the defaults in check, and takes the ASCII form of the domain", async () => {
    const given = { email: "Qa@SEEDS.example.com", list: "Seeds", __provider: "" } as ContactInputs;
    const { inputs: checked, failures } = await contactLifecycle.check(given, given);
    assert.deepEqual(failures, []);
    assert.deepEqual(checked, { ...given, email: "Qa@seeds.example.com", data: {}, adopt: false });
    assert.deepEqual(calls(), []);
  });

  for (const [what, wrong, words] of [
    ["an address outside the list", { email: "jane@example.org" }, /outside mailmodo:allowedRecipients/],
    ["no address", { email: 1 }, /email must be one e-mail address/],
    ["no list", { list: " " }, /list must be the name of a list/],
    ["a list with a line break", { list: "a\nb" }, /list must not contain a line break/],
    ["a list that is cut within a character", { list: "a\ud83d" }, /list ends or begins within a character/],
    ["nested values", { data: { a: { b: 1 } } }, /data\.a must be a string/],
    ["adopt as text", { adopt: "yes" }, /adopt must be true or false/],
    ["another onDelete", { onDelete: "delete" }, /onDelete must be "archive" or "leave"/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { failures } = await contactLifecycle.check(inputs, { ...inputs, ...wrong } as ContactInputs);
      assert.equal(failures?.length, 1);
      assert.match(failures[0]!.reason, words);
      assert.equal(failures[0]!.property, "");
    });
  }

  it("takes null for onDelete and adopt as what is not given", async () => {
    const given = { ...inputs, adopt: null, onDelete: null } as never;
    assert.deepEqual((await contactLifecycle.check(inputs, given)).failures, []);
  });

  it("skips what is not yet known", async () => {
    const later = { email: UNKNOWN, list: UNKNOWN, data: UNKNOWN, adopt: UNKNOWN, onDelete: UNKNOWN } as never;
    const { failures } = await contactLifecycle.check(inputs, { ...inputs, ...(later as object) });
    assert.deepEqual(failures, []);
  });

  it("creates by a look-up, an upsert and a look-up", async () => {
    const { id, outs } = await create();
    assert.match(id, /^contact-[0-9a-f]{12}$/);
    assert.deepEqual(contacts(), [[inputs.email, ["Seeds"], inputs.data, true]]);
    assert.deepEqual(outs, {
      ...inputs,
      adopted: false,
      contactId: only().contactIdentifier,
      blocked: false,
      unsubscribed: false,
    });
    assert.deepEqual(calls(), [
      "GET /api/v1/getContactDetails",
      "POST /api/v1/addToList",
      "GET /api/v1/getContactDetails",
    ]);
  });

  for (const profile of [[], ["contact-404", "archive-404"], ["contact-200", "archive-200"], ["contact-200-empty"]]) {
    it(`creates what is unknown under ${profile.join(" and ") || "the default profile"}, and archives it twice`, async () => {
      sandbox().useProfile(profile);
      const created = await create(plain);
      await remove(created);
      assert.equal(only().archived, true);
      assert.match((await remove(created)).join(), /^Nothing left to archive for j\*\*\*@seeds\.example\.com: "/);
    });
  }

  it("refuses a contact that exists already, and changes nothing", async () => {
    sandbox().setContacts([{ email: plain.email, lists: ["Customers"], data: { first_name: "Jane" } }]);
    await assert.rejects(create(plain), (error: Error) => {
      assert.match(
        error.message,
        /^The contact j\*\*\*@seeds\.example\.com already exists in Mailmodo .* set adopt: true/,
      );
      assert.ok(!("id" in error));
      return true;
    });
    assert.deepEqual(contacts(), [[plain.email, ["Customers"], { first_name: "Jane" }, true]]);
    assert.deepEqual(calls(), ["GET /api/v1/getContactDetails"]);
  });

  for (const onDelete of ["archive", "leave", undefined] as const)
    it(`says truly how a contact that exists already stays there, with onDelete ${onDelete}`, async () => {
      sandbox().setContacts([{ email: plain.email, lists: ["Customers"] }]);
      const given = { ...plain, ...(onDelete === undefined ? {} : { onDelete }) };
      const failure = await create(given).then(
        () => assert.fail(),
        (error: Error) => error.message,
      );
      assert.match(
        failure,
        onDelete === "archive"
          ? /change it; remove onDelete: "archive", unless deleting the resource is to archive it\.$/
          : /change it; it then stays in Mailmodo when the resource is deleted\.$/,
      );
      await remove(await create({ ...(onDelete === "archive" ? plain : given), adopt: true }));
      assert.equal(only().archived, false);
    });

  it("adopts it if the program says so, and leaves it at delete", async () => {
    sandbox().setContacts([{ email: plain.email, lists: ["Customers"], data: { last_name: "Doe" } }]);
    const created = await create({ ...plain, adopt: true });
    assert.equal(created.outs.adopted, true);
    assert.deepEqual(await remove(created), ["Left the contact j***@seeds.example.com in Mailmodo."]);
    assert.deepEqual(contacts(), [
      [plain.email, ["Customers", "Seeds"], { last_name: "Doe", first_name: "Ada", seats: 3 }, true],
    ]);
  });

  it("archives what it adopted where onDelete says so, and leaves what it made where that says so", async () => {
    sandbox().setContacts([{ email: plain.email }]);
    await remove(await create({ ...plain, adopt: true, onDelete: "archive" }));
    await remove(await create({ ...inputs, onDelete: "leave" }));
    assert.deepEqual(
      contacts().map(([email, , , isThere]) => [email, isThere]),
      [
        [plain.email, false],
        [inputs.email, true],
      ],
    );
  });

  it("takes an existing contact with the stack's tag for the stack's own", async () => {
    sandbox().setContacts([{ email: inputs.email }]);
    const created = await create();
    assert.equal(created.outs.adopted, false);
    await remove(created);
    assert.equal(only().archived, true);
  });

  it("takes an existing contact for the stack's own that a killed run has made", async () => {
    await leaveAsKilled((journal) => journal.addNote("add", addNote(stackless)));
    sandbox().setContacts([{ email: plain.email, data: { seats: "3", first_name: "Ada" } }]);
    const { outs } = await create(stackless);
    assert.equal(outs.adopted, false);
  });

  for (const [what, data] of [
    ["other values", { first_name: "Jane", seats: 3 }],
    ["one value more", { ...inputs.data, last_name: "Doe" }],
    ["no values", {}],
  ] as const) {
    it(`refuses a contact with ${what} that an unconfirmed add has not made, and adopts it if the program says so`, async () => {
      await leaveAsKilled((journal) => journal.addNote("add", addNote(stackless)));
      sandbox().setContacts([{ email: plain.email, data }]);
      await assert.rejects(create(stackless), {
        message:
          "The contact j***@seeds.example.com already exists in Mailmodo and does not have this stack's plus tag, so it may " +
          "belong to a real person. An earlier run tried to add it, but the values that Mailmodo has of it do not " +
          "show that it did: look at its values and lists there. Nothing was changed. Use an address from stackAddress, or set adopt: true to let this stack change it; it then stays " +
          "in Mailmodo when the resource is deleted.",
      });
      assert.deepEqual(only().data, data);
      assert.equal((await create({ ...stackless, adopt: true })).outs.adopted, true);
    });
  }

  it("refuses a contact without values that an unconfirmed add without values may not have made", async () => {
    const bare = { ...stackless, data: {} };
    await leaveAsKilled((journal) => journal.addNote("add", addNote(bare)));
    sandbox().setContacts([{ email: plain.email, lists: ["Customers"] }]);
    await assert.rejects(create(bare), { message: /look at its values and lists there\. Nothing was changed\./ });
    assert.deepEqual(only().lists, ["Customers"]);
  });

  it("takes an existing contact for the stack's own whose add without values was confirmed, with those values alone", async () => {
    const bare = { ...stackless, data: {} };
    await leaveAsKilled(async (journal) => (await journal.addNote("add", addNote(bare))).confirm());
    sandbox().setContacts([{ email: plain.email, data: { first_name: "Jane" } }]);
    await assert.rejects(create(bare), { message: /look at its values and lists there/ });
    sandbox().setContacts([{ email: plain.email, data: {} }]);
    assert.equal((await create(bare)).outs.adopted, false);
  });

  describe("of an address without a tag that a person signs up with after the look-up", () => {
    const doe = { email: plain.email, lists: ["Customers"], data: { last_name: "Doe" } };
    const before = (call: string, act: () => unknown) =>
      sandbox().app.server.prependListener(
        "request",
        ({ url = "" }: { url?: string }) => void (url.includes(call) && act()),
      );
    /** The failure of an up, and what it recorded. */
    const failureOf = (up: Promise<unknown>) =>
      up.then(
        () => assert.fail(),
        (error: Error & { id?: string; properties: ContactState }) => error,
      );
    const message =
      "The contact j***@seeds.example.com existed in Mailmodo before it was added, because Mailmodo has other values of it than " +
      "were sent: a person has signed up meanwhile, the look-up before was not answered by Mailmodo, or the contact was " +
      "archived. It is in the list now, and its values may have changed; a destroy leaves it. Look at it in Mailmodo. Use " +
      "another address, or set adopt: true to let this stack have it; it then stays in Mailmodo when the resource is deleted.";

    it("fails, and records nothing that a destroy would archive", async () => {
      before("addToList", () => sandbox().setContacts([doe]));
      const failure = await failureOf(create(plain));
      assert.equal(failure.message, message);
      assert.ok(!("id" in failure));
      assert.deepEqual(contacts(), [
        [plain.email, ["Customers", "Seeds"], { last_name: "Doe", first_name: "Ada", seats: 3 }, true],
      ]);
    });

    it("says to remove onDelete where that would archive it", async () => {
      before("addToList", () => sandbox().setContacts([doe]));
      const { message: words } = await failureOf(create({ ...plain, onDelete: "archive" }));
      assert.match(
        words,
        /set adopt: true to let this stack have it; remove onDelete: "archive", unless .+ archive it\.$/,
      );
    });

    it("adopts it if the program says so, and leaves it at delete", async () => {
      before("addToList", () => sandbox().setContacts([doe]));
      const created = await create({ ...plain, adopt: true });
      assert.equal(created.outs.adopted, true);
      await remove(created);
      assert.equal(only().archived, false);
    });

    it("leaves it where Mailmodo did not show it after the add either, and the next up fails as long as it is not adopted", async () => {
      sandbox().useProfile(["add-ignored"]);
      sandbox().setContacts([{ ...doe, archived: true }]);
      const { id = "", properties: outs, message: first } = await failureOf(create(plain));
      assert.match(
        first,
        /does not return it\. .+ Whether this stack made it is not known until then, so a destroy leaves it\.$/,
      );
      sandbox().setContacts([{ ...doe, archived: false }]);
      assert.deepEqual(await remove({ id, outs }), [
        "Left the contact j***@seeds.example.com in Mailmodo: whether this stack made it is not known. If it did, archive it there.",
      ]);
      assert.equal(only().archived, false);
      assert.deepEqual(await contactLifecycle.read(id, outs), { id, props: outs });
      assert.equal((await contactLifecycle.diff(id, outs, plain)).changes, true);
      assert.equal((await failureOf(contactLifecycle.update(id, outs, plain))).message, message);
      const adopted = await contactLifecycle.update(id, outs, { ...plain, adopt: true });
      assert.deepEqual([adopted.outs.adopted, adopted.outs.contactId], [true, only().contactIdentifier]);
    });

    it("is the stack's own once the next up shows that it has just the values that were sent", async () => {
      let lookedUp = 0;
      before(
        "getContactDetails",
        () => (lookedUp += 1) === 2 && sandbox().rotateKey("TESTKEY-0000000-0000000-0000002"),
      );
      const { id = "", properties: outs, message: first } = await failureOf(create(plain));
      assert.match(first, /the next pulumi up looks again\. Whether this stack made it is not known until then/);
      assert.equal(outs.adopted, true);
      sandbox().rotateKey(SANDBOX_KEY);
      const news = { ...plain, list: "Others", data: { first_name: "Eve" } };
      const updated = await contactLifecycle.update(id, outs, news);
      assert.equal(updated.outs.adopted, false);
      assert.deepEqual(contacts(), [[plain.email, ["Others"], { first_name: "Eve", seats: 3 }, true]]);
      await remove({ id, outs: updated.outs });
      assert.equal(only().archived, true);
    });
  });

  it("records a contact that Mailmodo accepts but does not bring back", async () => {
    sandbox().useProfile(["add-ignored"]);
    sandbox().setContacts([{ email: inputs.email, archived: true }]);
    await assert.rejects(create(), (error: Error & { id?: string; properties?: ContactState }) => {
      assert.match(error.message, /Mailmodo accepted the contact but does not return it\. It may be archived/);
      assert.equal(error.properties?.adopted, false);
      return true;
    });
  });

  it("fails where Mailmodo refuses to bring it back, and records nothing", async () => {
    sandbox().useProfile(["add-refused"]);
    sandbox().setContacts([{ email: inputs.email, archived: true }]);
    await assert.rejects(create(), (error: Error) => {
      assert.match(
        error.message,
        /^Could not add the contact a\*\*\*@seeds\.example\.com: Mailmodo refused it \(400\)/,
      );
      assert.ok(!("id" in error));
      return true;
    });
  });

  it("sees no change where there is none, and one in each input", async () => {
    const { id, outs } = await create();
    const diff = async (changed: Partial<ContactInputs>) => {
      const { changes, replaces } = await contactLifecycle.diff(id, outs, { ...inputs, ...changed });
      return [changes, replaces];
    };
    assert.deepEqual(await diff({}), [false, []]);
    assert.deepEqual(await diff({ data: { seats: 3, first_name: "Ada" } }), [false, []]);
    assert.deepEqual(await diff({ data: { first_name: "Ada" } }), [true, []]);
    assert.deepEqual(await diff({ list: "Other" }), [true, []]);
    assert.deepEqual(await diff({ onDelete: "leave" }), [true, []]);
    assert.deepEqual(await diff({ email: "ADA+seeds.dev@seeds.example.com" }), [true, []]);
    assert.deepEqual(await diff({ email: "eve+seeds.dev@seeds.example.com" }), [true, ["email"]]);
  });

  it("changes values and joins the new list before it leaves the old one", async () => {
    const { id, outs } = await create();
    const before = calls().length;
    const news = { ...inputs, list: "Others", data: { first_name: "Eve" } };
    const { outs: updated } = await contactLifecycle.update(id, outs, news);
    assert.deepEqual(updated, { ...outs, list: "Others", data: { first_name: "Eve" } });
    assert.deepEqual(contacts(), [[inputs.email, ["Others"], { first_name: "Eve", seats: 3 }, true]]);
    assert.deepEqual(calls().slice(before), [
      "POST /api/v1/addToList",
      "POST /api/v1/removeFromList",
      "GET /api/v1/getContactDetails",
    ]);
  });

  it("stays in its former list where it was adopted, because it may have been there before", async () => {
    sandbox().setContacts([{ email: plain.email, lists: ["Customers"] }]);
    const { id, outs } = await create({ ...plain, list: "Customers", adopt: true });
    await contactLifecycle.update(id, outs, { ...plain, list: "Seeds", adopt: true });
    assert.deepEqual(only().lists, ["Customers", "Seeds"]);
  });

  it("records an add that was not confirmed where the address has the stack's tag, and archives it at delete", async () => {
    sandbox().addFault({ kind: "500", on: "addToList" });
    const failure = await create().then(
      () => assert.fail(),
      (error: Error & { id: string; properties: ContactState }) => error,
    );
    assert.match(
      failure.message,
      /Could not add .* The contact is recorded: the next pulumi up adds it again, and a destroy archives it\.$/,
    );
    const { addSentAt, ...properties } = failure.properties;
    assert.deepEqual([typeof addSentAt, properties], ["number", { ...inputs, adopted: false }]);
    sandbox().clearFaults();
    await remove({ id: failure.id, outs: failure.properties });
    assert.equal(only().archived, true);
  });

  it("records no add that was not confirmed where the address has no tag, because it may be a person's by then", async () => {
    sandbox().addFault({ kind: "500", on: "addToList" });
    await assert.rejects(create(plain), (error: Error) => {
      assert.match(
        error.message,
        /Run it again\. The contact may have been added and is not recorded, .+ npx pulumi-mailmodo recover --stack \S+ before you remove the stack/,
      );
      return !("id" in error);
    });
  });

  it("asks nothing of Mailmodo where only the record changes", async () => {
    const { id, outs } = await create();
    const before = calls().length;
    assert.deepEqual(await contactLifecycle.update(id, outs, { ...inputs, onDelete: "leave" }), {
      outs: { ...outs, onDelete: "leave" },
    });
    assert.equal(calls().length, before);
  });

  it("reads what has not changed as it is", async () => {
    const { id, outs } = await create();
    sandbox().setContacts([{ email: inputs.email, data: { ...inputs.data, seats: "3", more: "x" } }]);
    assert.deepEqual(await contactLifecycle.read(id, outs), { id, props: outs });
  });

  it("reads changed and missing values, and a suppression with its reasons", async () => {
    const { id, outs } = await create(plain);
    sandbox().setContacts([
      {
        email: plain.email,
        data: { first_name: "Eve" },
        blocked: true,
        blockedReason: "Bounced",
        unsubscribed: true,
        unsubscribeReason: "By a link",
      },
    ]);
    const { props } = await contactLifecycle.read(id, outs);
    assert.deepEqual(props, {
      ...outs,
      data: { first_name: "Eve" },
      blocked: true,
      blockedReason: "Bounced",
      unsubscribed: true,
      unsubscribeReason: "By a link",
    });
    assert.equal((await contactLifecycle.diff(id, props, plain)).changes, true);
    const { outs: repaired } = await contactLifecycle.update(id, props, plain);
    assert.deepEqual([repaired.data, repaired.unsubscribed], [plain.data, true]);
  });

  it("reads an archived contact as gone", async () => {
    const { id, outs } = await create();
    sandbox().setContacts([{ email: inputs.email, archived: true }]);
    assert.equal((await contactLifecycle.read(id, outs)).id, "");
  });

  it("adds a contact again that a killed run may have archived", async () => {
    const { id, outs } = await create(stackless);
    await configure(values(), contactLifecycle);
    await leaveAsKilled((journal) => journal.addNote("archive", contactNote(outs)));
    sandbox().setContacts([{ email: plain.email, archived: true }]);
    assert.equal((await contactLifecycle.diff(id, outs, stackless)).changes, true);
    await contactLifecycle.update(id, outs, stackless);
    assert.equal(only().archived, false);
    await session.journals.close();
    assert.equal((await contactLifecycle.diff(id, outs, stackless)).changes, false);
  });

  it("adds an adopted contact again, once, that a killed destroy may have archived", async () => {
    const adopting: ContactInputs = { ...stackless, adopt: true, onDelete: "archive" };
    sandbox().setContacts([{ email: plain.email }]);
    const { id, outs } = await create(adopting);
    assert.equal(outs.adopted, true);
    await configure(values(), contactLifecycle);
    await leaveAsKilled((journal) => journal.addNote("archive", contactNote(outs)));
    assert.equal((await contactLifecycle.diff(id, outs, adopting)).changes, true);
    const updated = await contactLifecycle.update(id, outs, adopting);
    assert.equal((await contactLifecycle.diff(id, updated.outs, adopting)).changes, false);
  });

  it("repeats the values of the state where a killed run may have changed them", async () => {
    const { id, outs } = await create(stackless);
    await configure(values(), contactLifecycle);
    await leaveAsKilled((journal) => journal.addNote("add", addNote(outs)));
    sandbox().setContacts([{ email: plain.email, data: { first_name: "Eve" } }]);
    assert.equal((await contactLifecycle.diff(id, outs, stackless)).changes, true);
    await contactLifecycle.update(id, outs, stackless);
    assert.deepEqual(only().data, stackless.data);
    await session.journals.close();
    assert.equal((await contactLifecycle.diff(id, outs, stackless)).changes, false);
  });

  it("does not archive a contact that another resource of the run has added", async () => {
    const { id, outs } = await create();
    await contactLifecycle.create({ ...inputs, list: "Others" });
    const lines = await printed(() => contactLifecycle.delete(id, outs));
    assert.match(lines.join(), /another resource of this stack has it/);
    assert.equal(only().archived, false);
  });

  it("says what to do where its address has left the allowed recipients, or it cannot be archived", async () => {
    const { id, outs } = await create();
    const config = { "mailmodo:allowedRecipients": '["*@other.example.com"]' };
    beginSession();
    await configure(settings(sandbox().url, config), contactLifecycle);
    await assert.rejects(contactLifecycle.delete(id, outs), {
      message:
        /Nothing was sent\. Add the address to mailmodo:allowedRecipients, then run pulumi up, or pulumi destroy /,
    });
    await configure(values(), contactLifecycle);
    sandbox().addFault({ kind: "500", on: "archiveContact", takesEffect: false });
    await assert.rejects(contactLifecycle.delete(id, outs), {
      message: /It stays in the state: run it again\. If .+ pulumi state delete '<urn>'\./,
    });
  }).timeout(60_000);

  describe("beside an enrollment of this run that has its address as text", () => {
    const qa = { ...enrollment, email: inputs.email, stack: inputs.stack! };
    const archived = () => only().archived;

    it("stays where the program still enrolls it", async () => {
      const { id, outs } = await create();
      beginSession();
      await configure(values(), contactLifecycle);
      await enrollmentLifecycle.check(qa, qa);
      await enrollmentLifecycle.create(qa);
      const lines = await printed(() => contactLifecycle.delete(id, outs));
      assert.deepEqual(lines, ["Left the contact a***@seeds.example.com in Mailmodo: the program still enrolls it."]);
      assert.equal(archived(), false);
    });

    it("is not archived before the enrollment is gone", async () => {
      const { id, outs } = await create();
      beginSession();
      await configure(values(), contactLifecycle);
      const started = await enrollmentLifecycle.create(qa);
      await assert.rejects(contactLifecycle.delete(id, outs), {
        message:
          "Could not archive the contact a***@seeds.example.com: a resource that is not gone yet still enrolls it (one that " +
          "this run starts). It stays in the state: run it again.",
      });
      assert.equal(archived(), false);
      await enrollmentLifecycle.delete(started.id, started.outs);
      await contactLifecycle.delete(id, outs);
      assert.equal(archived(), true);
    });
  });

  describe("beside a start of a killed run that is not settled", () => {
    const { email } = stackless;
    const lost = { ...enrollment, email };
    const archived = () => only().archived;
    const begin = async () => {
      beginSession();
      await configure(settings(sandbox().url), contactLifecycle);
    };

    it("is not archived, whatever the journey and the spelling, until recover has settled the start", async () => {
      const { id, outs } = await create(stackless);
      await begin();
      await leaveAsKilled((journal) => journal.addNote("start", { ...lost, email: "JANE@seeds.example.com" }));
      await assert.rejects(contactLifecycle.delete(id, outs), {
        message:
          "Could not archive the contact j***@seeds.example.com: a killed run of this stack may have started journey " +
          `${lost.journeyId} for it, which may still run. Run npx pulumi-mailmodo recover --stack <name>, which says what to do. It stays ` +
          "in the state: run it again.",
      });
      assert.equal(archived(), false);
      fs.rmSync(process.env["PULUMI_HOME"]!, { recursive: true });
      await begin();
      await contactLifecycle.delete(id, outs);
      assert.equal(archived(), true);
    });

    it("is archived where this run has aborted what was started", async () => {
      const { id, outs } = await create(stackless);
      const started = await enrollmentLifecycle.create(lost);
      await begin();
      await leaveAsKilled(async (journal) => (await journal.addNote("start", lost)).confirm(started.id));
      await assert.rejects(contactLifecycle.delete(id, outs), /a killed run of this stack may have started/);
      await enrollmentLifecycle.delete(started.id, started.outs);
      await contactLifecycle.delete(id, outs);
      assert.equal(archived(), true);
    });

    it("is not archived while the note of a start needs another key, whatever the contact", async () => {
      const { id, outs } = await create(stackless);
      await leaveAsKilled((journal) => journal.addNote("start", { ...lost, email: "eve@seeds.example.com" }));
      const key = "TESTKEY-0000000-0000000-0000002";
      sandbox().rotateKey(key);
      beginSession();
      await configure(settings(sandbox().url, { "mailmodo:apiKey": key }), contactLifecycle);
      await printed(() =>
        assert.rejects(contactLifecycle.delete(id, outs), {
          message:
            /^Could not archive the contact j\*\*\*@\S+: .+ left notes that cannot be read .+ It stays in the state: run it again\.$/,
        }),
      );
      assert.equal(archived(), false);
    });

    it("is archived where the start was of another contact", async () => {
      const { id, outs } = await create(stackless);
      await begin();
      await leaveAsKilled((journal) => journal.addNote("start", { ...lost, email: "eve@seeds.example.com" }));
      await contactLifecycle.delete(id, outs);
      assert.equal(archived(), true);
    });
  });

  describe("of a project in which the state of a stack cannot be read", () => {
    const url = "file:///model/contactLifecycle";
    useModelCli();
    usePluginProcess();
    useEnvironment(() => ({ PULUMI_BACKEND_URL: url }));
    beforeEach(async () => {
      // The contact names a stack that is not there any more, so any other may be it.
      modelBackends.set(url, { states: new Map([["two", ""]]), config: "{}" });
      beginSession();
      await configure(values(), contactLifecycle);
    });
    afterEach(() => void beginSession());
    const removed = (more: Partial<ContactState>) =>
      printed(() => contactLifecycle.delete("contact-1", { ...plain, adopted: false, contactId: "1", ...more }));

    for (const [what, more] of [
      ["it was adopted", { adopt: true, adopted: true }],
      ["its onDelete is leave", { onDelete: "leave" }],
      ["the stack may not have made it", { adopted: true, contactId: undefined as never, onDelete: "archive" }],
    ] as const)
      it(`is left all the same where ${what}`, async () => {
        assert.match((await removed(more)).join(), /^Left the contact j\*\*\*@seeds\.example\.com in Mailmodo[.:]/);
      });

    it("is not archived", async () => {
      await assert.rejects(removed({}), {
        message: /: whether another resource of the stack has the contact is not known: .+ Nothing was sent\. /,
      });
    });
  });
});
