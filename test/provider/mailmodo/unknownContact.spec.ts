import assert from "node:assert/strict";
import { saysUnknownContact } from "../../../provider/mailmodo/unknownContact";
import { searchedBy } from "../../support/searched";

describe("saysUnknownContact", () => {
  const said = (message: string, status = 400, isJson = true) => ({ status, message, isJson });

  for (const message of [
    "Email address doesn't exist",
    "Email address doesn\u2019t exist.",
    "Email does not exists",
    "Contact not found",
    "The contact was not found",
    "Contact j***@example.com not found",
    'Contact with email "j***@example.com" does not exist',
    "Contact with this email does not exist",
    "No contact found",
    "No such contact",
    "No contact with the given email",
    "There is no contact with this email id",
    "Could not find the contact",
    "User not found",
    "User does not exist in this account",
    "The contact is archived",
    "Contact has already been deleted",
    "Already archived",
    "The provided email is not a valid email id",
  ]) {
    it(`takes "${message}" for an unknown contact`, () => assert.equal(saysUnknownContact(said(message)), true));
  }

  for (const message of [
    "",
    "Not found",
    "Some Internal Error Occurred: 404",
    "Something went wrong",
    "List does not exist",
    "Contact limit reached",
    "The contact could not be added",
    "Your account was not found",
    "Endpoint does not exist",
    "Contact not found, and neither was the list",
  ]) {
    it(`does not take "${message}" for one`, () => assert.equal(saysUnknownContact(said(message)), false));
  }

  for (const status of [401, 402, 403, 405, 429, 500, 503])
    it(`takes no ${status} for one, whatever it says`, () => {
      assert.equal(saysUnknownContact(said("Contact not found", status)), false);
    });

  it("takes no gateway's page for one", () => {
    assert.equal(saysUnknownContact(said("Contact not found", 404, false)), false);
  });

  it("does not search a long message", () => {
    const long = said(`contact ${"for this email ".repeat(100_000)}`);
    assert.ok(searchedBy(() => assert.equal(saysUnknownContact(long), false)) < 2 ** 16);
  });
});
