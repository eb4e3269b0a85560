import assert from "node:assert/strict";
import { profiles } from "mailmodo-sandbox";
import { mayBeEcho } from "../../../provider/mailmodo/echo";

const said = (message: string, status = 400) => ({ status, message });

describe("mayBeEcho", () => {
  for (const message of [
    "The journey is already running for the provided email",
    "Already enrolled in this journey",
    "Duplicate email",
    "Duplicates are not allowed for this journey",
    "An instance exists for this email",
    "There is an existing instance",
    "Contact is running in the journey",
    "Contact is active in the journey",
    "The journey is in progress for this contact",
    "Contact is enrolled",
    "Re-enrollment is off",
    "Conflict",
    "A contact can enter the journey only once",
    "The contact cannot enter the journey twice",
    "The contact must not enter again",
    "email must be unique",
    "Another instance was found",
    "",
    " ",
  ]) {
    it(`takes "${message}" as one`, () => assert.equal(mayBeEcho(said(message)), true));
  }

  for (const message of [
    "The provided email is not a valid email id",
    "The contact is suppressed",
    "The journey is paused",
    "The contact limit of the journey is reached",
    "Journey does not exist",
    "The journey doesn't exist",
    "Journey not found",
    "Non-existent journey",
    "The journey is not active",
    "The journey is no longer active",
    "The journey is inactive",
    "No active journey",
    "The contact is not enrolled",
    "Too many requests, try again later",
    "No such luck",
  ]) {
    it(`does not take "${message}" as one`, () => assert.equal(mayBeEcho(said(message)), false));
  }

  it("takes a conflict as one, whatever its words", () => assert.equal(mayBeEcho(said("No such luck", 409)), true));

  it("takes what the sandbox says of a duplicate, under each of its profiles", () => {
    const refusals = Object.values(profiles).map(({ duplicate }) => duplicate);
    const words = refusals.filter((one) => one !== undefined).filter((one) => one !== "accepted");
    assert.ok(words.length >= 3);
    for (const { status, message = "" } of words) assert.equal(mayBeEcho({ status, message }), true);
  });
});
