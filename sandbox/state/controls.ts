import { profileOf, type Limit, type Profile } from "./profiles";

/** What decides how the sandbox answers, beside the faults: the profile, the key and the rate. */
export class Controls {
  private current: { readonly profile: Profile; readonly names: readonly string[]; readonly file: string | null };
  private key: string;

  /**
   * @param rate Requests in any one second. It takes the place of the profile's limit.
   * @param changed Called at each change.
   */
  constructor(
    profile: Profile,
    apiKey: string,
    private readonly rate: number | undefined,
    private readonly changed: () => void,
  ) {
    this.current = { profile, names: [], file: null };
    this.key = apiKey;
  }

  get profile(): Profile {
    return this.current.profile;
  }

  get shownProfile(): { readonly names: readonly string[]; readonly file: string | null } {
    const { names, file } = this.current;
    return { names, file };
  }

  get apiKey(): string {
    return this.key;
  }

  get limit(): Limit | undefined {
    return this.rate === undefined ? this.profile.limit : { perSecond: this.rate, status: 429 };
  }

  /** @param profile A profile, or the names of some. */
  useProfile(profile: Profile | readonly string[], file: string | null = null): void {
    const isNames = (value: Profile | readonly string[]): value is readonly string[] => Array.isArray(value);
    this.current = isNames(profile)
      ? { profile: profileOf(profile), names: [...profile], file }
      : { profile, names: [], file };
    this.changed();
  }

  rotateKey(apiKey: string): void {
    this.key = apiKey;
    this.changed();
  }
}
