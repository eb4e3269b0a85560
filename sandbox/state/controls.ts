import type { Limit, Profile } from "./profile";
import { defaultProfile, profileOf } from "./profiles";

/** What decides how the sandbox answers, beside the faults: the profile, the key and the rate. */
export class Controls {
  private current: { readonly profile: Profile; readonly names: readonly string[]; readonly file: string | null };

  /**
   * @param rate Requests in any one second. It takes the place of the profile's limit.
   * @param changed Called at each change.
   */
  constructor(
    private key: string,
    private readonly rate: number | undefined,
    private readonly changed: () => void,
  ) {
    this.current = { profile: defaultProfile, names: [], file: null };
  }

  get profile(): Profile {
    return this.current.profile;
  }

  get shownProfile(): { readonly names: readonly string[]; readonly file: string | null; readonly isCustom: boolean } {
    const { profile, names, file } = this.current;
    return { names, file, isCustom: names.length === 0 && profile !== defaultProfile };
  }

  get apiKey(): string {
    return this.key;
  }

  get limit(): Limit | undefined {
    return this.rate === undefined ? this.profile.limit : { perSecond: this.rate, status: 429 };
  }

  /**
   * @param profile A profile, or the names of some.
   * @param file The file that the profile was read from.
   */
  useProfile(profile: Profile | readonly string[], file?: string): void {
    const names = isNames(profile) ? [...profile] : [];
    this.current = { profile: isNames(profile) ? profileOf(profile) : profile, names, file: file ?? null };
    this.changed();
  }

  rotateKey(apiKey: string): void {
    this.key = apiKey;
    this.changed();
  }
}

function isNames(profile: Profile | readonly string[]): profile is readonly string[] {
  return Array.isArray(profile);
}
