import type { AwsReference } from "./reference";
import { oneLine } from "../../text/masking";
import { SettingsError } from "../settingsError";

/**
 * The error for a failed call to AWS. Its one line says what could not be read and where, AWS's words, and what to do.
 */
export function awsFailure(reference: AwsReference, region: string | undefined, error: Error): SettingsError {
  const where = `${SERVICES[reference.service]}${region === undefined ? "" : ` in ${region}`}`;
  const advice = adviceOn(codeOf(error), error.message, reference, region);
  return new SettingsError(
    `Could not read the API key from mailmodo:apiKeySecret ${reference.text} (${where}): ${wordsOf(error)}. ${advice}`,
  );
}

const SERVICES = { secretsmanager: "AWS Secrets Manager", ssm: "AWS Parameter Store" };
const ACTIONS = { secretsmanager: "secretsmanager:GetSecretValue", ssm: "ssm:GetParameter" };

function adviceOn(
  code: string,
  words: string,
  { service, id, region: named }: AwsReference,
  region: string | undefined,
): string {
  const secret = service === "ssm" ? "parameter" : "secret";
  if (region === undefined) {
    const arn = service === "ssm" ? "" : ", or name the secret by its ARN, which has the region";
    return `Set the region: AWS_REGION in the environment, or region in the AWS profile${arn}.`;
  }
  if (/staging label/.test(words)) {
    return "The secret has no value yet: put the key in (aws secretsmanager put-secret-value).";
  }
  if (/^(ResourceNotFound|ParameterNotFound|ParameterVersionNotFound)/.test(code)) {
    const toCheck = named === undefined ? "the name, the account, and the region (AWS_REGION)" : "the ARN";
    return `There is no such ${secret} in ${region}: check ${toCheck}.`;
  }
  if (/^AccessDenied|^Unauthorized|^NotAuthorized/.test(code)) {
    return `Allow ${ACTIONS[service]} on the ${secret}, and kms:Decrypt if a KMS key of yours encrypts it.`;
  }
  if (/^(DecryptionFailure|InvalidKeyId|KMS|Disabled)/.test(code)) {
    return `Check that the ${secret}'s KMS key is enabled, and allow kms:Decrypt on it.`;
  }
  if (/^InvalidRequest/.test(code)) {
    return `If it was deleted, restore it: aws secretsmanager restore-secret --secret-id ${id} --region ${region}.`;
  }
  if (/^(CredentialsProviderError|TokenProviderError)/.test(code)) {
    return "Provide AWS credentials where its SDK finds them: in the environment, by AWS_PROFILE (aws sso login), or as the machine's role.";
  }
  if (/Token|Signature|UnrecognizedClient|MissingAuthentication|RequestExpired/.test(code)) {
    return "Renew the AWS credentials (a new session, or aws sso login), and check that the machine's clock is right.";
  }
  if (/^(Throttling|TooManyRequests|RequestLimit|InternalServ|ServiceUnavailable)/.test(code)) {
    return "Run it again later.";
  }
  if (/^E[A-Z_]+$|Timeout|NetworkingError/.test(code)) {
    return `Check the network, and that the region ${region} exists.`;
  }
  return "Fix that, or put the key in MAILMODO_API_KEY.";
}

/** AWS's error code, or the operating system's. */
function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return error.name === "Error" || error.name === "AggregateError" ? (code ?? "") : error.name;
}

/** AWS's words. Some of its errors have no message, and the SDK then says "UnknownError". */
function wordsOf(error: Error): string {
  const words = oneLine(error.message).replace(/\.$/, "");
  const code = codeOf(error);
  if (words === "" || words === "UnknownError") return code || "no reason given";
  return code === "" ? `"${words}"` : `"${words}" (${code})`;
}
