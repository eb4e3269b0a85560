/** The tags of a preview's stack. A stack without the first tag is never changed by `previews`. */
export const TAGS = {
  created: "mailmodo:preview",
  expires: "mailmodo:expires",
  sha: "mailmodo:sha",
  result: "mailmodo:result",
} as const;
