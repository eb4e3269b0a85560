import type { SandboxState } from "../../api";
import { act } from "../live/action";
import { send } from "../live/api";
import { profileGroups, withProfile } from "../model/profileGroups";
import { groupTitle, profileText } from "../model/profileTexts";

/** How the sandbox answers where Mailmodo's contract is silent. Each change counts at once. */
export function ProfileControl({ state: { profile, profiles } }: { state: SandboxState }) {
  const use = (names: readonly string[]) =>
    act(names.length === 0 ? "Back to the default profile" : `Profile: ${names.join(", ")}`, () =>
      send("PUT", "profile", names),
    );
  const isOn = (name: string) => profile.names.includes(name);
  return (
    <section aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <p class="dim">
        How it answers where Mailmodo's contract is silent. They can be combined; where two say something of the same
        answer, the last one counts.
        {profile.file !== null && ` The profile file ${profile.file} is in effect.`}
        {profile.isCustom && profile.file === null && " A profile that a program gave is in effect."}
      </p>
      {[...profileGroups(profiles)].map(([word, names]) => (
        <fieldset key={word} class="choices">
          <legend>{groupTitle(word)}</legend>
          {names.map((name) => (
            <label key={name} class="check">
              <input
                type="checkbox"
                checked={isOn(name)}
                onChange={(event) => void use(withProfile(profile.names, name, event.currentTarget.checked))}
              />
              <span>
                <span class="mono">{name}</span> <span class="dim">{profileText(name)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <p>
        <button
          type="button"
          disabled={!profile.isCustom && !profile.names.some((name) => name !== "default")}
          onClick={() => void use([])}
        >
          Back to the default profile
        </button>
      </p>
    </section>
  );
}
