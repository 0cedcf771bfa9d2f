/** For commander: an option that may be given several times, each time with one value. */
export function repeatable(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}
