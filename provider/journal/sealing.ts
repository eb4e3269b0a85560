import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Seals what must not lie on a disk in clear, with the API key: only who could start a journey can read for whom. */
export class Sealing {
  private readonly keys: readonly Buffer[];

  /** @param formerApiKeys Open as well; they seal nothing. */
  constructor(apiKey: string, formerApiKeys: readonly string[] = []) {
    this.keys = [apiKey, ...formerApiKeys].map((key) =>
      Buffer.from(hkdfSync("sha256", key, "", "pulumi-mailmodo journal", 32)),
    );
  }

  seal(text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.keys[0]!, iv);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** The text; undefined where it was sealed with another key, or is damaged. */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, "base64");
    const [iv, tag, text] = [
      bytes.subarray(0, IV_BYTES),
      bytes.subarray(IV_BYTES, HEAD_BYTES),
      bytes.subarray(HEAD_BYTES),
    ];
    for (const key of this.keys) {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
        decipher.setAuthTag(tag);
        return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
      } catch {
        // Another key may open it.
      }
    }
    return undefined;
  }
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = IV_BYTES + TAG_BYTES;
