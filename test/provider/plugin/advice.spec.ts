import assert from "node:assert/strict";
import { HeldError, KeyRefusedError, RefusedError, UnconfirmedError } from "../../../provider/mailmodo/errors";
import type { Call } from "../../../provider/mailmodo/outgoing";
import { throwOfDelete, withAdvice } from "../../../provider/plugin/advice";
import { OUTSIDE_RECIPIENTS } from "../../../provider/model/recipients";
import { RecordedAsUnconfirmed } from "../../../provider/plugin/recordedFailure";
import { nextAfter } from "../../../provider/plugin/shardMessages";
import { SettingsError } from "../../../provider/settings/settingsError";
import { previewEnvironment } from "../../../provider/text/configCommand";
import { useEnvironment } from "../../support/environment";
import { journeyId } from "../../support/journeyId";

const CALLS: readonly Call[] = ["start", "abort", "find", "add", "removeFromList", "archive"];
const KINDS = [HeldError, KeyRefusedError, RefusedError, UnconfirmedError];

describe("withAdvice", () => {
  const advise = (reason: string) =>
    (
      withAdvice(
        new HeldError({ operation: "archive", subject: "q***@example.com" }, reason),
        "archive",
        undefined,
      ) as Error
    ).message;

  it("says how to allow an address whose archive was held back for the list", () => {
    assert.match(advise(OUTSIDE_RECIPIENTS), /Nothing was sent\. Add the address to mailmodo:allowedRecipients, /);
  });

  it("does not say so where the words about the list are a part of another reason", () => {
    assert.doesNotMatch(advise(`whether it may be archived is not known: ${OUTSIDE_RECIPIENTS}`), /Add the address/);
  });
});

describe("advice in a preview", () => {
  useEnvironment(() => previewEnvironment("pr-1", "Pulumi.preview.yaml"));

  const failed = (Kind: (typeof KINDS)[number], operation: Call) => {
    const subject = "q***@seeds.example.com";
    const isOfJourney = operation === "start" || operation === "abort";
    return new Kind(isOfJourney ? { operation, subject, journeyId } : { operation, subject }, OUTSIDE_RECIPIENTS);
  };
  const messages = () => {
    const errors = CALLS.flatMap((call) => [new SettingsError("x"), ...KINDS.map((Kind) => failed(Kind, call))]);
    const advised = errors.flatMap((error) =>
      CALLS.flatMap((call) => [undefined, "prod/mailmodo"].map((secret) => withAdvice(error, call, secret) as Error)),
    );
    const deleted = advised.map((error) => {
      try {
        return throwOfDelete(error);
      } catch (thrown) {
        return thrown as Error;
      }
    });
    const shard = (allowDuplicateEmail: boolean) => ({ allowDuplicateEmail }) as Parameters<typeof nextAfter>[1];
    const state = (duplicate: boolean) =>
      shard(duplicate) as unknown as ConstructorParameters<typeof RecordedAsUnconfirmed>[1];
    return [
      ...[...advised, ...deleted].map(({ message }) => message),
      ...[true, false].flatMap((duplicate) => [
        nextAfter(1, shard(duplicate)),
        new RecordedAsUnconfirmed("id", state(duplicate), "x").message,
      ]),
    ];
  };

  it("names no command that acts on the stack that is selected", () => {
    const commands = messages().flatMap((message) => message.match(/pulumi(-mailmodo)? [a-z]+( [-\w]+){0,3}/g) ?? []);
    assert.ok(commands.length > 100);
    const wrong = commands.filter(
      (command) => !/--stack pr-1|^pulumi-mailmodo previews (up|down) --name/.test(command),
    );
    assert.deepEqual([...new Set(wrong)], []);
  });

  it("has no command of this package's without npx", () => {
    assert.deepEqual(
      messages().filter((message) => /(?<!npx )pulumi-mailmodo [a-z]/.test(message)),
      [],
    );
  });
});
