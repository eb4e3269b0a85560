/** Profiles of which only one has an effect at a time: of those with the same word in front, the last one counts. */
export function profileGroups(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    if (name === "default") continue;
    const word = name.split("-")[0] ?? name;
    const group = groups.get(word);
    if (group === undefined) groups.set(word, [name]);
    else group.push(name);
  }
  return groups;
}

/** The profiles after one of them is switched on or off. */
export function withProfile(names: readonly string[], name: string, isOn: boolean): string[] {
  const others = names.filter((other) => other !== name && other !== "default");
  return isOn ? [...others, name] : others;
}
