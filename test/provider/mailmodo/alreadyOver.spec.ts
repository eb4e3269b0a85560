import assert from "node:assert/strict";
import { profiles } from "mailmodo-sandbox";
import { searchedBy } from "../../support/searched";
import { saysAlreadyOver } from "../../../provider/mailmodo/alreadyOver";

const said = (message: string, status = 400) => ({ status, message, isEnvelope: true });

/** What says that the instance is over, or was never there. */
const OVER = [
  "No such journey instance",
  "No such journey instance.",
  "no  such\ninstance!",
  "No such instance: 11111111-2222-4333-8444-555555555555",
  "Unknown instance",
  "Unknown journey instance '11111111-2222-4333-8444-555555555555'",
  "Instance not found",
  "Instance with id 11111111-2222-4333-8444-555555555555 not found",
  "Journey instance could not be found",
  "No active journey instances found",
  "No running instance for this email",
  "There is no active instance for the provided email id",
  "There is no instance with this id",
  "Could not find instance",
  "Cannot find any running journey instance for the given contact",
  "Instance does not exist",
  "The instance doesn’t exist.",
  "Instance (11111111-2222-4333-8444-555555555555) doesn't exist",
  "The journey instance has already ended",
  "The instance was aborted",
  "Instance 11111111-2222-4333-8444-555555555555 has been aborted",
  "Instance is completed",
  "The instance is already canceled",
  "The instance is not running",
  "The instance is no longer active",
  "Journey enrollment has been cancelled",
  "Journey already aborted",
  "Journey was already cancelled",
  "Journey is already completed for this contact",
  "Already aborted",
  "Already cancelled.",
];

/** What services say of something else: of the request, the key, the account, a server, or the journey as a whole. */
const OTHER = [
  // The first five were taken for over once.
  "No instance id or email was provided",
  "Unauthorized: no active instance for this key",
  "Your instance is over its monthly quota",
  "Service instance not found",
  "Lambda execution ended with timeout",
  // Of the request.
  "Either email or the instanceId should be provided",
  "Instance id not found in request body",
  "Instance id not found",
  "instanceId does not exist in the payload",
  "Instance not found in this installation. Requested instance value: <unspecified>",
  "The provided email is not a valid email id",
  "No such field: instance",
  "No journey with this id",
  "Journey not found",
  "Unknown journey",
  // Of the journey as a whole, whose contacts may go on.
  "The journey has stopped",
  "The journey has already ended",
  "Journey already finished",
  "Journey is not active",
  "Journey is paused",
  "The journey was stopped manually after it was launched",
  // Of the account, the plan, the key or the permission. Moonshot, Scaleway, IronMQ, Onyxia and others, of late.
  "Your account is not active, current state: suspended, you may consider to check your account balance",
  "Quota exceeded for this resource.",
  "Your project has been suspended",
  "quotas are not enabled in this instance",
  "No active subscription found",
  "Your trial has ended",
  "Your plan is no longer active",
  "The instance owner's subscription has been cancelled",
  "Permission denied because the useraccount is inactive",
  "Cannot create driver on an inactive provider",
  "API key not found",
  // Of a server: AWS, Temporal, Google's and other load balancers.
  "Execution timed out",
  "Execution ended",
  "Database instance not found",
  "Provider instance not found",
  "Redis instance is not running",
  "No healthy instances",
  "No instances available",
  "No running instances to serve the request",
  "The instance has been stopped and is restarting",
  "unable to delete workflow: operation GetCurrentExecution encountered not found",
  "The execution reached the maximum number of history events (25000).",
  "context deadline exceeded",
  "Instance was terminated unexpectedly; retry",
  "Some Internal Error Occurred: 404",
  "Not Found",
  "Gone",
  // Of an abort that was not done, or not yet. GitHub, Twilio and Octopus Energy, among others.
  "The instance is still running",
  "The instance could not be aborted",
  "Instance is not aborted",
  "Instance will be aborted once it has ended",
  "Cannot cancel a workflow run that has not been queued yet.",
  "This workflow is already canceling.",
  "This workflow is already running",
  "This message cannot be canceled",
  "Could not delete the workflow run",
  "Enrollment process being cancelled cannot be reversed.",
  "Abort of the instance has ended in an error",
  "Already running",
  "Already being aborted",
  // Other sentences with such words in them.
  "Instance not found? See our docs",
  "Error: instance not found or access denied",
  "The instance has ended. Please contact support, it may have been restarted",
  "Instance is completed by 50 %",
  "",
];

describe("saysAlreadyOver", () => {
  it("has at least as many sentences that are none as ones that are", () => assert.ok(OTHER.length >= OVER.length));

  for (const message of OVER) {
    it(`takes "${message}" as over`, () => assert.equal(saysAlreadyOver(said(message)), true));
  }

  for (const message of OTHER) {
    it(`does not take "${message}" as over`, () => {
      for (const status of [200, 400, 404, 409, 410, 422]) {
        assert.equal(saysAlreadyOver(said(message, status)), false);
      }
    });
  }

  it("takes what the sandbox says of it, under each of its profiles", () => {
    const refusals = Object.values(profiles).flatMap(({ abortEnded, abortUnknown }) => [abortEnded, abortUnknown]);
    const words = refusals.filter((one) => one !== undefined).filter((one) => one !== "success");
    assert.ok(words.length >= 4);
    for (const { status, message = "" } of words) assert.equal(saysAlreadyOver(said(message, status)), true);
  });

  it("searches no long message", () => {
    const refusal = { status: 400, message: "journey ".repeat(2 ** 17), isEnvelope: true };
    assert.ok(searchedBy(() => assert.ok(!saysAlreadyOver(refusal))) < 2 ** 16);
  });

  for (const status of [401, 402, 403, 500, 502, 503, 504]) {
    it(`takes nothing as over with a ${status}, not even a phrase of the user's`, () => {
      assert.equal(saysAlreadyOver(said("No such journey instance", status), ["no such journey"]), false);
    });
  }

  it("takes nothing as over that is not in the vendor's envelope, but for a phrase of the user's", () => {
    const gateway = { ...said("Instance not found", 404), isEnvelope: false };
    assert.deepEqual([saysAlreadyOver(gateway), saysAlreadyOver(gateway, ["INSTANCE not"])], [false, true]);
  });

  it("takes a phrase of the user's wherever it is in the message, in any case of letters", () => {
    assert.equal(saysAlreadyOver(said("Sorry: the contact HAS left the journey!"), ["Has Left"]), true);
    assert.equal(saysAlreadyOver(said("The contact stays"), ["has left"]), false);
  });
});
