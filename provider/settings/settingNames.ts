/** Every setting that the package reads from a stack's config. */
export const SETTING_NAMES = [
  "mailmodo:allowedRecipients",
  "mailmodo:alreadyOver",
  "mailmodo:apiKey",
  "mailmodo:apiKeySecret",
  "mailmodo:baseUrl",
  "mailmodo:lateStartSeconds",
  "mailmodo:refuseSuppressed",
  "mailmodo:requestTimeoutSeconds",
  "mailmodo:requestsPerSecond",
  "mailmodo:slowDownTimeoutMinutes",
] as const;

export type SettingName = (typeof SETTING_NAMES)[number];
