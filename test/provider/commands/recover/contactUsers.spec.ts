import assert from "node:assert/strict";
import { ContactUsers } from "../../../../provider/commands/recover/contactUsers";
import { NotesOfOthers } from "../../../../provider/journal/notesOfOthers";
import { Sealing } from "../../../../provider/journal/sealing";
import type { ContactUser } from "../../../../provider/pulumi/otherStacks";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { deadProcess } from "../../../support/deadProcess";
import { inputs } from "../../../support/enrollmentInputs";
import { openJournal } from "../../../support/openJournal";
import { useTemporaryFolder } from "../../../support/temporaryFolder";
import { writeAs } from "../../../support/writeAs";

const stack = { backend: "b", project: "seeds", organization: "organization", stack: "mine" };

describe("the stacks that have a contact which a recovery is to archive", () => {
  const folder = useTemporaryFolder();

  const leave = async (kind: "start" | "add") => {
    const journal = await openJournal({ folder: folder(), stack: { ...stack, stack: "other" } });
    const note = await journal.addNote(kind, inputs);
    writeAs(folder(), deadProcess());
    return note;
  };
  const user = (byState?: ContactUser, names: readonly string[] = ["mine", "other"]) => {
    const notes = new NotesOfOthers({ folder: folder(), stack }, new Sealing(SANDBOX_KEY));
    const users = new ContactUsers({ findStackWithContact: async () => byState }, notes, async () => new Set(names));
    return users.findStackWithContact(inputs.email);
  };

  it("are those that may have started a journey for it, by a note", async () => {
    assert.equal(await user(), undefined);
    await leave("start");
    assert.deepEqual(await user(), { stack: "other", isPending: true });
  });

  it("are those that a state tells of, if there are any", async () => {
    await leave("start");
    const byState = { stack: "third", isPending: false };
    assert.deepEqual(await user(byState), byState);
  });

  it("are none that are gone: the recovery settles their starts itself", async () => {
    await leave("start");
    assert.equal(await user(undefined, ["mine"]), undefined);
  });

  it("are none that may have added it: both recoveries would wait for each other", async () => {
    await leave("add");
    assert.equal(await user(), undefined);
  });
});
